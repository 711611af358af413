"""The state of all editions in force: its mark, and what an engine in memory is built from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select, text

from gridgis.store.queries import run
from gridgis.store.tables import layer
from gridgis.store.tables import territory as territory_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

CHANNEL = "gridgis_territory"
"""Where the database tells that the state has another mark."""


class UsedEdition(NamedTuple):
    """A published edition of a layer, in force in [since, until); None: without an end.

    At `followed_at` open reports followed it; None: they have not yet.
    """

    id: int
    layer_id: int
    layer: str
    layer_name: str
    priority: int
    since: datetime | None
    until: datetime | None
    published_at: datetime
    followed_at: datetime | None


class StoredArea(NamedTuple):
    """One area of an edition; `shape` is WKB in EPSG:4326, None above the grids."""

    edition_id: int
    area_id: int
    parent_id: int | None
    level: str
    is_grid: bool
    code: str
    name: str
    shape: bytes | None


def mark(connection: Connection) -> UUID:
    """Return the mark of the present state."""
    found: UUID = connection.execute(select(territory_table.c.mark)).scalar_one()
    return found


def hold(connection: Connection) -> UUID:
    """Keep every layer as it is until the transaction ends; return the state's mark."""
    found: UUID = connection.execute(text("SELECT hold_layers()")).scalar_one()
    return found


def layer_codes(connection: Connection) -> list[str]:
    """Return the codes of all layers, also of those without an edition."""
    return list(connection.execute(select(layer.c.code).order_by(layer.c.code)).scalars())


def editions(connection: Connection) -> list[UsedEdition]:
    """Return the published editions in the order of answering."""
    return [UsedEdition._make(row) for row in run(connection, "editions_in_use")]


def areas(connection: Connection, edition_ids: Sequence[int]) -> list[StoredArea]:
    """Return the areas of editions, by edition and code."""
    rows = run(connection, "areas_of_editions", {"edition_ids": list(edition_ids)})
    return [
        StoredArea._make([*row[:-1], None if row.shape is None else bytes(row.shape)])
        for row in rows
    ]
