"""A keeper of the register asks: which places are not where their address says?"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString

from gridgis.errors import InvalidInputError
from gridgis_maps import BaseMap, PlaceFrames, places
from gridgis_maps.numbers.places import place_figures
from tests.maps.conftest import spot, tiny_grids, tiny_outlines

HOSTILE = "</script><b>{{ 7*7 }}"


def tiny_disagreements() -> gpd.GeoDataFrame:
    """Two that name 网格4 and lie in 网格3, one that names the street and lies outside."""
    here = [spot(0.5, 1.5), spot(0.9, 1.5), spot(3.5, 1.5)]
    there = [spot(1, 1.5), spot(1, 1.5), spot(3, 1.5)]
    return gpd.GeoDataFrame(
        {
            "kind": "building",
            "name": ["11号楼", HOSTILE, "远楼"],
            "standard_address": ["网格4建兰路12号", None, "南街1号"],
            "named": ["网格4", "网格4", "南街"],
            "named_code": ["G4", "G4", "S1"],
            "covering": ["网格3", "网格3", None],
            "covering_code": ["G3", "G3", None],
            "outside_m": [450.4, 90.0, 1234.0],
            "lon": [point.x for point in here],
            "lat": [point.y for point in here],
        },
        geometry=[LineString([a, b]) for a, b in zip(here, there, strict=True)],
        crs=4326,
    )


def tiny_duplicates() -> pd.DataFrame:
    """Two of one group, and one of another whose twin is not known where."""
    return pd.DataFrame(
        {
            "group": [1, 1, 2, 2],
            "keep": [True, False, True, False],
            "kind": "school",
            "name": ["一小", "第一小学", "二小", "二小"],
            "standard_address": None,
            "reason": ["same name nearby"] * 2 + ["same name in the same compound"] * 2,
            "lon": [spot(1, 1).x, spot(1.1, 1).x, spot(2, 2).x, None],
            "lat": [spot(1, 1).y, spot(1.1, 1).y, spot(2, 2).y, None],
        }
    )


@pytest.fixture
def tiny() -> PlaceFrames:
    base = BaseMap(tiny_outlines())
    return PlaceFrames(tiny_grids(), tiny_duplicates(), tiny_disagreements(), base)


def test_each_area_counts_what_names_it_and_what_lies_in_it(tiny):
    figures = place_figures(tiny).set_axis(tiny.areas["code"])
    assert figures.loc["G4"].tolist() == [2, 0]
    assert figures.loc["G3"].tolist() == [0, 2]
    assert figures.sum().tolist() == [2, 2], "the street is no area of this map"


def test_the_page_says_how_many_and_what_is_left_out(tiny, about, read):
    sheet = read(places(tiny, about, checked=1234))
    assert sheet.title == "地点核查图"
    assert sheet.alerts == []
    assert sheet.tables["地址写在该区域而位置不在的地点"][1:] == [
        ["0", "8", "0"],
        ["> 0", "1", "2"],
    ]
    assert sheet.tables["最常被写错的区域"][1:] == [["网格4", "2", "0"]]
    assert sheet.tables["图上地点"][1:] == [
        ["在地址所写区域之外", "3"],
        ["重复中资料最全的", "2"],
        ["与其重复的", "2"],
    ]
    assert sheet.notes["计入"].startswith("图上 6 个地点，共 7 个；其中 1 个")
    assert "1,234" in sheet.html


def test_a_mark_says_what_is_wrong(tiny, about, read):
    points = read(places(tiny, about, checked=9, lang="en")).told["points"]
    told = [
        [column["words"][at] for at in column["said"]] if column["words"] else column["said"]
        for column in points["columns"]
    ]
    assert told[1] == [
        "names 网格4, 450 m away; lies in 网格3",
        "names 网格4, 90 m away; lies in 网格3",
        "names 南街, 1.23 km away; lies in no area at all",
        "group 1: same name nearby",
        "group 1: same name nearby",
        "group 2: same name in the same compound",
    ]
    assert points["style"] == [0, 0, 0, 1, 2, 1]
    assert told[0][1] == HOSTILE, "a name is a text, never markup, never a template"


def test_a_line_leads_from_each_place_to_the_area_that_its_address_names(tiny, about, read):
    ways = read(places(tiny, about, checked=9)).shapes("ways")
    assert len(ways) == 3
    assert ways[0] == [[103.805, 36.065], [103.81, 36.065]]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_register_without_a_fault_gets_a_page_all_the_same(about, read, lang):
    nothing = PlaceFrames(
        tiny_grids(), tiny_duplicates().head(0), tiny_disagreements().head(0), BaseMap()
    )
    sheet = read(places(nothing, about, checked=5, lang=lang))
    assert sheet.told["points"] == {}
    assert "ways" not in sheet.told["base"]


def test_a_frame_that_lacks_a_column_is_refused():
    with pytest.raises(InvalidInputError, match="duplicates: column 'keep' is missing"):
        PlaceFrames(tiny_grids(), tiny_duplicates().drop(columns="keep"), tiny_disagreements())
