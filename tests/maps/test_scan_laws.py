"""Chance alone seldom looks like a cluster, and a planted one is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gridgis_maps.numbers.scan import Asked, scan
from gridgis_maps.numbers.scan.asked import PERMUTATION, POISSON
from tests.conftest import PROVE

SIDE, DAYS, CASES = 12, 28, 900
WORLDS = 1000 if PROVE else 100
PLANTED = 300 if PROVE else 40
USUAL = Asked(first=0, last=DAYS - 1, most_share=0.25, most_length=7, simulations=199)


def town() -> pd.DataFrame:
    """144 places, two hundred metres apart and unlike in size."""
    at = np.arange(SIDE * SIDE)
    return pd.DataFrame(
        {"x": 200.0 * (at % SIDE), "y": 200.0 * (at // SIDE), "exposure": 100.0 + at % 7 * 50}
    )


def drawn(places: pd.DataFrame, random: np.random.Generator, cases: int = CASES) -> pd.DataFrame:
    """Cases by exposure, on any day alike."""
    share = places["exposure"] / places["exposure"].sum()
    place = random.choice(len(places), size=cases, p=share)
    return pd.DataFrame({"place": place, "time": random.integers(DAYS, size=cases)})


def within_error(share: float, worlds: int) -> float:
    """What 0.05 may look like in so many worlds: four standard errors above it."""
    return share + 4 * (share * (1 - share) / worlds) ** 0.5


@pytest.mark.slow
@pytest.mark.parametrize("model", [PERMUTATION, POISSON])
def test_without_any_cluster_p_is_small_as_seldom_as_it_says(model):
    places, random = town(), np.random.default_rng(8)
    asked = replace(USUAL, model=model)

    found = [scan(drawn(places, random), places, asked, seed=seed) for seed in range(WORLDS)]

    for name in ("p", "p_gumbel"):
        p = np.array([one.clusters[name][0] for one in found])
        for level in (0.05, 0.2, 0.5):
            assert (p <= level).mean() <= within_error(level, WORLDS), (name, level)
        assert (p <= 0.5).mean() >= 1 - within_error(0.5, WORLDS), "and not on the safe side only"


@pytest.mark.slow
@pytest.mark.parametrize("model", [PERMUTATION, POISSON])
def test_a_place_with_four_times_the_rate_of_late_is_found(model):
    """Nine places in the middle, the last five days, four times what is usual there."""
    places, random = town(), np.random.default_rng(9)
    asked = replace(USUAL, model=model)
    hot = [row * SIDE + column for row in (5, 6, 7) for column in (5, 6, 7)]
    share = places["exposure"][hot] / places["exposure"].sum()
    more = random.poisson(3 * 4 * CASES * share.to_numpy() * 5 / DAYS, size=(PLANTED, len(hot)))
    hits = 0
    for seed in range(PLANTED):
        usual = drawn(places, random, 4 * CASES)
        place = np.repeat(hot, more[seed])
        time = random.integers(DAYS - 5, DAYS, size=len(place))
        cases = pd.concat([usual, pd.DataFrame({"place": place, "time": time})])

        best = scan(cases, places, asked, seed=seed).clusters.iloc[0]

        hits += best.p <= 0.05 and len(set(best.places) & set(hot)) >= 5
    assert hits >= 0.95 * PLANTED


@pytest.mark.slow
def test_a_stop_keeps_p_valid():
    places, random = town(), np.random.default_rng(10)
    asked = replace(USUAL, stop_after=10)

    p = [
        scan(drawn(places, random), places, asked, seed=seed).clusters["p"][0]
        for seed in range(WORLDS)
    ]

    for level in (0.05, 0.2, 0.5):
        assert (np.array(p) <= level).mean() <= within_error(level, WORLDS), level
