"""What changed against another month, and which of it is more than chance.

Whoever looks at a dozen figures finds one that moved. A change is **beyond chance** here when its
p, corrected for all that was looked at (Holm, https://www.jstor.org/stable/4615733), is at most
0.05: the probability that even one sentence of a report tells of nothing is then no more than that.
"""

from __future__ import annotations

from math import erfc, isfinite, isnan, log, nan, sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import scipy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

CHANCE = 0.05
MOST = 3
FEWEST = 5
"""A median on fewer cases is held against no other."""

RECEIVED, ON_TIME, SATISFIED, RESPONSE = "received", "on_time", "satisfied", "response"
CATEGORY, GRID, LATE, PARKED = "category", "grid", "late", "parked"
IMPORTANCE = (RECEIVED, ON_TIME, SATISFIED, RESPONSE, CATEGORY, GRID, LATE, PARKED)
"""What is told first."""

BEFORE, LAST_YEAR = AGAINST = ("before", "last_year")

P90_SIGMAS = 1.2815515655446004
"""The 90th percentile of a normal distribution, in standard deviations above its middle."""
MEDIAN_SE = sqrt(np.pi / 2)
"""The standard error of a median of normal values, in those of their mean."""


class Change(NamedTuple):
    """One figure now and then.

    Attributes
    ----------
    key
        Of `IMPORTANCE`.
    against
        Of `AGAINST`.
    now, then
        The figure: a count, a share of 0 to 1, or minutes.
    n_now, n_then
        The cases that a share or minutes stand on; for a count the days of its period, or 1 for
        what is counted at the end of it.
    p
        Two-sided; NaN: it cannot be decided.
    subject
        The code of the category or grid that it is about; else empty.
    beyond
        Whether it is beyond chance, among all that was looked at.
    """

    key: str
    against: str
    now: float
    then: float
    n_now: float
    n_then: float
    p: float
    subject: str = ""
    beyond: bool = False


def counts_p(
    now: float, then: float, exposures: tuple[float, float] = (1.0, 1.0), dispersion: float = 1.0
) -> float:
    """Return p of two counts, were both of one rate.

    Exact: given the sum, `now` is binomial with the share of its exposure (Przyborowski and
    Wilenski 1940, https://doi.org/10.2307/2332612). Counts that vary more than Poisson's, by
    `dispersion` >= 1, have the larger of that p and the one of the normal ratio of rates, whose
    variance is ``dispersion (1 / now + 1 / then)`` (half a case more for each when one is zero).

    Parameters
    ----------
    now, then
        Cases, >= 0.
    exposures
        For how long each was counted, > 0, in any unit.

    Returns
    -------
    float
        NaN where a count is unknown, or both are zero, or a period has no length.

    Examples
    --------
    >>> round(counts_p(8, 2), 6)  # 2 (1 + 10 + 45) / 1024
    0.109375
    >>> counts_p(0, 0)
    nan
    """
    if not all(map(isfinite, (now, then, *exposures))) or now + then == 0 or min(exposures) <= 0:
        return nan
    share = exposures[0] / sum(exposures)
    p = float(scipy.stats.binomtest(round(now), round(now + then), share).pvalue)
    if dispersion <= 1:
        return p
    more = 0.5 if min(now, then) == 0 else 0.0
    first, second = now + more, then + more
    ratio = log(first / exposures[0]) - log(second / exposures[1])
    return max(p, _two_sided(ratio / sqrt(dispersion * (1 / first + 1 / second))))


def shares_p(now: float, then: float, n: tuple[float, float]) -> float:
    """Return p of two shares of `n` cases each, were both the same: Fisher's exact test.

    NaN where a share is unknown or stands on no case.

    >>> round(shares_p(0.75, 0.25, (4, 4)), 4)  # 34 of the 70 ways; Fisher's tea
    0.4857
    """
    if any(isnan(one) for one in (now, then, *n)) or min(n) < 1:
        return nan
    good = [round(share * of) for share, of in zip((now, then), n, strict=True)]
    table = [[yes, round(of) - yes] for yes, of in zip(good, n, strict=True)]
    return float(scipy.stats.fisher_exact(np.array(table)).pvalue)


def medians_p(
    medians: tuple[float, float], p90: tuple[float, float], n: tuple[float, float]
) -> float:
    """Return p of two medians of lengths of time, were both the same.

    The lengths' logarithms are taken as normal, of the spread that median and 90th percentile say:
    ``s = ln(p90 / median) / 1.2816``; the logarithm of a median then has the standard error
    ``1.2533 s / sqrt(n)``.

    Returns
    -------
    float
        NaN where one stands on fewer than `FEWEST` cases, is not above zero, or has no spread.

    Examples
    --------
    >>> round(medians_p((60, 60), (120, 120), (50, 50)), 2)
    1.0
    >>> medians_p((60, 90), (120, 200), (50, 4))
    nan
    """
    known = all(map(isfinite, (*medians, *p90, *n)))
    if not known or min(n) < FEWEST or min(medians) <= 0 or min(p90) <= 0:
        return nan
    errors = [
        MEDIAN_SE * log(high / middle) / P90_SIGMAS / sqrt(count)
        for middle, high, count in zip(medians, p90, n, strict=True)
    ]
    if min(errors) <= 0:
        return nan
    return _two_sided(log(medians[0] / medians[1]) / sqrt(errors[0] ** 2 + errors[1] ** 2))


def dispersion(
    captured_at: pd.Series[pd.Timestamp], period: tuple[datetime, datetime], zone: ZoneInfo
) -> float:
    """Return how much more than Poisson's the counts of whole days vary, at least 1.

    Pearson's chi-square of the days against the mean of their weekday, by degree of freedom: what a
    week repeats is no variation. 1 without a week to spare, and where there is nothing.

    `captured_at` and `period` [from, to) are aware; days are the city's.
    """
    start, end = (pd.Timestamp(one).tz_convert(zone) for one in period)
    days = pd.date_range(start.normalize(), end, freq="D", inclusive="left", tz=None)
    local = pd.to_datetime(captured_at, utc=True).dt.tz_convert(zone).dt.normalize()
    counts = local.value_counts().reindex(days, fill_value=0).astype("float64")
    expected = counts.groupby(days.day_of_week).transform("mean")
    free = len(days) - days.day_of_week.nunique()
    there = expected > 0
    if free <= days.day_of_week.nunique() or not there.any():
        return 1.0
    chi2 = float(((counts - expected)[there] ** 2 / expected[there]).sum())
    return max(1.0, chi2 / free)


def of_share(whole: float, share: float) -> float:
    """Return the dispersion of a part that takes a share (0 to 1) of what varies by `whole`.

    >>> of_share(3.0, 0.25)
    1.5
    """
    return 1 + (whole - 1) * share


def least_of(family: Sequence[Change]) -> list[Change]:
    """Return the change of a family that is the least explicable, its p times their number.

    Nothing without a change that can be decided. Of equal ones the first by subject.

    >>> one = Change("grid", "before", 9, 1, 30, 31, 0.01, "A")
    >>> [(change.subject, change.p) for change in least_of([one, one._replace(subject="B", p=.5)])]
    [('A', 0.02)]
    """
    known = [one for one in family if not isnan(one.p)]
    if not known:
        return []
    best = min(known, key=lambda one: (one.p, one.subject))
    return [best._replace(p=min(1.0, best.p * len(known)))]


def judged(looked_at: Sequence[Change], chance: float = CHANCE) -> list[Change]:
    """Return all changes, each with whether it is beyond chance among them (Holm's step-down).

    >>> ps = (0.01, 0.04, 0.03)
    >>> [one.beyond for one in judged([Change("late", "before", 1, 1, 1, 1, p) for p in ps])]
    [True, False, False]
    """
    order = sorted(
        (at for at, one in enumerate(looked_at) if not isnan(one.p)),
        key=lambda at: looked_at[at].p,
    )
    beyond: set[int] = set()
    for step, at in enumerate(order):
        if looked_at[at].p > chance / (len(order) - step):
            break
        beyond.add(at)
    return [one._replace(beyond=at in beyond) for at, one in enumerate(looked_at)]


def foremost(changes: Sequence[Change], most: int = MOST) -> list[Change]:
    """Return the changes to tell: only those beyond chance, the most important ones first.

    Each figure once, and against the month before rather than against last year.
    """
    told: dict[str, Change] = {}
    for one in sorted(changes, key=_rank):
        if one.beyond:
            told.setdefault(one.key, one)
    return list(told.values())[:most]


def _rank(change: Change) -> tuple[int, int]:
    return IMPORTANCE.index(change.key), AGAINST.index(change.against)


def _two_sided(z: float) -> float:
    return erfc(abs(z) / sqrt(2))
