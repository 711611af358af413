"""Days that differ from their weekday, as rows: date, to, kind, name."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from gridgis.clocks.calendars import Day, Kind
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KINDS = {
    **dict.fromkeys(("holiday", "假日", "节假日", "放假", "休"), Kind.HOLIDAY),
    **dict.fromkeys(("workday", "上班", "调休上班", "补班", "班"), Kind.WORKDAY),
}
"""What people call the two kinds."""

LONGEST_RANGE = 62
"""Days of one row; a longer range is a slip of the year or the month."""

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


class Judged(NamedTuple):
    """The days of the rows that can be used, and the other rows with their reason."""

    days: dict[date, Day]
    refusals: list[tuple[int, str]]


def judge_days(rows: Iterable[tuple[int, Mapping[str, str]]], known: Mapping[date, Day]) -> Judged:
    """Judge rows with their line; a day may not be there twice, in the rows or among the known."""
    judged = Judged({}, [])
    lines: dict[date, int] = {}
    for line, row in rows:
        try:
            _take(line, row, judged, lines, known)
        except InvalidInputError as error:
            judged.refusals.append((line, str(error)))
    return judged


def _take(
    line: int,
    row: Mapping[str, str],
    judged: Judged,
    lines: dict[date, int],
    known: Mapping[date, Day],
) -> None:
    kind = KINDS.get(row.get("kind", "").lower())
    if kind is None:
        msg = f'the kind "{row.get("kind", "")}" is not known; write holiday or workday'
        raise InvalidInputError(msg)
    for day in _days(row.get("date", ""), row.get("to", "")):
        before = judged.days.get(day) or known.get(day)
        if before is not None:
            where = f"in line {lines[day]}" if day in lines else "in the calendar already"
            found = f"{day} is a {before.kind}{f' ({before.name})' * bool(before.name)} {where}"
            contradiction = "" if before.kind is kind else f", and a {kind} here"
            msg = f"{found}{contradiction}; keep one"
            raise InvalidInputError(msg)
        judged.days[day] = Day(kind, row.get("name", ""))
        lines[day] = line


def _days(first_text: str, last_text: str) -> list[date]:
    first = _date(first_text)
    last = _date(last_text) if last_text else first
    if last < first:
        msg = f"from {first} to {last} goes backwards"
        raise InvalidInputError(msg)
    count = (last - first).days + 1
    if count > LONGEST_RANGE:
        msg = f"from {first} to {last} are {count} days; a row has at most {LONGEST_RANGE}"
        raise InvalidInputError(msg)
    return [first + timedelta(days=step) for step in range(count)]


def _date(text: str) -> date:
    found = _DATE.fullmatch(text)
    try:
        if found is not None:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError as error:
        msg = f'there is no day "{text}"'
        raise InvalidInputError(msg) from error
    msg = f'"{text[:60]}" is no day; write it like 2025-10-01'
    raise InvalidInputError(msg)
