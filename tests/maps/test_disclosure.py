"""What everybody may see: masked counts stay unknown, moved points lie elsewhere."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.optimize import linprog
from scipy.stats import kstest
from shapely import Point, box

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.disclosure import FEW, disclosable
from gridgis_maps.numbers.donut import MOST_TRIES, donut
from tests.conftest import PROVE

STREETS = ("north", "south", "west")
GEOD = pyproj.Geod(ellps="WGS84")


def towns(columns: int):
    """Towns of up to twelve grids in three streets, with small counts that are hard to hide."""
    count = some.integers(0, 9)
    row = some.tuples(some.sampled_from(STREETS), *[count] * columns)
    return some.lists(row, min_size=1, max_size=12)


def judged(counts: pd.DataFrame, streets: pd.Series, found) -> None:
    """Hold what is published against somebody who solves for what is not, column by column."""
    masked = np.flatnonzero(~found.rows)
    zero_masked = len(counts.columns) > 1 or (counts.iloc[masked] == 0).any(axis=None)
    least = 0 if zero_masked else 1
    for column in counts:
        values = counts[column].to_numpy()
        sums, totals = [], []
        for street in found.groups.index[found.groups]:
            sums.append([streets.iloc[at] == street for at in masked])
            totals.append(values[masked][np.array(sums[-1], dtype=bool)].sum())
        if found.total:
            sums.append([True] * len(masked))
            totals.append(values[masked].sum())
        for at, row in enumerate(masked):
            if 0 < values[row] < FEW:
                aim = np.eye(len(masked))[at]
                low, high = possible(aim, sums, totals, least)
                assert min(high, FEW - 1) - low >= 1, (column, row)
        for street in found.groups.index[~found.groups]:
            mine = (streets == street).to_numpy()
            if 0 < values[mine].sum() < FEW:
                low, high = possible(
                    mine[masked].astype(float), sums, totals, 0 if zero_masked else 1
                )
                assert high - low >= 1, (column, street)


def possible(aim, sums, totals, least: int) -> tuple[float, float]:
    """The least and the most that a sum of masked counts can be; streets and their total nest, so
    each whole number between them is possible as well."""
    told = {"A_eq": np.array(sums, dtype=float), "b_eq": totals} if sums else {}
    ends = []
    for sign in (1, -1):
        solved = linprog(sign * aim, bounds=[(least, 1000)] * len(aim), **told)
        assert solved.status == 0
        ends.append(round(sign * solved.fun))
    return ends[0], ends[1]


@settings(max_examples=2000 if PROVE else 60, deadline=None)
@given(towns(1))
def test_no_total_gives_a_masked_count_away(rows) -> None:
    streets = pd.Series([row[0] for row in rows])
    counts = pd.DataFrame({"reports": [row[1] for row in rows]})
    found = disclosable(counts, streets)
    few = (counts["reports"] > 0) & (counts["reports"] < FEW)
    assert not (found.rows & few).any(), "a small count is never shown"
    totals = counts["reports"].groupby(streets).sum()
    assert not (found.groups & (totals > 0) & (totals < FEW)).any(), "nor is a small total"
    assert found.masked == 0 or few.any(), "nothing is masked without need"
    judged(counts, streets, found)


@settings(max_examples=1000 if PROVE else 25, deadline=None)
@given(towns(3))
def test_no_layer_of_a_page_gives_another_one_away(rows) -> None:
    streets = pd.Series([row[0] for row in rows])
    counts = pd.DataFrame([row[1:] for row in rows], columns=["gas", "road", "light"])
    found = disclosable(counts, streets)
    assert not found.rows[((counts > 0) & (counts < FEW)).any(axis=1)].any()
    judged(counts, streets, found)


@pytest.mark.parametrize(
    ("counts", "streets", "rows", "groups", "total"),
    [
        # One small count in a street: its least neighbour goes with it.
        ([2, 9, 30], "nnn", [0, 0, 1], {"n": 1}, True),
        # Two ones that add up to two would be told by the total; a third goes with them.
        ([1, 1, 9], "nnn", [0, 0, 0], {"n": 1}, True),
        # Zeros are shown, and masked only when nothing else is left.
        ([2, 2, 2, 0], "nnnn", [0, 0, 0, 1], {"n": 1}, True),
        ([5, 0, 0], "nnn", [1, 1, 1], {"n": 1}, True),
        # A street of three reports is hidden, and the least of the others with it.
        ([3, 8, 9, 20, 20], "nssww", [0, 0, 1, 1, 1], {"n": 0, "s": 0, "w": 1}, True),
        # A town of three reports says nothing but where none are.
        ([3, 0], "ns", [0, 1], {"n": 0, "s": 1}, False),
        ([0, 0], "ns", [1, 1], {"n": 1, "s": 1}, True),
    ],
)
def test_what_is_masked_can_be_checked_by_eye(counts, streets, rows, groups, total) -> None:
    found = disclosable(pd.DataFrame({"n": counts}), pd.Series(list(streets)))
    assert found.rows.astype(int).tolist() == rows
    assert found.groups.astype(int).to_dict() == groups
    assert found.total is total


def test_a_city_without_grids_or_with_grids_of_no_street() -> None:
    none = disclosable(pd.DataFrame({"n": pd.Series([], dtype="int64")}), pd.Series([], dtype=str))
    assert (len(none.rows), none.masked, none.total) == (0, 0, True)
    lost = disclosable(pd.DataFrame({"n": [3, 9, 9]}), pd.Series([None, None, None]))
    assert lost.rows.tolist() == [False, False, True]


@pytest.fixture(scope="module")
def doors() -> gpd.GeoSeries:
    return gpd.GeoSeries([Point(104.06, 30.66)] * 4000 + [None, Point()], crs=4326)


@pytest.fixture(scope="module")
def numbers(doors) -> pd.Series:
    return pd.Series([f"report {at}" for at in range(len(doors))])


def moved_m(doors, moved) -> np.ndarray:
    found = moved.notna()
    *_, metres = GEOD.inv(doors[found].x, doors[found].y, moved[found].x, moved[found].y)
    return np.asarray(metres)


def test_a_moved_point_lies_anywhere_on_the_ring_and_nowhere_else(doors, numbers) -> None:
    moved = donut(doors, numbers, seed=7, ring_m=(100, 400))
    metres = moved_m(doors, moved)
    assert len(metres) == 4000
    assert metres.min() >= 100
    assert metres.max() <= 400 * (1 + 1e-8)
    share = (metres**2 - 100**2) / (400**2 - 100**2)
    assert kstest(share, "uniform").pvalue > 0.01
    bearing, *_ = GEOD.inv([104.06] * 4000, [30.66] * 4000, moved[:4000].x, moved[:4000].y)
    assert kstest((np.asarray(bearing) + 180) / 360, "uniform").pvalue > 0.01


def test_a_point_moves_to_the_same_spot_on_every_page(doors, numbers) -> None:
    """Else the mean of many pages would tell where it was."""
    everything = donut(doors, numbers, seed=7)
    some_rows = numbers.index[::-7]
    again = donut(doors[some_rows], numbers[some_rows], seed=7)
    assert again.dropna().geom_equals(everything[some_rows].dropna()).all()
    assert not donut(doors, numbers, seed=8).dropna().geom_equals(everything.dropna()).any()


def test_a_point_stays_in_its_street_when_asked(doors, numbers) -> None:
    street = box(104.059, 30.6595, 104.0625, 30.6605)
    streets = gpd.GeoSeries([street] * len(doors), crs=4326)
    moved = donut(doors, numbers, seed=7, within=streets)
    kept = moved.dropna()
    assert kept.within(street).all()
    assert len(kept) > 3900, f"few find no spot in {MOST_TRIES} tries"
    assert moved_m(doors, moved).min() >= 100
    nowhere = gpd.GeoSeries([None] * len(doors), crs=4326)
    assert donut(doors, numbers, seed=7, within=nowhere).isna().all()


def test_a_ring_without_a_hole_is_refused(doors, numbers) -> None:
    for ring_m in ((0, 100), (200, 100), (float("nan"), 100)):
        with pytest.raises(InvalidInputError, match="must rise from above zero"):
            donut(doors, numbers, seed=7, ring_m=ring_m)
