"""Calendars as they were brought in; of each code the newest counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import insert, select, text

from gridgis.clocks.calendar_files import read_calendar
from gridgis.errors import CalendarNotFoundError
from gridgis.store.queries import run
from gridgis.store.tables import calendar

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from gridgis.actor import Actor
    from gridgis.clocks.calendars import Calendar

_LOCK = 7_203_032


class KeptCalendar(NamedTuple):
    """A calendar as it is stored: `text` is its YAML with its comments."""

    id: int
    code: str
    text: str
    recorded_at: datetime
    actor: str
    role: str


def put(connection: Connection, document: str, actor: Actor, at: datetime) -> bool:
    """Store a calendar's YAML text; say whether it is new.

    Who comes second waits for the first to end, so that the same is never there twice.

    Raises
    ------
    RowsRefusedError
        It is no calendar.
    """
    code = read_calendar(document).code
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    if any(kept.code == code and kept.text == document for kept in everything(connection)):
        return False
    connection.execute(
        insert(calendar).values(
            code=code,
            document={"text": document},
            recorded_at=at,
            actor=actor.name,
            role=actor.role,
        )
    )
    return True


def everything(connection: Connection) -> list[KeptCalendar]:
    """Return the newest calendar of each code, by code."""
    return [KeptCalendar._make(row) for row in run(connection, "newest_calendars")]


def history(connection: Connection) -> list[KeptCalendar]:
    """Return all calendars that were ever brought in, oldest first."""
    named = [calendar.c[name] for name in ("id", "code", "recorded_at", "actor", "role")]
    written = calendar.c.document["text"].astext.label("text")
    rows = connection.execute(select(*named, written).order_by(calendar.c.id))
    return [KeptCalendar(**row._mapping) for row in rows]


def newest(connection: Connection) -> dict[str, Calendar]:
    """Return the newest calendar of each code, ready to count by."""
    return {kept.code: read_calendar(kept.text) for kept in everything(connection)}


def one(connection: Connection, code: str) -> KeptCalendar:
    """Return the newest calendar of a code.

    Raises
    ------
    CalendarNotFoundError
        There is none.
    """
    for kept in everything(connection):
        if kept.code == code:
            return kept
    msg = f"there is no calendar {code!r}; `gridgis calendar list` shows those that are there"
    raise CalendarNotFoundError(msg)
