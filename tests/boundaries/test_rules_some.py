"""Judging only some areas says just what judging all says of them; and how fast both are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis_boundaries.rules import Known, judge
from tests.boundaries.conftest import toy_layer
from tests.boundaries.towns import city, demo_areas, demo_layer
from tests.conftest import PROVE
from tests.demos import demo_district

if TYPE_CHECKING:
    from gridgis_boundaries.rules import Finding

LETTERS = "ABCDEF."


@settings(max_examples=200 if PROVE else 25, deadline=None)
@given(
    drawing=st.lists(
        st.lists(st.sampled_from(LETTERS), min_size=4, max_size=4), min_size=3, max_size=4
    ).filter(lambda rows: len({letter for row in rows for letter in row} - {"."}) > 1),
    only=st.sets(st.sampled_from("ABCDEFT"), min_size=1),
    wide=st.booleans(),
)
def test_some_areas_have_the_findings_that_all_have_of_them(
    drawing: list[list[str]], only: set[str], *, wide: bool
) -> None:
    areas = city("\n".join(" ".join(row) for row in drawing))
    if wide:
        # The first grid grows over its neighbours.
        shapes = areas.geometry.to_numpy().copy()
        shapes[1] = shapely.multipolygons(shapely.get_parts(shapely.buffer(shapes[1], 0.001)))
        areas = areas.set_geometry(gpd.GeoSeries(shapes, crs=4326))
    known = Known(extent=shapely.box(104, 30, 104.03, 30.03)) if len(only) % 2 else Known()
    everything = judge(areas, toy_layer(), known=known)
    expected = [one for one in everything if only & set(one.areas)]
    assert judge(areas, toy_layer(), known=known, only=only) == expected


@pytest.fixture(scope="module")
def areas() -> gpd.GeoDataFrame:
    return demo_areas(demo_district())


def broken(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The district with a grid moved by 30 m, another taken out, and a community's code changed."""
    grids = areas.index[areas["level"] == "grid"]
    shapes = areas.geometry.to_numpy().copy()
    shapes[grids[100]] = shapely.transform(shapes[grids[100]], lambda at: at + 0.0003)
    wrong = areas.set_geometry(gpd.GeoSeries(shapes, crs=4326)).drop(index=grids[300])
    community = wrong.index[wrong["level"] == "community"][5]
    wrong.loc[community, "code"] = "990103999999"
    return wrong


def test_the_demo_keeps_all_rules_and_its_stations_stand_inside(areas: gpd.GeoDataFrame) -> None:
    responders = demo_district().responders
    ids = dict(zip(areas["code"], areas["area_id"], strict=True))
    stations = responders[responders["kind"] == "facility"].dropna(subset="area_code")
    stations = stations.assign(area_id=stations["area_code"].map(ids))
    assert judge(areas, demo_layer(), known=Known(stations=stations)) == []


def test_each_code_of_the_broken_district_says_what_the_whole_says(
    areas: gpd.GeoDataFrame,
) -> None:
    wrong = broken(areas)
    everything = judge(wrong, demo_layer())
    assert {"overlap", "gap", "union of children", "codes"} <= {one.rule for one in everything}
    concerned = sorted({code for finding in everything for code in finding.areas})
    for code in [*concerned[:25], areas["code"].iloc[-1]]:
        expected: list[Finding] = [one for one in everything if code in one.areas]
        assert judge(wrong, demo_layer(), only={code}) == expected


def test_a_plans_frame_says_parents_by_their_codes(areas: gpd.GeoDataFrame) -> None:
    wrong = broken(areas)
    community = "990103999999"
    wrong.loc[wrong["parent_id"].isin(wrong["area_id"][wrong["code"] == community]),
              "parent_code"] = community  # fmt: skip
    expected = judge(wrong, demo_layer())
    assert judge(wrong.drop(columns="parent_id"), demo_layer()) == expected


def test_a_layer_of_one_level_is_judged_by_itself(areas: gpd.GeoDataFrame) -> None:
    grids = areas[areas["level"] == "grid"].assign(parent_id=pd.NA, parent_code=None)
    layer = demo_layer()
    alone = replace(layer, levels=[replace(layer.levels[-1], rank=0)], grammar="15")
    assert judge(grids, alone) == []
