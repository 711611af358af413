"""``gridgis boundaries`` at the terminal: from a dirty file to a clean one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import typer
from typer.testing import CliRunner

from gridgis.errors import InvalidInputError
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
