"""Layers and their levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import shapely
from geoalchemy2.shape import from_shape, to_shape
from sqlalchemy import insert, select, update

from gridgis.errors import AlreadyThereError, LayerNotFoundError
from gridgis.model import Layer, Level
from gridgis.store import editions
from gridgis.store.queries import run
from gridgis.store.tables import layer as layer_table
from gridgis.store.tables import level as level_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection


class StoredLayer(NamedTuple):
    """A layer with the id that the tables know it by."""

    id: int
    layer: Layer


def add(connection: Connection, new: Layer, *, source: str | None = None) -> int:
    """Store a layer with its levels and return its id; `source` says which data brought it.

    Raises
    ------
    AlreadyThereError
        A layer with this code exists.
    """
    known = connection.execute(select(layer_table.c.id).where(layer_table.c.code == new.code))
    if known.first() is not None:
        msg = f"layer {new.code!r} exists already; `gridgis layers list` shows it"
        raise AlreadyThereError(msg)
    layer_id = connection.execute(
        insert(layer_table)
        .values(
            code=new.code,
            name=new.name,
            complete=new.complete,
            priority=new.priority,
            grammar=new.grammar,
            source=source,
        )
        .returning(layer_table.c.id)
    ).scalar_one()
    connection.execute(
        insert(level_table),
        [
            {
                "layer_id": layer_id,
                "code": level.code,
                "name": level.name,
                "rank": level.rank,
                "is_grid": level.is_grid,
            }
            for level in new.levels
        ],
    )
    return int(layer_id)


def listing(connection: Connection, at: datetime) -> list[Layer]:
    """Return every layer with its edition in force at that time, exclusive ones first."""
    return [stored.layer for stored in _stored(connection, at, None)]


def find(connection: Connection, code: str, at: datetime) -> StoredLayer:
    """Return one layer with its edition in force at that time.

    Raises
    ------
    LayerNotFoundError
        There is no such layer; the message names those that exist.
    """
    found = _stored(connection, at, code)
    if not found:
        known = ", ".join(layer.code for layer in listing(connection, at)) or "none yet"
        msg = (
            f"there is no layer {code!r} (there are: {known}); "
            f"make it first with `gridgis layers add {code}`"
        )
        raise LayerNotFoundError(msg)
    return found[0]


def brought_by(connection: Connection, source: str) -> bool:
    """Say whether any layer came from this source."""
    found = connection.execute(select(layer_table.c.id).where(layer_table.c.source == source))
    return found.first() is not None


def set_grammar(connection: Connection, layer_id: int, grammar: str) -> None:
    """Change how the codes of a layer are made."""
    connection.execute(
        update(layer_table).where(layer_table.c.id == layer_id).values(grammar=grammar)
    )


def extent(connection: Connection, layer_id: int) -> shapely.MultiPolygon | None:
    """Return what a layer is declared to cover, EPSG:4326, longitude first; None: nothing is."""
    found = connection.execute(
        select(layer_table.c.extent).where(layer_table.c.id == layer_id)
    ).scalar_one()
    return (
        None if found is None else shapely.MultiPolygon(shapely.get_parts(to_shape(found)).tolist())
    )


def set_extent(
    connection: Connection, layer_id: int, declared: shapely.MultiPolygon | None
) -> None:
    """Declare what a layer covers (EPSG:4326, longitude first); None: whatever its areas cover."""
    shape = None if declared is None else from_shape(declared, srid=4326)
    connection.execute(update(layer_table).where(layer_table.c.id == layer_id).values(extent=shape))


def _stored(connection: Connection, at: datetime, code: str | None) -> Sequence[StoredLayer]:
    rows = run(connection, "layers", {"at": at, "layer": code}).all()
    ids = [row.edition_id for row in rows if row.edition_id is not None]
    in_force = {edition.id: edition for edition in editions.of_ids(connection, ids)}
    return [
        StoredLayer(
            row.id,
            Layer(
                code=row.code,
                name=row.name,
                complete=row.complete,
                priority=row.priority,
                grammar=row.grammar,
                levels=[Level(**level) for level in row.levels or ()],
                edition=in_force.get(row.edition_id),
            ),
        )
        for row in rows
    ]
