"""What changed in a month: told only where chance does not do as much."""

from __future__ import annotations

from datetime import datetime
from math import isnan, nan
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from gridgis_maps.drawing.monthly_words import sentences
from gridgis_maps.numbers.changing import (
    CHANCE,
    IMPORTANCE,
    MOST,
    Change,
    counts_p,
    dispersion,
    foremost,
    judged,
    least_of,
    medians_p,
    shares_p,
)
from gridgis_maps.numbers.monthly import changes
from tests.conftest import PROVE

CITY = ZoneInfo("Asia/Shanghai")
JUNE = (datetime(2025, 6, 1, tzinfo=CITY), datetime(2025, 7, 1, tzinfo=CITY))
DAYS = {"now": 30.0, "before": 31.0, "last_year": 30.0}
LABELS = {
    **{"received": "上报数", "on_time_share": "按时结案率", "satisfied_share": "满意率"},
    **{"arrive_median_min": "到场时长中位数", "late_open": "超期在办数", "parked": "挂账数"},
}


def month(now, before, last_year=None) -> dict[str, float]:
    """A month's figures, those of the month before, and of last year."""
    told = dict(now)
    for name, those in (("before", before), ("last_year", last_year or {"received": 0})):
        told |= {f"{key}_{name}": value for key, value in those.items()}
    return told


def no_parts() -> pd.DataFrame:
    return pd.DataFrame({"received": [], "received_before": []})


def test_counts_are_held_against_each_other_as_the_binomial_does():
    # 300 in 30 days, 310 in 31: one rate. 400 is another.
    assert counts_p(300, 310, (30, 31)) > 0.9
    assert counts_p(400, 310, (30, 31)) == pytest.approx(stats.binomtest(400, 710, 30 / 61).pvalue)
    # By hand: 0 and 5 of one length, 2 of the 32 ways are as uneven.
    assert counts_p(0, 5) == pytest.approx(2 / 32)


def test_days_that_vary_more_than_poisson_make_a_change_less_sure():
    steady = counts_p(1100, 1000, (30, 30))
    uneven = counts_p(1100, 1000, (30, 30), 4.0)
    z = np.log(1.1) / np.sqrt(4 * (1 / 1100 + 1 / 1000))
    assert steady < CHANCE < uneven
    assert uneven == pytest.approx(2 * stats.norm.sf(z))


def test_shares_and_medians_have_independent_judges():
    assert shares_p(0.9, 0.8, (200, 150)) == pytest.approx(
        stats.fisher_exact([[180, 20], [120, 30]]).pvalue
    )
    rng = np.random.default_rng(1)
    told = []
    for _ in range(400):
        both = rng.lognormal(4.0, 1.0, (2, 300))
        quantiles = np.quantile(both, [0.5, 0.9], axis=1)
        told.append(medians_p(tuple(quantiles[0]), tuple(quantiles[1]), (300, 300)))
    # Of one distribution about one in twenty seems to differ: here up to three standard errors.
    assert np.mean(np.array(told) <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


@pytest.mark.parametrize(
    "p",
    [
        counts_p(0, 0),
        counts_p(nan, 3),
        counts_p(3, 3, (0, 31)),
        shares_p(nan, 0.5, (0, 10)),
        medians_p((60, 60), (120, 120), (4, 400)),
        medians_p((60, 60), (60, 60), (50, 50)),
        medians_p((0, 60), (10, 100), (50, 50)),
        medians_p((60, nan), (100, nan), (50, 0)),
    ],
)
def test_what_cannot_be_decided_is_not_decided(p):
    assert isnan(p)


def test_a_week_that_repeats_is_no_variation():
    days = pd.date_range(*JUNE, freq="D", inclusive="left")
    weekly = pd.Series(days.repeat([20 if day.weekday() < 5 else 5 for day in days]))
    assert dispersion(weekly, JUNE, CITY) == 1.0
    bursts = pd.Series(days.repeat([60 if day.day % 7 == day.month else 5 for day in days]))
    shuffled = pd.Series(np.repeat(days, np.random.default_rng(2).permutation([80] * 5 + [5] * 25)))
    assert dispersion(shuffled, JUNE, CITY) > 10
    assert dispersion(bursts.head(0), JUNE, CITY) == 1.0


def test_holms_correction_by_hand():
    """Of four p's the third fails at 0.05 / 2, and so the last is not asked."""
    ps = [0.04, 0.001, 0.03, 0.016]
    found = judged([Change("late", "before", 1, 1, 1, 1, p) for p in ps])
    assert [one.beyond for one in found] == [False, True, False, True]


def test_of_a_hundred_grids_the_clearest_pays_for_all():
    lone = Change("grid", "before", 9, 1, 30, 31, 0.004, "G7")
    others = [Change("grid", "before", 3, 3, 30, 31, 1.0, f"H{n}") for n in range(99)]
    (best,) = least_of([*others, lone])
    assert (best.subject, best.p) == ("G7", pytest.approx(0.4))


def test_three_sentences_the_most_important_first():
    whole = month(
        {
            **{"received": 1500, "on_time_share": 0.8, "limited": 1000, "late_open": 90},
            **{"satisfied_share": 0.6, "answered": 500, "parked": 2},
            **{"arrive_median_min": 60, "arrive_p90_min": 200, "arrive_n": 900},
        },
        {
            **{"received": 1000, "on_time_share": 0.95, "limited": 1000, "late_open": 20},
            **{"satisfied_share": 0.9, "answered": 500, "parked": 3},
            **{"arrive_median_min": 30, "arrive_p90_min": 100, "arrive_n": 900},
        },
    )
    found = changes(whole, no_parts(), no_parts(), DAYS)
    assert [one.key for one in foremost(found)] == ["received", "on_time", "satisfied"]
    said = sentences(found, {}, LABELS, "zh")
    assert said == [
        "上报 1,500 件，日均 50 件，比上月（1,000 件，日均 32.3 件）上升 55.0%。",
        "按时结案率 80.0%（n = 1,000），比上月的 95.0%（n = 1,000）下降 15 个百分点。",
        "作出评价的居民中 60.0% 满意（n = 500），比上月的 90.0%（n = 500）下降 30 个百分点。",
    ]


def test_a_category_and_a_grid_are_called_by_name():
    tables = pd.DataFrame({"received": [300, 100], "received_before": [100, 105]}, ["gas", "lamp"])
    grids = tables.set_axis(["G1", "G2"])
    whole = month({"received": 400}, {"received": 205})
    found = [one for one in changes(whole, tables, grids, DAYS) if one.key != "received"]
    said = sentences(found, {"category:gas": "燃气", "grid:G1": "甲格"}, LABELS, "en")
    assert said[0].startswith("The category that changed most clearly is “燃气”: 300 reports, up")
    assert said[1].startswith("The grid that changed most clearly is 甲格: 300 reports, up 210.0%")


def test_a_month_without_anything_before_is_held_against_nothing():
    found = changes(month({"received": 900}, {"received": 0}), no_parts(), no_parts(), DAYS)
    assert found == []
    assert sentences(found, {}, LABELS, "en") == [
        "Neither the month before nor the same month last year has any report: "
        "there is nothing to hold it against."
    ]


def test_what_is_within_chance_is_said_to_be():
    whole = month(
        {"received": 310, "on_time_share": 0.9, "limited": 200},
        {"received": 305, "on_time_share": 0.91, "limited": 210},
    )
    (said,) = sentences(changes(whole, no_parts(), no_parts(), DAYS), {}, LABELS, "zh")
    assert said == (
        "与上月相比，没有一项变化能排除偶然："
        "上报数 310（上月 305），按时结案率 90.0%（上月 91.0%）。"
    )


some_changes = st.lists(
    st.builds(
        Change,
        key=st.sampled_from(IMPORTANCE),
        against=st.sampled_from(["before", "last_year"]),
        now=st.integers(0, 50).map(float),
        then=st.integers(0, 50).map(float),
        n_now=st.just(30.0),
        n_then=st.just(31.0),
        p=st.one_of(st.just(nan), st.floats(0, 1)),
        subject=st.just("G1"),
    ),
    max_size=20,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(some_changes)
def test_no_sentence_tells_of_what_chance_does(looked_at):
    """Law: told is at most three, each of p <= 0.05, in order, each figure once."""
    told = foremost(judged(looked_at))
    assert len(told) <= MOST
    assert all(one.p <= CHANCE for one in told)
    order = [IMPORTANCE.index(one.key) for one in told]
    assert order == sorted(set(order))
    # The more is looked at, the less is told: none of it without p at most 0.05 / k.
    known = sum(not isnan(one.p) for one in looked_at)
    if told:
        assert min(one.p for one in looked_at if not isnan(one.p)) <= CHANCE / known


@settings(deadline=None)
@given(st.integers(0, 400), st.integers(0, 400), st.floats(1, 9))
def test_p_is_a_probability_and_the_same_both_ways(now, then, varies):
    p = counts_p(now, then, (30, 31), varies)
    assert isnan(p) == (now + then == 0)
    if not isnan(p):
        assert 0 <= p <= 1
        assert p == pytest.approx(counts_p(then, now, (31, 30), varies))
        assert p >= counts_p(now, then, (30, 31)) - 1e-12


def test_when_nothing_happens_one_report_in_twenty_tells_of_something():
    """Pairs of months of the same rates: sentences in no more than 5 %, within three errors."""
    pairs = 2_000 if PROVE else 250
    rng = np.random.default_rng(7)
    told = 0
    for _ in range(pairs):
        figures = []
        for days in (30, 31):
            received = rng.poisson(20 * days)
            figures.append(
                {
                    **{"received": received, "limited": received, "answered": 100},
                    "on_time_share": rng.binomial(received, 0.9) / received,
                    "satisfied_share": rng.binomial(100, 0.8) / 100,
                    **{"late_open": rng.poisson(15), "parked": rng.poisson(4)},
                }
            )
        grids = pd.DataFrame(
            {"received": rng.poisson(300 / 10, 10), "received_before": rng.poisson(310 / 10, 10)},
            [f"G{number}" for number in range(10)],
        )
        found = changes(month(*figures), grids, grids, DAYS)
        told += bool(foremost(found))
    assert told / pairs <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / pairs)
