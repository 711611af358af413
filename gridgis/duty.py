"""When a responder is on duty, as minutes of the city's week.

A span is ``(first, end)``: minutes since Monday 00:00, `end` not included, within 0..10080. People
write it as ``Mo-Fr 08:00-18:00; Sa 09:00-12:00`` or ``24/7``; a span over midnight belongs to the
day on which it begins.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES

Spans = tuple[tuple[int, int], ...]

ALWAYS: Spans = ((0, WEEK_MINUTES),)

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_KNOWN = {day.lower(): index for index, day in enumerate(_DAYS)}
_KNOWN |= {f"{week}{day}": i for week in ("周", "星期") for i, day in enumerate("一二三四五六日")}
_KNOWN |= {"周天": 6, "星期天": 6}
_TIMES = re.compile(r"(\d{1,2}):(\d{2})\s*[-–~至到]\s*(\d{1,2}):(\d{2})")
_ROUND_THE_CLOCK = {"24/7", "全天", "24小时"}


def minute_of_week(at: datetime, zone: ZoneInfo) -> int:
    """Return the minute of the city's week, 0..10079.

    >>> from datetime import datetime
    >>> from zoneinfo import ZoneInfo
    >>> minute_of_week(datetime.fromisoformat("2026-05-03T16:30:00Z"), ZoneInfo("Asia/Shanghai"))
    30
    """
    local = at.astimezone(zone)
    return local.weekday() * DAY_MINUTES + local.hour * 60 + local.minute


def read_duty(text: str) -> Spans:
    """Return the spans of the week that a text means, in order, without overlap.

    Raises
    ------
    InvalidInputError
        The text is not of this form.

    Examples
    --------
    >>> read_duty("Mo-Tu 08:00-18:00")
    ((480, 1080), (1920, 2520))
    >>> read_duty("周日 22:00-06:00")
    ((0, 360), (9960, 10080))
    >>> read_duty("24/7")
    ((0, 10080),)
    """
    if text.strip() in _ROUND_THE_CLOCK:
        return ALWAYS
    spans: list[tuple[int, int]] = []
    for part in re.split("[;；]", text):
        if part.strip():
            spans.extend(_part(part.strip(), text))
    if not spans:
        raise _unreadable(text)
    return _united(spans)


def write_duty(spans: Spans) -> str:
    """Return the text that means these spans; days with equal times stand together.

    >>> write_duty(read_duty("Mo-Fr 08:00-18:00; Sa 09:00-12:00; Su 22:00-06:00"))
    'Mo-Fr 08:00-18:00; Sa 09:00-12:00; Su 22:00-06:00'
    >>> write_duty(((0, 10080),))
    '24/7'
    """
    if spans == ALWAYS:
        return "24/7"
    days: dict[int, list[str]] = {}
    for first, end in _joined_over_sunday(spans):
        for begin, finish in _daily(first, end):
            day, minute = divmod(begin, DAY_MINUTES)
            days.setdefault(day, []).append(
                f"{_clock(minute)}-{_clock(finish - day * DAY_MINUTES)}"
            )
    written = []
    for run in _runs(days):
        name = _DAYS[run[0]] if len(run) == 1 else f"{_DAYS[run[0]]}-{_DAYS[run[-1]]}"
        written.append(f"{name} {','.join(days[run[0]])}")
    return "; ".join(written)


def _part(part: str, text: str) -> list[tuple[int, int]]:
    times = list(_TIMES.finditer(part))
    if not times:
        raise _unreadable(text)
    days = _days(part[: times[0].start()].strip(" ,，"), text)
    rest = _TIMES.sub("", part[times[0].start() :]).strip(" ,，、和")
    if rest:
        raise _unreadable(text)
    found = []
    for match in times:
        first, end = _minute(match[1], match[2], text), _minute(match[3], match[4], text)
        length = (end - first) % DAY_MINUTES or DAY_MINUTES
        found += [(day * DAY_MINUTES + first, day * DAY_MINUTES + first + length) for day in days]
    return found


def _days(words: str, text: str) -> list[int]:
    if words in {"", "每天", "每日"}:
        return list(range(7))
    days: list[int] = []
    for word in re.split("[,，、]", words):
        ends = [_KNOWN.get(end.strip().lower()) for end in re.split("[-–~至到]", word)]
        first, last = ends[0], ends[-1]
        if first is None or last is None or len(ends) > 2:  # noqa: PLR2004 - from and to
            raise _unreadable(text)
        days += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return days


def _minute(hour: str, minute: str, text: str) -> int:
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > DAY_MINUTES:  # noqa: PLR2004 - minutes of an hour
        raise _unreadable(text)
    return total


def _united(spans: list[tuple[int, int]]) -> Spans:
    """Cut what runs over Sunday's end, then merge what touches."""
    cut = []
    for first, end in spans:
        cut.append((first, min(end, WEEK_MINUTES)))
        if end > WEEK_MINUTES:
            cut.append((0, end - WEEK_MINUTES))
    merged: list[tuple[int, int]] = []
    for first, end in sorted(cut):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((first, end))
    return tuple(merged)


def _joined_over_sunday(spans: Spans) -> list[tuple[int, int]]:
    if len(spans) > 1 and spans[0][0] == 0 and spans[-1][1] == WEEK_MINUTES:
        return [*spans[1:-1], (spans[-1][0], WEEK_MINUTES + spans[0][1])]
    return list(spans)


def _daily(first: int, end: int) -> list[tuple[int, int]]:
    """Cut a span of more than a day at each midnight."""
    parts = []
    while end - first > DAY_MINUTES:
        midnight = (first // DAY_MINUTES + 1) * DAY_MINUTES
        parts.append((first, midnight))
        first = midnight
    return [
        (start % WEEK_MINUTES, stop - start + start % WEEK_MINUTES)
        for start, stop in [*parts, (first, end)]
    ]


def _clock(minute: int) -> str:
    if minute > DAY_MINUTES:
        minute -= DAY_MINUTES
    return f"{minute // 60:02}:{minute % 60:02}"


def _runs(days: dict[int, list[str]]) -> list[list[int]]:
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1 and days[day] == days[runs[-1][0]]:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _unreadable(text: str) -> InvalidInputError:
    return InvalidInputError(
        f"duty {text!r} is not a time of the week; write it like Mo-Fr 08:00-18:00; Sa 09:00-12:00"
    )
