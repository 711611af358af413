"""The past of weeks, the budget of false alarms, and one alarm for one outbreak."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, nbinom, poisson

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.watch.alarms import Budget, alarms
from gridgis_maps.numbers.watch.ears import ears
from gridgis_maps.numbers.watch.negative_binomial import negative_binomial_alarms, watched
from gridgis_maps.numbers.watch.pattern import pattern
from tests.conftest import PROVE

if TYPE_CHECKING:
    from gridgis_maps.numbers.watch.counts import Watched

MONDAY = "2026-01-05"


def town(counts: np.ndarray, categories: int = 1) -> pd.DataFrame:
    """A row a grid and category, a column a day from a Monday on."""
    grids = [f"G{at:04}" for at in range(len(counts) // categories)]
    kinds = [f"kind {at}" for at in range(categories)]
    index = pd.MultiIndex.from_product([grids, kinds], names=["grid_code", "category"])
    days = pd.date_range(MONDAY, periods=counts.shape[1], name="day")
    return pd.DataFrame(counts, index=index, columns=days)


def in_a_row(grids: int) -> dict[str, list[str]]:
    """Each grid's neighbours are the one before and the one after."""
    return {
        f"G{at:04}": [f"G{near:04}" for near in (at - 1, at + 1) if 0 <= near < grids]
        for at in range(grids)
    }


def test_a_steady_past_gives_the_exact_test_of_two_rates():
    """63 days, then a guard of 7; no weekday, no trend, nothing beyond Poisson: worked by hand."""
    steady = np.ones((30, 71), dtype=int)
    steady[0, -1] = 6

    found = negative_binomial_alarms(town(steady))

    assert found.expected.iat[0, 0] == pytest.approx(1.0)
    assert found.p.iat[0, 0] == pytest.approx(binom.sf(5, 63 + 6, 1 / 64))
    assert found.p.iat[0, 0] == pytest.approx(nbinom.sf(5, 64, 63 / 64))
    assert found.p.iat[1, 0] == pytest.approx(binom.sf(0, 63 + 1, 1 / 64))


def test_the_first_report_after_a_silent_year_has_a_recurrence_of_a_year():
    quiet = np.zeros((2, 373), dtype=int)
    quiet[1, 0] = 1  # the category is as old as that
    quiet[0, -1] = 1

    assert 1 / negative_binomial_alarms(town(quiet)).p.iat[0, 0] == pytest.approx(366, rel=0.02)


def test_weekdays_are_expected():
    """An office that hears 20 on working days and nothing on Sundays: a Monday is no outbreak."""
    random = np.random.default_rng(2)
    usual = np.tile([20.0, 20, 20, 20, 20, 4, 0.2], 12)
    counts = random.poisson(usual, (40, 84))
    counts[:, -6], counts[0, -1] = 20, 20  # a Tuesday like any other, and a Sunday like none

    found = negative_binomial_alarms(town(counts), last_days=6)

    assert found.expected.iloc[:, 0].mean() == pytest.approx(20, rel=0.05)
    assert found.expected.iloc[:, 5].mean() < 0.5
    assert found.p.iat[0, 0] > 0.1
    assert found.p.iat[0, 5] < 1e-12


def test_a_trend_is_expected_but_never_runs_away():
    day = np.arange(120)
    rising = np.random.default_rng(4).poisson(60 * 1.02**day).astype(float)
    g = pattern(rising, 0, 8)

    level = rising.sum() / g.past.sum()
    assert level * g.asked == pytest.approx(60 * 1.02**119, rel=0.1)
    assert g.asked <= g.past.max() * 1.3  # weekdays differ a little by chance
    flat = pattern(np.random.default_rng(5).poisson(60, 120).astype(float), 0, 8)
    assert flat.asked == pytest.approx(1, abs=0.1)


def test_two_years_show_a_season():
    day = np.arange(1095)
    winter = 40 * np.exp(0.8 * np.cos(2 * np.pi * day / 365.25))
    found = pattern(np.random.default_rng(6).poisson(winter).astype(float), 3, 1)

    level = winter.sum() / found.past.sum()
    np.testing.assert_allclose(level * found.past, winter, rtol=0.25)
    assert level * found.asked == pytest.approx(winter[0], rel=0.2)


def test_dispersion_is_found():
    """Counts with m = 4 and m + a m² = 12: a is 0.5, and a plain Poisson would cry wolf."""
    counts = nbinom.rvs(2, 1 / 3, size=(300, 300), random_state=np.random.default_rng(7))

    p = negative_binomial_alarms(town(counts)).p.iloc[:, 0]

    observed = counts[:, -1]
    np.testing.assert_allclose(p, nbinom.sf(observed - 1, 2, 1 / 3), atol=0.12)
    far = observed >= 13
    assert far.any()
    assert (p[far] > 20 * poisson.sf(observed[far] - 1, 4)).all()


def test_an_old_outbreak_does_not_hide_the_next():
    counts = np.random.default_rng(8).poisson(0.5, (50, 120))
    clean = negative_binomial_alarms(town(counts)).expected.iat[0, 0]
    counts[0, 60:65] = 40

    again = negative_binomial_alarms(town(counts))

    assert again.expected.iat[0, 0] < clean * 1.6
    assert again.expected.iat[0, 0] < counts[0, :112].mean() / 2


def test_a_new_category_is_watched_by_ears_until_it_has_eight_weeks():
    counts = np.zeros((20, 200), dtype=int)
    counts[:, 160:] = np.random.default_rng(9).poisson(1.0, (20, 40))
    counts[0, -1] = 15

    long, both = negative_binomial_alarms(town(counts)), watched(town(counts))

    assert long.p.isna().all(axis=None)
    pd.testing.assert_frame_equal(both.p, ears(town(counts), "C2").p.iloc[:, -1:])
    assert alarms(both)["worst_grid"].tolist() == ["G0000"]


def test_the_budget_is_what_the_formula_says():
    assert Budget(1000).recurrence_days == 7
    assert Budget(1000).p == pytest.approx(1 / 7000)
    assert Budget(500, 0.5).p == pytest.approx(1 / 7000)
    assert Budget(0).p == 1.0
    with pytest.raises(InvalidInputError, match="false_alarms_per_week"):
        alarms(ears(town(np.ones((1, 9), dtype=int))), false_alarms_per_week=0)


def judged(counts: pd.DataFrame, kind: str, weeks: int) -> Watched:
    """The verdicts of the last weeks."""
    if kind == "negative binomial":
        return negative_binomial_alarms(counts, last_days=7 * weeks)
    return ears(counts.iloc[:, -7 * weeks - 9 :], "C2")


@pytest.mark.parametrize("kind", ["negative binomial", "C2"])
def test_where_nothing_happens_the_budget_is_kept(kind):
    """6,000 series of rates from one in a year to ten a day; ten false a week are afforded."""
    weeks = 40 if PROVE else 4
    random = np.random.default_rng(11)
    rates = np.geomspace(1 / 365, 10, 1500 * 4).reshape(4, -1).T.reshape(-1, 1)
    counts = town(random.poisson(rates, (6000, 100 + 7 * weeks)), categories=4)

    false = len(alarms(judged(counts, kind, weeks), false_alarms_per_week=10.0))

    assert false <= poisson.isf(0.001, 10 * weeks)
    assert false > 0 or kind == "C2"


def test_overdispersed_and_uneven_weeks_keep_the_budget_too():
    weeks = 40 if PROVE else 4
    random = np.random.default_rng(12)
    rates = np.geomspace(0.02, 5, 3000).reshape(-1, 1)
    usual = rates * np.resize([1.3, 1.2, 1, 1, 1.1, 0.8, 0.6], 120 + 7 * weeks)
    counts = random.poisson(usual * random.gamma(2, 1 / 2, usual.shape))

    found = judged(town(counts), "negative binomial", weeks)

    assert len(alarms(found, false_alarms_per_week=10.0)) <= poisson.isf(0.001, 10 * weeks)


def test_a_planted_outbreak_is_found():
    """Twelve reports in a day where one in five days is usual, among 2,000 series; 20 seeds."""
    seen = 0
    for seed in range(20):
        counts = np.random.default_rng(seed).poisson(0.2, (2000, 100))
        counts[700, -1] += 12
        seen += "G0700" in set(alarms(watched(town(counts)))["worst_grid"])
    assert seen == 20


def test_an_outbreak_over_neighbours_and_days_is_one_alarm():
    counts = np.random.default_rng(13).poisson(0.05, (60, 120))
    counts[20, -5:] = [12, 0, 0, 14, 9]  # goes on after two quiet days
    counts[21, -4] = 11  # next door
    counts[40, -1] = 10  # somewhere else

    verdict, few = watched(town(counts), last_days=7), 0.01
    found = alarms(verdict, in_a_row(60), false_alarms_per_week=few)
    alone = alarms(verdict, in_a_row(60), false_alarms_per_week=few, quiet_days=0)

    assert found["grids"].tolist() == [("G0020", "G0021"), ("G0040",)]
    first = found.iloc[0]
    assert (first["since"], first["until"]) == tuple(pd.to_datetime(["2026-04-30", "2026-05-04"]))
    assert first["days"] == 4
    assert first["observed"] == 46
    assert found["recurrence_days"].is_monotonic_decreasing
    np.testing.assert_allclose(found["series_days"], 60 * found["recurrence_days"])
    assert len(alone) == 3


def test_two_categories_in_one_grid_are_two_alarms():
    counts = np.random.default_rng(14).poisson(0.05, (40, 120))
    counts[10:12, -1] = 9

    found = alarms(watched(town(counts, categories=2)), in_a_row(20))

    assert found[["category", "worst_grid"]].values.tolist() in (
        [["kind 0", "G0005"], ["kind 1", "G0005"]],
        [["kind 1", "G0005"], ["kind 0", "G0005"]],
    )


@pytest.mark.parametrize("shape", [(0, 100), (3, 1), (3, 100)])
def test_nothing_to_see_is_an_empty_table(shape):
    found = alarms(watched(town(np.zeros(shape, dtype=int))))

    assert found.empty
    assert "recurrence_days" in found
