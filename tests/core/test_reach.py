"""Who is within reach? What an independent judge of roads says, and laws that always hold."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.errors import InvalidInputError
from gridgis.reach.isochrones import WIDTHS_M, isochrones
from gridgis.reach.nesting import nested
from gridgis.reach.table import travel_table
from gridgis.roads.modes import Mode
from gridgis.roads.network import RoadNetwork
from gridgis.roads.speeds import WALKING_M_S, read_speeds
from gridgis.roads.times import Change, TravelTimes
from tests.core.road_judge import Judge
from tests.towns import BLOCK_DEG, ORIGIN, draw_town, edges_of

TEN_O_CLOCK = 10 * 60
NO_BANS = pd.DataFrame(columns=["from_edge", "via_node", "to_edge", "modes"], dtype="int64")
SIDE = 8
EAST_M, NORTH_M = 87_713.1, 110_998.5
"""A degree at latitude 38.1, by pyproj."""


def pace(mode: Mode):
    return read_speeds().pace(mode, TEN_O_CLOCK)


def drawn_times(seed: int, mode: Mode = Mode.CAR, side: int = SIDE, closed=()) -> TravelTimes:
    network = RoadNetwork.of(*draw_town(np.random.default_rng(seed), side))
    changes = [Change(np.array(closed, np.int64), 0.0, 15)] if len(closed) else []
    return TravelTimes.of(network, mode, pace(mode), changes)


def drawn_points(seed: int, count: int, side: int = SIDE) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    at = np.array(ORIGIN) + BLOCK_DEG * (side - 1) * rng.random((count, 2))
    return at[:, 0].copy(), at[:, 1].copy()


def one_road(mode: Mode = Mode.FOOT, metres: float = 1_000.0, **columns: object) -> TravelTimes:
    """A straight road to the east, from (104.6, 38.1); on foot 80 metres a minute."""
    lines = shapely.linestrings([[(104.6, 38.1), (104.6 + metres / EAST_M, 38.1)]])
    edges = edges_of(lines, np.array([[0, 1]])).assign(**columns)
    return TravelTimes.of(RoadNetwork.of(edges, NO_BANS), mode, pace(mode))


# --- travel times -------------------------------------------------------------------------------


@pytest.mark.parametrize("counts", [(3, 7), (7, 3), (1, 1), (0, 2)])
@pytest.mark.parametrize("mode", [Mode.CAR, Mode.FOOT])
def test_a_table_says_what_the_judge_of_roads_says(mode: Mode, counts: tuple[int, int]) -> None:
    edges, bans = draw_town(np.random.default_rng(5), 5)
    judge = Judge(edges, bans, mode, pace(mode))
    times = TravelTimes.of(RoadNetwork.of(edges, bans), mode, pace(mode))
    origins, ends = drawn_points(1, counts[0], 5), drawn_points(2, counts[1], 5)
    found = travel_table(times, origins, ends, threads=2)
    assert found.shape == counts
    starts, stops = ([judge.snap(*at) for at in zip(*of, strict=True)] for of in (origins, ends))
    assert found == pytest.approx(judge.times_ms(starts, stops) / 1000, abs=0.02)


def test_who_is_far_from_any_road_is_never_reached() -> None:
    times = one_road()
    here = (np.array([104.6]), np.array([38.1]))
    assert np.isinf(travel_table(times, here, (np.array([105.0]), np.array([38.1])))).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), closed=st.integers(0, 30))
def test_closing_a_road_never_shortens_anything(seed: int, closed: int) -> None:
    before = drawn_times(seed)
    # Somebody at a closed road's door starts from another road, which may well be quicker.
    spots, ends = before.snap(*drawn_points(seed, 6)), before.snap(*drawn_points(seed + 1, 9))
    kept = np.setdiff1d(np.arange(len(before.network)), [*spots.road, *ends.road])
    some = np.random.default_rng(seed).permutation(kept)[:closed]
    after = drawn_times(seed, closed=some)
    assert (after.table(spots, ends) >= before.table(spots, ends)).all()
    wide = isochrones(before, drawn_points(seed, 2), [3]).reached[0]
    narrow = isochrones(after, drawn_points(seed, 2), [3]).reached[0]
    if not set(before.snap(*drawn_points(seed, 2)).road) & set(some.tolist()):
        assert narrow.road_km <= wide.road_km + 1e-9
        # Ends are drawn with few corners: up to 4 m inside their circle.
        assert narrow.shape.difference(wide.shape.buffer(4 / EAST_M)).is_empty


# --- isochrones ---------------------------------------------------------------------------------


def test_on_a_straight_road_one_walks_80_metres_a_minute() -> None:
    times = one_road()
    middle = (np.array([104.6 + 500 / EAST_M]), np.array([38.1]))
    found = isochrones(times, middle, [1, 5, 10]).reached
    assert [one.road_km for one in found] == pytest.approx([0.16, 0.8, 1.0], abs=1e-3)
    # The ground beside the road: 50 metres on either side, less where time runs out.
    one_minute = gpd.GeoSeries([found[0].shape], crs=4326).to_crs(32648)[0]
    west, south, east, north = one_minute.bounds
    assert north - south == pytest.approx(2 * 50, abs=4)
    # At the spot where time runs out nobody walks on.
    assert east - west <= 2 * 80 + 1


def test_against_a_one_way_street_one_comes_only_from_its_beginning() -> None:
    times = one_road(Mode.CAR, backward=np.int16(0))
    middle = (np.array([104.6 + 500 / EAST_M]), np.array([38.1]))
    (onward,) = isochrones(times, middle, [10]).reached
    (backward,) = isochrones(times, middle, [10], onward=False).reached
    assert onward.shape.bounds[0] > 104.6 + 400 / EAST_M
    assert backward.shape.bounds[2] < 104.6 + 600 / EAST_M
    assert onward.road_km + backward.road_km == pytest.approx(1.0, abs=1e-3)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(1, 4),
    minutes=st.lists(st.floats(0.1, 12), min_size=2, max_size=4, unique=True),
    onward=st.booleans(),
)
def test_the_shape_of_a_longer_time_covers_that_of_a_shorter(
    seed: int, count: int, minutes: list[float], onward: bool
) -> None:
    times = drawn_times(seed % 7)
    found = isochrones(times, drawn_points(seed, count), minutes, onward=onward).reached
    assert [one.minutes for one in found] == sorted(minutes)
    for shorter, longer in pairwise(found):
        assert longer.shape.is_valid
        assert shorter.shape.is_empty or longer.shape.covers(shorter.shape)
        assert longer.road_km >= shorter.road_km - 1e-9


@pytest.mark.parametrize("onward", [True, False])
def test_from_every_spot_of_the_shape_one_comes_in_time(onward: bool) -> None:
    times = drawn_times(3)
    points = drawn_points(4, 2)
    (found,) = isochrones(times, points, [2.5], onward=onward).reached
    rng = np.random.default_rng(0)
    low, high = np.array(found.shape.bounds).reshape(2, 2)
    spots = low + (high - low) * rng.random((3_000, 2))
    spots = spots[shapely.contains_xy(found.shape, *spots.T)]
    assert len(spots) > 300
    # Every road, every four metres or so, with its own time; then the walk across.
    road = np.repeat(np.arange(len(times.network)), 41)
    share = np.tile(np.linspace(0, 1, 41), len(times.network))
    nothing = np.zeros(len(road), np.int32)
    along = type(times.snap(*points))(road.astype(np.int32), share, nothing, nothing.astype(float))
    sources = times.snap(*points)
    table = times.table(sources, along) if onward else times.table(along, sources).T
    reached_s = table.min(axis=0) / 1000
    scale = (EAST_M, NORTH_M)
    lines = [shapely.LineString(times.network.line(one)) for one in range(len(times.network))]
    at = shapely.get_coordinates(
        shapely.line_interpolate_point(np.repeat(lines, 41), share, normalized=True)
    )
    for spot in spots:
        metres = np.hypot(*((at - spot) * scale).T)
        took_s = reached_s + metres / WALKING_M_S
        assert took_s.min() <= 150 + 3
        assert metres.min() <= WIDTHS_M[0] + 3


def test_the_kilometres_and_households_are_those_that_the_judge_finds() -> None:
    edges, bans = draw_town(np.random.default_rng(9), 5)
    judge = Judge(edges, bans, Mode.CAR, pace(Mode.CAR))
    times = TravelTimes.of(RoadNetwork.of(edges, bans), Mode.CAR, pace(Mode.CAR))
    points, doors = drawn_points(3, 2, 5), drawn_points(4, 40, 5)
    cells = pd.DataFrame({"lon": doors[0], "lat": doors[1], "households": np.arange(40)})
    found = isochrones(times, points, [1, 2], cells=cells).reached
    starts = [judge.snap(*start) for start in zip(*points, strict=True)]
    homes = [judge.snap(*door) for door in zip(*doors, strict=True)]
    took = judge.times_ms(starts, homes).min(axis=0)
    for one in found:
        within = [home for home, ms in enumerate(took) if ms <= one.minutes * 60_000]
        assert one.households == sum(within)
    shares = (np.arange(100) + 0.5) / 100
    metres = 0.0
    for road in range(len(edges)):
        if judge.allowed[2 * road : 2 * road + 2].any():
            ms = judge.times_ms(starts, [(road, share, 0.0) for share in shares]).min(axis=0)
            metres += edges["length_m"][road] * (ms <= 120_000).mean()
    assert found[1].road_km == pytest.approx(metres / 1000, rel=0.01)


def test_points_without_a_road_are_named_and_nothing_is_drawn() -> None:
    found = isochrones(one_road(), (np.array([10.0, 104.6]), np.array([10.0, 38.1])), [5])
    assert found.off_road == [0]
    assert found.reached[0].road_km > 0
    nothing = isochrones(one_road(), (np.array([10.0]), np.array([10.0])), [5]).reached[0]
    assert nothing.shape.is_empty
    assert nothing.road_km == 0


@pytest.mark.parametrize("minutes", [[0.0], [-5.0], [1_000.0], [float("nan")]])
def test_a_time_that_is_none_is_refused(minutes: list[float]) -> None:
    with pytest.raises(InvalidInputError, match="minutes"):
        isochrones(one_road(), (np.array([104.6]), np.array([38.1])), minutes)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_polygons_that_cross_as_they_like_lie_in_each_other_afterwards(seed: int) -> None:
    rng = np.random.default_rng(seed)
    drawn = [
        shapely.union_all(shapely.buffer(shapely.points(rng.random((4, 2))), 0.2, quad_segs=3))
        for _ in range(3)
    ]
    found = nested(drawn)
    for number, shape in enumerate(found):
        assert shape.area == pytest.approx(shapely.union_all(drawn[: number + 1]).area)
        assert all(shape.covers(smaller) for smaller in found[:number])
