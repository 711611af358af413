"""Calendars as files: a YAML text for the whole, a table of days for another year.

Both are judged to the end, so that one look shows every mistake with its line.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from gridgis.clocks.calendars import Calendar
from gridgis.clocks.days import Judged, judge_days
from gridgis.clocks.hours import Week, read_span, write_hours, write_span
from gridgis.door import storable
from gridgis.errors import InvalidInputError, RowsRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ruamel.yaml.nodes import Node

Read = TypeVar("Read")

LONGEST_FILE = 1_000_000
"""Characters; a calendar of a hundred years has fewer."""

_LONGEST_CODE = 40
_KEYS = ("code", "name", "zone", "hours", "night", "days")
_DAY_KEYS = ("date", "to", "kind", "name")


def read_calendar(text: str) -> Calendar:
    """Return the calendar of a YAML text.

    Raises
    ------
    RowsRefusedError
        It is no YAML, a key is unknown or missing, hours or days overlap or contradict each other;
        `refusals` has every line and its reason.

    Examples
    --------
    >>> written = "{code: a, zone: Asia/Shanghai, hours: {Mo-Fr: 09:00-17:00}}"
    >>> read_calendar(written).hours[0]
    ((540, 1020),)
    """
    return _Reading().calendar(_root(text))


def add_days(calendar: Calendar, text: str) -> Calendar:
    """Return a calendar with the days of a CSV text: columns date, kind, and maybe to and name.

    Raises
    ------
    RowsRefusedError
        A row is no day, or contradicts another one or the calendar.
    """
    rows = csv.DictReader(StringIO(text.removeprefix("\ufeff")))
    missing = {"date", "kind"} - set(rows.fieldnames or ())
    if missing:
        msg = f"the first row names no column {' and '.join(sorted(missing))}; write date,kind,name"
        raise RowsRefusedError(msg, [(1, msg)])
    written = [
        (rows.line_num, {key: (row.get(key) or "").strip() for key in _DAY_KEYS}) for row in rows
    ]
    judged = judge_days(written, calendar.days)
    _require(judged.refusals)
    return replace(calendar, days=dict(calendar.days) | judged.days)


def write_calendar(calendar: Calendar) -> str:
    """Return the YAML text of a calendar; read again it is the same."""
    night = "" if calendar.night is None else f"night: {write_span(calendar.night)}\n"
    days = "".join(
        f"  - {{date: {day}, kind: {known.kind}, name: {_quoted(known.name)}}}\n"
        for day, known in sorted(calendar.days.items())
    )
    return (
        f"code: {_quoted(calendar.code)}\n"
        f"name: {_quoted(calendar.name)}\n"
        f"zone: {calendar.zone.key}\n"
        f"hours:\n{write_hours(calendar.hours)}{night}"
    ) + (f"days:\n{days}" if days else "")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _root(text: str) -> Node:
    if len(text) > LONGEST_FILE:
        raise _refused(1, f"{len(text):,} characters; a calendar has at most {LONGEST_FILE:,}")
    try:
        storable(text, "the file", LONGEST_FILE)
        root: Node | None = YAML(typ="safe", pure=True).compose(StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        raise _refused(line, f"this is no YAML: {error.problem or error.context}") from error
    except YAMLError as error:
        raise _refused(1, f"this is no YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise _refused(1, "lists and tables lie too deep inside each other") from error
    except RowsRefusedError:
        raise
    except InvalidInputError as error:
        raise _refused(1, str(error)) from error
    if root is None:
        raise _refused(1, "the file is empty; docs/clocks.md has an example")
    return root


def _refused(line: int, reason: str) -> RowsRefusedError:
    return RowsRefusedError(f"the calendar: line {line}: {reason}", [(line, reason)])


def _require(refusals: list[tuple[int, str]]) -> None:
    if refusals:
        msg = f"the calendar has {len(refusals)} mistakes, so nothing was written"
        one = "the calendar has a mistake, so nothing was written"
        raise RowsRefusedError(one if len(refusals) == 1 else msg, sorted(refusals))


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


class _Reading:
    """One reading of a text; what is wrong is gathered, and told at the end."""

    def __init__(self) -> None:
        self._refusals: list[tuple[int, str]] = []

    def calendar(self, root: Node) -> Calendar:
        known = dict(self._entries(root, _KEYS, "a calendar"))
        for key in ("code", "zone", "hours"):
            if key not in known and isinstance(root, MappingNode):
                self._refuse(root, f"{key} is missing")
        code = self._text(known.get("code"), _LONGEST_CODE)
        zone = self._read(known.get("zone"), _zone)
        week = self._week(known.get("hours"))
        night = self._read(known.get("night"), read_span)
        judged = self._days(known.get("days"))
        self._refusals += [*week.refusals, *judged.refusals]
        if not self._refusals and not any(week.hours):
            self._refuse(root, "no day of the week has working hours")
        _require(self._refusals)
        if zone is None:
            raise _refused(_line(root), "zone is missing")
        name = self._text(known.get("name"), _LONGEST_CODE * 5) or code
        return Calendar(code, name, zone, week.hours, night, judged.days)

    def _week(self, node: Node | None) -> Week:
        week = Week()
        for key, value in self._entries(node, None, "hours"):
            for part in value.value if isinstance(value, SequenceNode) else [value]:
                text = self._text(part)
                if text:
                    week.add(_line(part), key, text)
        return week

    def _days(self, node: Node | None) -> Judged:
        if node is None:
            return Judged({}, [])
        if not isinstance(node, SequenceNode):
            self._refuse(node, "days is a list; write each day behind a dash")
            return Judged({}, [])
        rows = []
        for item in node.value:
            found = self._entries(item, _DAY_KEYS, "a day")
            rows.append((_line(item), {key: self._text(value) for key, value in found}))
        return judge_days(rows, {})

    def _entries(
        self, node: Node | None, known: tuple[str, ...] | None, what: str
    ) -> Iterator[tuple[str, Node]]:
        if node is None:
            return
        if not isinstance(node, MappingNode):
            self._refuse(node, f"{what} is written as keys with values, like  key: value")
            return
        seen: set[str] = set()
        for key_node, value in node.value:
            key = self._text(key_node)
            if key in seen:
                self._refuse(key_node, f"{key} stands there twice")
            elif known is not None and key not in known:
                self._refuse(key_node, f"{key} is not known; {what} has {', '.join(known)}")
            else:
                yield key, value
            seen.add(key)

    def _text(self, node: Node | None, longest: int = 200) -> str:
        if node is None:
            return ""
        if not isinstance(node, ScalarNode):
            self._refuse(node, "here stands one text, no list or table")
            return ""
        text = str(node.value).strip()
        if len(text) > longest:
            self._refuse(node, f"{len(text):,} characters; here at most {longest}")
        return text

    def _read(self, node: Node | None, read: Callable[[str], Read]) -> Read | None:
        text = self._text(node)
        if node is None or not text:
            return None
        try:
            return read(text)
        except InvalidInputError as error:
            self._refuse(node, str(error))
            return None

    def _refuse(self, node: Node, reason: str) -> None:
        self._refusals.append((_line(node), reason))


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ValueError, OSError, KeyError) as error:
        msg = f"zone {text} is not known; write it like Asia/Shanghai"
        raise InvalidInputError(msg) from error
