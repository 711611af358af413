"""Why something is due when it is: each interval since the start, whether it counts, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from gridgis.clock import aware
from gridgis.clocks.calendars import WEEKEND, Kind
from gridgis.clocks.limits import SECONDS, Unit
from gridgis.clocks.pauses import NEVER, Closed, Pause, ordered, stands
from gridgis.clocks.reckoning import Leg, legs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from gridgis.clocks.calendars import Calendar
    from gridgis.clocks.limits import Limit

LATE = "after the limit"
"""What is said of the time after it."""

ZERO = Fraction(0)
"""How much counts of what does not."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of a clock's life, `[begin, end)` in UTC; `end` is None while a pause stands open.

    `counted` is how much of its limit it used, in `unit`; `part` is 0 for the limit, 1 for the
    first extension, and so on. What counts sums up to the limit and its extensions exactly.
    """

    begin: datetime
    end: datetime | None
    counts: bool
    why: str
    counted: Fraction
    unit: Unit
    part: int


def explain(
    limit: Limit,
    started_at: datetime,
    calendar: Calendar,
    pauses: Iterable[Pause] = (),
    extensions: Sequence[Limit] = (),
    until: datetime | None = None,
) -> list[Interval]:
    """Return the intervals of a clock from its start to its end, in order and without gaps.

    Parameters
    ----------
    limit, started_at, calendar, pauses, extensions
        As :func:`gridgis.clocks.reckoning.reckon` takes them.
    until
        When the clock stopped, or now. What lies before the limit's end is cut there; what lies
        after it is one more interval. None: to the limit's end.

    Raises
    ------
    InvalidInputError
        A time has no zone, or a pause ends before it begins.
    """
    closed = ordered(pauses)
    found: list[Interval] = []
    parts = legs(limit, started_at, calendar, closed, extensions)
    for number, leg in enumerate(parts):
        found += _joined(_whole(leg, number, calendar, closed))
    due, last = parts[-1].end, found[-1]
    if until is None:
        return found
    until = aware(until, "until")
    if due is not None and until > due:
        return [*found, replace(last, begin=due, end=until, counts=False, why=LATE, counted=ZERO)]
    return [_cut(one, until, calendar) for one in found if one.begin < until]


def _cut(one: Interval, until: datetime, calendar: Calendar) -> Interval:
    if one.end is not None and one.end <= until:
        return one
    if not one.counts:
        return replace(one, end=until)
    if one.unit is Unit.WORKING_DAY:
        closes = calendar.spans(calendar.day_of(one.begin))[-1][1]
        if closes <= until:
            return replace(one, end=until)
        return replace(one, end=until, counted=ZERO, why=f"{one.why}, not over yet")
    return replace(one, end=until, counted=_share(one.unit, until - one.begin))


def _joined(intervals: Iterable[Interval]) -> list[Interval]:
    """Join neighbours that say the same."""
    found: list[Interval] = []
    for one in intervals:
        # Each working day that counts stays by itself: it may be cut, and then does not count.
        whole = one.counts and one.unit is Unit.WORKING_DAY
        if found and not whole and (found[-1].counts, found[-1].why) == (one.counts, one.why):
            found[-1] = replace(found[-1], end=one.end, counted=found[-1].counted + one.counted)
        else:
            found.append(one)
    return found


def _whole(leg: Leg, part: int, calendar: Calendar, pauses: Closed) -> Iterator[Interval]:
    """Yield a leg in its smallest pieces, to its end or to the pause that stands open."""
    unit = leg.amount.unit
    open_from = pauses[-1][0] if pauses and pauses[-1][1] == NEVER else None
    end = leg.end if leg.end is not None else max(open_from or leg.begin, leg.begin)
    cuts = sorted({leg.begin, end, *_marks(leg, end, calendar, pauses)})
    for begin, stop in pairwise(cuts):
        counts, why = _verdict(leg, begin, calendar, pauses)
        counted = _share(unit, stop - begin) if counts else ZERO
        yield Interval(begin, stop, counts, why, counted, unit, part)
    if leg.end is None:
        yield Interval(end, None, False, "paused", ZERO, unit, part)


def _marks(leg: Leg, end: datetime, calendar: Calendar, pauses: Closed) -> Iterator[datetime]:
    """Yield the moments between which a leg stays the same."""
    if leg.amount.unit is not Unit.WORKING_DAY:
        yield from (mark for pause in pauses for mark in pause if leg.begin < mark < end)
    if leg.amount.unit in {Unit.WORKING_HOUR, Unit.WORKING_DAY}:
        day = leg.day
        while (midnight := calendar.midnight(day)) < end:
            if midnight > leg.begin:
                yield midnight
            if leg.amount.unit is Unit.WORKING_HOUR:
                spans = calendar.spans(day)
                yield from (mark for span in spans for mark in span if leg.begin < mark < end)
            day += _DAY


def _verdict(leg: Leg, begin: datetime, calendar: Calendar, pauses: Closed) -> tuple[bool, str]:
    if leg.amount.unit is Unit.WORKING_DAY:
        return _verdict_on_day(leg, calendar.day_of(begin), calendar, pauses)
    if any(pause_begin <= begin < pause_end for pause_begin, pause_end in pauses):
        return False, "paused"
    if leg.amount.unit is not Unit.WORKING_HOUR:
        return True, "begun at night" if calendar.is_night(leg.begin) else "begun by day"
    day = calendar.day_of(begin)
    spans = calendar.spans(day)
    if not spans:
        return False, _why_closed(day, calendar)
    if any(opens <= begin < closes for opens, closes in spans):
        return True, _why_open(day, calendar, "open")
    return False, "break" if spans[0][0] < begin < spans[-1][1] else "closed"


def _verdict_on_day(leg: Leg, day: date, calendar: Calendar, pauses: Closed) -> tuple[bool, str]:
    if day <= leg.day:
        return False, "the day on which it begins"
    spans = calendar.spans(day)
    if not spans:
        return False, _why_closed(day, calendar)
    if stands(spans[-1][1], pauses):
        return False, "paused as the office closes"
    return True, _why_open(day, calendar, "working day")


def _why_open(day: date, calendar: Calendar, otherwise: str) -> str:
    known = calendar.days.get(day)
    if known is not None and known.kind is Kind.WORKDAY:
        return " ".join(filter(None, ("make-up working day", known.name)))
    return otherwise


def _why_closed(day: date, calendar: Calendar) -> str:
    known = calendar.days.get(day)
    if known is not None and known.kind is Kind.HOLIDAY:
        return " ".join(filter(None, ("holiday", known.name)))
    return "weekend" if day.weekday() in WEEKEND else "closed all day"


def _share(unit: Unit, length: timedelta) -> Fraction:
    if unit is Unit.WORKING_DAY:
        return Fraction(1)
    return Fraction(length // timedelta(microseconds=1), SECONDS[unit] * 1_000_000)
