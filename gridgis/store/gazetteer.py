"""The state of all places: its mark, and what a search by words is built from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
from sqlalchemy import BigInteger, cast, delete, func, literal, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY

from gridgis.errors import PlaceNotFoundError
from gridgis.model import Location
from gridgis.store.queries import run, run_in_parts
from gridgis.store.tables import gazetteer, place, place_use

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

CHANNEL = "gridgis_gazetteer"
"""Where the database tells that the state has another mark."""

PART_ROWS = 20_000

_DEGREES = ("lon", "lat")
_COUNTS = ("households", "floors")


class KnownArea(NamedTuple):
    """One area of a complete layer, at or above its grids, and a point on it in EPSG:4326."""

    code: str
    level: str
    rank: int
    is_grid: bool
    name: str
    parent_code: str | None
    layer: str
    lon: float
    lat: float


class Named(NamedTuple):
    """The names of a place."""

    id: int
    source: str
    code: str
    name: str
    aliases: list[str]
    former_names: list[str]


class KnownPlace(NamedTuple):
    """One place in use; `location` is on its shape, in EPSG:4326, None when not known where."""

    id: int
    kind: str
    name: str
    location: Location | None


def mark(connection: Connection) -> UUID:
    """Return the mark of the present state."""
    found: UUID = connection.execute(select(gazetteer.c.mark)).scalar_one()
    return found


def places(connection: Connection) -> Iterator[pd.DataFrame]:
    """Yield the places in use, some at a time, by id.

    Columns: id, source, code, kind, name, standard_address (None), aliases and former_names (lists
    of text), households and floors (Int64), cell_code (None), parts (dict of text), lon and lat
    (EPSG:4326 degrees of the point, or of one on the shape; NaN when not known where), times_used.
    """
    for part in run_in_parts(connection, "gazetteer_places", {}, PART_ROWS):
        table = pd.DataFrame(part.rows, columns=part.names, dtype=object)
        yield table.assign(
            **{name: table[name].astype("float64") for name in _DEGREES},
            **{name: table[name].astype("Int64") for name in _COUNTS},
            **{name: table[name].astype("int64") for name in ("id", "times_used")},
        )


def uses(connection: Connection) -> list[tuple[int, int]]:
    """Return the places that were an answer, and how often."""
    rows = connection.execute(select(place_use.c.place_id, place_use.c.times))
    return [(int(row.place_id), int(row.times)) for row in rows]


def areas(connection: Connection, at: datetime) -> list[KnownArea]:
    """Return the areas of the complete layers' editions in force, from the top to the grids."""
    return [KnownArea._make(row) for row in run(connection, "gazetteer_areas", {"at": at})]


def place_called(connection: Connection, name: str) -> KnownPlace:
    """Return the place in use that is called ``SOURCE:CODE``.

    Raises
    ------
    PlaceNotFoundError
        There is none.
    """
    source, _, code = name.partition(":")
    row = run(connection, "place", {"source": source, "code": code}).one_or_none()
    if row is None:
        msg = f"there is no place {name!r} in use; `gridgis find WORDS` shows those that are"
        raise PlaceNotFoundError(msg)
    location = None if row.lon is None else Location(row.lon, row.lat)
    return KnownPlace(row.id, row.kind, row.name, location)


def places_called(connection: Connection, names: Sequence[str]) -> dict[str, KnownPlace]:
    """Return the places in use that are called ``SOURCE:CODE``, by their names.

    Raises
    ------
    PlaceNotFoundError
        One of them is not there.
    """
    parts = [name.partition(":") for name in names]
    asked = {"sources": [part[0] for part in parts], "codes": [part[2] for part in parts]}
    found = {
        row.called: KnownPlace(
            row.id, row.kind, row.name, None if row.lon is None else Location(row.lon, row.lat)
        )
        for row in run(connection, "places_called", asked)
    }
    lost = next((name for name in names if name not in found), None)
    if lost is not None:
        msg = f"there is no place {lost!r} in use; `gridgis find WORDS` shows those that are"
        raise PlaceNotFoundError(msg)
    return found


def used(connection: Connection, times: Mapping[int, int], at: datetime) -> None:
    """Count how many times places were the answer, by id; one that is gone by now is not counted.

    In the order of their ids, so that two who count at the same time do not wait for each other.
    """
    said = (
        func.unnest(
            cast(list(times), ARRAY(BigInteger)), cast(list(times.values()), ARRAY(BigInteger))
        )
        .table_valued("place_id", "times", name="said")
        .render_derived()
    )
    known = (
        select(place.c.id, said.c.times, literal(at))
        .join(said, place.c.id == said.c.place_id)
        .order_by(place.c.id)
    )
    first = postgresql.insert(place_use).from_select(["place_id", "times", "last_at"], known)
    connection.execute(
        first.on_conflict_do_update(
            index_elements=["place_id"],
            set_={
                "times": place_use.c.times + first.excluded.times,
                "last_at": func.greatest(place_use.c.last_at, first.excluded.last_at),
            },
        )
    )


def named(connection: Connection, place_ids: Sequence[int]) -> list[Named]:
    """Return the names of places, in the order asked for."""
    columns = (place.c[name] for name in Named._fields)
    rows = connection.execute(select(*columns).where(place.c.id.in_(place_ids)))
    found = {row.id: Named._make(row) for row in rows}
    return [found[place_id] for place_id in place_ids]


def take_uses(connection: Connection, place_id: int, others: Sequence[int]) -> None:
    """Let a place have the uses of others."""
    taken = (
        delete(place_use)
        .where(place_use.c.place_id.in_(others))
        .returning(place_use.c.times, place_use.c.last_at)
    )
    rows = connection.execute(taken).all()
    if rows:
        times, last_at = sum(row.times for row in rows), max(row.last_at for row in rows)
        used(connection, {place_id: times}, last_at)
