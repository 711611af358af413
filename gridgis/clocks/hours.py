"""Hours of a week, as people write them: ``Mo-Fr: 09:00-12:00, 14:00-18:00``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gridgis.duty import DAY_MINUTES, read_duty
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from gridgis.clocks.calendars import Hours

_SPAN = re.compile(r"(\d{1,2}):([0-5]\d)\s*[-–~至到]\s*(\d{1,2}):([0-5]\d)")
_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


class Week:
    """The hours of a week while they are read; `refusals` has lines and what is wrong there."""

    def __init__(self) -> None:
        self.refusals: list[tuple[int, str]] = []
        self._spans: list[list[tuple[int, int, int]]] = [[] for _ in _DAYS]

    @property
    def hours(self) -> tuple[Hours, ...]:
        """The hours of Monday to Sunday; spans that touch are one."""
        return tuple(_joined([(first, end) for first, end, _ in day]) for day in self._spans)

    def add(self, line: int, days: str, text: str) -> None:
        """Take the hours of some days."""
        try:
            # A whole day for each, whose place in the week tells which.
            whole = read_duty(f"{days} 00:00-24:00")
            spans = [_within_a_day(part) for part in re.split("[,，、]", text)]
        except InvalidInputError as error:
            self.refusals.append((line, str(error)))
            return
        named = [
            day for first, end in whole for day in range(first // DAY_MINUTES, end // DAY_MINUTES)
        ]
        # The first day that cannot be is told; the others of the line would say the same.
        all(self._put(line, day, span) for span in spans for day in named)

    def _put(self, line: int, day: int, span: tuple[int, int]) -> bool:
        """Take a span of a day; say whether it can be."""
        for first, end, other in self._spans[day]:
            if span[0] < end and first < span[1]:
                where = "" if other == line else f" of line {other}"
                reason = f"{_DAYS[day]}: {write_span(span)} overlaps {write_span((first, end))}"
                self.refusals.append((line, f"{reason}{where}"))
                return False
        self._spans[day].append((*span, line))
        self._spans[day].sort()
        return True


def read_span(text: str) -> tuple[int, int]:
    """Return the first minute of a span of the day, and the one after its last.

    Raises
    ------
    InvalidInputError
        It is not written like 09:00-12:00, or is empty.

    Examples
    --------
    >>> read_span("22:00-06:00")
    (1320, 360)
    """
    found = _SPAN.fullmatch(text.strip())
    first, end = (
        (-1, -1)
        if found is None
        else (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4]))
    )
    if not (0 <= first < DAY_MINUTES and 0 <= end <= DAY_MINUTES) or first == end:
        msg = f'"{text}" is no span of a day; write it like 09:00-12:00'
        raise InvalidInputError(msg)
    return first, end


def write_span(span: tuple[int, int]) -> str:
    """Return a span as people write it.

    >>> write_span((540, 1440))
    '09:00-24:00'
    """
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in span)


def write_hours(hours: tuple[Hours, ...]) -> str:
    """Return the lines of YAML that mean these hours; neighbours that are alike share one.

    >>> print(write_hours((((540, 1020),),) * 5 + ((), ())), end="")
      Mo-Fr: 09:00-17:00
    """
    lines = []
    first = 0
    for day in range(1, len(hours) + 1):
        if day < len(hours) and hours[day] == hours[first]:
            continue
        if hours[first]:
            name = _DAYS[first] if day - first == 1 else f"{_DAYS[first]}-{_DAYS[day - 1]}"
            lines.append(f"  {name}: {', '.join(map(write_span, hours[first]))}\n")
        first = day
    return "".join(lines)


def _within_a_day(part: str) -> tuple[int, int]:
    first, end = read_span(part)
    if end < first:
        msg = f'"{part.strip()}" goes over midnight; write two spans, to 24:00 and from 00:00'
        raise InvalidInputError(msg)
    return first, end


def _joined(spans: list[tuple[int, int]]) -> Hours:
    joined: list[tuple[int, int]] = []
    for first, end in spans:
        if joined and joined[-1][1] == first:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((first, end))
    return tuple(joined)
