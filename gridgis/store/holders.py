"""Which grid is responsible for an open report now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql import insert

from gridgis.store.tables import holder

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection


def put(
    connection: Connection,
    report_id: UUID,
    *,
    layer_id: int | None,
    area_id: int | None,
    since: datetime,
) -> None:
    """Make a grid responsible for a report; None: nobody yet, a person must look."""
    values = {"layer_id": layer_id, "area_id": area_id, "since": since}
    connection.execute(
        insert(holder)
        .values(report_id=report_id, **values)
        .on_conflict_do_update(index_elements=["report_id"], set_=values)
    )
