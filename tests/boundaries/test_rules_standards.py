"""The rules of one grid: its parts, its width, its households, its code, its station."""

from __future__ import annotations

from datetime import UTC, datetime

import geopandas as gpd
import pytest
import shapely

from gridgis.actor import Actor
from gridgis_boundaries.rules import Accepted, Band, Finding, Known, Standards, judge, outstanding
from tests.boundaries.conftest import toy_layer
from tests.boundaries.towns import city, moved
from tests.cities import STEP, boxes

LON_M, LAT_M = 96_485.0, 110_852.0
"""Metres a degree at 30° north."""


def rules(findings: list[Finding]) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.rule, finding.areas) for finding in findings]


def test_a_grid_of_two_parts_is_found_with_the_place_of_the_smaller() -> None:
    (found,) = judge(city("A B B\nB B B\nB B A\nB B A"), toy_layer())
    assert (found.rule, found.areas, found.amount, found.unit) == ("one part", ("A",), 2, "parts")
    assert found.sentence == "A has 2 parts, the smallest of 1.07 km²"
    assert boxes("A .\n. .\n. .\n. .")["A"].covers(shapely.Point(found.place))


def test_parts_that_touch_in_a_point_are_two() -> None:
    found = judge(city("A B\nB A"), toy_layer())
    assert sorted(rules(found)) == [("one part", ("A",)), ("one part", ("B",))]


def three_levels(drawing: str, parents: dict[str, str]) -> gpd.GeoDataFrame:
    """A city T, communities of grids by their letters, and the grids."""
    areas = city(drawing)
    grids = areas[areas["level"] == "grid"].assign(parent_code=lambda a: a["code"].map(parents))
    middle = grids.dissolve("parent_code", as_index=False)
    middle = middle.assign(code=middle["parent_code"], level="community", parent_code="T")
    together = [areas[areas["level"] == "city"], middle, grids]
    frame = gpd.GeoDataFrame(gpd.pd.concat(together, ignore_index=True), crs=4326)
    ids = {code: at for at, code in enumerate(frame["code"])}
    return frame.assign(
        area_id=range(len(frame)),
        parent_id=frame["parent_code"].map(ids).astype("Int64"),
        geometry=[shapely.multipolygons(shapely.get_parts(s)) for s in frame.geometry],
    )


def test_children_that_meet_in_a_corner_only_do_not_hang_together() -> None:
    layer = toy_layer()
    layer.levels.insert(1, type(layer.levels[0])("community", "Community", 1, False))
    parents = {"A": "X", "B": "Y", "C": "Y", "D": "X"}
    found = judge(three_levels("C D\nA B", parents), layer)
    assert rules(found) == [("contiguity", ("X",)), ("contiguity", ("Y",))]
    assert found[0].sentence == (
        "X falls into 2 groups of children that share no border; apart from the rest: D"
    )
    parents = {"A": "X", "B": "X", "C": "Y", "D": "Y"}
    assert judge(three_levels("C D\nA B", parents), layer) == []


def with_strip(width_m: float) -> gpd.GeoDataFrame:
    """Two grids; a strip of A along their border is a part of its own, within B."""
    east = 104 + 1.5 * STEP
    strip = shapely.box(east, 30 + 0.2 * STEP, east + width_m / LON_M, 30 + 0.8 * STEP)
    shapes = boxes("A B")
    areas = moved(city("A B"), "A", shapely.multipolygons([*shapes["A"].geoms, strip]))
    return moved(areas, "B", shapely.multipolygons([shapes["B"].difference(strip)]))


def test_a_strip_of_four_metres_is_a_sliver_and_one_of_six_is_none() -> None:
    found = judge(with_strip(4.0), toy_layer())
    assert rules(found) == [("one part", ("A",)), ("sliver", ("A",))]
    assert found[1].sentence == "A has a part that is only 4.0 m wide"
    assert rules(judge(with_strip(6.0), toy_layer())) == [("one part", ("A",))]
    wanted = Standards(narrowest_m=7.0)
    assert ("sliver", ("A",)) in rules(judge(with_strip(6.0), toy_layer(), wanted))
    assert len(judge(with_strip(4.0), toy_layer(), Standards(narrowest_m=0.0))) == 1


def dumbbell(width_m: float) -> gpd.GeoDataFrame:
    """Two rooms of A in a row of three squares, joined through B by a corridor."""
    south = 30 + STEP / 2
    corridor = shapely.box(104 + STEP, south, 104 + 2 * STEP, south + width_m / LAT_M)
    # The corridor's corners are nodes of the rooms too, so all borders are shared.
    room = shapely.union_all([boxes("A . A")["A"], corridor])
    areas = moved(city("A B A"), "A", shapely.multipolygons([room]))
    return moved(areas, "B", shapely.multipolygons(boxes(". B .")["B"].difference(corridor).geoms))


def test_a_neck_is_found_at_its_place_and_a_passage_is_none() -> None:
    found = judge(dumbbell(4.0), toy_layer())
    assert rules(found) == [("one part", ("B",)), ("sliver", ("A",))]
    lon, lat = found[1].place
    assert 104 + STEP < lon < 104 + 2 * STEP
    assert lat == pytest.approx(30 + STEP / 2 + 2 / LAT_M, abs=2.5 / LAT_M)
    assert rules(judge(dumbbell(5.5), toy_layer())) == [("one part", ("B",))]


def test_a_narrow_end_that_leads_nowhere_is_no_neck() -> None:
    tip = shapely.box(104 + STEP, 30.004, 104 + 1.5 * STEP, 30.004 + 3 / LAT_M)
    shapes = boxes("A B")
    areas = moved(city("A B"), "A", shapely.multipolygons([shapes["A"].union(tip)]))
    areas = moved(areas, "B", shapely.multipolygons([shapes["B"].difference(tip)]))
    assert judge(areas, toy_layer()) == []


def test_households_are_held_to_the_band_and_its_ends_are_inside() -> None:
    areas = city("A B C D", households=[299, 300, 500, 501])
    found = judge(areas, toy_layer())
    assert rules(found) == [("households", ("A",)), ("households", ("D",))]
    assert found[0].sentence == "A has 299 households; 300 to 500 are standard"
    assert (found[0].amount, found[0].unit) == (299, "households")
    wide = Standards(households=Band(200, 600))
    assert judge(areas, toy_layer(), wide) == []
    assert judge(areas, toy_layer(), Standards(households=None)) == []
    assert judge(areas, toy_layer(complete=False)) == [], "the campus is no 300 households"


def test_unknown_households_are_one_finding_and_none_where_nobody_counts() -> None:
    areas = city("A B C", households=[400, None, None])
    (found,) = judge(areas, toy_layer())
    assert (found.rule, found.areas) == ("unknown households", ("B", "C"))
    assert found.sentence == "nobody knows how many households 2 grids have: B, C"
    assert judge(city("A B C", households=[None, None, None]), toy_layer()) == []


def test_a_code_twice_and_a_retired_code() -> None:
    areas = city("A B C").replace({"code": {"C": "A"}})
    assert ("unique codes", ("A",)) in rules(judge(areas, toy_layer()))
    found = judge(city("A B C"), toy_layer(), known=Known(retired=frozenset({"B", "Z"})))
    assert rules(found) == [("retired codes", ("B",))]
    assert found[0].sentence == "grid B has a code that is retired"


def test_a_station_outside_of_its_grid_is_found_with_its_distance() -> None:
    areas = city("A B")
    ids = dict(zip(areas["code"], areas["area_id"], strict=True))
    border, beyond = 104 + STEP, 104 + STEP + 100 / LON_M
    stations = gpd.GeoDataFrame(
        {"name": ["North", "On the line", "East", "Nowhere", "Elsewhere"],
         "area_id": [ids["A"], ids["A"], ids["A"], ids["B"], 4711]},
        geometry=[shapely.Point(104.005, 30.005), shapely.Point(border, 30.005),
                  shapely.Point(beyond, 30.005), None, shapely.Point(0, 0)],
        crs=4326,
    )  # fmt: skip
    (found,) = judge(areas, toy_layer(), known=Known(stations=stations))
    assert (found.rule, found.areas) == ("station", ("A",))
    assert found.sentence == "East stands 100 m outside A"
    assert found.place == (beyond, 30.005)


def test_a_declared_extent_is_what_gaps_and_the_rim_are_judged_by() -> None:
    layer, whole = toy_layer(complete=False), boxes("A A A\nA A A\nA A A")
    areas = city("G H I\nD E .\nA B C", parent=False)
    areas = areas[areas["level"] == "grid"]
    (bay,) = judge(areas, layer, known=Known(extent=whole["A"]))
    assert (bay.rule, bay.areas) == ("cover", ("B", "C", "E", "H", "I"))
    ring = city("G H I\nD . F\nA B C", parent=False)
    ring = ring[ring["level"] == "grid"]
    (gap,) = judge(ring, layer, known=Known(extent=whole["A"]))
    assert gap.rule == "gap"
    without_lake = boxes("A A A\nA . A\nA A A")["A"]
    assert judge(ring, layer, known=Known(extent=without_lake)) == []
    small = boxes("A A A\nA . A\nA A .")["A"]
    (out,) = judge(ring, layer, known=Known(extent=small))
    assert (out.rule, out.areas) == ("extent", ("C",))


def test_an_exception_accepts_its_rule_among_its_areas_and_nothing_else() -> None:
    found = judge(city("A B\nB A"), toy_layer())
    on = datetime(2026, 5, 1, tzinfo=UTC)
    known = Accepted("one part", ("A",), "the river runs through it", Actor("Li Na"), on)
    assert rules(outstanding(found, [known])) == [("one part", ("B",))]
    pair = Finding("overlap", None, ("B", "A"), 1.0, "")
    assert pair.key == Accepted("overlap", ("A", "B"), "", Actor("Li Na"), on).key
