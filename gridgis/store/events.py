"""What happened to a report, one after the other, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert

from gridgis.model import Event
from gridgis.store.queries import run
from gridgis.store.tables import event

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection


def add(connection: Connection, report_id: UUID, captured_at: datetime, new: Event) -> None:
    """Write one event of a report that was captured then."""
    connection.execute(
        insert(event).values(
            report_id=report_id,
            captured_at=captured_at,
            kind=new.kind,
            at=new.at,
            recorded_at=new.recorded_at,
            actor=new.actor,
            role=new.role,
            facts=dict(new.facts),
        )
    )


def of_report(connection: Connection, report_id: UUID, captured_at: datetime) -> list[Event]:
    """Return a report's events, oldest first."""
    key = {"report_id": report_id, "captured_at": captured_at}
    return [
        Event(row.kind, row.at, row.recorded_at, row.actor, row.role, row.facts)
        for row in run(connection, "events_of_report", key)
    ]
