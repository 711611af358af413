"""Calendars that come with gridgis; a city imports its own instead, or changes these."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from gridgis.clocks.calendar_files import read_calendar
from gridgis.clocks.calendars import Calendar

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


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


def usual(zone: ZoneInfo) -> Calendar:
    """Return what counts before anybody brought a calendar in: China's there, else its hours only.

    >>> from zoneinfo import ZoneInfo
    >>> usual(ZoneInfo("Europe/Helsinki")).code, usual(ZoneInfo("Asia/Shanghai")).code
    ('usual', 'city')
    """
    known = china()
    if zone.key == known.zone.key:
        return known
    return Calendar("usual", "usual", zone, known.hours, known.night)
