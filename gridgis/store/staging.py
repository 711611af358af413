"""Reports in bulk: a chunk is copied beside the tables, then stored by whole sets.

``staged`` is a temporary table of one transaction. Its SQL files are ``claim_staged``,
``add_staged_reports``, ``assign_staged`` and ``add_staged_events``, in this order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Computed,
    DateTime,
    Float,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    any_,
    cast,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gridgis.store import locks
from gridgis.store.copying import copy_rows
from gridgis.store.queries import run
from gridgis.store.tables import report_key
from gridgis.store.tables.base import point

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    import pandas as pd
    from sqlalchemy import Connection

    from gridgis.actor import Actor

staged = Table(
    "staged",
    MetaData(),
    Column("import_row", BigInteger),
    Column("id", Uuid),
    Column("captured_at", DateTime(timezone=True)),
    # The time that picks the edition.
    Column("effective_at", DateTime(timezone=True)),
    Column("number", Text),
    Column("category", Text),
    Column("description", Text),
    Column("address", Text),
    Column("reporter_name", Text),
    Column("reporter_contact", Text),
    Column("lon", Float),
    Column("lat", Float),
    Column("accuracy_m", Float),
    Column("flags", ARRAY(Text)),
    Column("attributes", JSONB),
    Column("body_hash", LargeBinary),
    Column(
        "location",
        point(),
        Computed(text("ST_SetSRID(ST_MakePoint(lon, lat), 4326)"), persisted=True),
    ),
    # The local tangent plane of the point, once for all its distances.
    Column("scale_lon", Float, Computed(text("metres_per_degree_lon(lat)"), persisted=True)),
    Column("scale_lat", Float, Computed(text("metres_per_degree_lat(lat)"), persisted=True)),
    Column(
        "origin", point(), Computed(text("ST_SetSRID(ST_MakePoint(0, 0), 4326)"), persisted=True)
    ),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)

STAGED_COLUMNS = tuple(column.name for column in staged.columns if column.computed is None)
"""The columns that a chunk must have, in any order."""


class Receiving(NamedTuple):
    """Under which import, from which source, by whom and when reports are received."""

    import_id: int
    source: str
    received_at: datetime
    actor: Actor
    near_tolerance_m: float


class Leftover(NamedTuple):
    """A row whose number was taken: `same` says whether its body equals the stored one."""

    import_row: int
    same: bool


def open_stage(connection: Connection) -> None:
    """Make the empty stage; it goes away with the transaction."""
    staged.create(connection, checkfirst=False)


def stage(connection: Connection, reports: pd.DataFrame) -> None:
    """Put a chunk of reports on the stage, which must be empty.

    Parameters
    ----------
    reports
        :data:`STAGED_COLUMNS`; degrees in EPSG:4326, NaN for no location; `attributes` as JSON
        text, `flags` as an array's text, `body_hash` as hexadecimal text with its prefix.
    """
    copy_rows(connection, staged.name, reports[list(STAGED_COLUMNS)])
    # Only what the joins ask for: statistics of shapes and texts would cost more than they save.
    connection.execute(text("ANALYZE staged (import_row, id, category, effective_at)"))


def unknown_categories(connection: Connection) -> list[str]:
    """Return the staged reports' categories that are not known, by code."""
    return list(run(connection, "unknown_staged_categories").scalars())


def claim(connection: Connection, import_id: int | None) -> list[Leftover]:
    """Take the numbers of the staged reports; return the rows that are not new: they left."""
    rows = run(connection, "claim_staged", {"import_id": import_id}).all()
    bodies = _bodies(connection, {row.id for row in rows})
    return [Leftover(row.import_row, bodies[row.id] == bytes(row.body_hash)) for row in rows]


def store_staged(connection: Connection, receiving: Receiving) -> int:
    """Store what is on the stage with its grids, holders and first events; return how many reports.

    Publishing waits until the transaction ends.
    """
    locks.share_layers(connection)
    facts = {
        "import_id": receiving.import_id,
        "source": receiving.source,
        "received_at": receiving.received_at,
    }
    added = run(connection, "add_staged_reports", facts).rowcount
    if added:
        # Made after the rows came, it is built in one go.
        connection.execute(text("CREATE INDEX ON staged USING gist (location)"))
        # Nobody can guess how many rows the steps of the query hold: it must not loop over them.
        connection.execute(text("SET LOCAL enable_nestloop TO off"))
        how = {
            "made_at": receiving.received_at,
            "near_tolerance_m": receiving.near_tolerance_m,
        }
        run(connection, "assign_staged", how)
        connection.execute(text("SET LOCAL enable_nestloop TO on"))
        who = {"actor": receiving.actor.name, "role": receiving.actor.role}
        run(connection, "add_staged_events", facts | who)
    return added


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
