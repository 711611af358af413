"""Closures and changes of speed: kept as they were made; they can only be ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import Range

from gridgis.errors import ConflictError, InvalidInputError, RowNotFoundError
from gridgis.roads.closures import Closure
from gridgis.store import roads
from gridgis.store.queries import run
from gridgis.store.tables import road_closure, road_closures_state

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

CHANNEL = "gridgis_closures"
"""Where the database tells that the closures have another mark."""

_SHOWN = 5


def mark(connection: Connection) -> UUID:
    """Return the mark of the present closures."""
    found: UUID = connection.execute(select(road_closures_state.c.mark)).scalar_one()
    return found


def add(connection: Connection, closure: Closure) -> None:
    """Store a closure.

    Raises
    ------
    InvalidInputError
        A named road is not there.
    """
    unknown = roads.unknown_ways(connection, closure.ways)
    if unknown:
        more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        names = ", ".join(unknown[:_SHOWN]) + more
        msg = f"there are no roads {names}; they are named SOURCE:WAY, as `gridgis roads list` says"
        raise InvalidInputError(msg)
    connection.execute(
        insert(road_closure).values(
            id=closure.id,
            reason=closure.reason,
            factor=closure.factor,
            modes=closure.modes,
            ways=list(closure.ways),
            geom=None if closure.polygon is None else from_shape(closure.polygon, srid=4326),
            valid=Range(closure.valid_from, closure.valid_to),
            recorded_at=closure.recorded_at,
            actor=closure.actor,
            role=closure.role,
        )
    )


def end(connection: Connection, closure_id: UUID, at: datetime) -> None:
    """End a closure; its row stays.

    Raises
    ------
    RowNotFoundError
        There is no such closure.
    ConflictError
        It has been ended already.
    """
    known = connection.execute(
        select(road_closure.c.ended_at).where(road_closure.c.id == closure_id).with_for_update()
    ).one_or_none()
    if known is None:
        msg = f"there is no closure {closure_id}; `gridgis roads closures` shows them"
        raise RowNotFoundError(msg)
    if known.ended_at is not None:
        msg = f"closure {closure_id} was ended at {known.ended_at.isoformat()} already"
        raise ConflictError(msg)
    connection.execute(
        update(road_closure).where(road_closure.c.id == closure_id).values(ended_at=at)
    )


def standing(connection: Connection, at: datetime, *, past: bool = False) -> list[Closure]:
    """Return the closures that act at a time or later, by their start; `past`: all ever made."""
    return [_closure(row) for row in run(connection, "closures", {"at": at, "past": past})]


def _closure(row: Any) -> Closure:  # noqa: ANN401 - a row
    facts = row._asdict()
    shape = facts.pop("shape")
    polygon = None if shape is None else shapely.from_wkb(bytes(shape))
    return Closure(**facts | {"ways": tuple(row.ways), "polygon": polygon})
