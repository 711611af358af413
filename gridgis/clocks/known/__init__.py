"""Calendars that come with gridgis; a city imports its own instead, or changes these."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from gridgis.clocks.calendar_files import read_calendar

if TYPE_CHECKING:
    from gridgis.clocks.calendars import Calendar


@cache
def china() -> Calendar:
    """Return the calendar of mainland China, with the official holidays of 2025 and 2026.

    >>> sorted({day.year for day in china().days})
    [2025, 2026]
    """
    return read_calendar(text("china"))


def text(name: str) -> str:
    """Return the YAML text of a calendar that comes along, to be changed and imported."""
    return (files(__name__) / f"{name}.yaml").read_text(encoding="utf-8")
