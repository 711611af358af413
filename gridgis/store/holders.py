"""Which grid is responsible for an open report now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql import insert

from gridgis.store.tables import holder

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from gridgis.store.assignments import Answer


def put(
    connection: Connection, report_id: UUID, holder_now: Answer | None, *, since: datetime
) -> None:
    """Make the grid of an answer responsible for a report; None: nobody yet, a person must look."""
    values = {
        "layer_id": None if holder_now is None else holder_now.layer_id,
        "area_id": None if holder_now is None else holder_now.area_id,
        "since": since,
    }
    connection.execute(
        insert(holder)
        .values(report_id=report_id, **values)
        .on_conflict_do_update(index_elements=["report_id"], set_=values)
    )
