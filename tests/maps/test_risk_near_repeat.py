"""Knox by all pairs, and what permuted times say."""

from __future__ import annotations

import numpy as np
import pytest

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.risk.near_repeat import near_repeat


def by_all_pairs(points_m: np.ndarray, days: np.ndarray, ends_m, ends_days) -> list[list[int]]:
    table = [[0] * len(ends_days) for _ in ends_m]
    for one in range(len(days)):
        for other in range(one):
            apart_m = np.hypot(*(points_m[one] - points_m[other]))
            apart_days = abs(days[one] - days[other])
            near = [at for at, end in enumerate(ends_m) if apart_m <= end]
            soon = [at for at, end in enumerate(ends_days) if apart_days <= end]
            if near and soon:
                table[near[0]][soon[0]] += 1
    return table


def town(seed: int, n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return np.round(random.random((n, 2)) * 2000, -1), np.floor(random.random(n) * 90)


def test_four_burglaries_worked_by_hand():
    """Two in one house a day apart, one 100 m away three days later, one far off."""
    places = np.array([[0.0, 0], [0, 0], [100, 0], [5000, 0]])
    found = near_repeat(
        places, np.array([0.0, 1, 3, 2]), seed=1, bands_m=[0, 100], bands_days=[1, 3]
    )

    assert found.table["pairs"].tolist() == [1, 0, 0, 2]
    assert found.table["from_m"].tolist() == [0, 0, 0, 0]
    assert found.table["to_days"].tolist() == [1, 3, 1, 3]


@pytest.mark.parametrize("seed", range(3))
def test_pairs_are_those_of_all_pairs(seed):
    points_m, days = town(seed)
    ends_m, ends_days = [0.0, 50, 100, 400], [0.0, 7, 14]

    found = near_repeat(
        points_m, days, seed=1, bands_m=ends_m, bands_days=ends_days, permutations=9
    )

    slow = by_all_pairs(points_m, days, ends_m, ends_days)
    assert found.table["pairs"].tolist() == np.ravel(slow).tolist()


def test_expected_is_knoxs_product():
    """Under permuted times a cell has pairs near x pairs soon / all pairs."""
    points_m, days = town(5)
    found = near_repeat(points_m, days, seed=2, bands_m=[300.0], bands_days=[10.0])

    everywhere = near_repeat(points_m, days, seed=2, bands_m=[300.0], bands_days=[1e6])
    whenever = near_repeat(points_m, days, seed=2, bands_m=[1e6], bands_days=[10.0])
    near, soon = everywhere.table["pairs"][0], whenever.table["pairs"][0]
    assert found.table["expected"][0] == pytest.approx(near * soon / (300 * 299 / 2), rel=0.01)


def test_a_seed_tells_the_same_and_chance_tells_nothing():
    """p of 200 towns without any pattern: one in twenty is below 0.05, no more."""
    points_m, days = town(7)
    assert near_repeat(points_m, days, seed=3).table.equals(
        near_repeat(points_m, days, seed=3).table
    )
    p = [
        near_repeat(
            *town(seed, 80), seed=seed, bands_m=[400.0], bands_days=[10.0], permutations=99
        ).table["p"][0]
        for seed in range(200)
    ]
    assert np.mean(np.array(p) <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)
    assert 0.4 < np.mean(p) < 0.65


def test_repeats_near_by_and_soon_are_found():
    points_m, days = town(8)
    random = np.random.default_rng(8)
    follow = random.choice(300, 60, replace=False)
    points_m = np.vstack([points_m, points_m[follow] + random.normal(0, 30, (60, 2))])
    days = np.concatenate([days, days[follow] + random.integers(1, 7, 60)])

    table = near_repeat(points_m, days, seed=4).table
    first = table[(table["to_m"] == 100) & (table["to_days"] == 7)].iloc[0]

    assert first["p"] == 1 / 1000
    assert first["ratio"] > 1.3
    late = table[(table["to_m"] == 500) & (table["to_days"] == 28)].iloc[0]
    assert late["p"] > 0.05


def test_ten_thousand_reports():
    random = np.random.default_rng(9)
    points_m, days = random.random((10_000, 2)) * 20_000, random.random(10_000) * 365

    found = near_repeat(points_m, days, seed=5, permutations=99)

    assert found.outcome == "decided"
    assert found.table["pairs"].sum() > 1000


@pytest.mark.parametrize(
    ("points_m", "days", "outcome"),
    [
        (np.empty((0, 2)), np.empty(0), "no_pairs"),
        (np.zeros((1, 2)), np.zeros(1), "no_pairs"),
        (np.array([[np.nan, np.nan], [0, 0]]), np.zeros(2), "no_pairs"),
        (np.zeros((50, 2)), np.arange(50.0), "one_spot"),
        (np.random.default_rng(1).random((50, 2)), np.zeros(50), "one_time"),
        (np.random.default_rng(1).random((4000, 2)), np.arange(4000.0), "too_many_pairs"),
    ],
)
def test_what_cannot_be_told_is_a_word(points_m, days, outcome):
    found = near_repeat(points_m, days, seed=1)

    assert found.outcome == outcome
    assert found.table[["pairs", "expected", "ratio", "p"]].isna().all(axis=None)
    assert found.n + found.left_out == len(days)


@pytest.mark.parametrize("wrong", [{"bands_m": []}, {"bands_days": [5, 5]}, {"permutations": 0}])
def test_bands_and_permutations_are_checked(wrong):
    with pytest.raises(InvalidInputError, match=next(iter(wrong))):
        near_repeat(np.zeros((2, 2)), np.zeros(2), seed=1, **wrong)
