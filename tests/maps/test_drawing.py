"""What is drawn stays true to what is stored, as far as a screen can show."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString, box

from gridgis_maps import coverage
from gridgis_maps.drawing import shapes, told
from gridgis_maps.drawing.ramps import FAR, MANY, ramp


def test_simplified_neighbours_still_share_their_edges(beats):
    parts = beats[beats["code"].str.startswith("07")].geometry
    assert shapely.coverage_is_valid(parts.to_numpy())

    drawn = shapes.simplified(parts, 20)

    assert shapely.coverage_is_valid(drawn.to_numpy())
    assert shapely.get_num_coordinates(drawn).sum() < shapely.get_num_coordinates(parts).sum() / 2


def test_simplified_outlines_stay_where_they_were(beats):
    metres = beats.geometry.to_crs(26916)
    drawn = shapes.simplified(beats.geometry, 20).to_crs(26916)

    apart = shapely.hausdorff_distance(metres.boundary.to_numpy(), drawn.boundary.to_numpy())
    assert np.quantile(apart, 0.9) < 40
    assert np.abs(drawn.area / metres.area - 1).max() < 0.02
    assert not drawn.is_empty.any()


def test_coordinates_are_rounded_to_a_decimetre(beats):
    lonlat = shapely.get_coordinates(shapes.simplified(beats.geometry, 20).to_numpy())

    assert (lonlat == lonlat.round(6)).all()


def test_an_outline_lies_on_the_edges_of_its_grids(beats, districts):
    drawn = shapes.simplified(beats.geometry, 20)

    outlines = shapes.outlines_of(districts, beats, drawn, 20)

    for code, outline in zip(outlines["code"], outlines.geometry, strict=True):
        grids = drawn[beats["parent_code"] == code].union_all()
        assert outline.symmetric_difference(grids).area < 1e-9
    assert set(outlines["depth"]) == {0}


def test_outlines_whose_parents_go_round_in_a_circle_do_not_hang(tiny_coverage):
    outlines = tiny_coverage.base.outlines.assign(parent_code=["S0", "D", "D"])

    drawn = shapes.outlines_of(outlines, tiny_coverage.grids, tiny_coverage.grids.geometry, 1)

    assert len(drawn) == 3


def test_the_greatest_roads_are_kept_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(shapes, "ROAD_VERTICES", 6)
    roads = gpd.GeoDataFrame(
        {"kind": ["residential", "primary", "alley", "primary"]},
        geometry=[LineString([(103.8 + k / 10, 36), (103.85 + k / 10, 36.1)]) for k in range(4)],
        crs=4326,
    )

    kept = shapes.roads_of(roads, 1)

    assert kept["weight"].tolist() == [2.0]


def test_the_base_map_is_drawn_and_named(tiny_coverage, about, read):
    west = gpd.GeoDataFrame(geometry=[box(103.80, 36.05, 103.81, 36.08)], crs=4326)
    road = gpd.GeoDataFrame(
        {"kind": ["primary"]}, geometry=[LineString([(103.8, 36.06), (103.83, 36.06)])], crs=4326
    )
    base = type(tiny_coverage.base)(tiny_coverage.base.outlines, west, west, road)
    frames = type(tiny_coverage)(tiny_coverage.grids, tiny_coverage.responders, base=base)

    sheet = read(coverage(frames, about))

    assert list(sheet.told["base"]) == ["greens", "water", "roads", "outlines"]
    assert [name for name, *_ in sheet.told["names"]] == ["北街", "南街"]


@pytest.mark.parametrize("anchors", [FAR, MANY])
@pytest.mark.parametrize("classes", range(2, 9))
def test_a_ramp_darkens_steadily_so_that_no_hue_is_needed(anchors, classes):
    light = [luminance(colour) for colour in ramp(anchors, classes)]

    assert all(first > second * 1.05 for first, second in pairwise(light))


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        ((part + 0.055) / 1.055) ** 2.4 if part > 0.04045 else part / 12.92 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("metres", "said"),
    [(0, "0 m"), (999.4, "999 m"), (999.6, "1 km"), (12_345, "12.3 km"), (float("inf"), "–")],
)
def test_distances_read_well(metres, said):
    assert told.distance(metres, "en") == said


def test_texts_are_one_line_of_what_can_be_printed():
    assert told.plain("a\x00b\ud800\n\tc\u202e") == "a b\ufffd c"
    assert told.plain(float("nan")) == ""
    assert told.plain("x" * 10_000, 10) == "x" * 9 + "…"
