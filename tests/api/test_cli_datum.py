"""``gridgis datum fit`` at the terminal: which --datum an import must be told."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import typer
from typer.testing import CliRunner

from gridgis.datum import from_wgs84
from gridgis.errors import InvalidInputError, UnreadableFileError, UnsupportedCrsError
from gridgis.files.vectors import open_vector
from gridgis_api.cli import datum, root

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer()
app.add_typer(datum.app, name="datum")

STREETS = 12


def said(*words: object, exit_code: int = 0) -> str:
    """What the command writes, on both channels."""
    asked = ["datum", "fit", *map(str, words)]
    result = CliRunner().invoke(app, asked, catch_exceptions=False)
    assert result.exit_code == exit_code, result.output
    return " ".join(result.output.split())


@pytest.fixture(scope="module")
def town() -> gpd.GeoDataFrame:
    """Grids between crooked streets: no displacement but the right one brings them together."""
    random = np.random.default_rng(3)
    corners = np.stack(np.meshgrid(np.arange(STREETS + 1), np.arange(STREETS + 1)), axis=-1)
    corners = [104.6, 38.1] + (corners + random.uniform(-0.3, 0.3, corners.shape)) * 0.004
    rings = [
        [corners[y, x], corners[y, x + 1], corners[y + 1, x + 1], corners[y + 1, x]]
        for y in range(STREETS)
        for x in range(STREETS)
    ]
    return gpd.GeoDataFrame(
        {"code": [f"{at:03d}" for at in range(len(rings))]},
        geometry=shapely.polygons(rings),
        crs="EPSG:4326",
    )


@pytest.fixture
def known(town: gpd.GeoDataFrame, tmp_path: Path) -> Path:
    """Last year's grids, in WGS 84."""
    town.to_file(tmp_path / "grids_2025.gpkg")
    return tmp_path / "grids_2025.gpkg"


def in_datum(frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    shapes = shapely.transform(
        frame.geometry.to_numpy(), lambda at: np.column_stack(from_wgs84(at[:, 0], at[:, 1], name))
    )
    return frame.set_geometry(shapes)


def offices(
    town: gpd.GeoDataFrame, name: str, path: Path, lon: str = "经度", lat: str = "纬度"
) -> Path:
    centres = town.representative_point()
    x, y = from_wgs84(centres.x, centres.y, name)
    table = pd.DataFrame({"编码": town["code"], lon: x, lat: y})
    table.to_csv(path, index=False, encoding="utf-8-sig")
    return path


@pytest.mark.parametrize("suffix", [".geojson", ".shp", ".gpkg", ".fgb"])
def test_what_it_says_is_what_the_import_needs(
    town: gpd.GeoDataFrame, known: Path, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"new{suffix}"
    in_datum(town, "gcj02").to_file(file)
    told = said(file, "--reference", known)
    assert "gcj02 0.0 m 0.0 m" in told
    assert "wgs84, cgcs2000" in told
    assert "moved elsewhere" in told
    assert f"new{suffix}: gcj02 fits: half of 169 points or corners lie within 0.0 m" in told
    assert told.endswith("read it with --datum gcj02")
    # Which is so: read like that, it lies on the reference.
    read = open_vector(file, datum="gcj02").geometry.union_all()
    assert read.hausdorff_distance(town.geometry.union_all()) < 1e-7
    assert said(known, "--reference", known).endswith("which needs no --datum")


def test_a_table_is_matched_by_its_codes(
    town: gpd.GeoDataFrame, known: Path, tmp_path: Path
) -> None:
    file = offices(town, "bd09", tmp_path / "offices.csv")
    told = said(file, "--reference", known, "--key", "编码", "--reference-key", "code")
    assert "measured row by row" in told
    assert "read it with --datum bd09" in told
    assert "moved elsewhere" not in told
    # Without the code every centre lies in some grid, whatever the datum.
    told = said(file, "--reference", known, exit_code=1)
    assert "offices.csv: not decidable: " in told
    assert "match the rows by a key" in told


def test_columns_and_systems_can_be_named_on_both_sides(
    town: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    here = offices(town, "gcj02", tmp_path / "here.csv", "E", "N")
    there = offices(town, "wgs84", tmp_path / "there.csv", "ost", "nord")
    columns = ["--lon", "E", "--lat", "N", "--reference-lon", "ost", "--reference-lat", "nord"]
    assert "--datum gcj02" in said(here, "--reference", there, *columns, "--key", "编码")
    # A map of GCJ-02 tiles is in metres of the web's projection; the degrees below are in doubt.
    in_datum(town, "gcj02").to_crs(3857).to_file(tmp_path / "tiles.gpkg")
    town.to_crs(4544).to_parquet(tmp_path / "survey.parquet")
    assert "--datum gcj02" in said(
        tmp_path / "tiles.gpkg", "--reference", tmp_path / "survey.parquet"
    )
    pd.read_csv(here).to_parquet(tmp_path / "here.parquet")
    assert "--datum gcj02" in said(
        tmp_path / "here.parquet", "--reference", there, *columns, "--key", "编码"
    )


def test_rows_that_cannot_be_compared_are_counted(
    town: gpd.GeoDataFrame, known: Path, tmp_path: Path
) -> None:
    file = offices(town, "gcj02", tmp_path / "offices.csv")
    with file.open("a", encoding="utf-8") as more:
        more.write("900,104.6,38.1\n901,,\n902,here,there\n,104.6,38.1\n")
    told = said(file, "--reference", known, "--key", "编码", "--reference-key", "code")
    assert "4 rows without a location or a partner were left out" in told
    assert "half of 144 points" in told


def test_chicago_is_not_in_china(shared: Path) -> None:
    beats = shared / "data/chicago/boundaries_police_beats.geojson.gz"
    told = said(beats, "--reference", beats, exit_code=1)
    assert told.endswith(
        "not decidable: everything lies outside China, where all datums are the same"
    )


@pytest.mark.parametrize(
    ("words", "error", "sentence"),
    [
        ([], UnreadableFileError, "there is no such file"),
        (["--key", "Nummer"], InvalidInputError, "there is no column 'Nummer'; the file has 编码"),
        (["--lon", "E"], InvalidInputError, "a.csv: there is no column 'E'"),
        (["--lon", "纬度", "--lat", "经度"], InvalidInputError, "a.csv: row 2: .* look swapped"),
        (["--crs", "EPSG:0"], UnsupportedCrsError, "coordinate system 'EPSG:0' is unknown"),
        (["--tolerance-m", "0"], InvalidInputError, "it is a distance in metres above 0"),
    ],
)
def test_a_mistake_gets_one_sentence(
    town: gpd.GeoDataFrame,
    known: Path,
    tmp_path: Path,
    words: list[str],
    error: type[InvalidInputError],
    sentence: str,
) -> None:
    file = offices(town, "gcj02", tmp_path / "a.csv")
    with pytest.raises(error, match=sentence):
        said(file if words else "none.csv", "--reference", known, *words)


def test_what_the_reference_lacks_is_said_with_its_own_options(
    town: gpd.GeoDataFrame, known: Path, tmp_path: Path
) -> None:
    nameless = gpd.GeoDataFrame(geometry=town.to_crs(4544).geometry.to_numpy())
    with pytest.warns(UserWarning, match="crs"):
        nameless.to_file(tmp_path / "bare.shp")
    with pytest.raises(UnsupportedCrsError, match=r"bare.shp .* name it with --reference-crs"):
        said(known, "--reference", tmp_path / "bare.shp")
    assert "no --datum" in said(
        known, "--reference", tmp_path / "bare.shp", "--reference-crs", "EPSG:4544"
    )
    (tmp_path / "list.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"list.csv: .* name them with --reference-lon"):
        said(known, "--reference", tmp_path / "list.csv")


def test_a_mistake_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["gridgis", "datum", "fit", "a.csv", "--reference", "b.gpkg"])
    with pytest.raises(SystemExit) as ended:
        root.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines() == ["gridgis: a.csv: there is no such file"]
