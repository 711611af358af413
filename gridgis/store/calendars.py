"""Calendars as they were brought in; of each code the newest counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.clocks.calendar_files import read_calendar
from gridgis.store.queries import run

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gridgis.clocks.calendars import Calendar


def newest(connection: Connection) -> dict[str, Calendar]:
    """Return the newest calendar of each code."""
    rows = run(connection, "newest_calendars")
    return {row.code: read_calendar(row.document["text"]) for row in rows}
