"""Days of the city: how long ago something was, and what of the week a day has."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from gridgis.duty import DAY_MINUTES, WEEK_MINUTES

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from gridgis.duty import Spans
    from gridgis.rounds.stops import Span


def days_since(
    last: datetime | None, starts_on: date | None, today: date, zone: ZoneInfo
) -> int | None:
    """Return how many of the city's days ago it was done; None: never.

    What was never done counts from the day on which it started, when it has one.
    """
    first = starts_on if last is None else last.astimezone(zone).date()
    return None if first is None else (today - first).days


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day of the city begins."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def moment_of(day: date, moment_s: int, zone: ZoneInfo) -> datetime:
    """Return the time of a day that clocks show so many seconds after midnight."""
    return midnight(day, zone) + timedelta(seconds=moment_s)


def spans_on(spans: Spans, day: date) -> list[Span]:
    """Return what a week's spans have of a day and the night after it, in seconds since midnight.

    >>> from datetime import date
    >>> from gridgis.duty import read_duty
    >>> spans_on(read_duty("Mo-Fr 08:00-12:00,14:00-18:00"), date(2026, 5, 1))
    [(28800, 43200), (50400, 64800)]
    >>> spans_on(read_duty("Su 22:00-06:00"), date(2026, 5, 3))
    [(79200, 108000)]
    """
    found = []
    for first, end in _around(spans, day):
        begins, ends = max(first, 0), min(end, 2 * DAY_MINUTES)
        if begins < min(ends, DAY_MINUTES):
            found.append((begins * 60, ends * 60))
    return found


def shifts_on(spans: Spans, day: date) -> list[Span]:
    """Return the spans that begin on a day; who is always on duty has the day from 0 to 24.

    >>> from datetime import date
    >>> from gridgis.duty import ALWAYS, read_duty
    >>> monday = date(2026, 5, 4)
    >>> shifts_on(read_duty("Su 22:00-06:00"), monday), shifts_on(ALWAYS, monday)
    ([], [(0, 86400)])
    """
    found = []
    for first, end in _around(spans, day):
        if first <= 0 and end >= DAY_MINUTES:
            found.append((0, DAY_MINUTES * 60))
        elif 0 <= first < DAY_MINUTES:
            found.append((first * 60, min(end, 2 * DAY_MINUTES) * 60))
    return found


def _around(spans: Spans, day: date) -> list[tuple[int, int]]:
    """Return the spans of three weeks in minutes since a day's midnight, united if they touch."""
    since = day.weekday() * DAY_MINUTES
    united: list[tuple[int, int]] = []
    for week in (-WEEK_MINUTES, 0, WEEK_MINUTES):
        for first, end in spans:
            begins, ends = first - since + week, end - since + week
            if united and begins <= united[-1][1]:
                united[-1] = (united[-1][0], max(united[-1][1], ends))
            else:
                united.append((begins, ends))
    return united
