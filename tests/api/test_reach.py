"""A planner asks how well the town is covered, a dispatcher who must leave a zone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import insert, text
from typer.testing import CliRunner

from gridgis.reach.table import travel_table
from gridgis.roads.modes import Mode
from gridgis.store.tables import place, road
from gridgis_api.cli.root import commands
from tests.api.conftest import NINE_O_CLOCK, assert_problem
from tests.core.test_households import cell, put_cells
from tests.towns import edges_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from gridgis.store.engine import Store
    from gridgis_api.service import Service

STATION = {"lon": 104.015, "lat": 30.025}


def pave(store: Store) -> None:
    """Streets every 0.005 degrees through the nine grids."""
    lines, pairs = [], []
    for i in range(7):
        for j in range(7):
            for k, m in ((i + 1, j), (i, j + 1)):
                if k < 7 and m < 7:
                    ends = [(104 + 0.005 * i, 30 + 0.005 * j), (104 + 0.005 * k, 30 + 0.005 * m)]
                    lines.append(shapely.LineString(ends))
                    pairs.append((7 * i + j, 7 * k + m))
    edges = edges_of(np.array(lines, dtype=object), np.array(pairs))
    rows = [
        {**row, "geom": from_shape(shape, srid=4326), "speed_kmh": None}
        for row, shape in zip(
            pd.DataFrame(edges.drop(columns="geometry")).to_dict("records"), lines, strict=True
        )
    ]
    with store.begin() as connection:
        connection.execute(insert(road), rows)


def furnish(store: Store) -> None:
    """A tower of 40 households in E, one of 10 in A, and where people gather in H and F."""
    towers = [
        cell("T1", 40, shapely.box(104.0148, 30.0148, 104.0152, 30.0152)),
        cell("T2", 10, shapely.box(104.0048, 30.0048, 104.0052, 30.0052)),
    ]
    put_cells(store, pd.DataFrame(towers))
    with store.begin() as connection:
        for code, lon, lat in (("H", 104.0151, 30.0252), ("F", 104.0202, 30.0151)):
            point = from_shape(shapely.Point(lon, lat), srid=4326)
            connection.execute(
                insert(place).values(
                    source="t", code=code, kind="assembly_point", name=code, geom=point
                )
            )


@pytest.fixture
def roads(service: Service) -> Iterator[Service]:
    pave(service.store)
    furnish(service.store)
    service.roads.refresh()
    yield service
    with service.store.begin() as connection:
        connection.execute(text("TRUNCATE road, place, cell CASCADE"))
    service.roads.refresh()


# --- how far ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("roads")
def test_from_the_station_one_comes_so_far(client: httpx.Client) -> None:
    body = {"points": [STATION], "minutes": [1, 3], "mode": "fire", "households": True}
    found = client.post("/api/v1/reach", json=body)
    assert found.status_code == 200, found.text
    told = found.json()
    assert [one["properties"]["minutes"] for one in told["features"]] == [3, 1]
    far, near = (shapely.geometry.shape(one["geometry"]) for one in told["features"])
    assert far.is_valid
    assert far.covers(near)
    assert near.covers(shapely.Point(104.015, 30.025))
    # Through two blocks of 555 m at 24 km/h: 167 s to the middle of town.
    assert [one["properties"]["households"] for one in told["features"]] == [40, 0]
    assert told["off_road"] == []
    # A street of 3 minutes at 24 km/h is 1.2 km long, in four directions and more.
    assert far.area > near.area
    assert gpd.GeoDataFrame.from_features(told, crs=4326).shape == (2, 4)


@pytest.mark.usefixtures("roads")
def test_a_point_in_the_sea_reaches_nothing(client: httpx.Client) -> None:
    body = {"points": [{"lon": 10.0, "lat": 10.0}], "minutes": [5]}
    told = client.post("/api/v1/reach", json=body).json()
    assert told["off_road"] == [0]
    assert told["features"][0]["geometry"]["coordinates"] == []


def test_without_roads_the_next_step_is_told(client: httpx.Client) -> None:
    told = assert_problem(
        client.post("/api/v1/reach", json={"points": [STATION]}), 404, "RoadsMissingError"
    )
    assert "gridgis roads import" in told
    assert_problem(client.get("/api/v1/coverage"), 404, "RoadsMissingError")


@pytest.mark.usefixtures("roads")
def test_how_long_from_each_to_each(client: httpx.Client) -> None:
    body = {
        "origins": [STATION, {"lon": 10.0, "lat": 10.0}],
        "destinations": [{"lon": 104.015, "lat": 30.015}],
        "mode": "foot",
    }
    told = client.post("/api/v1/travel-times", json=body).json()
    # Two blocks of 554 metres, 80 metres a minute.
    assert told["travel_s"][0][0] == pytest.approx(1109 / 80 * 60, rel=0.01)
    assert told["travel_s"][1] == [None]


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": []},
        {"points": [STATION], "minutes": [0]},
        {"points": [STATION], "minutes": [1e9]},
        {"points": [{"lon": 30.0, "lat": 104.0}]},
        {"points": [STATION], "mode": "boat"},
        {"points": [STATION], "minuets": [5]},
    ],
)
def test_what_cannot_be_asked_is_refused(client: httpx.Client, wrong: object) -> None:
    assert_problem(client.post("/api/v1/reach", json=wrong), 422, "InvalidInputError")


# --- how well -----------------------------------------------------------------------------------


def test_the_town_is_covered_by_its_fire_station(roads: Service, client: httpx.Client) -> None:
    asked = {"skill": "fire", "mode": "fire", "minutes": [3, 8]}
    found = client.get("/api/v1/coverage", params=asked)
    assert found.status_code == 200, found.text
    told = found.json()
    assert told["stations"] == 1
    rows = {row["code"]: row for row in told["areas"]}
    assert sorted(rows) == list("ABCDEFGHI")
    assert (rows["E"]["households"], rows["A"]["households"]) == (40, 10)
    assert rows["E"]["within"][0]["share"] == 1
    assert rows["A"]["within"][0]["share"] == 0
    assert rows["B"]["within"][0]["share"] is None
    assert told["total"]["within"][0]["share"] == pytest.approx(0.8)
    assert told["total"]["households"] == 50
    assert told["total"]["within"][1]["twice_share"] == 0
    assert told["nobody_reaches"] == []
    assert rows["H"]["within"][0]["area_share"] > rows["A"]["within"][0]["area_share"]
    at = roads.clock.now()
    times = roads.roads.times(Mode.FIRE, at)
    points = (np.array([104.005]), np.array([30.005]))
    (took_s,) = travel_table(times, (np.array([104.015]), np.array([30.025])), points)[0]
    assert rows["A"]["p50_s"] == pytest.approx(took_s, abs=2)
    city = client.get("/api/v1/coverage", params={**asked, "level": "city"}).json()
    assert city["areas"][0]["households"] == 50
    assert city["areas"][0]["within"][0]["share"] == told["total"]["within"][0]["share"]


@pytest.mark.usefixtures("roads")
def test_when_nobody_is_a_station_everybody_is_left_out(client: httpx.Client) -> None:
    told = client.get("/api/v1/coverage", params={"skill": "chess"}).json()
    assert told["stations"] == 0
    assert told["nobody_reaches"] == list("ABCDEFGHI")
    assert told["total"]["households_never"] == 50
    assert told["total"]["p50_s"] is None


@pytest.mark.usefixtures("roads")
def test_what_does_not_exist_is_named(client: httpx.Client) -> None:
    def ask(**asked: object) -> httpx.Response:
        return client.get("/api/v1/coverage", params=asked)

    assert_problem(ask(layer="moon"), 404, "LayerNotFoundError")
    assert_problem(ask(level="moon"), 404, "LevelNotFoundError")
    assert_problem(ask(by="moon"), 422, "InvalidInputError")


# --- who must leave -----------------------------------------------------------------------------


@pytest.mark.usefixtures("roads")
def test_a_gas_leak_in_the_middle_of_town(client: httpx.Client) -> None:
    body = {"circle": {"lon": 104.015, "lat": 30.015, "radius_m": 300}}
    found = client.post("/api/v1/evacuation", json=body)
    assert found.status_code == 200, found.text
    told = found.json()
    assert told["households"]["households"] == pytest.approx(40)
    assert [one["grid"]["code"] for one in told["grids"]] == ["E"]
    assert {one["name"] for one in told["assembly"]} == {"F", "H"}
    (tower,) = told["cells"]
    assert tower["assembly"] == "t:F"
    assert tower["travel_s"] == pytest.approx(500 / 80 * 60, rel=0.1)
    assert len(told["roads_out"]) == 4
    assert all(road["vehicles"] for road in told["roads_out"])
    assert told["unreachable"] == []
    # The wind blows to the east: F is within the smoke, and one has to go around to H.
    wind = {"lon": 104.0149, "lat": 30.01501, "radius_m": 900, "bearing_deg": 90, "width_deg": 40}
    smoke = client.post("/api/v1/evacuation", json={"sector": wind}).json()
    assert {one["name"] for one in smoke["assembly"]} == {"H"}
    assert [one["grid"]["code"] for one in smoke["grids"]] == ["E", "F"]
    assert smoke["cells"][0]["assembly"] == "t:H"


def test_without_roads_the_households_are_told_all_the_same(
    service: Service, client: httpx.Client
) -> None:
    furnish(service.store)
    try:
        body = {"circle": {"lon": 104.015, "lat": 30.015, "radius_m": 300}}
        told = client.post("/api/v1/evacuation", json=body).json()
    finally:
        with service.store.begin() as connection:
            connection.execute(text("TRUNCATE place, cell CASCADE"))
    assert told["households"]["households"] == pytest.approx(40)
    assert not told["roads_known"]
    assert told["unreachable"] == ["test:T1"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"circle": {"lon": 104.0, "lat": 30.0, "radius_m": 1}, "polygon": {"type": "Polygon"}},
        {"circle": {"lon": 104.0, "lat": 30.0, "radius_m": 0}},
        {"sector": {"lon": 104.0, "lat": 30.0, "radius_m": 10}},
        {"polygon": {"type": "Point", "coordinates": [104, 30]}},
    ],
)
def test_a_zone_that_is_none_is_refused(client: httpx.Client, wrong: object) -> None:
    refused = client.post("/api/v1/evacuation", json=wrong)
    assert refused.status_code == 422
    assert refused.json()["detail"]


# --- by hand ------------------------------------------------------------------------------------


@pytest.fixture
def by_hand(roads: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", roads.store.url)
    monkeypatch.setenv("GRIDGIS_INDEX_DIR", str(roads.settings.index_folder))


AT = ("--at", NINE_O_CLOCK.isoformat())
app = commands(["reach", "coverage", "evacuation"])


def said(*words: object) -> str:
    """What a command writes, on both channels."""
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


@pytest.mark.usefixtures("by_hand")
def test_the_same_three_questions_at_the_terminal(tmp_path: Path) -> None:
    out = tmp_path / "reach.geojson"
    told = said("reach", 104.015, 30.025, "--minutes", "1,3", "--mode", "fire", *AT, "-o", out)
    assert "40" in told
    assert f"{out}: 2 shapes" in told
    drawn = json.loads(out.read_text(encoding="utf-8"))
    assert [one["properties"]["minutes"] for one in drawn["features"]] == [3, 1]

    sheet = tmp_path / "coverage.csv"
    told = said(
        "coverage", "--skill", "fire", "--minutes", "3,8", "--mode", "fire", *AT, "-o", sheet
    )
    assert "1 stations, 9 areas of grid" in told
    assert "80.0%" in told
    table = pd.read_csv(sheet, dtype={"code": str}).set_index("code")
    assert table.loc["E", "share_within_3_min"] == 1
    assert table.loc["A", "households_beyond"] == 10 - table.loc["A", "households_within_8_min"]
    shapes = tmp_path / "coverage.gpkg"
    said("coverage", "--skill", "fire", *AT, "-o", shapes)
    assert len(gpd.read_file(shapes)) == 9

    told = said("evacuation", "--circle", 104.015, 30.015, 300, *AT, "-o", tmp_path / "out.xlsx")
    assert "40 households, between 40 and 40" in told
    assert "4 spots to close, 4 of them for vehicles" in told
    assert "1 cells" in told
