"""Standing visits as a register: which places are to be visited every so many days."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Text, cast, select

from gridgis.store.merging import Register
from gridgis.store.queries import run
from gridgis.store.tables import place, responder, visit_plan

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from gridgis.duty import Spans

REGISTER = Register("visit-plans", visit_plan, key=("source", "code"), name="id")

_SPAN = re.compile(r"\[(\d+),(\d+)\)")


class PlannedVisit(NamedTuple):
    """A standing visit in use at some time.

    Attributes
    ----------
    plan, place
        ``SOURCE:CODE`` each.
    hours
        Minutes of the city's week within which it may begin; None: at any time.
    responder_id
        Who goes there; None: whoever works in the place's grid.
    starts_on
        The first day counts from here; None: it was due ever since.
    lon, lat
        EPSG:4326 degrees of the place; None when nobody knows.
    last_at
        When it was last made; None: never.
    """

    plan: str
    kind: str
    name: str
    every_days: int
    hours: Spans | None
    service_s: int
    priority: int
    skills: list[str]
    responder_id: UUID | None
    starts_on: date | None
    place: str
    place_name: str
    lon: float | None
    lat: float | None
    last_at: datetime | None


class CalledResponder(NamedTuple):
    """A responder as a round needs to know one; `lon` and `lat` are of the home point."""

    id: UUID
    source: str
    number: str
    name: str
    skills: list[str]
    duty: Spans | None
    area_id: int | None
    lon: float | None
    lat: float | None


def in_use(connection: Connection, at: datetime, today: date) -> list[PlannedVisit]:
    """Return the standing visits in use at that time, by source and code; `today` is its day."""
    rows = run(connection, "visit_plans_at", {"at": at, "today": today})
    return [
        PlannedVisit._make({**row._mapping, "hours": _spans(row.hours)}.values()) for row in rows
    ]


def responders_called(connection: Connection, name: str) -> list[CalledResponder]:
    """Return the responders in use with this id, number, or ``SOURCE:NUMBER``."""
    rows = run(connection, "responders_called", {"name": name})
    return [
        CalledResponder._make({**row._mapping, "duty": _spans(row.duty)}.values()) for row in rows
    ]


def place_ids(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Return ``SOURCE:CODE`` -> id of the places in use that are called so."""
    called = place.c.source + ":" + place.c.code
    codes = {name.partition(":")[2] for name in names}
    rows = connection.execute(
        select(called, place.c.id).where(place.c.code.in_(codes), place.c.retired_at.is_(None))
    )
    return {row[0]: row[1] for row in rows}


def responder_ids(connection: Connection, names: Iterable[str]) -> dict[str, str]:
    """Return ``SOURCE:NUMBER`` -> id, as text, of the responders in use that are called so."""
    called = responder.c.source + ":" + responder.c.number
    numbers = {name.partition(":")[2] for name in names}
    rows = connection.execute(
        select(called, cast(responder.c.id, Text)).where(
            responder.c.number.in_(numbers), responder.c.retired_at.is_(None)
        )
    )
    return {row[0]: row[1] for row in rows}


def _spans(written: str | None) -> Spans | None:
    """Return the spans of a multirange as PostgreSQL writes it."""
    if written is None:
        return None
    return tuple((int(first), int(end)) for first, end in _SPAN.findall(written))
