"""Roads over HTTP and at the terminal: where they come from, what closes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
import typer
from sqlalchemy import text
from typer.testing import CliRunner

from gridgis.errors import InvalidInputError, RowNotFoundError
from gridgis.roads.reading.recording import record
from gridgis_api.cli import roads as room
from tests.api.conftest import assert_problem
from tests.drawn_roads import drawn, line, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis_api.service import Service

CLOSURES = "/api/v1/roads/closures"
LINES = {"a": line((0, 0), (100, 0)), "b": line((50, -50), (50, 50)), "c": line((100, 0), (99, 80))}
AROUND = {
    "type": "Polygon",
    "coordinates": [[[104, 30], [104.001, 30], [104.001, 30.001], [104, 30]]],
}
app = typer.Typer()
app.add_typer(room.app, name="roads")


@pytest.fixture
def asking(
    client: httpx.Client, service: Service, actor: Actor, clock: FixedClock
) -> Iterator[httpx.Client]:
    """The town with three roads, of which one meets no other."""
    record(service.store, read(LINES), "own", "roads.gpkg", (actor, clock))
    yield client
    with service.store.begin() as connection:
        connection.execute(text("TRUNCATE road, road_ban, road_source, road_closure"))


def test_the_sources_say_what_their_import_found(asking: httpx.Client) -> None:
    (source,) = asking.get("/api/v1/roads").json()["sources"]
    assert (source["source"], source["file"], source["edges"]) == ("own", "roads.gpkg", 3)
    assert source["found"]["counts"] == {"class": 1, "crossing": 1, "island": 1}
    assert source["found"]["reach"][0]["mode"] == "car"
    assert source["found"]["reach"][0]["islands"] == 1
    island = next(one for one in source["found"]["findings"] if one["kind"] == "island")
    assert (island["way"], round(island["lon"], 4)) == ("b", 104.0005)


def test_the_lines_of_closed_roads_are_given_to_those_who_draw_them(asking: httpx.Client) -> None:
    by_name = {"reason": "burst pipe", "ways": ["own:a"]}
    by_polygon = {"reason": "parade", "factor": 0.5, "polygon": AROUND}
    for body in (by_name, by_polygon):
        assert asking.post(CLOSURES, json=body).json()["lines"] is None
    told = asking.get(CLOSURES, params={"lines": True}).json()["closures"]
    lines = {one["reason"]: shapely.geometry.shape(one["lines"]) for one in told}
    # The road may be cut where others meet it; it is the same line.
    assert shapely.equals(shapely.line_merge(lines["burst pipe"]), LINES["a"])
    around = shapely.geometry.shape(AROUND)
    touching = [one for one in LINES.values() if shapely.intersects(one, around)]
    assert shapely.equals(lines["parade"], shapely.union_all(touching))


def test_a_road_is_closed_until_it_is_opened_and_the_record_stays(
    asking: httpx.Client, clock: FixedClock
) -> None:
    made = asking.post(
        CLOSURES,
        json={"reason": "burst pipe", "ways": ["own:a"]},
        headers={"Gridgis-Actor": "Li Na;role=dispatcher"},
    )
    assert made.status_code == 201, made.text
    closure = made.json()
    assert closure["factor"] == 0
    assert closure["modes"] == ["car", "fire", "bicycle", "foot"]
    assert closure["acts"]
    assert (closure["actor"], closure["role"]) == ("Li Na", "dispatcher")
    assert asking.get(CLOSURES).json()["closures"] == [closure]
    assert asking.delete(f"{CLOSURES}/{closure['id']}").status_code == 204
    assert asking.get(CLOSURES).json()["closures"] == []
    (kept,) = asking.get(CLOSURES, params={"past": True}).json()["closures"]
    assert not kept["acts"]
    assert kept["ended_at"] == clock.now().isoformat().replace("+00:00", "Z")
    assert_problem(asking.delete(f"{CLOSURES}/{closure['id']}"), 409, "ConflictError")


def test_a_polygon_slows_cars_for_some_hours(asking: httpx.Client) -> None:
    body = {
        "reason": "parade",
        "factor": 0.5,
        "modes": ["car"],
        "polygon": AROUND,
        "valid_from": "2026-05-01T11:00:00+08:00",
        "valid_to": "2026-05-01T13:00:00+08:00",
    }
    closure = asking.post(CLOSURES, json=body).json()
    assert not closure["acts"]
    assert closure["polygon"]["type"] == "MultiPolygon"
    assert closure["valid_from"] == "2026-05-01T03:00:00Z"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"ways": ["own:zzz"]}, "no roads own:zzz"),
        ({"ways": ["a"]}, "names no road"),
        ({}, "nothing says what to close"),
        ({"ways": ["own:a"], "factor": 7}, "factor is 7"),
        ({"ways": ["own:a"], "factor": "0"}, "factor"),
        ({"ways": ["own:a"], "modes": ["tank"]}, "modes"),
        ({"ways": ["own:a"], "modes": []}, "modes"),
        ({"ways": ["own:a"], "valid_to": "2020-01-01T00:00:00Z"}, "past already"),
        ({"ways": ["own:a"], "valid_to": "2026-05-01"}, "no zone"),
        ({"ways": ["own:a\x00"]}, "NUL"),
        ({"ways": ["own:a"], "road": 1}, "road"),
    ],
)
def test_an_absurd_closure_is_refused(
    asking: httpx.Client, body: dict[str, object], said: str
) -> None:
    answer = asking.post(CLOSURES, json={"reason": "x", **body})
    assert answer.status_code == 422, answer.text
    assert said in answer.json()["detail"]


def test_what_is_no_polygon_or_no_closure_is_refused(asking: httpx.Client) -> None:
    bow = {
        "type": "Polygon",
        "coordinates": [[[104, 30], [105, 31], [105, 30], [104, 31], [104, 30]]],
    }
    assert_problem(
        asking.post(CLOSURES, json={"reason": "x", "polygon": bow}), 422, "InvalidGeometryError"
    )
    nobody = "00000000-0000-4000-8000-000000000000"
    assert_problem(asking.delete(f"{CLOSURES}/{nobody}"), 404, "RowNotFoundError")


@pytest.fixture
def terminal(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDGIS_ACTOR", "Li Na")


def said(*words: object) -> str:
    """What a command writes, on both channels."""
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


@pytest.mark.usefixtures("terminal")
def test_a_file_goes_in_is_closed_in_part_and_goes_out_again(tmp_path: Path) -> None:
    file, area = tmp_path / "roads.gpkg", tmp_path / "area.geojson"
    drawn(LINES, Weg=["primary", "service", "x"]).to_file(file)
    area.write_text(json.dumps(AROUND), encoding="utf-8")
    asked = ("--column", "class=Weg", "--class", "x=track", "--source", "own")
    dry = said("roads", "import", file, *asked, "--dry-run")
    assert "3 roads would be stored as 'own'; nothing was stored" in dry
    assert "own" not in said("roads", "list")
    done = said("roads", "import", file, *asked)
    assert "3 roads between 5 nodes" in done
    assert "island: b: an island of 100 m (roads: 1) by car, fire, bicycle, foot" in done
    assert "3 roads are stored as 'own'" in done
    assert "1 crossing, 1 island" in said("roads", "list")
    by_name = said("roads", "close", "--way", "own:a", "--reason", "burst pipe")
    number = by_name.split()[1]
    said(
        *("roads", "close", "--polygon", area, "--factor", 0.5, "--mode", "car"),
        *("--reason", "parade", "--from", "2099-05-01", "--to", "2099-05-02"),
    )
    told = said("roads", "closures")
    assert "closed" in told
    assert "speed × 0.5" in told
    said("roads", "open", number)
    assert "burst pipe" not in said("roads", "closures")
    assert "burst pipe" in said("roads", "closures", "--all")
    assert "3 roads of 'own' are out" in said("roads", "remove", "own")
    with pytest.raises(RowNotFoundError):
        said("roads", "remove", "own")


def test_a_file_is_checked_without_a_database(tmp_path: Path) -> None:
    file, out = tmp_path / "roads.geojson", tmp_path / "found.geojson"
    drawn(LINES).to_file(file)
    told = said("roads", "check", file, "-o", out)
    assert "crossing: a: it crosses b on the same level without a common vertex" in told
    points = gpd.read_file(out)
    assert points["kind"].value_counts()["crossing"] == 1
    with pytest.raises(InvalidInputError, match="without a colon"):
        said("roads", "import", file, "--source", "a:b")
