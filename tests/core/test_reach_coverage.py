"""How well is the city covered? Counted again by pandas, house by house."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.duty import read_duty
from gridgis.errors import InvalidInputError
from gridgis.model import AreaName, Location
from gridgis.nearest.crowd import ALWAYS_MS, Crowd, KnownResponder
from gridgis.nearest.needs import Need
from gridgis.reach.accessibility import FAST_DECAY, SLOW_DECAY, Band, accessibility
from gridgis.reach.coverage import coverage, nearest_stations
from gridgis.reach.demand import demand
from gridgis.reach.kernels.folding import Nearest
from gridgis.reach.stations import planned_stations, present_stations
from gridgis.reach.table import travel_table
from gridgis.roads.kernels.shapes import CLOSED_MS
from gridgis.settings import Settings
from tests.core.test_reach import drawn_points, drawn_times

CITY = Settings(timezone="Asia/Shanghai")
FRIDAY_NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
FRIDAY_NIGHT = datetime(2026, 5, 1, 15, tzinfo=UTC)
MINUTES = (5.0, 10.0)


def nearest(first_s: list[float], second_s: list[float]) -> Nearest:
    def ms(seconds: list[float]) -> np.ndarray:
        return np.array([CLOSED_MS if np.isinf(s) else s * 1000 for s in seconds], np.int32)

    return Nearest(ms(first_s), ms(second_s), np.zeros(len(first_s), np.int32))


def test_four_houses_in_two_grids() -> None:
    """One minute, six, eleven, and one to which no way leads; 10, 20, 30 and 40 households."""
    never = float("inf")
    found = coverage(
        nearest([60, 360, 660, never], [120, 900, never, never]),
        pd.DataFrame(
            {
                "area": ["A", "A", "B", "B"],
                "households": [10, 20, 30, 40],
                "area_m2": [100.0, 300.0, 50.0, 0.0],
            }
        ),
        MINUTES,
    )
    assert found.index.tolist() == ["A", "B"]
    a, b = found.loc["A"], found.loc["B"]
    assert (a["households"], b["households"]) == (30, 70)
    assert (a["households_within_5_min"], a["households_within_10_min"]) == (10, 30)
    assert a["share_within_5_min"] == pytest.approx(1 / 3)
    assert a["area_share_within_5_min"] == pytest.approx(1 / 4)
    assert a["twice_share_within_5_min"] == pytest.approx(1 / 3)
    assert (b["share_within_10_min"], b["share_beyond"], b["households_never"]) == (0, 1, 40)
    assert (a["p50_s"], a["p90_s"]) == (360, 360)
    # Three in seven of B's households are reached: not half.
    assert np.isnan(b["p50_s"])
    assert found["reached"].tolist() == [True, True]


def test_an_area_that_nobody_reaches_and_one_without_households() -> None:
    never = float("inf")
    cells = pd.DataFrame({"area": ["far", "park"], "households": [5, 0], "area_m2": [10.0, 10.0]})
    found = coverage(nearest([never, 60], [never, never]), cells, MINUTES)
    assert found["reached"].to_dict() == {"far": False, "park": True}
    assert np.isnan(found.loc["park", "share_within_5_min"])
    assert found.loc["park", "area_share_within_5_min"] == 1


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), stations=st.integers(0, 6), houses=st.integers(0, 40))
def test_the_numbers_are_those_of_a_count_house_by_house(
    seed: int, stations: int, houses: int
) -> None:
    times = drawn_times(seed % 5)
    rng = np.random.default_rng(seed)
    where, doors = drawn_points(seed, stations), drawn_points(seed + 1, houses)
    cells = pd.DataFrame(
        {
            "area": rng.choice(["A", "B", "C"], houses),
            "households": rng.integers(0, 50, houses),
            "area_m2": rng.integers(0, 50, houses).astype(float),
        }
    )
    near = nearest_stations(times, where, doors, threads=2)
    table = np.sort(travel_table(times, where, doors), axis=0)
    table = np.vstack([table, np.full((2, houses), np.inf)])
    assert np.array_equal(
        table[0], np.where(near.first_ms < CLOSED_MS, near.first_ms / 1e3, np.inf)
    )
    found = coverage(near, cells, (1, 2, 4))
    for area, own in cells.assign(first=table[0], second=table[1]).groupby("area"):
        row = found.loc[area]
        homes = own.loc[own.index.repeat(own["households"])]
        assert row["households"] == len(homes)
        for limit in (1, 2, 4):
            once = (homes["first"] <= limit * 60).sum()
            assert row[f"households_within_{limit}_min"] == once
            if len(homes):
                assert row[f"share_within_{limit}_min"] == pytest.approx(once / len(homes))
                twice = (homes["second"] <= limit * 60).mean()
                assert row[f"twice_share_within_{limit}_min"] == pytest.approx(twice)
        assert row["households_never"] == np.isinf(homes["first"]).sum()
        if len(homes):
            for percent in (50, 90):
                # Of n homes in order the one up to which so many percent lie, itself included.
                ranked = np.sort(homes["first"])[
                    int(np.ceil(len(homes) * percent / 100 - 1e-9)) - 1
                ]
                value = row[f"p{percent}_s"]
                assert np.isnan(value) if np.isinf(ranked) else value == ranked
        assert row["reached"] == np.isfinite(own["first"]).any()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_street_is_the_sum_of_its_grids_and_more_stations_never_cover_less(seed: int) -> None:
    times = drawn_times(seed % 5)
    rng = np.random.default_rng(seed)
    where, doors = drawn_points(seed, 4), drawn_points(seed + 1, 60)
    cells = pd.DataFrame({"area": rng.choice(list("ABCDEF"), 60), "area_m2": 1.0})
    cells["households"] = rng.integers(0, 9, 60)
    streets = {grid: "west" if grid in "ABC" else "east" for grid in "ABCDEF"}
    near = nearest_stations(times, where, doors)
    grids = coverage(near, cells, (1, 2))
    by_street = coverage(near, cells.assign(area=cells["area"].map(streets)), (1, 2))
    summed = grids.groupby(grids.index.map(streets)).sum()
    for name in ("households", "households_within_1_min", "households_beyond"):
        assert by_street[name].to_dict() == summed[name].to_dict()
    fewer = nearest_stations(times, tuple(axis[:3] for axis in where), doors)
    assert (near.first_ms <= fewer.first_ms).all()
    assert (near.second_ms <= fewer.second_ms).all()


@pytest.mark.parametrize("minutes", [(), (0,), (-1, 5), tuple(range(1, 20)), (float("nan"),)])
def test_limits_that_are_none_are_refused(minutes: tuple[float, ...]) -> None:
    with pytest.raises(InvalidInputError, match="minutes"):
        coverage(nearest([], []), pd.DataFrame(columns=["area", "households", "area_m2"]), minutes)


# --- whom to cover ------------------------------------------------------------------------------


def test_a_house_on_the_line_belongs_to_the_lower_code_and_ground_is_the_areas_own() -> None:
    west, east = (
        shapely.box(104.60, 38.10, 104.61, 38.11),
        shapely.box(104.61, 38.10, 104.63, 38.11),
    )
    areas = gpd.GeoDataFrame({"code": ["E", "W"]}, geometry=[east, west], crs=4326)
    homes = gpd.GeoDataFrame(
        {"households": pd.array([3, 4, None, 9], "Int64")},
        geometry=shapely.points([[104.61, 38.105], [104.605, 38.1], [104.62, 38.105], [0, 0]]),
        crs=4326,
    )
    found = demand(areas, homes)
    doors = found[found["households"] > 0]
    assert doors.set_index("area")["households"].to_dict() == {"E": 3, "W": 4}
    ground = found.groupby("area")["area_m2"].sum()
    judged = gpd.GeoSeries([east, west], crs=4326).to_crs(32648).area
    assert ground["E"] == pytest.approx(judged[0], rel=2e-3)
    assert ground["W"] == pytest.approx(judged[1], rel=2e-3)
    # One spot for each hectare.
    assert len(found) == pytest.approx(ground.sum() / 1e4, rel=0.1)


def test_an_area_smaller_than_a_square_has_a_spot_all_the_same() -> None:
    tiny = gpd.GeoDataFrame({"code": ["T"]}, geometry=[shapely.box(0, 0, 1e-5, 1e-5)], crs=4326)
    nobody = gpd.GeoDataFrame({"households": []}, geometry=[], crs=4326)
    assert demand(tiny, nobody)["area_m2"].tolist() == pytest.approx([1.23], abs=0.01)


# --- who counts as a station --------------------------------------------------------------------


def responder(number: int, name: str, *skills: str, duty: str = "24/7", **more: object):
    said = {"kind": "worker", "role": None, "area": None, "area_id": None, **more}
    home = said.pop("home", Location(104.6, 38.1))
    return KnownResponder(
        id=UUID(int=number),
        name=name,
        organisation=None,
        skills=skills,
        phone=None,
        duty=read_duty(duty),
        exceptions=[],
        capacity=1,
        home=home,
        **said,
    )


@pytest.fixture
def crowd() -> Crowd:
    grid = {"area": AreaName("grid", "1", "One"), "area_id": 7}
    return Crowd(
        [
            responder(1, "Day", "fire", duty="Mo-Fr 08:00-18:00", role="part-time", **grid),
            responder(2, "Night", "fire", duty="22:00-06:00", role="full-time", **grid),
            responder(3, "Gas", "gas", role="chief", **grid),
            responder(4, "Lost", "fire", home=None),
        ]
    )


def names(crowd: Crowd, rows: np.ndarray) -> list[str]:
    return [crowd.people[row].name for row in rows]


def test_a_plan_asks_the_roster_and_not_who_is_busy_now(crowd: Crowd) -> None:
    rows, until = crowd.rows_of([UUID(int=1)]), np.array([ALWAYS_MS])
    crowd.set_status(rows, np.array([1], np.int8), until)
    noon_ms = int(FRIDAY_NOON.timestamp() * 1000)
    crowd.put(rows, np.array([104.7]), np.array([38.2]), np.array([5.0]), np.array([noon_ms]))
    fire = Need(skills=("fire",))
    planned = planned_stations(crowd, fire, FRIDAY_NOON, CITY)
    assert names(crowd, planned.rows) == ["Day"]
    assert planned.lon.tolist() == [104.6]
    assert planned.nowhere == 1
    assert names(crowd, planned_stations(crowd, fire, FRIDAY_NIGHT, CITY).rows) == ["Night"]
    assert names(crowd, present_stations(crowd, fire, FRIDAY_NOON, CITY).rows) == []
    crowd.set_status(rows, np.array([0], np.int8), until)
    assert present_stations(crowd, fire, FRIDAY_NOON, CITY).lon.tolist() == [104.7]
    assert len(planned_stations(crowd, Need(skills=("chess",)), FRIDAY_NOON, CITY).rows) == 0


# --- accessibility ------------------------------------------------------------------------------


def test_what_is_shared_by_two_places_the_nearer_one_has_more_of() -> None:
    """100 households at 5 minutes count whole, 100 at 15 by 0.68: 168 share two engines."""
    found = accessibility(np.array([[300.0, 900.0]]), np.array([2.0]), np.array([100.0, 100.0]))
    assert found == pytest.approx([2 / 168, 0.68 * 2 / 168])


@settings(max_examples=100, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    supplies=st.integers(1, 8),
    places=st.integers(1, 30),
    bands=st.sampled_from([SLOW_DECAY, FAST_DECAY, (Band(15, 1.0),)]),
)
def test_what_is_supplied_is_what_all_places_have_together(
    seed: int, supplies: int, places: int, bands: tuple[Band, ...]
) -> None:
    rng = np.random.default_rng(seed)
    travel_s = rng.uniform(0, 4_000, (supplies, places))
    travel_s[rng.random(travel_s.shape) < 0.2] = np.inf
    supply, people = rng.uniform(0, 9, supplies), rng.integers(0, 500, places).astype(float)
    found = accessibility(travel_s, supply, people, bands)
    in_reach = ((travel_s <= bands[-1].minutes * 60) & (people > 0)).any(axis=1)
    assert (found * people).sum() == pytest.approx(supply[in_reach].sum())
    # Each with a loop, as the paper writes it.
    weight = np.zeros_like(travel_s)
    for band in reversed(bands):
        weight[travel_s <= band.minutes * 60] = band.weight
    for i in range(places):
        ratios = [
            supply[j] / (weight[j] * people).sum() * weight[j, i]
            for j in range(supplies)
            if (weight[j] * people).sum() > 0
        ]
        assert found[i] == pytest.approx(sum(ratios))


@pytest.mark.parametrize(
    "bands", [(), (Band(10, 1), Band(10, 0.5)), (Band(5, 2.0),), (Band(0, 1),)]
)
def test_bands_that_make_no_sense_are_refused(bands: tuple[Band, ...]) -> None:
    with pytest.raises(InvalidInputError):
        accessibility(np.array([[1.0]]), np.array([1.0]), np.array([1.0]), bands)
