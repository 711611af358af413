"""Areas as GeoJSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    import httpx

AREAS = "/api/v1/areas"


def test_grids_are_drawn_with_their_facts(client: httpx.Client) -> None:
    response = client.get(AREAS, params={"layer": "base", "level": "grid"})
    assert response.headers["content-type"] == "application/geo+json"
    features = response.json()["features"]
    assert [feature["id"] for feature in features] == list("ABCDEFGHI")
    assert features[0]["properties"] == {
        "code": "A",
        "name": "Grid A",
        "level": "grid",
        "parent": "base-city",
        "households": 400,
        "population": None,
    }
    shape = shapely.geometry.shape(features[0]["geometry"])
    assert shape.bounds == (104.0, 30.0, 104.01, 30.01)


def test_all_levels_come_from_the_top(client: httpx.Client) -> None:
    features = client.get(AREAS).json()["features"]
    assert [feature["properties"]["level"] for feature in features] == ["city", *["grid"] * 9]
    assert features[0]["properties"]["households"] is None


def test_a_browser_that_has_them_is_told_so(client: httpx.Client) -> None:
    asked = {"level": "grid"}
    tag = client.get(AREAS, params=asked).headers["etag"]
    again = client.get(AREAS, params=asked, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    coarser = client.get(AREAS, params={**asked, "simplify_m": 5}, headers={"If-None-Match": tag})
    assert coarser.status_code == 200


def test_a_window_shows_what_meets_it(client: httpx.Client) -> None:
    asked = {"level": "grid", "bbox": "104.012,30.002,104.018,30.008"}
    features = client.get(AREAS, params=asked).json()["features"]
    assert [feature["id"] for feature in features] == ["B"]


def test_simplified_neighbours_still_share_their_edges(client: httpx.Client) -> None:
    features = client.get(AREAS, params={"level": "grid", "simplify_m": 20}).json()["features"]
    shapes = shapely.from_geojson([_text(feature) for feature in features])
    assert len(shapes) == 9
    assert shapely.coverage_is_valid(shapes)
    assert shapely.union_all(shapes).area > 0.0009 * 0.99


def test_one_area_comes_with_all_above_it(client: httpx.Client) -> None:
    told = client.get(f"{AREAS}/E").json()
    assert told["id"] == "E"
    assert told["geometry"]["type"] == "MultiPolygon"
    assert told["properties"]["parents"] == [
        {"level": "city", "code": "base-city", "name": "Toytown"}
    ]
    top = client.get(f"{AREAS}/base-city").json()["properties"]
    assert (top["parent"], top["parents"]) == (None, [])


def test_what_does_not_exist_is_named(client: httpx.Client) -> None:
    assert "'Z'" in assert_problem(client.get(f"{AREAS}/Z"), 404, "AreaNotFoundError")
    level = client.get(AREAS, params={"level": "street"})
    assert "city, grid" in assert_problem(level, 404, "LevelNotFoundError")
    layer = client.get(AREAS, params={"layer": "fire"})
    assert "'fire'" in assert_problem(layer, 404, "LayerNotFoundError")


def _text(feature: dict[str, object]) -> str:
    return shapely.to_geojson(shapely.geometry.shape(feature["geometry"]))
