"""By when something must be done.

Minutes, hours and days are elapsed time: what passes by day and by night, on any day, whatever
clocks are put forward. Working hours are elapsed time while the office is open. Working days
follow the Civil Code of China, articles 201 and 203: the day of the start does not count, and the
last day ends when the office closes.

While a clock is paused nothing counts. A working day counts when the clock runs as the office
closes: one that is paused wholly does not, one that is paused for an hour at noon does, and a limit
never ends in the middle of a pause. An extension begins where the limit, or the extension before
it, has ended.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from gridgis.clock import aware
from gridgis.clocks.limits import Amount, Limit, Unit
from gridgis.clocks.pauses import NEVER, Closed, Pause, ordered, stands, without
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gridgis.clocks.calendars import Calendar

_DAY = timedelta(days=1)
# Of a product of a share and a number of days: what is rounding and no part of a day.
_DIGITS = 9


class Reckoned(NamedTuple):
    """By when something must be done, and when to warn; None: not while the clock is paused."""

    due_at: datetime | None
    warn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Leg:
    """A limit, or an extension of it, from where it begins to where it ends, in UTC.

    `day` is the office's day of the beginning, which does not count among working days. `end` and
    `last_day` are None when a pause stands open before it is over.
    """

    amount: Amount
    begin: datetime
    day: date
    end: datetime | None
    last_day: date | None


def reckon(
    limit: Limit,
    started_at: datetime,
    calendar: Calendar,
    pauses: Iterable[Pause] = (),
    extensions: Sequence[Limit] = (),
    warn_share: float = 0.8,
) -> Reckoned:
    """Return by when something must be done that began at a time, and when to warn.

    Parameters
    ----------
    limit
        How long it may take; by day or at night is asked of the calendar at the start.
    started_at
        When it began, in any zone; the calendar's zone counts.
    pauses
        When the clock stands still, in any order. A limit that was over before an open pause began
        stays as it was: suspending a case does not undo that it is late.
    extensions
        What was granted, in this order.
    warn_share
        The warning comes when so much of the last extension has passed, or of the limit when there
        is none; over 0, at most 1. In the middle of working days it comes when the office is open.

    Raises
    ------
    InvalidInputError
        A time has no zone, a pause ends before it begins, the share is none, or the end lies beyond
        the year 9999.
    """
    if not 0 < warn_share <= 1:
        msg = f"the share at which to warn is over 0 and at most 1, not {warn_share:g}"
        raise InvalidInputError(msg)
    closed = ordered(pauses)
    try:
        leg = legs(limit, started_at, calendar, closed, extensions)[-1]
        if leg.end is None:
            return Reckoned(None, None)
        return Reckoned(leg.end, _warning(leg, calendar, closed, warn_share))
    except OverflowError as error:
        msg = f"{limit} from {started_at.isoformat()} ends after the year 9999"
        raise InvalidInputError(msg) from error


def legs(
    limit: Limit,
    started_at: datetime,
    calendar: Calendar,
    pauses: Closed,
    extensions: Sequence[Limit] = (),
) -> list[Leg]:
    """Return a limit and its extensions in turn, until the first that an open pause cuts off."""
    begin = aware(started_at, "started_at")
    day = calendar.day_of(begin)
    found: list[Leg] = []
    for written in (limit, *extensions):
        amount = written.begun(at_night=calendar.is_night(begin))
        end, last_day = _end(amount, begin, day, calendar, pauses)
        found.append(Leg(amount, begin, day, end, last_day))
        if end is None or last_day is None:
            break
        begin, day = end, last_day
    return found


def _end(
    amount: Amount, begin: datetime, day: date, calendar: Calendar, pauses: Closed
) -> tuple[datetime, date] | tuple[None, None]:
    if amount.unit is Unit.WORKING_DAY:
        wanted = int(amount.number)
        for number, counted in enumerate(_counted_days(day, calendar, pauses), 1):
            if number == wanted:
                return calendar.spans(counted)[-1][1], counted
        return None, None
    end = _passed(amount.length, _running(amount.unit, begin, calendar, pauses))
    if end is None and not (pauses and pauses[-1][1] == NEVER):
        raise OverflowError
    return (None, None) if end is None else (end, calendar.day_of(end))


def _warning(leg: Leg, calendar: Calendar, pauses: Closed, share: float) -> datetime | None:
    if share == 1:
        return leg.end
    if leg.amount.unit is not Unit.WORKING_DAY:
        spans = _running(leg.amount.unit, leg.begin, calendar, pauses)
        return _passed(leg.amount.length * share, spans)
    part, whole = math.modf(round(float(leg.amount.number) * share, _DIGITS))
    for number, counted in enumerate(_counted_days(leg.day, calendar, pauses)):
        if number == whole:
            running = [
                left
                for begin, end in calendar.spans(counted)
                for left in without(begin, end, pauses)
            ]
            length = sum((end - begin for begin, end in running), timedelta())
            return _passed(length * part, running)
    return None


def _counted_days(day: date, calendar: Calendar, pauses: Closed) -> Iterator[date]:
    """Yield the working days after a day that count; they end where a pause stands open."""
    while True:
        day += _DAY
        spans = calendar.spans(day)
        if not spans:
            continue
        if not pauses or not stands(spans[-1][1], pauses):
            yield day
        elif pauses[-1][1] == NEVER and spans[-1][1] > pauses[-1][0]:
            return


def _running(
    unit: Unit, begin: datetime, calendar: Calendar, pauses: Closed
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the spans in which the clock runs, from a moment on."""
    if unit is not Unit.WORKING_HOUR:
        yield from without(begin, NEVER, pauses)
        return
    day = calendar.day_of(begin)
    while True:
        for opens, closes in calendar.spans(day):
            if closes > begin:
                yield from without(max(opens, begin), closes, pauses)
        if pauses and pauses[-1][1] == NEVER and calendar.midnight(day) > pauses[-1][0]:
            return
        day += _DAY


def _passed(length: timedelta, spans: Iterable[tuple[datetime, datetime]]) -> datetime | None:
    """Return when so much of the spans has passed; None: they end before."""
    for begin, end in spans:
        if length <= end - begin:
            return begin + length
        length -= end - begin
    return None
