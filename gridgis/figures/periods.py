"""Days, weeks, months, quarters and years of the city; and what a period is held against."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

Each = Literal["day", "week", "month", "quarter", "year"]
"""Pieces of the calendar; a week begins on Monday."""

EACHES: tuple[Each, ...] = get_args(Each)

MOST_PERIODS = 400

YEARS = range(1900, 2200)
"""A period lies in these, so that the one before is a date as well."""

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}
_NAME = re.compile(r"(\d{4})(?:-(?:Q([1-4])|W(\d\d)|(\d\d)(?:-(\d\d))?))?")


class Period(NamedTuple):
    """The time from `since` to before `before`, both aware; a name for people."""

    since: datetime
    before: datetime
    name: str


def named_period(text: str, zone: ZoneInfo) -> Period:
    """Return the period that is written so, in the city's zone.

    Raises
    ------
    InvalidInputError
        It is no such period.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> period = named_period("2025-Q2", ZoneInfo("Asia/Shanghai"))
    >>> period.since.isoformat(), period.before.isoformat()
    ('2025-03-31T16:00:00+00:00', '2025-06-30T16:00:00+00:00')
    """
    try:
        each, first = _read(text)
        return _piece(each, first, zone)
    except (ValueError, OverflowError) as error:
        msg = (
            f"{text!r} is no period; write a year 2025, a quarter 2025-Q2, a month 2025-06, "
            "a week 2025-W23 or a day 2025-06-01"
        )
        raise InvalidInputError(msg) from error


def period_between(since: datetime, before: datetime, zone: ZoneInfo) -> Period:
    """Return any period under its name: that of the calendar when it is a piece of it."""
    each = piece_of(since, before, zone)
    if each is not None:
        return _piece(each, since.astimezone(zone).date(), zone)
    first, last = (at.astimezone(zone).strftime("%Y-%m-%d %H:%M") for at in (since, before))
    return Period(since, before, f"{first} to {last}".replace(" 00:00", ""))


def read_periods(
    now: datetime,
    zone: ZoneInfo,
    *,
    name: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    each: Each | None = None,
) -> tuple[Period, ...]:
    """Return the periods that somebody asked for: by name, or by both ends; else this month.

    With `each` the period is cut into pieces; those that have not begun are left out.

    Raises
    ------
    InvalidInputError
        Both ways at once, one end only, the end not after the beginning, no such period, or too
        many pieces.
    """
    if name is not None and (since is not None or before is not None):
        msg = "say the period by its name or by its two ends, not both"
        raise InvalidInputError(msg)
    if (since is None) != (before is None):
        msg = "a period has two ends: from when (since), and before when"
        raise InvalidInputError(msg)
    if since is not None and before is not None:
        if before <= since:
            msg = (
                f"the period ends before it begins: {before.isoformat()} is not later than "
                f"{since.isoformat()}"
            )
            raise InvalidInputError(msg)
        if not (since.year in YEARS and before.year in YEARS):
            msg = f"figures are of the years {YEARS.start} to {YEARS.stop - 1}"
            raise InvalidInputError(msg)
        period = period_between(since, before, zone)
    else:
        period = named_period(name or now.astimezone(zone).strftime("%Y-%m"), zone)
    if each is None:
        return (period,)
    return tuple(one for one in split(period, each, zone) if one.since < now) or (period,)


def split(period: Period, each: Each, zone: ZoneInfo) -> tuple[Period, ...]:
    """Cut a period into pieces of the calendar; the first and last may be cut off.

    Raises
    ------
    InvalidInputError
        There are more than :data:`MOST_PERIODS` of them.
    """
    pieces: list[Period] = []
    day = _floor(period.since.astimezone(zone).date(), each)
    while (piece := _piece(each, day, zone)).since < period.before:
        if len(pieces) == MOST_PERIODS:
            msg = f"{period.name} has more than {MOST_PERIODS} {each}s; ask for longer pieces"
            raise InvalidInputError(msg)
        inside = max(piece.since, period.since), min(piece.before, period.before)
        pieces.append(Period(*inside, piece.name))
        day = _following(day, each)
    return tuple(pieces)


def before_it(period: Period, zone: ZoneInfo) -> Period:
    """Return the period before: of the calendar for a piece of it, else as many days, or as long.

    A piece of the calendar may be a few days shorter or longer than the one before it.
    """
    since, before = period.since.astimezone(zone), period.before.astimezone(zone)
    each = piece_of(period.since, period.before, zone)
    if each is not None:
        return _piece(each, _preceding(since.date(), each), zone)
    days = (before.date() - since.date()).days
    if days and since.time() == before.time():
        # As many of the city's days, however many hours each of them has.
        earlier = datetime.combine(since.date() - timedelta(days=days), since.time(), zone)
        return period_between(earlier.astimezone(UTC), period.since, zone)
    return period_between(period.since - (period.before - period.since), period.since, zone)


def last_year(period: Period, zone: ZoneInfo) -> Period:
    """Return the same period of the year before; 29 February is held against 28 February.

    A week is held against that of 52 weeks before, so that it has the same weekdays.
    """
    if piece_of(period.since, period.before, zone) == "week":
        return _piece("week", period.since.astimezone(zone).date() - timedelta(weeks=52), zone)
    return period_between(_year_before(period.since, zone), _year_before(period.before, zone), zone)


def piece_of(since: datetime, before: datetime, zone: ZoneInfo) -> Each | None:
    """Say which piece of the city's calendar a period is; None: none, or several."""
    first = since.astimezone(zone).date()
    for each in EACHES:
        if _floor(first, each) == first:
            piece = _piece(each, first, zone)
            if (piece.since, piece.before) == (since, before):
                return each
    return None


def _read(text: str) -> tuple[Each, date]:
    found = _NAME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year = int(found[1])
    if year not in YEARS:
        raise ValueError(text)
    quarter, week, month, day = (None if one is None else int(one) for one in found.groups()[1:])
    if quarter is not None:
        return "quarter", date(year, quarter * 3 - 2, 1)
    if week is not None:
        return "week", date.fromisocalendar(year, week, 1)
    if day is not None:
        return "day", date(year, month or 1, day)
    return ("year", date(year, 1, 1)) if month is None else ("month", date(year, month, 1))


def _piece(each: Each, first: date, zone: ZoneInfo) -> Period:
    return Period(
        _midnight(first, zone), _midnight(_following(first, each), zone), _name(each, first)
    )


def _name(each: Each, first: date) -> str:
    if each == "week":
        year, week, _ = first.isocalendar()
        return f"{year:04}-W{week:02}"
    names = {
        "day": first.isoformat(),
        "month": f"{first.year:04}-{first.month:02}",
        "quarter": f"{first.year:04}-Q{(first.month + 2) // 3}",
        "year": f"{first.year:04}",
    }
    return names[each]


def _floor(day: date, each: Each) -> date:
    if each == "week":
        return day - timedelta(days=day.weekday())
    if each == "day":
        return day
    months = _MONTHS[each]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _following(day: date, each: Each) -> date:
    """Return the first day of the next piece; `day` is the first of its own."""
    if each in _DAYS:
        return day + timedelta(days=_DAYS[each])
    return _months_on(day, _MONTHS[each])


def _preceding(day: date, each: Each) -> date:
    if each in _DAYS:
        return day - timedelta(days=_DAYS[each])
    return _months_on(day, -_MONTHS[each])


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _year_before(at: datetime, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    try:
        earlier = local.replace(year=local.year - 1)
    except ValueError:
        earlier = local.replace(year=local.year - 1, day=28)
    return earlier.astimezone(UTC)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
