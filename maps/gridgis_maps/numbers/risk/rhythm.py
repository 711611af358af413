"""At which hours of the week reports come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

DAYS, HOURS = 7, 24
SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US
WEEK_US = DAYS * HOURS * HOUR_US
MONDAY_US = -3 * HOURS * HOUR_US
"""The epoch was a Thursday."""


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
    start_us, end_us = pd.DatetimeIndex([start, end]).as_unit("us").asi8.tolist()
    hours = _hours(start_us, end_us, zone)
    index = pd.MultiIndex.from_product([range(DAYS), range(HOURS)], names=["weekday", "hour"])
    per_hour = np.divide(count, hours, out=np.full(slots, np.nan), where=hours > 0)
    return pd.DataFrame({"count": count, "hours": hours, "per_hour": per_hour}, index=index)


def _slot(when: pd.DatetimeIndex, zone: ZoneInfo) -> NDArray[np.int64]:
    local = when.tz_convert(zone)
    return np.asarray(local.day_of_week * HOURS + local.hour, dtype="int64")


def _hours(start_us: int, end_us: int, zone: ZoneInfo) -> NDArray[np.float64]:
    """Return how many hours of each slot go by in [start, end), in microseconds of UTC."""
    if end_us <= start_us:
        return np.zeros(DAYS * HOURS)
    begins = np.concatenate([[start_us], _changes(start_us, end_us, zone)])
    ends = np.append(begins[1:], end_us)
    # While the offset stays the same, so long is a time on the clock as it is in truth.
    offset = _offset(begins, zone)
    passed = _passed(ends + offset) - _passed(begins + offset)
    return np.asarray(passed.sum(axis=0) / HOUR_US, dtype="float64")


def _passed(local_us: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how much of each slot went by since the epoch's Monday: a row a moment."""
    weeks, rest = np.divmod(local_us - MONDAY_US, WEEK_US)
    inside = rest[:, np.newaxis] - np.arange(DAYS * HOURS) * HOUR_US
    return np.asarray(weeks[:, np.newaxis] * HOUR_US + np.clip(inside, 0, HOUR_US))


def _changes(start_us: int, end_us: int, zone: ZoneInfo) -> NDArray[np.int64]:
    """Return the moments between at which clocks are put on or back, to the second.

    Two changes that undo each other within a week are not seen; no zone has any.
    """
    looks = np.append(np.arange(start_us, end_us, WEEK_US), end_us - 1) // SECOND_US * SECOND_US
    offset = _offset(looks, zone)
    at = np.flatnonzero(offset[:-1] != offset[1:])
    before, after, old = looks[at], looks[at + 1], offset[at]
    while (after - before > SECOND_US).any():
        middle = (before + after) // 2 // SECOND_US * SECOND_US
        same = _offset(middle, zone) == old
        before, after = np.where(same, middle, before), np.where(same, after, middle)
    return after


def _offset(moments_us: NDArray[np.int64], zone: ZoneInfo) -> NDArray[np.int64]:
    """Return how far the city's clocks are ahead of UTC."""
    utc = pd.DatetimeIndex(moments_us.view("M8[us]"), tz="UTC")
    return np.asarray(utc.tz_convert(zone).tz_localize(None).as_unit("us").asi8 - moments_us)
