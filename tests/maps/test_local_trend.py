"""Trends are those of the books and of pymannkendall."""

from __future__ import annotations

from math import nan

import numpy as np
import pandas as pd
import pymannkendall
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from gridgis_maps.numbers.local.trend import mann_kendall


@pytest.mark.parametrize(
    ("series", "s", "var", "z", "p"),
    [
        (range(1, 6), 10, 16.6667, 2.20454, 0.027486),
        (range(1, 13), 66, 212.6667, 4.457216, 8.3e-6),
        ([1, 1, 2, 2, 3, 3, 4, 4], 24, 61.3333, 2.936835, 0.003316),
    ],
)
def test_the_published_values(series, s, var, z, p):
    row = mann_kendall(list(series)).frame.iloc[0]

    assert row["s"] == s
    assert row["var"] == pytest.approx(var, abs=5e-5)
    assert row["z"] == pytest.approx(z, abs=5e-6)
    assert row["p"] == pytest.approx(p, abs=5e-7)


numbers = st.one_of(st.integers(-3, 3).map(float), st.floats(-1e6, 1e6), st.just(nan))


@settings(deadline=None)
@given(st.lists(st.lists(numbers, min_size=14, max_size=14), min_size=1, max_size=5))
def test_every_series_is_that_of_pymannkendall(rows):
    found = mann_kendall(pd.DataFrame(rows)).frame

    for series, told in zip(rows, found.itertuples(), strict=True):
        known = [value for value in series if not np.isnan(value)]
        assert told.n == len(known)
        if len(set(known)) < 2:
            assert np.isnan([told.z, told.p]).all()
            continue
        judged = pymannkendall.original_test(known)
        assert told.s == judged.s
        assert told.var == pytest.approx(judged.var_s)
        assert told.z == pytest.approx(judged.z)
        assert told.p == pytest.approx(judged.p, abs=1e-12)
        if len(known) >= 10:
            words = {"increasing": "rising", "decreasing": "falling", "no trend": "none"}
            assert told.trend == words[judged.trend]


def test_s_is_that_of_kendalls_tau():
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(50, 24))

    s = mann_kendall(rows).frame["s"]

    taus = [kendalltau(range(24), row).statistic for row in rows]
    assert s.to_numpy() / (24 * 23 / 2) == pytest.approx(taus)


def test_what_cannot_be_told_is_said():
    found = mann_kendall(pd.DataFrame([[3.0] * 12, [nan] * 12, [*range(9), nan, nan, nan]]))

    assert found.frame["trend"].tolist() == ["no_pattern", "few_slices", "few_slices"]
    assert found.frame["p"].isna().tolist() == [True, True, False]
    assert mann_kendall(np.empty((4, 0))).frame["trend"].tolist() == ["few_slices"] * 4
    assert mann_kendall(range(12)).frame["trend"].tolist() == ["rising"]
    assert mann_kendall(range(12), p_at_most=1e-9).frame["trend"].tolist() == ["none"]
