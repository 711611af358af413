"""The rules, on cities small enough to check by eye."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridgis.model import Layer, Level
from gridgis_boundaries.rules import judge
from gridgis_boundaries.rules.coverage import overlaps
from gridgis_boundaries.sizes import area_m2
from tests.boundaries.conftest import drawn, stored_frame, toy_layer
from tests.boundaries.towns import city, moved
from tests.cities import NINE, STEP, boxes

SQUARE_M2 = 1_069_500
"""One letter of a drawing, roughly."""


def test_nine_squares_are_a_partition() -> None:
    assert judge(city(NINE), toy_layer()) == []


def test_a_square_is_about_a_square_kilometre() -> None:
    assert area_m2(boxes("A").values())[0] == pytest.approx(SQUARE_M2, rel=0.001)


def test_an_overlap_names_both_grids_and_its_size() -> None:
    wide = shapely.box(104, 30, 104 + 1.1 * STEP, 30 + STEP)
    areas = moved(city("A B"), "A", shapely.multipolygons([wide]))
    (found,) = judge(areas, toy_layer())
    assert (found.rule, found.areas) == ("overlap", ("A", "B"))
    assert found.amount == pytest.approx(SQUARE_M2 / 10, rel=0.001)
    assert 104 + STEP < found.place[0] < 104 + 1.1 * STEP
    assert found.sentence == "A and B overlap by 0.11 km²"


def test_a_sliver_below_the_tolerance_is_rounding() -> None:
    wide = shapely.box(104, 30, 104 + STEP + 1e-13, 30 + STEP)
    assert judge(moved(city("A B"), "A", shapely.multipolygons([wide])), toy_layer()) == []


def test_one_grid_inside_another_overlaps_it() -> None:
    inside = shapely.multipolygons([shapely.box(104.002, 30.002, 104.004, 30.004)])
    both = pd.concat([drawn("A A"), drawn("B").assign(geometry=[inside])], ignore_index=True)
    areas = stored_frame(both.assign(level="grid", parent_code=None))
    partial = Layer("x", "x", False, 1, "none", [Level("grid", "Grid", 0, True)], None)
    (found,) = judge(areas, partial)
    assert (found.rule, found.areas) == ("overlap", ("A", "B"))


@given(
    boxes=st.lists(
        st.tuples(*[st.integers(0, 6)] * 2, *[st.integers(1, 4)] * 2), min_size=2, max_size=7
    )
)
def test_every_overlap_is_found_and_nothing_else(boxes: list[tuple[int, int, int, int]]) -> None:
    shapes = [
        shapely.multipolygons([shapely.box(x / 64, y / 64, (x + w) / 64, (y + h) / 64)])
        for x, y, w, h in boxes
    ]
    areas = gpd.GeoDataFrame(
        {"code": [str(at) for at in range(len(shapes))]}, geometry=shapes, crs="EPSG:4326"
    )
    expected = {
        (str(one), str(two))
        for one in range(len(shapes))
        for two in range(one + 1, len(shapes))
        if shapes[one].intersection(shapes[two]).area > 0
    }
    assert {one.areas for one in overlaps(areas, 0.01)} == expected


def test_a_hole_in_the_middle_is_a_gap_only_in_a_complete_layer() -> None:
    ring = city("G H I\nD . F\nA B C")
    (found,) = judge(ring, toy_layer())
    assert found.rule == "gap"
    assert found.areas == ("A", "B", "C", "D", "F", "G", "H", "I")
    assert found.amount == pytest.approx(SQUARE_M2, rel=0.001)
    assert found.sentence == "nobody covers 1.07 km² between A, B, C, D and 4 more"
    assert judge(ring, toy_layer(complete=False)) == []


def test_an_island_in_a_hole_is_not_counted_as_uncovered() -> None:
    ring = city("K K K K K\nK . . . K\nK . I . K\nK . . . K\nK K K K K")
    (gap,) = [found for found in judge(ring, toy_layer()) if found.rule == "gap"]
    assert gap.areas == ("I", "K")
    assert gap.amount == pytest.approx(8 * SQUARE_M2, rel=0.001)


def test_a_child_outside_its_parent_and_ground_without_a_child() -> None:
    areas = moved(city("A B"), "T", boxes("T T .\nT T .")["T"])
    found = judge(areas, toy_layer())
    assert [(one.rule, one.areas) for one in found] == [("union of children", ("T",))]
    areas = moved(city("A B"), "T", boxes("T .")["T"])
    found = judge(areas, toy_layer())
    assert [(one.rule, one.areas) for one in found] == [("inside parent", ("B", "T"))]
    assert found[0].amount == pytest.approx(SQUARE_M2, rel=0.001)


def test_grids_without_a_parent_are_one_finding_and_a_single_one_is_named() -> None:
    (found,) = judge(city("A B", parent=False), toy_layer())[:1]
    assert found.sentence == "no grid has a parent (2 areas)"
    areas = city("A B C")
    areas.loc[2, ["parent_id", "parent_code"]] = None
    rules = [(one.rule, one.areas) for one in judge(areas, toy_layer())]
    assert ("parent", ("B",)) in rules


def test_codes_are_held_against_the_grammar() -> None:
    found = judge(city("A B"), toy_layer(grammar="2+2"))
    assert {one.rule for one in found} == {"codes"}
    assert {one.areas[0] for one in found} == {"T", "A", "B"}


def test_an_edition_without_grids_is_found() -> None:
    areas = city("A B")
    (found,) = judge(areas[areas["level"] == "city"], toy_layer())
    assert found.sentence == "there is no grid, and grid is the grid of layer 'base'"


def test_an_invalid_shape_is_found_and_the_others_are_still_judged() -> None:
    bow = shapely.Polygon([(104, 30), (104.01, 30.01), (104.01, 30), (104, 30.01)])
    found = judge(moved(city("A B"), "A", shapely.multipolygons([bow])), toy_layer())
    assert {one.rule for one in found} == {"valid", "one part", "union of children"}


def test_a_finding_reads_as_a_sentence_with_its_place() -> None:
    wide = shapely.box(104, 30, 104 + 1.1 * STEP, 30 + STEP)
    (found,) = judge(moved(city("A B"), "A", shapely.multipolygons([wide])), toy_layer())
    assert str(found) == "overlap: A and B overlap by 0.11 km², at 104.010500 30.005000"
