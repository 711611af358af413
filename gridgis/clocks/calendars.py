"""Calendars: when an office is open, and which days are holidays or make-up working days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from gridgis.duty import DAY_MINUTES
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

Hours = tuple[tuple[int, int], ...]
"""Spans of a day in minutes since midnight, `end` not included, in order, without overlap."""

Spans = tuple[tuple[datetime, datetime], ...]
"""The same as moments in UTC."""

WEEK = 7
WEEKEND = (5, 6)
"""Saturday and Sunday, as Python counts weekdays."""


class Kind(StrEnum):
    """What a day is that differs from its weekday."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


@dataclass(frozen=True, slots=True)
class Day:
    """A day that differs from its weekday, and what it belongs to: ``国庆节``."""

    kind: Kind
    name: str = ""


@dataclass(frozen=True, eq=False)
class Calendar:
    """When an office works.

    Parameters
    ----------
    code, name
        What limits and people call it.
    zone
        Whose clocks and midnights count.
    hours
        For Monday to Sunday when the office is open; empty: it is closed.
    night
        From and until which minute of the day it is night, over midnight when the first is the
        later; None: it never is.
    days
        Days that differ from their weekday. A make-up working day has the hours of the first
        weekday that has any.

    Raises
    ------
    InvalidInputError
        No weekday has hours.
    """

    code: str
    name: str
    zone: ZoneInfo
    hours: tuple[Hours, ...]
    night: tuple[int, int] | None = None
    days: Mapping[date, Day] = field(default_factory=dict)
    _known: dict[date, Spans] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.hours) != WEEK or not any(self.hours):
            msg = f"calendar {self.code}: no day of the week has working hours"
            raise InvalidInputError(msg)

    def is_night(self, at: datetime) -> bool:
        """Tell whether it is night then; its first minute is, the first one after it is not."""
        if self.night is None:
            return False
        local = at.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        first, end = self.night
        if first < end:
            return first <= minute < end
        return minute >= first or minute < end

    def day_of(self, at: datetime) -> date:
        """Return the office's day at a moment."""
        return at.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """Return when a day of the office begins, in UTC."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)

    def hours_of(self, day: date) -> Hours:
        """Return when the office is open on a day, in minutes since midnight."""
        known = self.days.get(day)
        if known is None:
            return self.hours[day.weekday()]
        if known.kind is Kind.HOLIDAY:
            return ()
        return next(hours for hours in self.hours if hours)

    def spans(self, day: date) -> Spans:
        """Return when the office is open on a day, as moments in UTC."""
        found = self._known.get(day)
        if found is None:
            found = tuple(
                (begin, end)
                for begin, end in (
                    (self._moment(day, first), self._moment(day, last))
                    for first, last in self.hours_of(day)
                )
                # Clocks that are put forward may leave nothing of it.
                if begin < end
            )
            self._known[day] = found
        return found

    def unknown_years(self, first: date, last: date) -> list[int]:
        """Return the years between two days, both included, for which no day is known.

        Official holidays are announced a year at a time; limits that reach into another year take
        its weekdays as they are.
        """
        known = {day.year for day in self.days}
        return [year for year in range(first.year, last.year + 1) if year not in known]

    def _moment(self, day: date, minute: int) -> datetime:
        if minute == DAY_MINUTES:
            return self.midnight(day + timedelta(days=1))
        hour, rest = divmod(minute, 60)
        local = datetime(day.year, day.month, day.day, hour, rest, tzinfo=self.zone)
        return local.astimezone(UTC)
