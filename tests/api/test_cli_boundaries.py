"""``gridgis boundaries`` at the terminal: from a dirty file to a clean one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import typer
from typer.testing import CliRunner

from gridgis.errors import (
    DoubtfulFileError,
    InvalidInputError,
    RowsRefusedError,
    UnsupportedCrsError,
)
from gridgis_api.cli import boundaries

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer()
app.add_typer(boundaries.app, name="boundaries")


def said(*words: object, ends: int = 0) -> str:
    """What a command writes, on both channels."""
    asked = ["boundaries", *(str(word) for word in words)]
    result = CliRunner().invoke(app, asked, catch_exceptions=False)
    assert result.exit_code == ends, result.output
    return " ".join(result.output.split())


@pytest.fixture
def dirty(tmp_path: Path) -> Path:
    """Two areas that overlap by a tenth of a metre, and a third that nobody touches."""
    left, right = shapely.box(104, 30, 104.01, 30.01), shapely.box(104.009999, 30, 104.02, 30.01)
    far = shapely.box(104.1, 30, 104.11, 30.01)
    areas = gpd.GeoDataFrame(
        {"code": ["001", "002", "003"], "households": [400, 380, 410]},
        geometry=[left, right, far],
        crs="EPSG:4326",
    )
    areas.to_file(tmp_path / "dirty.gpkg")
    return tmp_path / "dirty.gpkg"


def test_a_planner_sees_what_is_wrong_looks_at_the_repair_and_takes_it(
    dirty: Path, tmp_path: Path
) -> None:
    found = said("check", dirty, "--code", "code", ends=1)
    assert "sliver 001 and 002 overlap by 107 m² in a sliver 96 mm wide" in found
    assert "1 findings in 3 areas" in found
    out = tmp_path / "clean.gpkg"
    shown = said("repair", dirty, "--code", "code", "-o", out, ends=1)
    assert "nothing was written: the largest change of an area is 107 m²" in shown
    assert not out.exists()
    said("repair", dirty, "--code", "code", "-o", out, "--tolerance-m2", "100", ends=1)
    said("repair", dirty, "-o", out, "--tolerance-m2", 200, "--tolerance-m", "0.05", ends=1)
    assert not out.exists()
    taken = said("repair", dirty, "--code", "code", "-o", out, "--tolerance-m2", "200")
    assert "3 areas, a partition; 1 were changed, 2 are as they were, bit for bit" in taken
    before, after = gpd.read_file(dirty), gpd.read_file(out)
    assert after["households"].tolist() == [400, 380, 410]
    assert after.geometry[2].wkb == before.geometry[2].wkb
    assert "3 areas: a partition" in said("check", out)


def test_a_report_goes_to_excel_csv_or_json(dirty: Path, tmp_path: Path) -> None:
    for ending in ("xlsx", "csv", "json"):
        said("check", dirty, "--code", "code", "--report", tmp_path / f"r.{ending}", ends=1)
    book = pd.read_excel(tmp_path / "r.xlsx", dtype={"code": str}, engine="openpyxl")
    assert book["code"].tolist() == ["001, 002", "002"]
    assert pd.read_csv(tmp_path / "r.csv")["kind"].tolist() == ["finding", "change"]
    text = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert [len(text[kind]) for kind in ("findings", "changes", "no_grid")] == [1, 1, 0]
    (change,) = text["changes"]
    # 107 m² of 1.07 km² with 380 households.
    assert change["households"] == pytest.approx(0.038, abs=0.001)
    with pytest.raises(InvalidInputError, match=r"ends in \.xlsx, \.csv, \.json"):
        said("check", dirty, "--report", tmp_path / "r.pdf")


def test_areas_are_cut_to_the_row_of_the_parents_file_that_is_named(
    dirty: Path, tmp_path: Path
) -> None:
    parents = gpd.GeoDataFrame(
        {"no": [1, 2]},
        geometry=[shapely.box(104, 30, 104.015, 30.01), shapely.box(104.1, 30, 104.11, 30.01)],
        crs="EPSG:4326",
    )
    parents.to_file(tmp_path / "parents.gpkg")
    said_of = said("check", dirty, "--parent", tmp_path / "parents.gpkg", ends=1)
    assert "outside parent row 2" in said_of
    one = ["--parent", tmp_path / "parents.gpkg", "--parent-where"]
    assert "nothing is left" in said(
        "repair", dirty, "-o", tmp_path / "o.gpkg", *one, "no=2", ends=1
    )
    with pytest.raises(InvalidInputError, match="no row has no=3"):
        said("check", dirty, *one, "no=3")
    with pytest.raises(InvalidInputError, match="FIELD=VALUE"):
        said("check", dirty, *one, "number=3")


def test_the_map_shows_what_was_found_before_anybody_accepts_it(
    dirty: Path, tmp_path: Path
) -> None:
    asked = ["repair", dirty, "--code", "code", "-o", tmp_path / "clean.gpkg"]
    page = tmp_path / "map.html"
    assert "the map" in said(*asked, "--map", page, "--lang", "en", ends=1)
    html = page.read_text(encoding="utf-8")
    assert "002: sliver" in html
    assert "001 and 002 overlap by 107 m² in a sliver 96 mm wide" in html
    assert "dirty.gpkg" in html, "the file's name stands for the edition"
    said("check", dirty, "--map", tmp_path / "check.html", ends=1)
    assert "row 2：碎条" in (tmp_path / "check.html").read_text(encoding="utf-8")


def test_ground_without_a_grid_and_an_area_that_is_gone_are_on_the_map(tmp_path: Path) -> None:
    ring = shapely.box(104, 30, 104.02, 30.02) - shapely.box(104.008, 30.008, 104.012, 30.012)
    twins = gpd.GeoDataFrame({"code": ["b", "a"]}, geometry=[ring, ring], crs=4326)
    twins.to_file(tmp_path / "twins.gpkg")
    asked = ["repair", tmp_path / "twins.gpkg", "--code", "code", "-o", tmp_path / "one.gpkg"]
    said(*asked, "--accept", "--map", tmp_path / "map.html", "--lang", "en")
    html = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "Nothing is left of 1 areas" in html
    assert "no grid" in html


def test_a_map_that_cannot_be_made_is_refused_before_the_work(dirty: Path, tmp_path: Path) -> None:
    page = tmp_path / "map.html"
    for words, why in (
        (["--map", tmp_path / "map.pdf"], r"ends in \.html"),
        (["--map", tmp_path / "no" / "map.html"], "there is no folder"),
        (["--map", page, "--lang", "fr"], "not spoken here"),
    ):
        with pytest.raises(InvalidInputError, match=why):
            said("check", dirty, *words)
    twice = gpd.read_file(dirty).assign(code="001")
    twice.to_file(tmp_path / "twice.gpkg")
    with pytest.raises(InvalidInputError, match="code 001 stands more than once"):
        said("check", tmp_path / "twice.gpkg", "--code", "code", "--map", page)
    assert not page.exists()


def test_what_may_be_swapped_is_asked_beside_the_parent_and_answered(
    dirty: Path, tmp_path: Path
) -> None:
    areas = gpd.read_file(dirty)
    swapped = shapely.transform(np.array(areas.geometry), lambda at: at[:, ::-1])
    areas.set_geometry(swapped, crs=4326).to_file(tmp_path / "swapped.gpkg")
    parent = gpd.GeoDataFrame(geometry=[shapely.box(104, 30, 104.11, 30.01)], crs=4326)
    parent.to_file(tmp_path / "parent.gpkg")
    asked = ["check", tmp_path / "swapped.gpkg", "--parent", tmp_path / "parent.gpkg"]
    with pytest.raises(DoubtfulFileError, match="--swap-axes"):
        said(*asked)
    assert "axes swapped" in said(*asked, "--swap-axes", ends=1)
    with pytest.raises(RowsRefusedError, match="no place"):
        said(*asked, "--as-it-is")


def test_kml_a_drawing_and_parquet_are_looked_at_in_their_own_system(
    dirty: Path, tmp_path: Path
) -> None:
    areas = gpd.read_file(dirty)
    areas.to_file(tmp_path / "areas.kml", driver="LIBKML")
    assert "sliver 96 mm wide" in said("check", tmp_path / "areas.kml", ends=1)
    drawn = areas.to_crs("EPSG:4523")
    drawn.geometry.boundary.to_file(tmp_path / "lines.dxf", driver="DXF")
    with pytest.raises(UnsupportedCrsError, match="EPSG:4523"):
        said("check", tmp_path / "lines.dxf")
    told = said("check", tmp_path / "lines.dxf", "--crs", "EPSG:4523", ends=1)
    assert "findings in 3 areas" in told
    drawn.to_parquet(tmp_path / "areas.parquet")
    out = tmp_path / "clean.parquet"
    said("repair", tmp_path / "areas.parquet", "-o", out, "--accept")
    after = gpd.read_parquet(out)
    assert after.crs == drawn.crs
    assert after.geometry[2].wkb == drawn.geometry[2].wkb, "nobody touched it"


def test_a_citys_own_system_comes_by_control_points(dirty: Path, tmp_path: Path) -> None:
    areas = gpd.read_file(dirty).to_crs("EPSG:4523")
    corners = gpd.GeoSeries(gpd.points_from_xy([104, 104.1, 104.11], [30, 30.01, 30]), crs=4326)
    own = corners.to_crs("EPSG:4523")
    moved = shapely.transform(np.array(areas.geometry), lambda at: at - (35_500_000, 3_300_000))
    areas.set_geometry(moved, crs=areas.crs).to_file(tmp_path / "own.shp")
    # Nobody says which system it is.
    (tmp_path / "own.prj").unlink()
    pd.DataFrame(
        {
            "x": own.x - 35_500_000,
            "y": own.y - 3_300_000,
            "lon": corners.x,
            "lat": corners.y,
        }
    ).to_csv(tmp_path / "points.csv", index=False)
    asked = ["check", tmp_path / "own.shp", "--control-points", tmp_path / "points.csv"]
    told = said(*asked, ends=1)
    assert "control point 2: 0.0" in told
    assert "placed by 3 control points" in told
    assert "row 1 and row 2 overlap by 107 m²" in told
    with pytest.raises(InvalidInputError, match="not from both"):
        said(*asked, "--crs", "EPSG:4523")
    with pytest.raises(InvalidInputError, match="--control-points"):
        said("check", dirty, "--control-fit", "affine")


def test_rows_of_no_parent_cannot_be_picked(dirty: Path) -> None:
    with pytest.raises(InvalidInputError, match="name it by --parent"):
        said("check", dirty, "--parent-where", "no=1")
