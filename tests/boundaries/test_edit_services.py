"""Lines of a redraw: snapped to what is there, traced along roads, proposed for a split."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.ops import split

from gridgis.errors import InvalidInputError
from gridgis_boundaries.edits.balancing import proposals
from gridgis_boundaries.edits.snapping import snap
from gridgis_boundaries.edits.tracing import trace
from gridgis_boundaries.planes import length_m, segment_m
from tests.boundaries.towns import demo_areas, demo_cells, squares
from tests.cities import boxes
from tests.demos import demo_district

LON_M, LAT_M = 96_486.0, 110_852.0
"""Metres a degree at 30° north."""


def at(east_m: float, north_m: float) -> tuple[float, float]:
    return 104 + east_m / LON_M, 30 + north_m / LAT_M


def line(*spots: tuple[float, float]) -> shapely.LineString:
    """A line by metres east and north of a corner."""
    return shapely.LineString([at(*spot) for spot in spots])


def test_vertices_go_to_vertices_then_to_segments_and_the_rest_stays() -> None:
    road = line((0, 0), (100, 0), (200, 0))
    drawn = line((3, 4), (50, 4), (104, 0.5), (150, 40))
    found = snap(drawn, [None, road], 5.1)
    moves = found.moves
    assert moves["vertex"].tolist() == [0, 1, 2]
    assert moves["onto"].tolist() == ["vertex", "segment", "vertex"]
    assert moves["target"].tolist() == [1, 1, 1]
    assert moves["moved_m"].to_numpy() == pytest.approx([5.0, 4.0, 4.03], abs=0.01)
    assert found.line.coords[0] == road.coords[0], "a target's vertex keeps its doubles"
    assert found.line.coords[1] == (round(at(50, 0)[0], 7), 30.0)
    assert found.line.coords[3] == drawn.coords[3]


def test_a_near_vertex_goes_before_a_nearer_segment() -> None:
    found = snap(line((96, 1), (60, 60)), [line((0, 0), (100, 0))], 5.0)
    assert found.moves["onto"].tolist() == ["vertex"]
    assert found.line.coords[0] == at(100, 0)


def test_borders_of_areas_are_snapped_to_not_their_ground() -> None:
    grid = boxes("A")["A"]
    assert snap(line((400, 400), (420, 420)), [grid], 30.0).moves.empty
    assert len(snap(line((5, 400), (420, 420)), [grid], 30.0).moves) == 1


def test_a_line_that_snaps_to_one_spot_is_refused_and_doubles_are_dropped() -> None:
    road = line((0, 0), (100, 0))
    with pytest.raises(InvalidInputError, match="snaps to one spot within 5 m"):
        snap(line((1, 1), (2, 1)), [road], 5.0)
    assert len(snap(line((1, 1), (2, 1), (60, 60)), [road], 5.0).line.coords) == 2


spots = st.tuples(st.floats(0, 300), st.floats(0, 300))


@settings(deadline=None)
@given(drawn=st.lists(spots, min_size=2, max_size=5), road=st.lists(spots, min_size=2, max_size=5))
def test_no_vertex_moves_further_than_the_tolerance(
    drawn: list[tuple[float, float]], road: list[tuple[float, float]]
) -> None:
    given_line = line(*drawn)
    try:
        found = snap(given_line, [line(*road)], 20.0)
    except InvalidInputError:
        return
    moved = found.moves
    start = np.array(given_line.coords)[moved["vertex"]]
    away_m = segment_m(start, moved[["lon", "lat"]].to_numpy())
    assert (away_m < 20.02).all()
    assert away_m == pytest.approx(moved["moved_m"].to_numpy(), abs=0.02)


ROADS = [
    line((0, 0), (100, 0), (200, 0)),
    line((0, 0), (0, 100), (100, 100)),
    line((100, 100), (200, 0)),
    line((500, 0), (600, 0)),
]


def test_a_line_is_traced_along_the_shortest_way_between_two_clicks() -> None:
    found = trace(ROADS, at(20, 3), at(150, 60))
    metres = [((lon - 104) * LON_M, (lat - 30) * LAT_M) for lon, lat in found.coords]
    expected = [(20, 0), (100, 0), (200, 0), (145, 55)]
    assert np.array(metres) == pytest.approx(np.array(expected), abs=0.1)
    assert found.coords[2] == at(200, 0), "the roads' vertices keep their doubles"


def test_two_clicks_on_one_road_are_joined_along_it() -> None:
    found = trace(ROADS, at(20, 1), at(70, -1))
    assert length_m([found])[0] == pytest.approx(50, abs=0.02)
    assert trace(ROADS, at(0.001, 0), at(70, 0)).coords[0] == at(0, 0)


def test_no_way_and_no_roads_are_said() -> None:
    with pytest.raises(InvalidInputError, match=r"no way along roads leads from 104\.0"):
        trace(ROADS, at(20, 3), at(550, 3))
    with pytest.raises(InvalidInputError, match="no roads here"):
        trace([], at(0, 0), at(1, 1))
    with pytest.raises(InvalidInputError, match="both clicks go to one spot"):
        trace(ROADS, at(20, 3), at(20, -3))


def test_ways_through_the_demo_are_networkxs() -> None:
    roads = demo_district().roads.geometry.to_numpy()
    graph = networkx.Graph()
    for road in roads:
        ends = np.array(road.coords)
        for one, two, metres in zip(
            map(tuple, ends[:-1]), map(tuple, ends[1:]), segment_m(ends[:-1], ends[1:]), strict=True
        ):
            graph.add_edge(one, two, metres=metres)
    rng = np.random.default_rng(6)
    largest = sorted(max(networkx.connected_components(graph), key=len))
    for _ in range(5):
        start, end = (largest[at] for at in rng.integers(len(largest), size=2))
        expected = networkx.shortest_path_length(graph, start, end, weight="metres")
        found = trace(roads, start, end)
        assert (found.coords[0], found.coords[-1]) == (start, end)
        assert length_m([found])[0] == pytest.approx(expected)


def test_a_square_town_is_split_in_the_middle() -> None:
    cells = squares("\n".join([". . . ."] * 4), 10)
    found = proposals(boxes("\n".join(["A A A A"] * 4))["A"], cells)
    assert len(found) == 5
    best = found[0]
    assert (best.along, best.households, best.deviation) == ("straight", (80.0, 80.0), 0.0)
    assert best.polsby_popper == pytest.approx((0.728, 0.728), abs=0.001)
    assert [one.cost for one in found] == sorted(one.cost for one in found)


def test_no_compound_is_cut_where_that_can_be_avoided() -> None:
    """Half of the households would be through Y; west of it lie 40 % of them."""
    cells = squares("X X Y Y Y\nX X Y Y Y", 10)
    best = proposals(boxes("A A A A A\nA A A A A")["A"], cells)[0]
    assert best.cut_compounds == ()
    assert sorted(best.households) == [40.0, 60.0]
    assert best.deviation == pytest.approx(0.2)


def test_a_road_through_the_grid_is_proposed() -> None:
    shape = boxes("A A\nA A")["A"]
    bend = shapely.LineString([(104.01, 30), (104.009, 30.01), (104.01, 30.02)])
    border = shapely.LineString([(104, 30), (104.02, 30)])
    dead_end = shapely.LineString([(104.009, 30.01), (104.004, 30.012)])
    found = proposals(shape, squares(". .\n. ."), [bend, border, dead_end])
    assert (found[0].along, found[0].line.coords[1]) == ("roads", (104.009, 30.01))
    assert found[0].households == (200.0, 200.0)
    keys = [one.households for one in found if one.along == "roads"]
    assert len(keys) == 1, "neither the border nor a dead end splits anything"


def test_a_road_that_goes_on_beyond_the_border_is_proposed_with_its_ends_outside() -> None:
    shape = boxes("A A\nA A")["A"]
    road = shapely.LineString([(104.0137, 29.99), (104.0112, 30.0111), (104.0093, 30.03)])
    side = shapely.LineString([(104.0112, 30.0111), (104.03, 30.0123)])
    found = proposals(shape, squares(". .\n. ."), [road, side], count=9)
    ways = [one.line for one in found if one.along == "roads"]
    assert len(ways) >= 2
    for way in ways:
        assert way.coords[1] == (104.0112, 30.0111)
        assert not shape.intersects(way.boundary)


def test_what_cannot_be_split_is_refused() -> None:
    cells = squares(". .")
    with pytest.raises(InvalidInputError, match="has 2 parts"):
        proposals(boxes("A B A")["A"], cells)
    with pytest.raises(InvalidInputError, match="fewer than two cells"):
        proposals(boxes("A A")["A"], cells.iloc[:1])


def test_grids_of_the_demo_are_split_in_halves() -> None:
    """Each 40th grid: one proposal is within 5 % where no building is larger than that."""
    demo = demo_district()
    areas, cells = demo_areas(demo), demo_cells(demo)
    roads = demo.roads.geometry.to_numpy()
    grids = areas[areas["level"] == "grid"]
    even = 0
    for shape in grids.geometry.iloc[::40]:
        inside = cells[shapely.intersects(cells.geometry.to_numpy(), shape)]
        found = proposals(shape, inside, roads)
        assert found
        for one in found:
            halves = split(shapely.get_geometry(shape, 0), one.line).geoms
            assert len(halves) == 2
            assert sum(one.households) == inside["households"].sum()
        total = inside["households"].sum()
        # To one half as much as buildings allow: the largest one may tip the scales.
        allowed = max(0.05, inside["households"].max() / total)
        assert min(one.deviation for one in found) <= allowed
        even += min(one.deviation for one in found) <= 0.05
    assert even >= 12
