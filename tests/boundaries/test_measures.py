"""Measures, worked by hand on cities of three by three and four by four squares."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.locate.metres import metres_per_degree_lat, metres_per_degree_lon
from gridgis_boundaries.measures import Measures, Survey, deltas, measure, remeasure
from gridgis_boundaries.measures.balance import band_excess, deviation, spread
from gridgis_boundaries.measures.cells import Units, cut_edges, neighbours, splits
from gridgis_boundaries.measures.shape import hull_ratio, parts, polsby_popper, reock
from gridgis_boundaries.measures.walking import DETOUR
from gridgis_boundaries.planes import length_m, metres_per_degree
from gridgis_boundaries.rules import Band
from tests.boundaries.towns import city, squares
from tests.cities import STEP, boxes

ROWS = "C C C\nB B B\nA A A"
"""Three rows of three squares."""

FOUR = "C C D D\nC C D D\nA A B B\nA A B B"

EAST_M = STEP * metres_per_degree_lon(30.015)
NORTH_M = STEP * metres_per_degree_lat(30.015)


def measured(drawing: str, cells: gpd.GeoDataFrame, **known: object) -> Measures:
    return measure(city(drawing), Survey.of(cells, **known))


def test_metres_of_many_latitudes_are_those_of_each() -> None:
    latitudes = np.linspace(-80, 80, 33)
    lon_m, lat_m = metres_per_degree(latitudes)
    assert lon_m == pytest.approx([metres_per_degree_lon(lat) for lat in latitudes], rel=1e-14)
    assert lat_m == pytest.approx([metres_per_degree_lat(lat) for lat in latitudes], rel=1e-14)


def test_a_ring_of_a_polygon_with_a_hole_is_measured_and_points_are_not() -> None:
    outer, inner = shapely.box(104, 30, 104.03, 30.03), shapely.box(104.01, 30.01, 104.02, 30.02)
    ring = outer.difference(inner)
    both = length_m([outer])[0] + length_m([inner])[0]
    assert length_m([ring, shapely.Point(1, 2), None]).tolist() == [pytest.approx(both), 0.0, 0.0]


def test_rows_of_three_by_three() -> None:
    """Two of the six borders between rows are inner ones, each three squares long.

    The dual graph of 3 × 3 squares has 12 edges, 6 of them between rows.
    """
    found = measured(ROWS, squares("\n".join([". . ."] * 3)))
    summary = found.summary
    assert summary["cut_edges"] == 6
    assert summary["cut_edges_share"] == 0.5
    assert summary["adjacent_grids"] == 2
    assert summary["inner_border_m"] == pytest.approx(6 * EAST_M, rel=1e-4)
    assert found.grids["neighbours"].to_dict() == {"A": 1, "B": 2, "C": 1}
    assert found.grids["border_m"].tolist() == pytest.approx(
        [3 * EAST_M, 6 * EAST_M, 3 * EAST_M], rel=2e-4
    )
    assert found.grids["households"].tolist() == [300, 300, 300]
    assert (summary["deviation_max"], summary["deviation_cv"], summary["band_excess"]) == (0, 0, 0)
    # The cells' heights on the ground are NORTH_M, their widths EAST_M.
    wide, high = 3 * EAST_M, NORTH_M
    assert found.grids["polsby_popper"].to_numpy() == pytest.approx(
        math.pi * wide * high / (wide + high) ** 2, rel=1e-3
    )
    assert found.grids["reock"].to_numpy() == pytest.approx(
        wide * high / (math.pi * (wide**2 + high**2) / 4), rel=1e-3
    )
    assert found.grids["hull_ratio"].to_numpy() == pytest.approx(1.0)
    assert found.grids["tour_m"].to_numpy() == pytest.approx(
        0.7124 * math.sqrt(3 * wide * high), rel=1e-3
    )


def test_quarters_of_four_by_four() -> None:
    """Of 24 edges 4 are cut across each middle line; corners make A and D no neighbours."""
    found = measured(FOUR, squares("\n".join([". . . ."] * 4)))
    assert found.summary["cut_edges"] == 8
    assert found.summary["cut_edges_share"] == pytest.approx(8 / 24)
    pairs = list(zip(found.borders["left"], found.borders["right"], strict=True))
    assert pairs == [("A", "B"), ("A", "C"), ("B", "D"), ("C", "D")]
    assert found.summary["inner_border_m"] == pytest.approx(4 * (EAST_M + NORTH_M), rel=1e-3)


def test_balance_of_three_grids() -> None:
    households = pd.Series([200.0, 400.0, 600.0], index=list("ABC"))
    assert deviation(households).to_dict() == {"A": -0.5, "B": 0.0, "C": 0.5}
    assert spread(households) == {
        "deviation_max": 0.5,
        "deviation_range": 1.0,
        "deviation_cv": pytest.approx(math.sqrt(2 / 3) / 2),
    }
    assert band_excess(households, Band()).to_dict() == {"A": 100.0, "B": 0.0, "C": 100.0}
    unknown = pd.Series([300, None], dtype="Int64")
    assert deviation(unknown.astype("Float64").astype(float)).isna().tolist() == [False, True]
    assert math.isnan(spread(pd.Series([0.0, 0.0]))["deviation_max"])


def test_an_l_and_a_u_against_their_hulls_and_a_shape_without_ground() -> None:
    frame = city("U . U\nU U U\nL . .\nL L L")
    grids = frame[frame["level"] == "grid"].set_index("code")
    # The L: 4 squares in a hull of 6 less half of a 1 × 2 corner; the U fills 5 of 6.
    assert hull_ratio(grids)["L"] == pytest.approx(4 / 5, rel=1e-3)
    assert hull_ratio(grids)["U"] == pytest.approx(5 / 6, rel=1e-3)
    nothing = gpd.GeoDataFrame(geometry=[shapely.MultiPolygon()], crs=4326, index=["none"])
    for share in (polsby_popper(nothing), reock(nothing), hull_ratio(nothing)):
        assert share.isna().to_dict() == {"none": True}
    assert parts(nothing).to_dict() == {"none": 0}


def test_a_circle_is_the_most_compact() -> None:
    # A degree of longitude is the shorter one, so a circle on the ground is an ellipse in degrees.
    circle = shapely.Point(0, 0).buffer(500, quad_segs=64)
    scale = np.array([metres_per_degree_lon(36.0), metres_per_degree_lat(36.0)])
    ground = shapely.transform(circle, lambda at: at / scale + (104.0, 36.0))
    frame = gpd.GeoDataFrame(geometry=[ground], crs=4326)
    for share in (polsby_popper(frame), reock(frame), hull_ratio(frame)):
        assert share[0] == pytest.approx(1.0, abs=1e-3)


def test_compounds_and_parents_that_are_divided() -> None:
    """X lies in both grids, Y in one; three of X's squares are in the west."""
    cells = squares("X Y Y Y\nX X X Y", households=10)
    found = measured("A A B B\nA A B B", cells)
    assert found.summary["compounds_split"] == 2
    assert found.summary["compound_households_apart"] == 20
    table = splits(Units.of(cells["parent_code"]), found.cell_grid, np.full(8, 10.0))
    assert table.loc["X"].to_dict() == {"grids": 2, "households": 40, "apart": 10}
    assert measured("A A A A\nB B B B", squares("X X X X\nY Y Y Y")).summary["compounds_split"] == 0


def test_a_parent_of_before_that_is_divided_now() -> None:
    before = city("P P Q Q")
    before = before[before["level"] == "grid"]
    areas = city("A B C D")
    areas = areas[areas["level"] == "grid"].assign(parent_code=["P", "Q", "Q", "Q"])
    found = measure(areas, Survey.of(squares(". . . .", 10), before=before))
    assert (found.summary["parents_split"], found.summary["parent_households_apart"]) == (1, 10)


def test_the_work_of_last_year() -> None:
    spots = [(104.001, 30.001)] * 3 + [(104.011, 30.001)] + [(105, 30)]
    reports = gpd.GeoDataFrame(geometry=[*map(shapely.Point, spots), None], crs=4326)
    found = measured("A B", squares("A B", 100), reports=reports)
    assert found.grids["reports"].to_dict() == {"A": 3, "B": 1}
    assert found.grids["reports_per_household"].to_dict() == {"A": 0.03, "B": 0.01}
    assert found.summary["reports_max_to_mean"] == 1.5
    assert (found.summary["reports"], found.summary["reports_outside"]) == (6, 2)


def test_the_walk_goes_to_the_own_station_else_to_the_parents() -> None:
    areas = city("A B")
    ids = dict(zip(areas["code"], areas["area_id"], strict=True))
    stations = gpd.GeoDataFrame(
        {"area_id": [ids["A"], ids["T"]]},
        geometry=[shapely.Point(104.005, 30.005), shapely.Point(104.005, 30.005)],
        crs=4326,
    )
    found = measure(areas, Survey.of(squares("A B"), stations=stations))
    assert found.grids["walk_mean_m"]["A"] == pytest.approx(0.0, abs=1e-6)
    assert found.grids["walk_max_m"]["B"] == pytest.approx(EAST_M * DETOUR, rel=1e-3)
    by_road = Survey.of(
        squares("A B"), stations=stations, walk_m=lambda start, _: np.full(len(start), 7.0)
    )
    assert measure(areas, by_road).summary["walk_mean_m"] == 7.0
    plan = areas.drop(columns="parent_id")
    again = measure(plan, Survey.of(squares("A B"), stations=stations))
    pd.testing.assert_frame_equal(again.grids, found.grids)
    alone = measure(areas, Survey.of(squares("A B"), stations=stations.iloc[:1]))
    assert alone.summary["grids_without_station"] == 1


def test_cells_that_touch_nothing_are_neighbours_by_their_points() -> None:
    points = [(0, 0), (1, 0.1), (0, 1), (1.2, 1.3)]
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(*at) for at in points], crs=4326)
    assert len(neighbours(frame)) == 5
    assert neighbours(frame.iloc[:2]).tolist() == [[0, 1]]
    line = gpd.GeoDataFrame(geometry=[shapely.Point(at, 0) for at in (2, 0, 1)], crs=4326)
    assert neighbours(line).tolist() == [[0, 2], [1, 2]]
    assert neighbours(frame.iloc[:0]).shape == (0, 2)
    assert cut_edges(np.array([[0, 1], [1, 2]]), np.array([0, 1, -1])).tolist() == [[0, 1]]


def test_without_cells_the_grids_own_households_count() -> None:
    areas = city("A B", households=[350, 450])
    found = measure(areas, Survey.of(squares("A").iloc[:0]))
    assert found.grids["households"].to_dict() == {"A": 350.0, "B": 450.0}
    assert found.summary["deviation_range"] == 0.25


def test_an_edit_is_measured_by_what_it_touched_and_the_change_is_told() -> None:
    survey = Survey.of(squares("X X Y Y\nX X Y Y\nZ Z . .\nZ Z . ."))
    before = measure(city(FOUR), survey)
    areas = city("C C C D\nC C D D\nA A B B\nA A B B")
    after = remeasure(before, areas, survey, {"C", "D"})
    again = measure(areas, survey)
    pd.testing.assert_frame_equal(after.grids, again.grids)
    pd.testing.assert_frame_equal(after.borders, again.borders)
    assert (deltas(after, again)["change"].fillna(0) == 0).all()
    change = deltas(before, after)["change"]
    assert change["cut_edges"] == 1
    assert change["compounds_split"] == 1
    assert change["households"] == 0


plans = st.lists(
    st.lists(st.sampled_from("ABCD."), min_size=4, max_size=4), min_size=4, max_size=4
).filter(lambda rows: any(letter != "." for row in rows for letter in row))


@settings(max_examples=30, deadline=None)
@given(first=plans, second=plans)
def test_measuring_what_was_touched_is_measuring_anew(
    first: list[list[str]], second: list[list[str]]
) -> None:
    """Any plan of sixteen squares becomes any other; letters that keep their squares are kept."""
    cells = squares("X X Y Y\nX X Y Y\nZ Z . .\nZ Z . .")
    reports = gpd.GeoDataFrame(geometry=shapely.centroid(cells.geometry.to_numpy()), crs=4326)
    survey = Survey.of(cells, reports=reports)
    drawings = ["\n".join(" ".join(row) for row in rows) for rows in (first, second)]
    shapes = [boxes(drawing) for drawing in drawings]
    touched = {code for code in "ABCD" if shapes[0].get(code) != shapes[1].get(code)}
    before, anew = (measure(city(drawing), survey) for drawing in drawings)
    found = remeasure(before, city(drawings[1]), survey, touched)
    pd.testing.assert_frame_equal(found.grids, anew.grids)
    pd.testing.assert_frame_equal(found.pairs, anew.pairs, check_dtype=False)
    assert (found.cell_grid == anew.cell_grid).all()
    assert (found.report_grid == anew.report_grid).all()
    assert found.summary == pytest.approx(anew.summary, nan_ok=True)
