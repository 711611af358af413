"""Discoveries are those of scipy, and among nothing but chance there are seldom any."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, false_discovery_control

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.local.discovery import discovered
from gridgis_maps.numbers.local.gistar import gi_star
from tests.conftest import PROVE
from tests.maps.local_judges import lattice

RUNS = 4_000 if PROVE else 200
p_values = st.one_of(st.floats(0, 1), st.floats(0, 0.01), st.sampled_from([0.0, 0.001, 0.05, 1.0]))


@settings(deadline=None)
@given(st.lists(p_values, max_size=60), st.sampled_from([0.01, 0.05, 0.2]), st.booleans())
def test_discoveries_are_those_of_scipy(ps, q, any_dependence):
    found = discovered(ps, q, any_dependence=any_dependence)

    adjusted = false_discovery_control(ps, method="by" if any_dependence else "bh") if ps else []
    doubtful = np.abs(np.asarray(adjusted) - q) < 1e-9
    assert ((np.asarray(adjusted) <= q) == found)[~doubtful].all()


def test_the_fifteen_p_of_the_paper():
    """Benjamini and Hochberg 1995, section 3.2: the first four are found at 0.05."""
    ps = [
        *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
        *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
    ]

    assert discovered(ps, 0.05).sum() == 4


def test_a_p_exactly_at_its_bound_is_found_and_nan_is_not_counted():
    for n in range(1, 200):
        assert discovered([0.05 / n] + [1.0] * (n - 1) + [np.nan] * 3, 0.05).tolist() == (
            [True] + [False] * (n + 2)
        )


@pytest.mark.parametrize("q", [0, 1, -0.1, np.nan])
def test_a_share_that_is_none_is_refused(q):
    with pytest.raises(InvalidInputError, match="q:"):
        discovered([0.1], q)


@pytest.mark.parametrize("kind", ["rare counts", "counts", "amounts"])
def test_of_nothing_but_chance_p_is_small_no_oftener_than_it_says(kind):
    """One grid of each town, since neighbours' p go together; and no town should have a hotspot."""
    draw = {
        "rare counts": lambda rng: rng.poisson(0.3, 100),
        "counts": lambda rng: rng.negative_binomial(2, 0.2, 100),
        "amounts": lambda rng: rng.lognormal(0, 1, 100),
    }[kind]
    weights, small, hotspots, by_z = lattice(10), 0, 0, 0
    for run in range(RUNS):
        y = pd.Series(draw(np.random.default_rng(run)).astype(float))
        told = gi_star(y, weights, permutations=4_999, seed=run).frame
        small += told["p"][run % 100] <= 0.05
        hotspots += told["found"].isin(["hot", "cold"]).any()
        by_z += told["found_analytic"].isin(["hot", "cold"]).any()

    # So many or fewer in all but one in a thousand of such runs.
    assert small <= binom.ppf(0.999, RUNS, 0.05)
    assert hotspots <= binom.ppf(0.999, RUNS, 0.05)
    # The normal distribution finds something in every fifth to second of these towns.
    assert by_z > 0.15 * RUNS
    if kind == "amounts":
        assert small >= binom.ppf(0.001, RUNS, 0.05)
