"""Incidents: several reports of one happening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from gridgis.model import Location
from gridgis.store.queries import run, run_prepared

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from gridgis.actor import Actor

INCIDENT_LOCK = 7_203_013


class Incident(NamedTuple):
    """Several reports of one happening.

    Attributes
    ----------
    location, radius_m
        The middle of those that raised it (EPSG:4326, longitude first), and how far from there a
        report may lie to join it.
    members, open
        How many reports belong to it, and how many of their cases are open.
    first_at, last_at
        When the first and the last of them were captured; None: none is left.
    """

    id: int
    category: str | None
    opened_at: datetime
    location: Location
    radius_m: float
    members: int
    open: int
    first_at: datetime | None
    last_at: datetime | None


class Member(NamedTuple):
    """A report of an incident; of one in an archived month only the first columns are known."""

    report_id: UUID
    number: str | None
    captured_at: datetime
    category: str | None
    state: str
    merged_into: UUID | None
    location: Location | None
    description: str | None
    address: str | None


class Surroundings(NamedTuple):
    """What is around a report: its incident, or the one that it joins, or others in none."""

    category: str
    incident_id: int | None
    joins: int | None
    reports: list[tuple[UUID, datetime]]


class Within(NamedTuple):
    """How far around a report somebody looks, and how long an incident waits for the next one."""

    radius_m: float
    minutes: float
    quiet_hours: float
    by_family: bool


class Which(NamedTuple):
    """Which incidents to list; None: all. Before the number `before`, alive since `loud_since`."""

    before: int | None = None
    category: str | None = None
    loud_since: datetime | None = None


def lock(connection: Connection) -> None:
    """Let one after the other raise incidents and join them, until the transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": INCIDENT_LOCK})


def around(connection: Connection, report_id: UUID, within: Within) -> Surroundings | None:
    """Return what is around a report.

    None: it has no location or no category, is out of use, unknown, or lies in a file.
    """
    asked = {"report_id": str(report_id), **within._asdict()}
    rows = run_prepared(connection, "reports_around", asked)
    if not rows:
        return None
    category, incident_id, joins, report_ids, captured_ats = rows[0]
    ids = [UUID(one) for one in report_ids or ()]
    reports = list(zip(ids, captured_ats or (), strict=True))
    return Surroundings(category, incident_id, joins, reports)


def add(
    connection: Connection,
    category: str,
    members: Sequence[UUID],
    radius_m: float,
    at: datetime,
) -> int:
    """Open an incident in the middle of reports and return its number."""
    asked = {"category": category, "report_ids": list(members), "radius_m": radius_m, "at": at}
    found: int = run(connection, "raise_incident", asked).scalar_one()
    return found


def join(
    connection: Connection, incident_id: int, members: Sequence[UUID], at: datetime, actor: Actor
) -> None:
    """Name an incident in the cases of reports, each with its event."""
    asked = {
        "incident_id": incident_id,
        "report_ids": list(members),
        "at": at,
        "actor": actor.name,
        "role": actor.role,
    }
    run(connection, "join_incident", asked)


def one(connection: Connection, incident_id: int) -> Incident | None:
    """Return an incident, or None when there is none with this number."""
    found = _page(connection, {**Which()._asdict(), "id": incident_id, "page": 1})
    return found[0] if found else None


def page(connection: Connection, which: Which, limit: int) -> list[Incident]:
    """Return up to `limit` incidents, the newest first."""
    return _page(connection, {**which._asdict(), "id": None, "page": limit})


def members(connection: Connection, incident_id: int) -> list[Member]:
    """Return the reports that belong to an incident, in the order of their capture."""
    return [
        Member(
            row.report_id,
            row.number,
            row.captured_at,
            row.category,
            row.state,
            row.merged_into,
            None if row.lon is None else Location(row.lon, row.lat, row.accuracy_m),
            row.description,
            row.address,
        )
        for row in run(connection, "members_of_incident", {"incident_id": incident_id})
    ]


def _page(connection: Connection, asked: dict[str, object]) -> list[Incident]:
    return [_incident(row) for row in run(connection, "incidents", asked)]


def _incident(row: Any) -> Incident:  # noqa: ANN401 - a row of the query
    return Incident(
        row.id,
        row.category,
        row.opened_at,
        Location(row.lon, row.lat),
        row.radius_m,
        row.members,
        row.open,
        row.first_at,
        row.last_at,
    )
