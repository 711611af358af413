"""How many reports each grid has of each category on each day of the city."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

GRID, CATEGORY, DAY = "grid_code", "category", "day"


class Watched(NamedTuple):
    """What a method says of each series on each day; every frame has one row a series.

    Attributes
    ----------
    method
        ``C1``, ``C2``, ``negative binomial`` or what they were put together from.
    observed, expected
        Reports of the day, and how many the past lets expect (NaN: not decidable).
    p
        The chance of so many or more if nothing has changed, 0 to 1 (NaN: not decidable). The
        recurrence interval of a single series is ``1 / p`` days.
    signalled
        Whether the method's own rule is met; False where it is not decidable.
    """

    method: str
    observed: pd.DataFrame
    expected: pd.DataFrame
    p: pd.DataFrame
    signalled: pd.DataFrame


def daily_counts(
    reports: pd.DataFrame,
    period: tuple[date, date],
    zone: ZoneInfo,
    grids: Sequence[str],
    categories: Sequence[str],
) -> pd.DataFrame:
    """Return the reports of each grid and category on each local day.

    A day is the city's: from midnight to midnight in `zone`, 23 or 25 hours when clocks change.

    Parameters
    ----------
    reports
        Columns `captured_at` (aware), `grid_code` (None without a grid), `category` (may be None).
        Those outside the period, the grids or the categories are not counted.
    period
        The first day, and the day after the last one.
    grids, categories
        Every pair of them is a series, those without any report too: what is tested is told by
        what was asked, not by what happened.

    Returns
    -------
    pd.DataFrame
        Index (`grid_code`, `category`), columns the days (`day`, midnights without a zone), int32.

    Examples
    --------
    >>> from datetime import date
    >>> from zoneinfo import ZoneInfo
    >>> late = pd.DataFrame({"captured_at": pd.to_datetime(["2026-05-01T16:30Z"]),
    ...     "grid_code": ["A"], "category": ["gas"]})
    >>> days = (date(2026, 5, 1), date(2026, 5, 3))
    >>> daily_counts(late, days, ZoneInfo("Asia/Shanghai"), ["A"], ["gas"]).to_numpy().tolist()
    [[0, 1]]
    """
    days = pd.date_range(period[0], period[1], inclusive="left", name=DAY)
    series = pd.MultiIndex.from_product([grids, categories], names=[GRID, CATEGORY])
    day = pd.to_datetime(reports["captured_at"], utc=True).dt.tz_convert(zone).dt.tz_localize(None)
    column = days.get_indexer(pd.DatetimeIndex(day.dt.normalize()))
    row = pd.Index(grids).get_indexer(pd.Index(reports[GRID])) * len(categories)
    kind = pd.Index(categories).get_indexer(pd.Index(reports[CATEGORY]))
    known = (column >= 0) & (row >= 0) & (kind >= 0)
    cell = (row + kind)[known] * len(days) + column[known]
    counts = np.bincount(cell, minlength=len(series) * len(days)).astype("int32")
    return pd.DataFrame(counts.reshape(len(series), len(days)), index=series, columns=days)
