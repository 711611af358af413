"""How long it takes from here to there: the same as scipy says, on drawn towns and real ones."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.errors import UnreadableFileError
from gridgis.roads.kernels.shapes import CLOSED_MS, Spots
from gridgis.roads.modes import ALL, Mode
from gridgis.roads.network import RoadNetwork, lying_together
from gridgis.roads.reading.importing import read_roads
from gridgis.roads.speeds import read_speeds
from gridgis.roads.times import Change, TravelTimes, new_scratch
from tests.core.road_judge import Judge
from tests.towns import BLOCK_DEG, ORIGIN, draw_town, edges_of

if TYPE_CHECKING:
    from pathlib import Path

NOON, RUSH = 12 * 60, 8 * 60
"""Minutes of the week: Monday."""

SIDE = 8
PAIRS = 10_000 if os.environ.get("GRIDGIS_PROVE") else 900
REAL = {
    "helsinki": "roads_helsinki/Helsinki.osm.pbf",
    "andorra": "roads_andorra/andorra.osm.pbf",
    "monaco": "roads_monaco/monaco.osm.gz",
}


def somewhere(rng: np.random.Generator, count: int, side: int = SIDE) -> np.ndarray:
    return np.array(ORIGIN) + BLOCK_DEG * side * rng.random((count, 2))


def times_of(edges, bans, mode=Mode.CAR, changes=(), minute=NOON, **how) -> TravelTimes:
    pace = read_speeds().pace(mode, minute)
    return TravelTimes.of(RoadNetwork.of(edges, bans), mode, pace, changes, **how)


def listed(spots: Spots) -> list[tuple[int, float, float]]:
    return list(zip(spots.road.tolist(), spots.share.tolist(), spots.off_m.tolist(), strict=True))


def as_judged(table: np.ndarray) -> np.ndarray:
    return np.where(table == CLOSED_MS, np.inf, table)


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("seed", [1, 2])
def test_every_time_is_what_scipy_says_closures_one_ways_and_forbidden_turns_included(
    mode: Mode, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    edges, bans = draw_town(rng, SIDE, bans=25)
    closed, slow = rng.choice(len(edges), (2, 5), replace=False)
    changes = [Change(closed, 0.0, ALL), Change(slow, 0.5, ALL)]
    times = times_of(edges, bans, mode, changes)
    judge = Judge(
        edges, bans, mode, read_speeds().pace(mode, NOON), closed, [(r, 0.5) for r in slow]
    )
    here = times.snap(*somewhere(rng, 30).T)
    there = times.snap(*somewhere(rng, 12).T)
    np.testing.assert_array_equal(
        as_judged(times.table(here, there)), judge.times_ms(listed(here), listed(there))
    )
    np.testing.assert_array_equal(
        as_judged(times.table(there, here)), judge.times_ms(listed(there), listed(here))
    )


@pytest.mark.parametrize("mode", [Mode.CAR, Mode.FOOT])
def test_a_point_meets_the_road_that_measuring_all_of_them_finds(mode: Mode) -> None:
    rng = np.random.default_rng(3)
    edges, bans = draw_town(rng, SIDE)
    times = times_of(edges, bans, mode)
    judge = Judge(edges, bans, mode, read_speeds().pace(mode, NOON))
    points = somewhere(rng, 60)
    for point, ours in zip(points.tolist(), listed(times.snap(*points.T)), strict=True):
        road, share, off_m = judge.snap(*point)
        assert ours[2] == pytest.approx(off_m, abs=1e-6)
        met = edges.geometry.iloc[ours[0]].interpolate(ours[1], normalized=True)
        other = edges.geometry.iloc[road].interpolate(share, normalized=True)
        # The same spot; at a crossing any of its roads.
        assert shapely.distance(met, other) < 2e-8 * 1e3


@pytest.mark.slow
@pytest.mark.parametrize("city", list(REAL))
def test_every_time_in_a_real_city_is_what_scipy_says(shared: Path, city: str) -> None:
    roads = read_roads(shared / "data" / REAL[city])
    edges, bans = lying_together(roads.edges, roads.bans)
    rng = np.random.default_rng(4)
    closed = rng.choice(len(edges), len(edges) // 50, replace=False)
    lines = edges.geometry.iloc[rng.choice(len(edges), 200, replace=False)]
    points = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.3, normalized=True))
    points = points + rng.normal(0, 3e-4, points.shape)
    starts = PAIRS // 100
    for mode in (Mode.CAR, Mode.BICYCLE):
        times = times_of(edges, bans, mode, [Change(closed, 0.0, ALL)])
        judge = Judge(edges, bans, mode, read_speeds().pace(mode, NOON), closed)
        here = times.snap(*points[:starts].T)
        there = times.snap(*points[-100:].T)
        assert (here.road >= 0).mean() > 0.9
        ours = as_judged(times.table(here, there))
        known = np.ix_(here.road >= 0, there.road >= 0)
        judged = judge.times_ms(
            [spot for spot in listed(here) if spot[0] >= 0],
            [spot for spot in listed(there) if spot[0] >= 0],
        )
        np.testing.assert_array_equal(ours[known], judged)
        assert np.isfinite(ours).mean() > 0.3


def test_a_network_of_a_file_answers_as_the_one_that_was_built(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    edges, bans = draw_town(rng, SIDE)
    built = RoadNetwork.of(edges.assign(name="建兰路"), bans)
    built.save(tmp_path / "town.roads")
    mapped = RoadNetwork.load(tmp_path / "town.roads")
    pace = read_speeds().pace(Mode.CAR, NOON)
    points = somewhere(rng, 20).T
    tables = [
        times.table(times.snap(*points), times.snap(*points))
        for times in (TravelTimes.of(n, Mode.CAR, pace) for n in (built, mapped))
    ]
    np.testing.assert_array_equal(*tables)
    assert (mapped.way[7], mapped.name[7]) == ("town:7", "建兰路")
    assert mapped.named(["town:7", "town:99999", "town:3"]).tolist() == [3, 7]
    (tmp_path / "town.roads").write_bytes(b"nothing of that kind")
    with pytest.raises(UnreadableFileError):
        RoadNetwork.load(tmp_path / "town.roads")


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 12))
def test_law_closing_roads_never_shortens_a_way_and_slowing_them_neither(
    seed: int, count: int
) -> None:
    rng = np.random.default_rng(seed)
    edges, bans = draw_town(rng, 6, bans=12)
    roads = rng.choice(len(edges), count, replace=False)
    before = times_of(edges, bans)
    spots = before.snap(*somewhere(rng, 12, 6).T)
    usual = before.table(spots, spots)
    for factor in (0.0, 0.4):
        after = times_of(edges, bans, changes=[Change(roads, factor, ALL)])
        assert (after.table(spots, spots) >= usual).all()


@pytest.mark.parametrize("shrunk", [1e-4, 1e-3, 1e-2, 1.0, 300.0, 3_000.0])
@pytest.mark.parametrize("room", ["usual", "scarce"])
def test_streets_of_millimetres_and_of_hundreds_of_kilometres_take_as_long_as_scipy_says(
    shrunk: float, room: str
) -> None:
    """Many within one bucket of the queue, or farther ahead than all its buckets reach."""
    rng = np.random.default_rng(10)
    edges, bans = draw_town(rng, SIDE, bans=25)
    # Some as they are, so that short and long ones meet.
    some = rng.random(len(edges)) < 0.8
    edges["length_m"] = np.where(some, edges["length_m"] * shrunk, edges["length_m"])
    times = times_of(edges, bans)
    if room == "scarce":
        times.scratch()
        times._own.scratch = new_scratch(times.ways, times.states + 2)
    judge = Judge(edges, bans, Mode.CAR, read_speeds().pace(Mode.CAR, NOON))
    here, there = times.snap(*somewhere(rng, 14).T), times.snap(*somewhere(rng, 15).T)
    np.testing.assert_array_equal(
        as_judged(times.table(here, there)), judge.times_ms(listed(here), listed(there))
    )


def test_in_the_rush_hour_avenues_take_longer_and_walks_do_not() -> None:
    edges, bans = draw_town(np.random.default_rng(6), SIDE)
    points = somewhere(np.random.default_rng(7), 20).T

    def mean_ms(mode: Mode, minute: int) -> float:
        times = times_of(edges, bans, mode, minute=minute)
        table = times.table(times.snap(*points), times.snap(*points))
        return float(table[table < CLOSED_MS].mean())

    assert mean_ms(Mode.CAR, RUSH) > 1.1 * mean_ms(Mode.CAR, NOON)
    assert mean_ms(Mode.FOOT, RUSH) == mean_ms(Mode.FOOT, NOON)


def test_who_stands_on_a_closed_road_walks_to_the_next_open_one() -> None:
    """Two parallel streets, 100 m apart; the one before the door is closed."""
    lines = shapely.linestrings(
        [[[104.6, 38.1], [104.61, 38.1]], [[104.6, 38.1009], [104.61, 38.1009]]]
    )
    edges = edges_of(lines, np.array([[1, 2], [3, 4]]))
    none = pd.DataFrame({"from_edge": [], "via_node": [], "to_edge": [], "modes": []}, dtype="i8")
    door = (np.array([104.605]), np.array([38.10001]))
    usual = times_of(edges, none).snap(*door)
    closed = times_of(edges, none, changes=[Change(np.array([0]), 0.0, ALL)]).snap(*door)
    assert (usual.road[0], closed.road[0]) == (0, 1)
    assert usual.off_m[0] == pytest.approx(1.1, abs=0.1)
    assert closed.off_m[0] == pytest.approx(98.8, abs=0.1)
    assert closed.leg_ms[0] == pytest.approx(98.8 / (4.8 / 3.6) * 1000, rel=0.01)


def test_a_point_in_the_middle_of_a_lake_meets_no_road() -> None:
    edges, bans = draw_town(np.random.default_rng(8), 4)
    lake = (np.array([105.2, np.nan]), np.array([38.1, 38.1]))
    assert times_of(edges, bans).snap(*lake).road.tolist() == [-1, -1]
    assert times_of(edges, bans, most_m=60_000.0).snap(*lake).road[0] >= 0
