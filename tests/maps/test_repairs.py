"""A planner asks before accepting a repair: what was wrong, where, and what did it cost whom?"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import MultiPolygon, Polygon, box

from gridgis.errors import InvalidInputError
from gridgis_maps import RepairFrames, repairs
from gridgis_maps.drawing.repairs import rules_told
from gridgis_maps.numbers.repairs import repair_figures
from tests.maps.conftest import spot, tiny_grids

HOSTILE = "</script><b>{{ 7*7 }}"


def strip(column: float, row: float, width: float = 0.02) -> Polygon:
    """Ground of some 20 m by 1.1 km beside a border of the tiny city."""
    north_west, south_east = spot(column, row), spot(column + width, row + 1)
    return box(north_west.x, south_east.y, south_east.x, north_west.y)


def tiny_findings() -> gpd.GeoDataFrame:
    """G0 and G1 overlap, a gap lies between G4 and G5, and a rule nobody has a word for."""
    return gpd.GeoDataFrame(
        {
            "rule": ["overlap", "gap", "outside parent", "new rule"],
            "sentence": ["G0 and G1 overlap by 2.0 m²", HOSTILE, "G8 lies outside", "odd"],
            "amount_m2": [2.0, 0.034, 150.0, float("nan")],
        },
        geometry=[strip(1, 0), strip(2, 1), strip(2.5, 2), spot(0.5, 0.5)],
        crs=4326,
    )


def tiny_changes() -> gpd.GeoDataFrame:
    """G1 lost ground to G0; G4 won the gap; of X nothing is left."""
    return gpd.GeoDataFrame(
        {
            "code": ["G1", "G4", "X"],
            "wrong": ["overlap", "gap,sliver", "duplicate"],
            "added_m2": [0.0, 0.034, 0.0],
            "removed_m2": [2.0, 0.0, 900.0],
            "households": pd.array([1, 0, None], dtype="Int64"),
            "shift_m": [18.0, 0.021, 0.0],
        },
        geometry=[strip(1, 0), MultiPolygon([strip(2, 1)]), None],
        crs=4326,
    )


@pytest.fixture
def tiny() -> RepairFrames:
    return RepairFrames(tiny_grids()[["code", "name", "geometry"]], tiny_findings(), tiny_changes())


def test_each_area_counts_what_it_won_and_lost(tiny):
    figures = repair_figures(tiny).set_axis(tiny.areas["code"])
    assert figures.loc["G1"].tolist() == [2.0, 18.0]
    assert figures.loc["G4"].tolist() == [0.034, 0.021]
    assert figures.drop(["G1", "G4"]).to_numpy().sum() == 0


def test_the_table_says_of_each_changed_area_what_it_cost(tiny, about, read):
    sheet = read(repairs(tiny, about))
    assert sheet.title == "边界修复图"
    assert sheet.tables["改动的区域，改动大的在前"][1:] == [
        ["X：重复", "0 / 900", "–", "0 米"],
        ["网格1：重叠", "0 / 2", "1", "18 米"],
        ["网格4：空隙、碎条", "0.034 / 0", "0", "2.1 厘米"],
    ]
    assert sheet.tables["改动的区域，位移大的在前"][1][0] == "网格1：重叠"
    assert sheet.alerts == ["1 个区域修复后不复存在，只列在表中。"]
    assert "4 处问题，共 4 处；7 个区域未改动" in sheet.notes["计入"]


def test_the_spots_are_counted_by_rule(tiny, about, read):
    sheet = read(repairs(tiny, about, lang="en"))
    assert sheet.tables["Spots on the map"][1:] == [
        ["overlap", "1", "2 m²"],
        ["gap", "1", "0.034 m²"],
        ["outside its parent", "1", "150 m²"],
        ["new rule", "1", "–"],
    ]
    points = sheet.told["points"]
    told = [
        [column["words"][at] for at in column["said"]] if column["words"] else column["said"]
        for column in points["columns"]
    ]
    assert told[1][0] == "G8 lies outside", "the largest spot first"
    assert HOSTILE in told[1], "a sentence is a text, never markup, never a template"


def test_a_change_of_a_millimetre_is_still_drawn(tiny, about, read):
    thin = tiny_changes().set_geometry([strip(1, 0, 1e-7)] * 3, crs=4326)
    ways = read(repairs(RepairFrames(tiny.areas, tiny.findings, thin), about)).shapes("ways")
    lons = {lon for way in ways for lon, _ in way}
    assert 103.810000001 in lons, "rounded to the screen it would be a line"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_areas_without_a_fault_get_a_page_all_the_same(tiny, about, read, lang):
    nothing = RepairFrames(tiny.areas, tiny.findings.head(0), tiny.changes.head(0))
    sheet = read(repairs(nothing, about, lang=lang))
    assert sheet.alerts in (
        ["没有发现问题，也没有改动。"],
        ["Nothing was found, and nothing was changed."],
    )
    assert sheet.told["points"] == {}


def test_a_spot_that_is_a_point_is_a_mark_and_no_outline(tiny, about, read):
    ways = read(repairs(tiny, about)).told["base"]["ways"]["shapes"]
    assert {kind for kind, *_ in ways} <= {1, 2}


def test_very_many_changes_leave_the_page_small(tiny, about):
    ragged = strip(1, 0).buffer(0.001, quad_segs=30_000)
    many = tiny_changes().set_geometry([ragged, strip(2, 1), strip(2, 2)], crs=4326)
    html = repairs(RepairFrames(tiny.areas, tiny.findings, many), about).html
    assert len(html) < 1_000_000, "the widest has more corners than all that may be drawn"


def test_areas_that_were_only_checked_may_be_invalid(tiny, about):
    bowtie = Polygon([spot(0, 0), spot(1, 1), spot(1, 0), spot(0, 1)])
    shapes = [bowtie, *tiny.areas.geometry[1:]]
    spoiled = tiny.areas.set_geometry(shapes, crs=4326)
    assert repairs(RepairFrames(spoiled, tiny.findings, tiny.changes), about).html


def test_rules_are_told_once_each():
    assert rules_told("gap, gap,slit", "en") == "gap, slit"
    assert rules_told(None, "zh") == ""


def test_a_frame_that_lacks_a_column_is_refused(tiny):
    with pytest.raises(InvalidInputError, match="changes: column 'shift_m' is missing"):
        RepairFrames(tiny.areas, tiny.findings, tiny.changes.drop(columns="shift_m"))
