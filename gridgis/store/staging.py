"""Reports in bulk: their numbers are claimed by one statement, then whole tables are copied.

``staged`` is a temporary table of one transaction: what ``claim_staged.sql`` reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    Uuid,
    any_,
    cast,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.schema import CreateTable

from gridgis.store.copying import copy_rows
from gridgis.store.queries import run
from gridgis.store.tables import report_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    import pandas as pd
    from sqlalchemy import Connection

staged = Table(
    "staged",
    MetaData(),
    Column("import_row", BigInteger),
    Column("id", Uuid),
    Column("captured_at", DateTime(timezone=True)),
    Column("body_hash", LargeBinary),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)

STAGED_COLUMNS = tuple(column.name for column in staged.columns)
"""The columns that a chunk must have to be claimed."""


class Leftover(NamedTuple):
    """A row whose number was taken: `same` says whether its body equals the stored one."""

    import_row: int
    same: bool


def open_stage(connection: Connection) -> None:
    """Make the empty stage; it goes away with the transaction."""
    # Not `staged.create`: GeoAlchemy changes a table while it makes it, and threads share this one.
    connection.execute(CreateTable(staged))


def stage(connection: Connection, reports: pd.DataFrame) -> None:
    """Put the numbers of a chunk of reports on the stage, which must be empty.

    Parameters
    ----------
    reports
        :data:`STAGED_COLUMNS`, `body_hash` as hexadecimal text with its prefix; others stay away.
    """
    copy_rows(connection, staged.name, reports[list(STAGED_COLUMNS)])
    connection.execute(text("ANALYZE staged (import_row, id)"))


def claim(connection: Connection, import_id: int | None) -> list[Leftover]:
    """Take the numbers of the staged reports; return the rows that are not new: they left."""
    rows = run(connection, "claim_staged", {"import_id": import_id}).all()
    bodies = _bodies(connection, {row.id for row in rows})
    return [Leftover(row.import_row, bodies[row.id] == bytes(row.body_hash)) for row in rows]


def store(connection: Connection, tables: Mapping[str, pd.DataFrame]) -> None:
    """Append frames to tables, in their order; the reports' numbers must have been claimed."""
    for name, rows in tables.items():
        copy_rows(connection, name, rows)


def clear(connection: Connection) -> None:
    """Empty the stage for the next chunk of the same transaction."""
    connection.execute(text("TRUNCATE staged"))


def _bodies(connection: Connection, ids: set[UUID]) -> dict[UUID, bytes]:
    if not ids:
        return {}
    rows = connection.execute(
        select(report_key.c.id, report_key.c.body_hash).where(
            report_key.c.id == any_(cast(list(ids), ARRAY(Uuid)))
        )
    )
    return {row.id: bytes(row.body_hash) for row in rows}
