"""What became of each area when an edition followed another, and who moved with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete

from gridgis.store.copying import copy_rows
from gridgis.store.queries import run
from gridgis.store.tables import lineage

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    import pandas as pd
    from sqlalchemy import Connection


class Became(NamedTuple):
    """A piece of ground: whose it was, whose it is, what that makes of the two areas.

    `kind` is keep, split, merge, transfer, new or gone. Shares are of the households where the area
    has any that are known, else of the ground; None where there is no such area.
    """

    level: str
    kind: str
    from_edition: int
    from_code: str | None
    from_name: str | None
    to_code: str | None
    to_name: str | None
    from_area: int | None
    to_area: int | None
    households: float | None
    area_m2: float
    share_of_old: float | None
    share_of_new: float | None


class Receipt(NamedTuple):
    """A report or a responder that moved with an edition; a code is None where nobody has it."""

    noun: str
    moved: UUID
    from_code: str | None
    to_code: str | None
    at: datetime
    recorded_at: datetime


def write(connection: Connection, edition_id: int, from_edition: int, rows: pd.DataFrame) -> None:
    """Write what became of each area, instead of what was written for the edition before.

    Parameters
    ----------
    rows
        Columns level, from_area, to_area (Int64), kind, households (Float64), area_m2,
        share_of_old, share_of_new (Float64); NA where there is none.
    """
    connection.execute(delete(lineage).where(lineage.c.edition_id == edition_id))
    copy_rows(connection, "lineage", rows.assign(edition_id=edition_id, from_edition=from_edition))


def of_edition(connection: Connection, edition_id: int) -> list[Became]:
    """Return what became of each area when an edition came into force, by level and code."""
    rows = run(connection, "lineage_of_edition", {"edition_id": edition_id})
    return [Became._make(row) for row in rows]


def receipts(connection: Connection, edition_id: int) -> list[Receipt]:
    """Return the reports and responders that moved with an edition."""
    rows = run(connection, "receipts_of_edition", {"edition_id": edition_id})
    return [Receipt._make(row) for row in rows]
