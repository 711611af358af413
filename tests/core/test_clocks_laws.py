"""What holds for every clock, and a slow judge that walks the calendar minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.clocks.calendars import Calendar, Day, Kind
from gridgis.clocks.explaining import explain
from gridgis.clocks.known import china
from gridgis.clocks.limits import Limit
from gridgis.clocks.reckoning import reckon

MINUTE = timedelta(minutes=1)
FIRST = datetime(2025, 9, 20, tzinfo=UTC)

FINNISH = Calendar(
    "fi",
    "",
    ZoneInfo("Europe/Helsinki"),
    (((480, 720), (750, 960)),) * 5 + (((600, 780),), ()),
    (1320, 360),
    {date(2025, 10, 31): Day(Kind.HOLIDAY), date(2025, 10, 26): Day(Kind.WORKDAY)},
)

calendars = st.sampled_from([china(), FINNISH])
# Six weeks around National Day, and around the end of summer time.
starts = st.integers(0, 42 * 1440).map(lambda minute: FIRST + minute * MINUTE)
units = st.sampled_from(["min", "h", "days", "working hours", "working days"])
AMOUNTS = {"min": 600, "h": 40, "days": 4, "working hours": 20, "working days": 6}


@st.composite
def limits(draw: st.DrawFn, unit: str | None = None) -> Limit:
    unit = unit or draw(units)
    text = f"{draw(st.integers(1, AMOUNTS[unit]))} {unit}"
    return Limit.parse(text)


@st.composite
def pauses(draw: st.DrawFn) -> list[tuple[datetime, datetime]]:
    lengths = st.integers(0, 3 * 1440).map(lambda minutes: minutes * MINUTE)
    found = draw(st.lists(st.tuples(starts, lengths), max_size=3))
    return [(begin, begin + length) for begin, length in found]


def judged(
    limit: Limit, start: datetime, office: Calendar, stops: list[tuple[datetime, datetime]]
) -> datetime:
    """Return when a limit ends, by looking at each minute of the wall clock in turn."""
    amount = limit.begun(at_night=office.is_night(start))
    first_day = start.astimezone(office.zone).date()
    wanted = int(amount.number * {"h": 60, "day": 1440, "working hour": 60}.get(amount.unit, 1))
    at, passed = start, 0
    while passed < wanted:
        running = not any(begin <= at < end for begin, end in stops)
        local, after = at.astimezone(office.zone), (at + MINUTE).astimezone(office.zone)
        opens = _is_open(office, local)
        if amount.unit == "working hour":
            passed += running and opens
        elif amount.unit == "working day":
            closes = opens and not _opens_later(office, local)
            passed += running and closes and after.date() > first_day
        else:
            passed += running
        at += MINUTE
    return at


def _is_open(office: Calendar, local: datetime) -> bool:
    known = office.days.get(local.date())
    if known is not None and known.kind is Kind.HOLIDAY:
        return False
    weekday = local.weekday() if known is None else 0
    minute = local.hour * 60 + local.minute
    return any(first <= minute < end for first, end in office.hours[weekday])


def _opens_later(office: Calendar, local: datetime) -> bool:
    midnight = local.replace(hour=0, minute=0)
    later = range(local.hour * 60 + local.minute + 1, 1440)
    return any(_is_open(office, midnight + minute * MINUTE) for minute in later)


@settings(max_examples=120, deadline=None)
@given(limits(), starts, calendars, pauses())
def test_a_judge_who_walks_minute_by_minute_agrees(
    limit: Limit,
    start: datetime,
    office: Calendar,
    stops: list[tuple[datetime, datetime]],
) -> None:
    assert reckon(limit, start, office, stops).due_at == judged(limit, start, office, stops)


@settings(max_examples=300, deadline=None)
@given(limits(), starts, st.integers(0, 20_000), calendars, pauses())
def test_what_begins_later_ends_no_earlier(
    limit: Limit,
    start: datetime,
    later: int,
    office: Calendar,
    stops: list[tuple[datetime, datetime]],
) -> None:
    first = reckon(limit, start, office, stops)
    second = reckon(limit, start + later * MINUTE, office, stops)
    assert first.due_at is not None
    assert second.due_at is not None
    assert start < first.due_at <= second.due_at


@settings(max_examples=300, deadline=None)
@given(units, st.data(), starts, calendars, pauses())
def test_a_longer_limit_ends_later_and_an_extension_is_the_rest_of_it(
    unit: str,
    data: st.DataObject,
    start: datetime,
    office: Calendar,
    stops: list[tuple[datetime, datetime]],
) -> None:
    first, second = data.draw(limits(unit)), data.draw(limits(unit))
    both = Limit.parse(f"{first.amount.number + second.amount.number} {unit}")
    alone, together = (reckon(one, start, office, stops) for one in (first, both))
    extended = reckon(first, start, office, stops, [second])
    assert extended.due_at == together.due_at
    assert alone.due_at is not None
    assert together.due_at is not None
    assert alone.due_at < together.due_at
    # It is the same as a limit that begins where the first one ended.
    assert reckon(second, alone.due_at, office, stops).due_at == extended.due_at


@settings(max_examples=300, deadline=None)
@given(limits(), starts, calendars, pauses(), st.lists(limits(), max_size=2))
def test_a_pause_never_makes_it_earlier_and_no_limit_ends_in_one(
    limit: Limit,
    start: datetime,
    office: Calendar,
    stops: list[tuple[datetime, datetime]],
    granted: list[Limit],
) -> None:
    plain = reckon(limit, start, office, (), granted)
    paused = reckon(limit, start, office, stops, granted)
    assert plain.due_at is not None
    assert plain.warn_at is not None
    assert paused.due_at is not None
    assert paused.warn_at is not None
    assert plain.due_at <= paused.due_at
    assert paused.warn_at <= paused.due_at
    assert not any(begin < paused.due_at < end for begin, end in stops)
    assert reckon(limit, start, office, reversed(stops), granted) == paused


@settings(max_examples=300, deadline=None)
@given(limits(), starts, calendars, pauses(), st.lists(limits(), max_size=2))
def test_the_intervals_follow_each_other_and_sum_up_to_the_limit(
    limit: Limit,
    start: datetime,
    office: Calendar,
    stops: list[tuple[datetime, datetime]],
    granted: list[Limit],
) -> None:
    found = explain(limit, start, office, stops, granted)
    due = reckon(limit, start, office, stops, granted).due_at
    assert (found[0].begin, found[-1].end) == (start, due)
    assert all(one.end == after.begin for one, after in pairwise(found))
    for part, written in enumerate((limit, *granted)):
        counted = sum((one.counted for one in found if one.part == part), Fraction(0))
        assert counted == Fraction(written.amount.number)
    assert all(one.counts == (one.counted > 0) for one in found)


@settings(max_examples=200, deadline=None)
@given(limits(), starts, calendars, pauses(), st.integers(1, 30_000))
def test_a_clock_that_was_stopped_is_told_up_to_then(
    limit: Limit,
    start: datetime,
    office: Calendar,
    stops: list[tuple[datetime, datetime]],
    minutes: int,
) -> None:
    until = start + minutes * MINUTE
    found = explain(limit, start, office, stops, (), until)
    due = reckon(limit, start, office, stops).due_at
    assert due is not None
    assert found[-1].end == until
    used = sum((one.counted for one in found), Fraction(0))
    wanted = Fraction(limit.amount.number)
    assert used == wanted if until >= due else used < wanted
    assert (found[-1].why == "after the limit") == (until > due)


@settings(max_examples=200, deadline=None)
@given(limits(), starts, starts, calendars)
def test_an_open_pause_leaves_what_was_over_before_it(
    limit: Limit, start: datetime, stopped: datetime, office: Calendar
) -> None:
    plain = reckon(limit, start, office)
    found = reckon(limit, start, office, [(stopped, None)])
    assert plain.due_at is not None
    if plain.due_at <= stopped:
        assert found == plain
    else:
        assert found == (None, None)
        assert explain(limit, start, office, [(stopped, None)])[-1].end is None
