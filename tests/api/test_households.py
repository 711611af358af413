"""How many households must be warned? Asked over HTTP, and at the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import typer
from sqlalchemy import text
from typer.testing import CliRunner

from gridgis.errors import AreaNotFoundError, InvalidInputError, RowsRefusedError
from gridgis_api.cli.households import households
from tests.api.conftest import assert_problem
from tests.cities import draw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store
    from gridgis_api.service import Service

HOUSEHOLDS = "/api/v1/households"

CELLS = """
    INSERT INTO cell (source, code, parent_code, name, kind, households, population, geom)
    VALUES
        ('cadastre', 'C1', NULL, 'Garden Court', 'compound', 90, 200,
            ST_MakeEnvelope(104.001, 30.001, 104.009, 30.009, 4326)),
        ('cadastre', 'C1-1', 'C1', 'Block 1', 'building', 40, 100,
            ST_MakeEnvelope(104.002, 30.002, 104.004, 30.004, 4326)),
        ('cadastre', 'C1-2', 'C1', 'Block 2', 'building', 50, NULL,
            ST_SetSRID(ST_MakePoint(104.006, 30.006), 4326)),
        ('cadastre', 'C2', NULL, 'On the line', 'compound', 30, 60,
            ST_MakeEnvelope(104.008, 30.002, 104.012, 30.004, 4326)),
        ('cadastre', 'C3', NULL, 'Nobody counted', 'compound', NULL, NULL,
            ST_MakeEnvelope(104.001, 30.005, 104.002, 30.006, 4326))
"""


@pytest.fixture
def asking(client: httpx.Client, service: Service) -> Iterator[httpx.Client]:
    """Grid A with a compound of two buildings, one without a number, and one on its east side."""
    with service.store.begin() as connection:
        connection.execute(text(CELLS))
    yield client
    with service.store.begin() as connection:
        connection.execute(text("TRUNCATE cell"))


def ask(client: httpx.Client, **body: object) -> dict[str, object]:
    response = client.post(HOUSEHOLDS, json=body)
    assert response.status_code == 200, response.text
    return response.json()


def box(*bounds: float) -> dict[str, object]:
    return shapely.geometry.mapping(shapely.box(*bounds))


def test_the_households_of_a_grid(asking: httpx.Client) -> None:
    assert ask(asking, area="A") == {
        "households": pytest.approx(105, abs=1e-3),
        "population": pytest.approx(130, abs=1e-3),
        "cells": 4,
        "partial_cells": 1,
        "lower": 90,
        "upper": 120,
        "cells_without_households": 1,
        "cells_without_population": 2,
        "partial": [
            {
                "cell": "cadastre:C2",
                "name": "On the line",
                "kind": "compound",
                "households": 30,
                "population": 60,
                "share": pytest.approx(0.5, abs=1e-4),
            }
        ],
    }


def test_a_polygon_a_grid_and_its_drawing_say_the_same(asking: httpx.Client) -> None:
    of_grid = ask(asking, area="A", layer="base", at="2026-05-01T08:00:00+08:00")
    assert ask(asking, polygon=box(104.0, 30.0, 104.01, 30.01)) == of_grid
    assert ask(asking, polygon=box(104.0, 30.0, 104.01, 30.01), datum="cgcs2000") == of_grid
    assert ask(asking, polygon=box(104.1, 30.0, 104.2, 30.01))["households"] == 0


def test_who_lives_within_200_metres_of_a_gas_leak(asking: httpx.Client) -> None:
    found = ask(asking, circle={"lon": 104.006, "lat": 30.0061, "radius_m": 200})
    assert (found["households"], found["cells"], found["lower"]) == (50, 1, 50)
    moved = ask(asking, circle={"lon": 104.006, "lat": 30.0061, "radius_m": 200}, datum="gcj02")
    assert moved["households"] == 0


WRONG = {
    "nothing": ({}, "by one of polygon, area or circle"),
    "two at once": ({"area": "A", "polygon": box(0, 0, 1, 1)}, "by one of"),
    "a layer without an area": ({"polygon": box(0, 0, 1, 1), "layer": "base"}, "layer belongs to"),
    "a time without an area": (
        {"circle": {"lon": 1, "lat": 1, "radius_m": 5}, "at": "2026-05-01T08:00:00Z"},
        "at belongs to area",
    ),
    "a datum for an area": ({"area": "A", "datum": "gcj02"}, "datum belongs to"),
    "a circle without radius": ({"circle": {"lon": 1, "lat": 1}}, "circle.radius_m is missing"),
    "a circle of nothing": ({"circle": {"lon": 1, "lat": 1, "radius_m": 0}}, "greater than 0"),
    "a circle of a text": ({"circle": {"lon": 1, "lat": 1, "radius_m": "5"}}, "radius_m"),
    "a circle off the earth": (
        {"circle": {"lon": 30, "lat": 104, "radius_m": 5}},
        "lon and lat look swapped",
    ),
    "a polygon that is a text": ({"polygon": "POLYGON EMPTY"}, "polygon is not a JSON object"),
    "misspelt": ({"poligon": {}}, "poligon is unknown here"),
}


@pytest.mark.parametrize(("body", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_question_that_makes_no_sense(
    empty_service: httpx.Client, body: dict[str, object], said: str
) -> None:
    response = empty_service.post(HOUSEHOLDS, json=body)
    assert said in assert_problem(response, 422, "InvalidInputError")


def test_a_polygon_that_cannot_be_used(empty_service: httpx.Client) -> None:
    bow_tie = [[104, 30], [104.1, 30.1], [104.1, 30], [104, 30.1], [104, 30]]
    for shape, said in [
        ({"type": "Polygon", "coordinates": [bow_tie]}, "does not cross itself"),
        ({"type": "Polygon", "coordinates": []}, "is empty"),
        ({"type": "Point", "coordinates": [104, 30]}, "this is a Point"),
        (box(30, 104, 31, 105), "look swapped"),
        (box(60, 10, 120, 60), "too large"),
    ]:
        response = empty_service.post(HOUSEHOLDS, json={"polygon": shape})
        assert said in assert_problem(response, 422, "InvalidGeometryError")
    response = empty_service.post(
        HOUSEHOLDS,
        content='{"polygon": {"type": "Polygon", "coordinates": [[[NaN, 1], [1, 1], [1, 2]]]}}',
        headers={"Content-Type": "application/json"},
    )
    assert "lon is nan" in assert_problem(response, 422, "InvalidGeometryError")


def test_an_area_that_is_not_there(asking: httpx.Client) -> None:
    response = asking.post(HOUSEHOLDS, json={"area": "Z"})
    assert_problem(response, 404, "AreaNotFoundError")
    response = asking.post(HOUSEHOLDS, json={"area": "A", "layer": "fire"})
    assert_problem(response, 404, "LayerNotFoundError")
    response = asking.post(HOUSEHOLDS, json={"area": "A", "level": "block"})
    assert_problem(response, 404, "LevelNotFoundError")


app = typer.Typer()
app.command()(households)


def said(*words: object) -> str:
    result = CliRunner().invoke(app, list(map(str, words)), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


@pytest.fixture
def terminal(store: Store, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", store.url)
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
        connection.execute(text(CELLS))


def read_sheet(path: Path) -> pd.DataFrame:
    return pd.read_excel(path, engine="calamine")


def test_the_same_at_the_terminal(terminal: None, tmp_path: Path) -> None:
    del terminal
    of_area = said("--area", "A")
    assert "105.0 households, between 90 and 120" in of_area
    assert "130.0 people cells inside: 4, of which partly: 1" in of_area
    assert "cells that do not say their households: 1" in of_area
    assert "50.0% 30 compound On the line cadastre:C2" in of_area
    assert said("--circle", 104.006, 30.0061, 200).startswith(
        "50.0 households cells inside: 1, of which partly: 0"
    )
    file = tmp_path / "zones.geojson"
    gpd.GeoDataFrame(
        {"zone": ["west", "east"], "households": [1, 2]},
        geometry=[shapely.box(104, 30, 104.01, 30.01), shapely.box(104.01, 30, 104.02, 30.01)],
        crs=4326,
    ).to_file(file)
    assert "west" in said("--polygon", file)
    for ending, read in ((".csv", pd.read_csv), (".xlsx", read_sheet)):
        out = tmp_path / f"zones{ending}"
        assert "2 polygons, 120.0 households in all" in said("--polygon", file, "-o", out)
        table = read(out)
        assert table["zone"].tolist() == ["west", "east"]
        # The file's own column: as text, since in others it may be a code.
        assert table["file_households"].astype(str).tolist() == ["1", "2"]
        assert table["households"].round(2).tolist() == [105, 15]
        assert table["upper"].tolist() == [120, 30]


def test_mistakes_at_the_terminal(terminal: None, tmp_path: Path) -> None:
    del terminal
    for words, sentence in {
        (): "by one of --area, --circle and --polygon",
        ("--area", "A", "--circle", 104, 30, 5): "by one of",
        ("--area", "A", "-o", "x.csv"): "-o belongs to --polygon",
        ("--circle", 30, 104, 5): "look swapped",
        ("--circle", 104, 30, -5): "above 0",
        ("--circle", 104, 30, "nan"): "above 0",
        ("--area", "A", "--at", "yesterday"): "'yesterday' is no time",
    }.items():
        with pytest.raises(InvalidInputError, match=sentence):
            said(*words)
    with pytest.raises(AreaNotFoundError, match="'Z'"):
        said("--area", "Z")
    file = tmp_path / "bad.geojson"
    gpd.GeoDataFrame(
        geometry=[shapely.box(104, 30, 105, 31), shapely.Point(104, 30)], crs=4326
    ).to_file(file)
    with pytest.raises(RowsRefusedError, match=r"1 of 2 rows .* nothing was counted") as refused:
        said("--polygon", file)
    assert refused.value.refusals == [
        (2, "a Polygon or a MultiPolygon is needed, and this is a Point")
    ]
