"""Calendars that a street office writes: what is read, what is refused with its line."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from gridgis.clocks.calendar_files import add_days, read_calendar, write_calendar
from gridgis.clocks.calendars import Calendar, Kind
from gridgis.clocks.explaining import explain
from gridgis.clocks.known import china, text
from gridgis.clocks.limits import Limit
from gridgis.errors import RowsRefusedError

OFFICE = """\
# our office
code: office
name: 街道办
zone: Asia/Shanghai
hours:
  周一至周五: 09:00-12:00, 14:00-18:00
  Sa: [09:00-10:00, 10:00-12:00]
night: 22:00-06:00
days:
  - {date: 2025-10-01, to: 2025-10-08, kind: holiday, name: 国庆节}
  - {date: 2025-10-12, kind: 上班}
"""


def refusals(written: str) -> list[tuple[int, str]]:
    with pytest.raises(RowsRefusedError) as refused:
        read_calendar(written)
    return list(refused.value.refusals)


def test_an_office_is_read_as_it_was_written() -> None:
    office = read_calendar(OFFICE)
    assert office.hours[4] == ((540, 720), (840, 1080))
    assert office.hours[5] == ((540, 720),)
    assert office.hours[6] == ()
    assert office.night == (1320, 360)
    assert len(office.days) == 9
    # A make-up day has the hours of the first weekday that has any.
    assert office.hours_of(date(2025, 10, 12)) == office.hours[0]
    assert office.days[date(2025, 10, 12)].kind is Kind.WORKDAY


def test_a_calendar_reads_back_what_it_writes() -> None:
    for calendar in (china(), read_calendar(OFFICE)):
        again = read_calendar(write_calendar(calendar))
        assert _facts(again) == _facts(calendar)


def test_the_official_days_of_two_years_are_those_of_the_notices() -> None:
    days = china().days
    holidays = [day for day, known in days.items() if known.kind is Kind.HOLIDAY]
    # 28 days off in 2025 and 33 in 2026, of which 5 and 6 are worked for on weekends.
    assert [sum(day.year == year for day in holidays) for year in (2025, 2026)] == [28, 33]
    workdays = sorted(day for day, known in days.items() if known.kind is Kind.WORKDAY)
    assert [(day.month, day.day) for day in workdays if day.year == 2025] == [
        *((1, 26), (2, 8), (4, 27), (9, 28), (10, 11)),
    ]
    assert [(day.month, day.day) for day in workdays if day.year == 2026] == [
        *((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)),
    ]
    assert all(day.weekday() >= 5 for day in workdays)


def test_a_year_that_nobody_announced_yet_is_named() -> None:
    assert china().unknown_years(date(2026, 12, 30), date(2028, 1, 4)) == [2027, 2028]
    assert china().unknown_years(date(2025, 1, 1), date(2026, 12, 31)) == []


@pytest.mark.parametrize(
    ("was", "now", "line", "reason"),
    [
        ("Sa: [09:00-10:00, 10:00-12:00]", "Sa: [09:00-10:00, 9:30-12:00]", 7, "overlaps"),
        ("Sa: [09:00-10:00, 10:00-12:00]", "Fr: 11:00-13:00", 7, "overlaps 09:00-12:00 of line 6"),
        ("Sa: [09:00-10:00, 10:00-12:00]", "Sa: 22:00-06:00", 7, "goes over midnight"),
        ("Sa: [09:00-10:00, 10:00-12:00]", "Sx: 09:00-12:00", 7, "Sx"),
        ("Sa: [09:00-10:00, 10:00-12:00]", "Sa: 09:00-25:00", 7, "no span of a day"),
        ("zone: Asia/Shanghai", "zone: Asia/Atlantis", 4, "is not known"),
        ("zone: Asia/Shanghai", "zones: Asia/Shanghai", 4, "zones is not known"),
        ("code: office", "name: other", 2, "code is missing"),
        (
            "2025-10-12, kind: 上班",
            "2025-10-08, kind: workday",
            11,
            "is a holiday (国庆节) in line 10",
        ),
        ("2025-10-12, kind: 上班", "2025-10-08, kind: holiday", 11, "in line 10; keep one"),
        ("2025-10-12", "2025-02-29", 11, 'there is no day "2025-02-29"'),
        ("2025-10-12", "12 October", 11, "write it like 2025-10-01"),
        ("kind: 上班", "kind: half", 11, '"half" is not known'),
        ("to: 2025-10-08", "to: 2025-09-08", 10, "goes backwards"),
        ("to: 2025-10-08", "to: 2026-10-08", 10, "are 373 days"),
        ("night: 22:00-06:00", "night: from ten", 8, "no span of a day"),
        ("days:", "days: none\nmore:", 9, "days is a list"),
        ("zone: Asia/Shanghai", "zone: [", 6, "this is no YAML"),
    ],
)
def test_what_contradicts_itself_is_refused_with_its_line(
    was: str, now: str, line: int, reason: str
) -> None:
    assert was in OFFICE
    found = refusals(OFFICE.replace(was, now, 1))
    assert any(where == line and reason in said for where, said in found), found


def test_all_mistakes_are_told_at_once() -> None:
    written = OFFICE.replace("Asia", "Africa").replace("2025-10-12", "2025-13-12")
    assert [line for line, _ in refusals(written)] == [4, 11]


@pytest.mark.parametrize(
    "written", ["", "- 1", "5", "[" * 5_000, "code: \x00", "a: " + "b" * 10**6]
)
def test_what_is_no_calendar_at_all_is_refused(written: str) -> None:
    assert refusals(written)


def test_an_office_that_never_opens_is_refused() -> None:
    assert "working hours" in refusals("{code: a, zone: UTC, hours: {}}")[0][1]


def test_another_years_days_come_as_a_table() -> None:
    next_year = "\ufeffdate,kind,name,to\n2027-01-01,休,元旦,\n2027-02-05,holiday,春节,2027-02-11\n"
    longer = add_days(china(), next_year)
    assert len(longer.days) == len(china().days) + 8
    assert longer.unknown_years(date(2027, 1, 1), date(2027, 1, 1)) == []
    with pytest.raises(RowsRefusedError) as refused:
        add_days(longer, "date,kind\n2027-01-01,holiday\n2027-02-30,workday\n")
    assert [line for line, _ in refused.value.refusals] == [2, 3]
    with pytest.raises(RowsRefusedError, match="no column kind"):
        add_days(longer, "date,name\n2027-01-01,x\n")


def test_each_interval_says_why_it_counts() -> None:
    start = datetime.fromisoformat("2025-09-26T16:00:00+08:00")
    pause = datetime.fromisoformat("2025-09-28T10:00:00+08:00")
    found = explain(
        Limit.parse("7 working hours"),
        start,
        china(),
        [(pause, pause.replace(hour=11))],
        [Limit.parse("2 working days")],
    )
    festival = "国庆节、中秋节"
    assert [(one.why, float(one.counted)) for one in found] == [
        ("open", 2.0),
        ("closed", 0.0),
        ("weekend", 0.0),
        ("closed", 0.0),
        (f"make-up working day {festival}", 1.0),
        ("paused", 0.0),
        (f"make-up working day {festival}", 1.0),
        ("break", 0.0),
        (f"make-up working day {festival}", 3.0),
        ("the day on which it begins", 0.0),
        ("working day", 1.0),
        ("working day", 1.0),
    ]


def test_the_text_that_comes_along_names_its_sources() -> None:
    assert "国办发明电〔2024〕12号" in text("china")
    assert "国办发明电〔2025〕7号" in text("china")


def _facts(calendar: Calendar) -> tuple[object, ...]:
    return (
        *(calendar.code, calendar.name, calendar.zone.key, calendar.hours, calendar.night),
        dict(calendar.days),
    )
