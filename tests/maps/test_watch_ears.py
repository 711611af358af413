"""EARS by hand, by slow loops, and on a short past."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from scipy.stats import t as student

from gridgis_maps.numbers.watch.counts import daily_counts
from gridgis_maps.numbers.watch.ears import ears

SHANGHAI, CHICAGO = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/Chicago")


def series(*rows: list[int]) -> pd.DataFrame:
    days = pd.date_range("2026-03-01", periods=len(rows[0]), name="day")
    index = pd.MultiIndex.from_product([[f"G{at}" for at in range(len(rows))], ["noise"]])
    return pd.DataFrame(rows, index=index.set_names(["grid_code", "category"]), columns=days)


def by_loop(counts: pd.DataFrame, gap: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """z and p one day after the other, with pandas' own mean and std, a binomial and a t test."""
    z, p = counts * np.nan, counts * np.nan
    for row in range(len(counts)):
        for day in range(7 + gap, counts.shape[1]):
            y = counts.iat[row, day]
            before = counts.iloc[row, day - gap - 7 : day - gap]
            z.iat[row, day] = (y - before.mean()) / max(before.std(), 0.5)
            poisson = binom.sf(y - 1, before.sum() + y, 1 / 8)
            normal = student.sf(z.iat[row, day] / np.sqrt(1 + 1 / 7), 6)
            p.iat[row, day] = max(poisson, normal) if y else 1.0
    return z, p


def test_a_week_worked_by_hand():
    """Mean 4, squares of the differences 1+0+1+4+0+4+0 = 10, so s = sqrt(10/6) = 1.291."""
    week = [3, 4, 5, 2, 4, 6, 4]

    # 4 + 3 s = 7.873: seven reports are none, eight are one.
    assert not ears(series([*week, 7])).signalled.iat[0, 7]
    assert ears(series([*week, 8])).signalled.iat[0, 7]
    assert ears(series([*week, 8])).expected.iat[0, 7] == 4.0
    # C2 lets two days lie between: the rise of these two does not count against the ninth.
    rising = series([*week, 7, 7, 8])
    assert not ears(rising, "C1").signalled.iat[0, 9]
    assert ears(rising, "C2").signalled.iat[0, 9]


@pytest.mark.parametrize(("method", "gap"), [("C1", 0), ("C2", 2)])
def test_thousands_at_once_are_as_one_after_the_other(method, gap):
    random = np.random.default_rng(5)
    rates = [[0.0], [0.05], [0.4], [2], [9], [300]] * 4
    counts = series(*random.poisson(rates, (24, 40)).tolist())

    found = ears(counts, method)

    z, p = by_loop(counts, gap)
    np.testing.assert_array_equal(found.signalled, z > 3)
    np.testing.assert_allclose(found.p, p, rtol=1e-9)
    assert found.p.iloc[:, : 7 + gap].isna().all(axis=None)


def test_after_seven_silent_days_one_report_is_no_signal_and_two_are():
    silent = [0] * 7

    assert not ears(series([*silent, 1])).signalled.iat[0, 7]
    assert ears(series([*silent, 2])).signalled.iat[0, 7]
    assert ears(series([*silent, 1]), least_sigma=0.1).signalled.iat[0, 7]


@pytest.mark.parametrize("days", [1, 7, 9])
def test_too_short_a_past_is_not_decidable(days):
    found = ears(series([1] * days), "C2")

    assert found.p.isna().all(axis=None)
    assert not found.signalled.any(axis=None)


def test_a_day_is_the_citys():
    """Chicago's clocks went on at 2 on 8 March 2026: that day had 23 hours."""
    hours = pd.date_range("2026-03-07T06:00Z", "2026-03-10T04:59Z", freq="h")
    reports = pd.DataFrame({"captured_at": hours, "grid_code": "A", "category": "noise"})
    period = (date(2026, 3, 7), date(2026, 3, 10))

    counts = daily_counts(reports, period, CHICAGO, ["A", "B"], ["noise", "waste"])

    assert counts.loc[("A", "noise")].tolist() == [24, 23, 24]
    assert counts.to_numpy().sum() == 71


def test_every_pair_is_a_series_and_strangers_are_left_out():
    reports = pd.DataFrame(
        {
            "captured_at": pd.to_datetime(["2026-05-01T01:00Z"] * 5),
            "grid_code": ["A", "B", None, "Z", "A"],
            "category": ["gas", None, "gas", "gas", "gas"],
        }
    )
    period = (date(2026, 5, 1), date(2026, 5, 2))

    counts = daily_counts(reports, period, SHANGHAI, ["A", "B"], ["gas", "noise"])
    empty = daily_counts(reports[:0], period, SHANGHAI, ["A"], ["gas"])

    assert counts.iloc[:, 0].tolist() == [2, 0, 0, 0]
    assert empty.to_numpy().tolist() == [[0]]
