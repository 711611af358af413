"""What a month's figures changed against the month before and the same one last year."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

import pandas as pd

from gridgis_maps.numbers.changing import (
    AGAINST,
    BEFORE,
    CATEGORY,
    GRID,
    LATE,
    ON_TIME,
    PARKED,
    RECEIVED,
    RESPONSE,
    SATISFIED,
    Change,
    counts_p,
    judged,
    least_of,
    medians_p,
    of_share,
    shares_p,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Days = dict[str, float]
"""How long each period is: ``now``, ``before``, ``last_year``."""


def changes(
    whole: Mapping[str, float],
    by_category: pd.DataFrame,
    by_grid: pd.DataFrame,
    days: Days,
    dispersion: float = 1.0,
) -> list[Change]:
    """Return all that was looked at, each judged against chance.

    A month in which nothing was received is none to be held against.

    Parameters
    ----------
    whole
        Figures of all cases by their columns, those of the other months as ``X_before`` and
        ``X_last_year``.
    by_category, by_grid
        Index: codes; columns `received` and `received_before`. Of each only the change is looked at
        that is least explicable.
    days
        Of the three periods.
    dispersion
        How much more than Poisson's the days' counts vary, >= 1.
    """
    looked_at: list[Change] = []
    for against in AGAINST:
        if value_of(whole, f"received_{against}") > 0:
            looked_at += _of_whole(whole, against, days, dispersion)
    if value_of(whole, f"received_{BEFORE}") > 0:
        for key, table in ((CATEGORY, by_category), (GRID, by_grid)):
            looked_at += least_of(list(_of_parts(key, table, days, dispersion)))
    return judged(looked_at)


def _of_whole(
    whole: Mapping[str, float], against: str, days: Days, dispersion: float
) -> Iterator[Change]:
    def pair(column: str) -> tuple[float, float]:
        return value_of(whole, column), value_of(whole, f"{column}_{against}")

    exposures = days["now"], days[against]
    received = pair("received")
    p = counts_p(*received, exposures, dispersion)
    yield Change(RECEIVED, against, *received, *exposures, p)
    for key, share, of in (
        (ON_TIME, "on_time_share", "limited"),
        (SATISFIED, "satisfied_share", "answered"),
    ):
        yield Change(key, against, *pair(share), *pair(of), shares_p(*pair(share), pair(of)))
    medians, n = pair("arrive_median_min"), pair("arrive_n")
    yield Change(RESPONSE, against, *medians, *n, medians_p(medians, pair("arrive_p90_min"), n))
    # What is open now was in part open then: the test takes them for different cases, and so finds
    # too little rather than too much.
    for key, column in ((LATE, "late_open"), (PARKED, "parked")):
        yield Change(key, against, *pair(column), 1, 1, counts_p(*pair(column)))


def _of_parts(key: str, table: pd.DataFrame, days: Days, dispersion: float) -> Iterator[Change]:
    both = table[["received", "received_before"]].apply(pd.to_numeric).astype("float64").fillna(0)
    every = float(both.to_numpy().sum())
    exposures = days["now"], days[BEFORE]
    for code, now, then in both.itertuples():
        if every and now + then:
            varies = of_share(dispersion, (now + then) / every)
            p = counts_p(now, then, exposures, varies)
            yield Change(key, BEFORE, now, then, *exposures, p, str(code))


def value_of(whole: Mapping[str, float], column: str) -> float:
    """Return a figure as a number; NaN where it is missing or unknown."""
    value = whole.get(column, nan)
    return nan if pd.isna(value) else float(value)
