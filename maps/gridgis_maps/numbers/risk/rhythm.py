"""At which hours of the week reports come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

DAYS, HOURS = 7, 24


def rhythm(
    captured_at: pd.Series[pd.Timestamp], period: tuple[datetime, datetime], zone: ZoneInfo
) -> pd.DataFrame:
    """Return the reports of each hour of the week, and how many an hour of it has on average.

    An hour is the city's own, as its clocks show it. `hours` says how often the slot went by in
    the period, measured along real time: where clocks go on, the slot that is jumped over has an
    hour less, and the one that comes twice has one more, so that `per_hour` is right on both days.

    Parameters
    ----------
    captured_at
        Aware; those outside the period are not counted.
    period
        [from, to), aware. It may begin and end amid an hour.

    Returns
    -------
    pd.DataFrame
        168 rows, index (`weekday`, `hour`), Monday is 0; columns `count`, `hours` (>= 0) and
        `per_hour` (count / hours; NaN where the period has none of that slot).

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from zoneinfo import ZoneInfo
    >>> may = (datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 15, tzinfo=UTC))
    >>> two = pd.Series(pd.to_datetime(["2026-05-04T01:10Z", "2026-05-11T01:50Z"]))
    >>> rhythm(two, may, ZoneInfo("Asia/Shanghai")).loc[(0, 9)].tolist()
    [2.0, 2.0, 1.0]
    """
    start, end = (pd.Timestamp(moment).tz_convert("UTC") for moment in period)
    when = pd.DatetimeIndex(pd.to_datetime(captured_at, utc=True))
    when = when[(when >= start) & (when < end)]
    slots = DAYS * HOURS
    count = np.bincount(_slot(when, zone), minlength=slots)
    # Zones differ by quarters of an hour, so that no piece lies in two slots.
    ends = pd.date_range(start.ceil("15min"), end, freq="15min")
    edges = pd.DatetimeIndex([start, *ends, max(start, end)]).unique()
    seconds = np.diff(edges.as_unit("us").asi8) / 1e6
    hours = np.bincount(_slot(edges[:-1], zone), weights=seconds / 3600, minlength=slots)
    index = pd.MultiIndex.from_product([range(DAYS), range(HOURS)], names=["weekday", "hour"])
    per_hour = np.divide(count, hours, out=np.full(slots, np.nan), where=hours > 0)
    return pd.DataFrame({"count": count, "hours": hours, "per_hour": per_hour}, index=index)


def _slot(when: pd.DatetimeIndex, zone: ZoneInfo) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    local = when.tz_convert(zone)
    return np.asarray(local.day_of_week * HOURS + local.hour, dtype="int64")
