"""Today against the whole past, for series with weeks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import scipy

from gridgis_maps.numbers.watch.counts import CATEGORY, Watched
from gridgis_maps.numbers.watch.ears import ears
from gridgis_maps.numbers.watch.pattern import Pattern, pattern

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEGATIVE_BINOMIAL = "negative binomial"
HISTORY_DAYS = 56
GUARD_DAYS = 7
"""The days just before are no part of the past: what begins must not explain itself."""

DISPERSION_PRIOR = 10.0
"""A series' own dispersion has half of the say when the squares of its means add up to this."""

OUTLIER_P = 1e-3
_LEAST_DISPERSION = 1e-6
# One day in twenty is left out at first, and so often what is usual is told again.
_FULLEST, _CUTS = 20, 4


class Level(NamedTuple):
    """What the past says of the series of one category.

    `reports` are those of the past; `dispersion` is the a of ``m + a m²``, `shared` that of the
    whole category; `squares` is the sum of the squared means.
    """

    reports: NDArray[np.float64]
    dispersion: NDArray[np.float64]
    squares: NDArray[np.float64]
    shared: float


def negative_binomial_alarms(
    counts: pd.DataFrame,
    *,
    last_days: int = 1,
    history_days: int = HISTORY_DAYS,
    guard_days: int = GUARD_DAYS,
) -> Watched:
    """Return the verdict on the last days by a negative binomial of each series' own level.

    Grids share the pattern g of their category (:func:`gridgis_maps.numbers.watch.pattern.pattern`:
    weekday, trend, season) and have each their own level: with S reports in a past whose pattern
    adds up to G, ``expected = S g(t) / G``. The variance of a day of mean m is ``m + a m²``; a is
    found by moments, ``sum((y - m)² - y) / sum(m²)``, over the category and for the series, and the
    two are weighed by how much the series knows (`DISPERSION_PRIOR`). Days of the past that had a
    chance below `OUTLIER_P` count as the number at that chance, so that an old outbreak does not
    hide the next one.

    The level is not known exactly either: p is the upper tail, today's count included, of a
    negative binomial with mean ``(S + 1) g(t) / G`` and ``1 / size = a + (1 + a sum(m²) / S) /
    (S + 1)``. With a = 0 that is the exact conditional test of two Poisson rates; a first report
    after n silent days has p = 1 / (n + 1). Every report signals; p says how much.

    After Noufaily et al. 2013, doi:10.1002/sim.5595, which fits each series by itself; a grid and
    category has far too few reports for that.

    Parameters
    ----------
    counts
        Of :func:`gridgis_maps.numbers.watch.counts.daily_counts`.
    last_days
        How many days at the end are judged, each by the past before it.
    history_days
        So many days must lie before the guard, counted from the category's first report of all; a
        category that is new is not decidable (NaN).
    guard_days
        How many days just before the judged one are left out.

    Returns
    -------
    Watched
        The last days of `counts`.
    """
    judged = counts.iloc[:, max(counts.shape[1] - last_days, 0) :]
    expected = np.full(judged.shape, np.nan)
    p = np.full(judged.shape, np.nan)
    kinds = counts.index.get_level_values(CATEGORY)
    for rows in (
        pd.Series(range(len(counts)), dtype="int64").groupby(kinds.to_numpy()).groups.values()
    ):
        at = np.asarray(rows)
        block = counts.iloc[at].to_numpy("float64")
        for column in range(judged.shape[1]):
            day = counts.shape[1] - judged.shape[1] + column
            past = _past(block[:, : max(day - guard_days, 0)], history_days)
            if past is not None:
                weekday = counts.columns[day - guard_days - past.shape[1]].weekday()
                shape = pattern(past.sum(axis=0), weekday, guard_days + 1)
                expected[at, column], p[at, column] = _judge(past, shape, block[:, day])
    return Watched(
        NEGATIVE_BINOMIAL,
        judged,
        pd.DataFrame(expected, index=judged.index, columns=judged.columns),
        pd.DataFrame(p, index=judged.index, columns=judged.columns),
        pd.DataFrame(~np.isnan(p), index=judged.index, columns=judged.columns),
    )


def watched(counts: pd.DataFrame, *, last_days: int = 1) -> Watched:
    """Return the verdict on the last days: negative binomial, and EARS C2 where that cannot say."""
    long = negative_binomial_alarms(counts, last_days=last_days)
    short = ears(counts.iloc[:, -(last_days + 9) :], "C2")
    days = long.p.columns
    known = long.p.notna()
    return Watched(
        f"{NEGATIVE_BINOMIAL}, C2",
        long.observed,
        long.expected.where(known, short.expected[days]),
        long.p.where(known, short.p[days]),
        long.signalled.where(known, short.signalled[days]),
    )


def _past(block: NDArray[np.float64], history_days: int) -> NDArray[np.float64] | None:
    """Return the past from the category's first report on; None when it is too short."""
    any_report = np.flatnonzero(block.sum(axis=0))
    if len(any_report) == 0 or block.shape[1] - any_report[0] < history_days:
        return None
    return block[:, any_report[0] :]


def _judge(
    past: NDArray[np.float64], shape: Pattern, today: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what was expected today, and the chance of today's number or more."""
    whole = shape.past.sum()
    reports, dispersion, squares, _ = _level(_without_outbreaks(past, shape), shape)
    more = np.divide(squares, reports, out=np.zeros_like(reports), where=reports > 0)
    mean = (reports + 1) * shape.asked / whole
    size = 1 / (dispersion + (1 + dispersion * more) / (reports + 1))
    p = np.ones(len(today))
    seen = today > 0
    p[seen] = scipy.stats.nbinom.sf(today[seen] - 1, size[seen], (size / (size + mean))[seen])
    return reports * shape.asked / whole, p


def _level(past: NDArray[np.float64], shape: Pattern) -> Level:
    g = shape.past
    reports = past.sum(axis=1)
    mean = reports / g.sum()
    squares = mean**2 * (g**2).sum()
    # sum((y - m g)²) without a table of its own; one degree of freedom went into m.
    spread = (past**2).sum(axis=1) - 2 * mean * (past @ g) + squares
    excess = spread * len(g) / (len(g) - 1) - reports
    shared = max(excess.sum() / squares.sum(), 0.0) if squares.sum() > 0 else 0.0
    own = (excess + DISPERSION_PRIOR * shared) / (squares + DISPERSION_PRIOR)
    return Level(reports, np.maximum(own, 0), squares, float(shared))


def _without_outbreaks(past: NDArray[np.float64], shape: Pattern) -> NDArray[np.float64]:
    """Cut days down that chance does not explain; single reports always stay.

    What is usual is first told without the fullest days, then with what they were cut down to: it
    rises to where it fits, and an outbreak has no say in how high. How much counts vary is taken
    from the whole category, or the outbreak would excuse itself.
    """
    fullest = max(len(shape.past) // _FULLEST, 1)
    without = np.partition(past, -fullest, axis=1)[:, :-fullest].sum(axis=1)
    mean, dispersion = without / shape.past.sum(), 0.0
    row, day = np.nonzero(past > 1)
    counted = past[row, day]
    cut = past.copy()
    for _ in range(_CUTS):
        usual = mean[row] * shape.past[day]
        far = counted > usual + 2 * np.sqrt(usual + dispersion * usual**2)
        size = 1 / max(dispersion, _LEAST_DISPERSION)
        most = scipy.stats.nbinom.isf(OUTLIER_P, size, size / (size + usual[far]))
        cut[row, day] = counted
        cut[row[far], day[far]] = np.minimum(counted[far], np.maximum(most, 1))
        found = _level(cut, shape)
        mean, dispersion = found.reports / shape.past.sum(), found.shared
    return cut
