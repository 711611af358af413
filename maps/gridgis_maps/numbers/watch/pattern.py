"""How a category's days differ: weekday, trend, season."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

YEAR_DAYS = 365.25
SEASON_FROM_DAYS = 730
"""Two years: with less, a season and a trend are one and the same."""

TREND_FROM_REPORTS = 100
SIGNIFICANT = 1.96
WEEKDAY_PRIOR = 10.0
"""So many reports say of a weekday that it is like the others."""

_STEPS = 25
_LARGEST = 30.0


class Pattern(NamedTuple):
    """How many times the usual each day has, for the days of the past and for the one asked."""

    past: NDArray[np.float64]
    asked: float


def pattern(totals: NDArray[np.float64], first_weekday: int, ahead_days: int) -> Pattern:
    """Return the pattern of a category's totals, continued to a day after them.

    ``g(d) = f(weekday) exp(b d + season)``. Weekdays by moments, drawn to 1 by `WEEKDAY_PRIOR`
    reports; trend by a log-linear quasi-Poisson fit from `TREND_FROM_REPORTS` reports on, kept when
    it is significant (two-sided 5 %, as Farrington et al. 1996, doi:10.2307/2983331, and Noufaily
    et al. 2013, doi:10.1002/sim.5595, do); a yearly sine and cosine from two years on. Beyond the
    past, trend and season stay within what they were there, so that a trend never runs away.
    Holidays are not known to it.

    Parameters
    ----------
    totals
        Reports of all grids on each day of the past, n days.
    first_weekday
        Of the first day; Monday is 0.
    ahead_days
        How many days after the last of `totals` the asked day is, >= 1.

    Examples
    --------
    >>> weeks = np.tile([10.0, 10, 10, 10, 10, 0, 0], 40)
    >>> found = pattern(weeks, first_weekday=0, ahead_days=1)
    >>> round(float(found.past[0]), 2), round(found.asked, 2)
    (1.39, 1.39)
    """
    days = np.arange(len(totals) + ahead_days)
    weekday = (first_weekday + days) % 7
    by_weekday = _weekdays(totals, weekday[: len(totals)])[weekday]
    level = np.exp(_slow(totals, by_weekday[: len(totals)], days.astype("float64")))
    past = level[: len(totals)]
    asked = float(np.clip(level[-1], past.min(), past.max()))
    return Pattern(by_weekday[: len(totals)] * past, float(by_weekday[-1]) * asked)


def _weekdays(totals: NDArray[np.float64], weekday: NDArray[np.intp]) -> NDArray[np.float64]:
    seen = np.bincount(weekday, weights=totals, minlength=7)
    usual = np.bincount(weekday, minlength=7) * totals.mean()
    factor = (seen + WEEKDAY_PRIOR) / (usual + WEEKDAY_PRIOR)
    return np.asarray(factor / factor.mean())


def _slow(
    totals: NDArray[np.float64], by_weekday: NDArray[np.float64], days: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the logarithm of trend and season for all days, up to a constant."""
    n = len(totals)
    if totals.sum() < TREND_FROM_REPORTS:
        return np.zeros(len(days))
    turn = 2 * np.pi * days / YEAR_DAYS
    season = [np.sin(turn), np.cos(turn)] if n >= SEASON_FROM_DAYS else []
    trend = days / n - 0.5
    design = np.column_stack([np.ones(len(days)), *season, trend])
    found, error = _fit(design[:n], totals, np.log(by_weekday))
    if abs(found[-1]) > SIGNIFICANT * error[-1]:
        return np.asarray(design[:, 1:] @ found[1:])
    if not season:
        return np.zeros(len(days))
    found, _ = _fit(design[:n, :-1], totals, np.log(by_weekday))
    return np.asarray(design[:, 1:-1] @ found[1:])


def _fit(
    design: NDArray[np.float64], totals: NDArray[np.float64], offset: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return coefficients and their standard errors by iterated weighted least squares."""
    found = np.zeros(design.shape[1])
    found[0] = np.log(totals.mean())
    for _ in range(_STEPS):
        mean = np.exp(np.clip(design @ found + offset, -_LARGEST, _LARGEST))
        information = design.T @ (design * mean[:, None])
        step = np.linalg.lstsq(information, design.T @ (totals - mean), rcond=None)[0]
        found = found + step
        if np.abs(step).max() < 1e-9:  # noqa: PLR2004 - far below any standard error
            break
    mean = np.exp(np.clip(design @ found + offset, -_LARGEST, _LARGEST))
    information = design.T @ (design * mean[:, None])
    spread = ((totals - mean) ** 2 / mean).sum() / (len(totals) - design.shape[1])
    variance = np.linalg.pinv(information).diagonal() * max(spread, 1.0)
    return found, np.sqrt(np.maximum(variance, 0))
