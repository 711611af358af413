"""Smoothed rates, the rhythm of a week, and forecasts against their judges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from esda.smoothing import Empirical_Bayes, Spatial_Empirical_Bayes
from hypothesis import given
from hypothesis import strategies as st
from libpysal.weights import lat2W

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.risk.forecast import last_four_weeks, prediction_accuracy
from gridgis_maps.numbers.risk.rhythm import rhythm
from gridgis_maps.numbers.risk.smoothing import empirical_bayes

SHANGHAI, CHICAGO = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/Chicago")


def city(seed: int) -> tuple[pd.Series, pd.Series, dict[str, list[str]]]:
    """A square of 10 by 10 grids of very different size, whose rates rise to the east."""
    random = np.random.default_rng(seed)
    codes = [f"G{at:02}" for at in range(100)]
    households = pd.Series(np.round(10 ** random.uniform(1, 4, 100)), codes)
    rates = 0.01 + 0.05 * (np.arange(100) % 10) / 9
    events = pd.Series(random.poisson(rates * households), codes)
    weights = lat2W(10, 10)
    return events, households, {codes[at]: [codes[to] for to in weights[at]] for at in range(100)}


@pytest.mark.parametrize("seed", range(4))
def test_global_smoothing_is_esdas(seed):
    events, households, _ = city(seed)

    found = empirical_bayes(events, households)

    theirs = Empirical_Bayes(events.to_numpy(), households.to_numpy())
    np.testing.assert_allclose(found["smoothed"], theirs.r.ravel(), rtol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_local_smoothing_is_esdas(seed):
    events, households, neighbours = city(seed)

    found = empirical_bayes(events, households, neighbours)

    theirs = Spatial_Empirical_Bayes(events.to_numpy(), households.to_numpy(), lat2W(10, 10))
    np.testing.assert_allclose(found["smoothed"], theirs.r.ravel(), rtol=1e-9)


def test_small_grids_are_drawn_most():
    events, households, _ = city(9)
    found = empirical_bayes(events, households)

    order = households.sort_values().index
    assert found.loc[order, "weight"].is_monotonic_increasing
    assert (
        found["smoothed"]
        .between(
            found[["rate", "towards"]].min(axis=1) - 1e-15,
            found[["rate", "towards"]].max(axis=1) + 1e-15,
        )
        .all()
    )


def test_rates_that_differ_by_chance_alone_become_one():
    events = pd.Series([3, 2, 3, 2], list("ABCD"))
    found = empirical_bayes(events, pd.Series([100.0] * 4, list("ABCD")))

    assert found["weight"].tolist() == [0] * 4
    assert found["smoothed"].tolist() == [0.025] * 4


@pytest.mark.parametrize("neighbours", [None, {"A": ["B", "C", "Z"], "B": ["A"]}])
def test_grids_without_exposure_have_no_rate_and_count_for_nobody(neighbours):
    events = pd.Series([3.0, 20, 5, 7, np.nan], list("ABCDE"))
    households = pd.Series([100.0, 100, 0, np.nan, 100], list("ABCDE"))

    found = empirical_bayes(events, households, neighbours)

    assert found["rate"].notna().tolist() == [True, True, False, False, False]
    assert found["towards"].tolist()[:2] == [0.115, 0.115]
    assert empirical_bayes(events * 0, households)["smoothed"].tolist()[:2] == [0, 0]
    assert empirical_bayes(events[:0], households[:0], neighbours).empty
    assert empirical_bayes(events[2:], households[2:], neighbours).isna().all(axis=None)


def test_a_week_of_one_report_an_hour():
    hours = pd.Series(pd.date_range("2026-05-04T00:00+08:00", periods=14 * 24, freq="h"))
    period = (datetime(2026, 5, 3, 16, tzinfo=UTC), datetime(2026, 5, 17, 16, tzinfo=UTC))

    found = rhythm(hours, period, SHANGHAI)

    assert found["count"].tolist() == [2] * 168
    assert found["hours"].tolist() == [2.0] * 168
    assert found["per_hour"].tolist() == [1.0] * 168


def test_the_hour_that_is_jumped_over_and_the_one_that_comes_twice():
    """Chicago, 8 March 2026: no hour 2. 1 November: hour 1 twice. One report in each real hour."""
    spring = (datetime(2026, 3, 8, 6, tzinfo=UTC), datetime(2026, 3, 9, 5, tzinfo=UTC))
    autumn = (datetime(2026, 11, 1, 5, tzinfo=UTC), datetime(2026, 11, 2, 6, tzinfo=UTC))
    hourly = [
        pd.Series(pd.date_range(start, end, freq="h", inclusive="left"))
        for start, end in (spring, autumn)
    ]

    march = rhythm(hourly[0], spring, CHICAGO).loc[6]
    november = rhythm(hourly[1], autumn, CHICAGO).loc[6]

    assert len(hourly[0]) == march["hours"].sum() == 23
    assert march.loc[2].tolist()[:2] == [0, 0]
    assert np.isnan(march.loc[2, "per_hour"])
    assert november.loc[1].tolist() == [2, 2, 1]
    assert november["hours"].sum() == 25


def test_a_period_may_begin_amid_an_hour_and_be_nothing():
    noon = datetime(2026, 5, 4, 4, tzinfo=UTC)
    soon = noon + timedelta(minutes=50, seconds=30)
    nobody = pd.Series([], dtype="datetime64[ns, UTC]")

    assert rhythm(nobody, (noon, soon), SHANGHAI).loc[(0, 12), "hours"] == pytest.approx(50.5 / 60)
    assert rhythm(nobody, (noon, noon), SHANGHAI)["hours"].sum() == 0
    assert rhythm(nobody, (soon, noon), SHANGHAI)["per_hour"].isna().all()


@given(st.integers(0, 60 * 24 * 365 * 6), st.integers(0, 60 * 24 * 40))
def test_all_the_hours_of_a_period_are_somewhere(start, minutes):
    since = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
    until = since + timedelta(minutes=minutes)
    found = rhythm(pd.Series([since]), (since, until), ZoneInfo("Australia/Lord_Howe"))

    assert found["hours"].sum() == pytest.approx(minutes / 60, abs=1e-6)
    assert found["count"].sum() == (minutes > 0)


def slow_hits(score, came, area, share):
    """One small piece of area after the other; pieces of one score share alike."""
    wanted, caught = share * sum(area), 0.0
    for level in sorted({s / a for s, a in zip(score, area, strict=True)}, reverse=True):
        alike = [at for at in range(len(area)) if score[at] / area[at] == level]
        size = sum(area[at] for at in alike)
        part = min(max(wanted, 0) / size, 1)
        caught += part * sum(came[at] for at in alike)
        wanted -= size
    return caught


rows = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.sampled_from([1.0, 2.0])),
    min_size=1,
    max_size=12,
)


@given(rows, st.floats(0.01, 1))
def test_accuracy_is_that_of_a_slow_count(town, share):
    forecast, naive, came, area = (pd.Series(column) for column in zip(*town, strict=True))

    found = prediction_accuracy(forecast, naive, came, area, area_share=share)

    assert found.loc["forecast", "hits"] == pytest.approx(slow_hits(forecast, came, area, share))
    assert found.loc["last four weeks", "hits"] == pytest.approx(
        slow_hits(naive, came, area, share)
    )
    assert (found["hits"] <= found.loc["hindsight", "hits"] + 1e-9).all()
    if came.sum():
        assert found["hit_rate"].between(-1e-12, 1 + 1e-12).all()
        assert found.loc["hindsight", "pai"] >= 1 - 1e-9
        assert found.loc["hindsight", "pei"] == 1
    else:
        assert found[["hit_rate", "pai", "pei"]].isna().all(axis=None)


def test_chaineys_example():
    """25 of 100 burglaries in 10 of 50 km²: hit rate 25 %, area 20 %, PAI 1.25."""
    came = pd.Series([25, 75])
    found = prediction_accuracy(
        pd.Series([9, 1]), pd.Series([1, 4]), came, pd.Series([10.0, 40]), area_share=0.2
    )

    assert found.loc["forecast", ["hit_rate", "pai"]].tolist() == [0.25, 1.25]
    assert found.loc["last four weeks", "pai"] == pytest.approx(1.0)


def test_a_map_without_knowledge_and_grids_without_area():
    came, flat = pd.Series([5, 9, 1, 50]), pd.Series([1.0] * 4)
    area = pd.Series([1.0, 2, 3, 0])

    found = prediction_accuracy(flat * area, flat * np.nan, came, area, area_share=0.3)

    assert found["pai"].tolist()[:2] == pytest.approx([1, 1])
    assert found["n"].tolist() == [15] * 3
    with pytest.raises(InvalidInputError, match="area_share"):
        prediction_accuracy(flat, flat, came, area, area_share=0)


def test_last_four_weeks_end_before_the_moment():
    at = datetime(2026, 5, 29, tzinfo=UTC)
    days = [timedelta(days=28), timedelta(days=28, seconds=1), timedelta(0), timedelta(seconds=1)]
    seen = pd.DataFrame(
        {"captured_at": [at - day for day in days], "grid_code": ["A", "A", "A", "B"]}
    )

    assert last_four_weeks(pd.Series(["A", "B", "C"]), seen, at).tolist() == [1, 1, 0]
