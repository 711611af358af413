"""When something is due: cases worked by hand, with a calendar on the wall beside them.

The office of most of them is that of mainland China: Monday to Friday 9:00-12:00 and 14:00-18:00,
with the official holidays of 2025 and 2026 (国办发明电〔2024〕12号, 〔2025〕7号); night is
22:00-06:00.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gridgis.clocks.calendars import Calendar
from gridgis.clocks.known import china
from gridgis.clocks.limits import Limit
from gridgis.clocks.reckoning import reckon
from gridgis.errors import InvalidInputError

# What, the limit, the start, when it is due: local times of the office.
PLAIN = [
    ("elapsed minutes", "15 min", "2025-05-09 10:00", "2025-05-09 10:15"),
    ("to the second", "15 min", "2025-05-09 10:00:07", "2025-05-09 10:15:07"),
    ("minutes over lunch", "30 min", "2025-05-09 11:50", "2025-05-09 12:20"),
    ("minutes over midnight", "30 min", "2025-05-09 23:45", "2025-05-10 00:15"),
    ("minutes over New Year", "30 min", "2025-12-31 23:45", "2026-01-01 00:15"),
    ("by day: the day's limit", "15 min, 30 min at night", "2025-05-09 21:59", "2025-05-09 22:14"),
    ("the first of night", "15 min, 30 min at night", "2025-05-09 22:00", "2025-05-09 22:30"),
    (
        "a second before day",
        "15 min, 30 min at night",
        "2025-05-10 05:59:59",
        "2025-05-10 06:29:59",
    ),
    ("the first of day", "15 min, 30 min at night", "2025-05-10 06:00", "2025-05-10 06:15"),
    ("at midnight", "15 min, 30 min at night", "2025-05-10 00:00", "2025-05-10 00:30"),
    ("hours over a weekend", "72 h", "2025-05-09 10:00", "2025-05-12 10:00"),
    ("days of 24 h, holidays too", "3 days", "2025-09-30 10:00", "2025-10-03 10:00"),
    ("a leap day is a day", "1 day", "2028-02-28 12:00", "2028-02-29 12:00"),
    ("over a leap day", "2 days", "2028-02-28 12:00", "2028-03-01 12:00"),
    ("working hours of a morning", "3 working hours", "2025-05-09 09:00", "2025-05-09 12:00"),
    ("over lunch", "3 working hours", "2025-05-09 10:00", "2025-05-09 15:00"),
    ("begun at lunch", "1 working hour", "2025-05-09 12:30", "2025-05-09 15:00"),
    ("begun at the closing minute", "1 working hour", "2025-05-09 18:00", "2025-05-12 10:00"),
    ("begun a minute before", "1 working hour", "2025-05-09 17:59", "2025-05-12 09:59"),
    ("begun before opening", "1 working hour", "2025-05-09 07:00", "2025-05-09 10:00"),
    ("begun as it opens", "1 working hour", "2025-05-09 09:00", "2025-05-09 10:00"),
    ("the rest on Monday", "4 working hours", "2025-05-09 16:00", "2025-05-12 11:00"),
    ("a make-up Sunday works", "4 working hours", "2025-01-25 10:00", "2025-01-26 15:00"),
    ("begun on a Saturday", "1 working hour", "2025-05-10 10:00", "2025-05-12 10:00"),
    ("over the Spring Festival", "2 working hours", "2025-01-27 17:00", "2025-02-05 10:00"),
    ("half hours", "1.5 working hours", "2025-05-09 11:00", "2025-05-09 14:30"),
    ("seconds survive lunch", "1 working hour", "2025-05-09 11:30:15", "2025-05-09 14:30:15"),
    ("the next working day", "1 working day", "2025-05-08 10:00", "2025-05-09 18:00"),
    ("over a weekend", "1 working day", "2025-05-09 10:00", "2025-05-12 18:00"),
    ("begun late on Friday", "1 working day", "2025-05-09 23:30", "2025-05-12 18:00"),
    ("begun on a Sunday", "1 working day", "2025-05-11 10:00", "2025-05-12 18:00"),
    ("a week", "5 working days", "2025-05-12 10:00", "2025-05-19 18:00"),
    # Sunday the 26th and Monday the 27th work, then eight days of holiday.
    ("Spring Festival", "3 working days", "2025-01-24 10:00", "2025-02-05 18:00"),
    ("Saturday 8 February works", "1 working day", "2025-02-07 10:00", "2025-02-08 18:00"),
    ("Labour Day", "1 working day", "2025-04-30 10:00", "2025-05-06 18:00"),
    ("Sunday 27 April works", "1 working day", "2025-04-26 10:00", "2025-04-27 18:00"),
    ("Sunday 28 September works", "2 working days", "2025-09-26 10:00", "2025-09-29 18:00"),
    ("National Day", "1 working day", "2025-09-30 10:00", "2025-10-09 18:00"),
    ("Saturday 11 October works", "3 working days", "2025-10-08 10:00", "2025-10-11 18:00"),
    ("Sunday 12 October does not", "4 working days", "2025-10-08 10:00", "2025-10-13 18:00"),
    ("Sunday 4 January 2026 works", "1 working day", "2025-12-31 10:00", "2026-01-04 18:00"),
    ("nine days of holiday", "1 working day", "2026-02-14 10:00", "2026-02-24 18:00"),
    ("leap day is a Tuesday", "1 working day", "2028-02-28 10:00", "2028-02-29 18:00"),
    ("over the leap day", "2 working days", "2028-02-28 10:00", "2028-03-01 18:00"),
]

# What, the limit, the start, pauses, extensions, when it is due.
STOPPED = [
    (
        "a pause of an hour",
        *("2 h", "2025-05-09 10:00", [("2025-05-09 11:00", "2025-05-09 12:00")], []),
        "2025-05-09 13:00",
    ),
    (
        "pauses that overlap count once",
        *("2 h", "2025-05-09 10:00"),
        [("2025-05-09 11:00", "2025-05-09 12:00"), ("2025-05-09 11:30", "2025-05-09 12:30")],
        [],
        "2025-05-09 13:30",
    ),
    (
        "a pause before the start",
        *("2 h", "2025-05-09 10:00", [("2025-05-09 08:00", "2025-05-09 10:30")], []),
        "2025-05-09 12:30",
    ),
    (
        "a pause that begins as the limit ends",
        *("2 h", "2025-05-09 10:00", [("2025-05-09 12:00", "2025-05-09 15:00")], []),
        "2025-05-09 12:00",
    ),
    (
        # Of Tuesday 30 September one hour is left, of 9 October another.
        "a pause over National Day",
        *("2 working hours", "2025-09-30 10:00", [("2025-09-30 11:00", "2025-10-09 09:00")], []),
        "2025-10-09 10:00",
    ),
    (
        "a pause at lunch and at night changes no working hours",
        *("7 working hours", "2025-05-08 10:00"),
        [("2025-05-08 12:00", "2025-05-08 14:00"), ("2025-05-08 18:00", "2025-05-09 09:00")],
        [],
        "2025-05-09 10:00",
    ),
    (
        "the 30th closes during the pause, the 9th does not",
        *("1 working day", "2025-09-29 10:00", [("2025-09-30 11:00", "2025-10-09 10:00")], []),
        "2025-10-09 18:00",
    ),
    (
        "a day that is paused wholly does not count",
        *("2 working days", "2025-05-12 10:00", [("2025-05-13 00:00", "2025-05-14 00:00")], []),
        "2025-05-15 18:00",
    ),
    (
        "an hour's pause leaves a working day what it is",
        *("1 working day", "2025-05-12 10:00", [("2025-05-13 10:00", "2025-05-13 11:00")], []),
        "2025-05-13 18:00",
    ),
    (
        "a pause on the day of the start changes nothing",
        *("1 working day", "2025-05-12 10:00", [("2025-05-12 11:00", "2025-05-13 09:00")], []),
        "2025-05-13 18:00",
    ),
    ("an extension", "2 h", "2025-05-09 10:00", [], ["30 min"], "2025-05-09 12:30"),
    (
        "an extension by working days begins where the limit ended",
        *("5 working days", "2025-05-12 10:00", [], ["2 working days"]),
        "2025-05-21 18:00",
    ),
    (
        "hours, then working days: that of the hours' end does not count",
        *("2 h", "2025-05-09 10:00", [], ["1 working day"]),
        "2025-05-12 18:00",
    ),
    (
        "two extensions over National Day",
        *("1 working day", "2025-09-29 10:00", [], ["1 working day", "2 working hours"]),
        "2025-10-10 11:00",
    ),
    (
        "a pause within the extension",
        *("2 h", "2025-05-09 10:00", [("2025-05-09 12:10", "2025-05-09 12:20")], ["30 min"]),
        "2025-05-09 12:40",
    ),
    (
        "a case that was suspended after its time stays late",
        *("2 h", "2025-05-09 10:00", [("2025-05-09 13:00", None)], []),
        "2025-05-09 12:00",
    ),
    (
        "no time while the pause stands open",
        *("2 h", "2025-05-09 10:00", [("2025-05-09 11:00", None)], []),
        None,
    ),
    (
        "nor for working days",
        *("3 working days", "2025-05-12 10:00", [("2025-05-14 11:00", None)], []),
        None,
    ),
    (
        "nor for working hours",
        *("30 working hours", "2025-05-12 10:00", [("2025-05-14 11:00", None)], []),
        None,
    ),
]

# The limit, the start, when to warn at 80 %.
WARNED = [
    ("15 min", "2025-05-09 10:00", "2025-05-09 10:12"),
    ("3 working hours", "2025-05-09 11:00", "2025-05-09 15:24"),
    # After 4 of 5 days: not as the office closes, but when somebody is there to see it.
    ("5 working days", "2025-05-12 10:00", "2025-05-19 09:00"),
    # 0.8 of the seven hours of Tuesday, 5.6 of them: 3 before lunch, 2.6 after it.
    ("1 working day", "2025-05-12 10:00", "2025-05-13 16:36"),
]


def _at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def _pauses(written: list[tuple[str, str | None]]) -> list[tuple[datetime, datetime | None]]:
    return [(_at(begin), None if end is None else _at(end)) for begin, end in written]


@pytest.mark.parametrize(("what", "limit", "start", "due"), PLAIN, ids=[case[0] for case in PLAIN])
def test_a_limit_ends_as_worked_out_by_hand(what: str, limit: str, start: str, due: str) -> None:
    del what
    assert reckon(Limit.parse(limit), _at(start), china()).due_at == _at(due)


@pytest.mark.parametrize(
    ("what", "limit", "start", "pauses", "extensions", "due"), STOPPED, ids=[c[0] for c in STOPPED]
)
def test_pauses_and_extensions_move_it_as_worked_out_by_hand(
    what: str,
    limit: str,
    start: str,
    pauses: list[tuple[str, str | None]],
    extensions: list[str],
    due: str | None,
) -> None:
    del what
    granted = [Limit.parse(text) for text in extensions]
    found = reckon(Limit.parse(limit), _at(start), china(), _pauses(pauses), granted)
    assert found.due_at == (None if due is None else _at(due))
    assert due is not None or found.warn_at is None


@pytest.mark.parametrize(("limit", "start", "warn"), WARNED)
def test_the_warning_comes_before_its_end(limit: str, start: str, warn: str) -> None:
    found = reckon(Limit.parse(limit), _at(start), china())
    assert found.warn_at == _at(warn)
    assert found.due_at is not None
    assert found.warn_at < found.due_at


def test_an_extension_has_its_own_warning() -> None:
    found = reckon(
        Limit.parse("2 h"), _at("2025-05-09 10:00"), china(), (), [Limit.parse("30 min")]
    )
    assert found.warn_at == _at("2025-05-09 12:24")


def test_a_report_filed_in_another_zone_counts_by_the_offices_clock() -> None:
    # On Kiribati (UTC+14) it is Saturday already; in Shanghai it is Friday, half past six.
    start = _at("2025-05-10 00:30", "Pacific/Kiritimati")
    assert reckon(Limit.parse("1 working day"), start, china()).due_at == _at("2025-05-12 18:00")
    # Noon there is night in Shanghai no more: 06:00.
    start = _at("2025-05-10 12:00", "Pacific/Kiritimati")
    limit = Limit.parse("15 min, 30 min at night")
    assert reckon(limit, start, china()).due_at == _at("2025-05-10 06:15")
    assert reckon(limit, start - timedelta(seconds=1), china()).due_at == _at("2025-05-10 06:29:59")


def test_clocks_that_are_put_forward_and_back_leave_elapsed_time_what_it_is() -> None:
    open_hours = ((8 * 60, 16 * 60),)
    office = Calendar("fi", "", ZoneInfo("Europe/Helsinki"), (open_hours,) * 7, (1320, 360))
    # On 30 March 2025 at 03:00 clocks go to 04:00, on 26 October at 04:00 back to 03:00.
    spring, autumn = "2025-03-29 20:00", "2025-10-25 20:00"
    day = Limit.parse("1 day")
    assert reckon(day, _at(spring, "Europe/Helsinki"), office).due_at == _at(
        "2025-03-30 21:00", "Europe/Helsinki"
    )
    assert reckon(day, _at(autumn, "Europe/Helsinki"), office).due_at == _at(
        "2025-10-26 19:00", "Europe/Helsinki"
    )
    for start in (spring, autumn):
        due = reckon(Limit.parse("2 working hours"), _at(start, "Europe/Helsinki"), office).due_at
        assert due is not None
        assert due.astimezone(office.zone).strftime("%H:%M") == "10:00"
    # A report from Shanghai over the night on which Helsinki's clocks change.
    due = reckon(Limit.parse("1 working day"), _at("2025-03-30 03:00"), office).due_at
    assert due == _at("2025-03-30 16:00", "Europe/Helsinki")


def test_an_office_open_to_midnight_closes_then() -> None:
    round_the_clock = Calendar("all", "", ZoneInfo("Asia/Shanghai"), (((0, 1440),),) * 7)
    one, two = Limit.parse("1 working day"), Limit.parse("2 working days")
    start = _at("2025-05-12 10:00")
    assert reckon(one, start, round_the_clock).due_at == _at("2025-05-14 00:00")
    # The extension's first day is the 14th, which begins as the 13th ends.
    assert reckon(one, start, round_the_clock, (), [one]).due_at == _at("2025-05-15 00:00")
    assert reckon(two, start, round_the_clock).due_at == _at("2025-05-15 00:00")


@pytest.mark.parametrize("text", ["15 min", "15 min, 30 min at night", "2 h", "1 day", "3 days"])
def test_a_limit_reads_back_what_it_writes(text: str) -> None:
    assert str(Limit.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("15", "has no unit"),
        ("4.5", "has no unit"),
        ("", "write a number"),
        ("soon", "write a number"),
        ("-5 min", "write a number"),
        ("15 furlongs", "is not known"),
        ("0 min", "leaves no time"),
        ("1.5 working days", "write it in working hours"),
        ("0.005 min", "no whole number of seconds"),
        ("4000 days", "too long"),
        ("15 min, 30 min", 'write it like "15 min"'),
        ("30 min at night", 'write it like "15 min"'),
        ("15 min, 30 at night", "has no unit"),
        ("9" * 100_000, "write a number"),
    ],
)
def test_what_is_no_limit_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidInputError, match=reason) as refused:
        Limit.parse(text)
    assert len(str(refused.value)) < 200


def test_times_without_a_zone_and_pauses_that_go_backwards_are_refused() -> None:
    limit, start = Limit.parse("2 h"), _at("2025-05-09 10:00")
    with pytest.raises(InvalidInputError, match="no time zone"):
        reckon(limit, start.replace(tzinfo=None), china())
    with pytest.raises(InvalidInputError, match="ends before it begins"):
        reckon(limit, start, china(), [(start, start - timedelta(hours=1))])
    with pytest.raises(InvalidInputError, match="share"):
        reckon(limit, start, china(), warn_share=0)
    with pytest.raises(InvalidInputError, match="9999"):
        reckon(Limit.parse("3660 days"), _at("9999-01-01 00:00"), china())
    with pytest.raises(InvalidInputError, match="9999"):
        reckon(Limit.parse("3660 working days"), _at("9999-01-01 00:00"), china())
