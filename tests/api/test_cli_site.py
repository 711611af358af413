"""Where stations should stand, at the terminal: from files, and from what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import typer
from geoalchemy2.shape import from_shape
from shapely import Point, box
from sqlalchemy import insert
from typer.testing import CliRunner

from gridgis.errors import GridgisError, InvalidInputError, RowsRefusedError
from gridgis.store.engine import Store
from gridgis.store.tables import cell
from gridgis_api.cli.site import site
from tests.cities import settle, staff

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer()
app.command()(site)

HOMES = """name,lon,lat,households
West,104.00,30.0,10
Middle,104.01,30.0,10
East,104.02,30.0,10
Far,104.10,30.0,0
"""

SITES = """名称,经度,纬度
A,104.00,30.0
B,104.01,30.0
C,104.02,30.0
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    homes, sites = tmp_path / "homes.csv", tmp_path / "sites.csv"
    homes.write_text(HOMES, encoding="utf-8")
    sites.write_text(SITES, encoding="utf-8")
    return homes, sites


@pytest.fixture
def town(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Places, a fire station, and two cells of which one does not say its households."""
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    store = Store(database_url)
    with store.begin() as connection:
        settle(connection)
        staff(connection, "Station 1", 104.015, 30.025, "fire", kind="facility")
        shapes = {"1": box(104.0, 30.0, 104.002, 30.002), "2": Point(104.02, 30.02)}
        connection.execute(
            insert(cell),
            [
                {
                    "source": "town",
                    "code": code,
                    "name": f"Block {code}",
                    "kind": "building",
                    "households": 30 if code == "1" else None,
                    "geom": from_shape(shape, srid=4326),
                }
                for code, shape in shapes.items()
            ],
        )
    store.close()


def said(*words: object, ends: int = 0) -> str:
    """What the command writes, on both channels."""
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == ends, result.output
    return " ".join(result.output.split())


def test_one_station_stands_in_the_middle(files: tuple[Path, Path], tmp_path: Path) -> None:
    homes, sites = files
    out, served = tmp_path / "chosen.geojson", tmp_path / "served.csv"
    told = said("--demand", homes, "--candidates", sites, "-p", 1, "-o", out, "--served", served)
    assert "p-median: optimal (exact" in told
    assert "travel times: as the crow flies at 30 km/h, not by road" in told
    assert "gap 0.00%" in told
    assert "1 B new 4 30 1.3 min 17.4 min" in told
    chosen = gpd.read_file(out)
    assert chosen["名称"].tolist() == ["B"]
    assert chosen["site"].tolist() == [1]
    rows = pd.read_csv(served, encoding="utf-8-sig")
    assert rows["name"].tolist() == ["West", "Middle", "East", "Far"]
    assert rows["site"].tolist() == [1, 1, 1, 1]
    assert rows["travel_s"][0] == pytest.approx(964.9 / 30 * 3.6, abs=0.1)


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "csv", "parquet", "fgb"])
def test_each_kind_of_file_can_be_written(
    files: tuple[Path, Path], tmp_path: Path, ending: str
) -> None:
    homes, sites = files
    out = tmp_path / f"chosen.{ending}"
    asked = ("-p", 2, "-o", out)
    assert f"chosen.{ending}: 2 stations" in said("--demand", homes, "--candidates", sites, *asked)
    assert out.stat().st_size > 100


def test_the_fewest_within_minutes_with_those_that_stand(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    homes, sites = files
    standing = tmp_path / "standing.geojson"
    gpd.GeoDataFrame({"name": ["Old"]}, geometry=[Point(104.02, 30.0)], crs=4326).to_file(standing)
    cover = ("--demand", homes, "--candidates", sites, "--problem", "cover", "--within-min")
    assert "1 site reaches 100.00% of the weight within 120 s" in said(*cover, 2)
    told = said(*cover, 1, "--fixed", standing)
    assert "3 Old already" in told
    assert "objective: 3 stations" in told
    half = said(*cover, 1, "--fixed", standing, "--share", 0.3)
    assert "objective: 1 stations" in half


def test_infeasible_is_an_answer_that_names_who_and_writes_nothing(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    homes, sites = files
    homes.write_text(HOMES.replace("30.0,0", "30.0,7"), encoding="utf-8")
    out = tmp_path / "chosen.csv"
    told = said(
        *("--demand", homes, "--candidates", sites, "--problem", "cover", "--within-min", 3),
        *("-o", out),
        ends=1,
    )
    assert "cover: infeasible" in told
    assert "1 demand is within 180 s of no site: 3" in told
    assert "reached by no candidate: demand name lon lat" in told
    assert "3 Far 104.100000 30.000000" in told
    assert not out.exists()


def test_another_speed_and_a_weight_by_name(files: tuple[Path, Path]) -> None:
    homes, sites = files
    homes.write_text(HOMES.replace("households", "calls"), encoding="utf-8")
    asked = ("--demand", homes, "--candidates", sites, "-p", 1, "--line-kmh", 60)
    told = said(*asked)
    assert "each demand weighs 1; --weight names a column of weights" in told
    assert "at 60 km/h" in told
    assert "calls x seconds" in said(*asked, "--weight", "calls", "--method", "heuristic")


@pytest.mark.usefixtures("town")
def test_what_is_stored_is_asked_by_its_kind() -> None:
    told = said(
        *("--demand", "cells", "--candidates", "places:小区", "--fixed", "responders:facility"),
        *("--problem", "coverage", "-p", 2, "--within-min", 3),
    )
    assert "cells: 1 do not say their households, and count as 0" in told
    assert "places:小区: 1 without a location are left out" in told
    assert "金星花园 new" in told
    assert "Station 1 already" in told
    assert "objective: 30 households within the limit" in told


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--demand", "cells", "--candidates", "places:skool"], "nothing is of kind 'skool'; in"),
        (["--demand", "cells", "--candidates", "responders:"], "nothing is of kind ''; in use are"),
        (
            ["--demand", "cells", "--candidates", "places:school", "--weight", "people"],
            "no column 'people' of weights; they have code, name, kind, parent_code",
        ),
    ],
)
@pytest.mark.usefixtures("town")
def test_what_is_not_stored_is_refused(words: list[str], sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        said(*words, "-p", 1)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--problem", "median"], "problem 'median' is unknown; it is one of p-median, coverage"),
        ([], "p-median needs a p"),
        (["-p", 0], "p is 0"),
        (["-p", 2, "--problem", "coverage"], "coverage needs a limit"),
        (["--problem", "cover", "--within-min", -1], "within_s is -60"),
        (["--problem", "cover", "--within-min", 5, "--share", 2], "share is 2"),
        (["-p", 1, "--line-kmh", 0], "the speed is 0 km/h"),
        (["-p", 1, "--method", "best"], "method 'best' is unknown"),
        (["-p", 1, "--time-limit", 0], "the time limit is 0 s"),
        (["-p", 1, "--weight", "people"], "there is no column 'people'; the file has name"),
        (["-p", 1, "--lon", "x"], "there is no column 'x'"),
        (["-p", 1, "-o", "chosen.docx"], "write to a file that ends in .gpkg, .geojson"),
        (["-p", 1, "--datum", "mars"], "datum 'mars' is unknown"),
        (["-p", 1, "--fixed", "nowhere.csv"], "nowhere.csv: there is no such file"),
    ],
)
def test_a_wrong_option_gets_one_sentence(
    files: tuple[Path, Path], words: list[str], sentence: str
) -> None:
    homes, sites = files
    with pytest.raises(GridgisError, match=sentence):
        said("--demand", homes, "--candidates", sites, *words)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("X,,,5", "it has no location"),
        ("X,104,,5", "half a coordinate: lat is missing"),
        ("X,204,30,5", "lon"),
        ("X,104,30,", "households is missing; write 0 where there is none"),
        ("X,104,30,-1", "households is -1; a weight is 0 or more"),
        ("X,104,30,many", "households"),
    ],
)
def test_one_bad_row_stops_it_and_is_named(files: tuple[Path, Path], row: str, reason: str) -> None:
    homes, sites = files
    homes.write_text(f"{HOMES}{row}\n", encoding="utf-8")
    with pytest.raises(RowsRefusedError, match="1 rows cannot be used; nothing was") as caught:
        said("--demand", homes, "--candidates", sites, "-p", 1)
    ((number, why),) = caught.value.refusals
    assert number == 6
    assert reason in why


def test_a_file_without_rows_or_places_is_refused(files: tuple[Path, Path]) -> None:
    homes, sites = files
    homes.write_text("name,lon,lat\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"homes\.csv has no rows"):
        said("--demand", homes, "--candidates", sites, "-p", 1)
    homes.write_text("name,street\nA,B\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match="says nowhere where its rows are"):
        said("--demand", homes, "--candidates", sites, "-p", 1)
