"""Visits and patrols as they were recorded: written once, read by page, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg2

from gridgis.model import AreaName, Location
from gridgis.store.queries import run

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from gridgis.actor import Actor


class Recording(NamedTuple):
    """A visit as it is written; `most_m` is how far the phone may be from the place."""

    id: UUID
    body_hash: bytes
    responder_id: UUID
    place_id: int
    kind: str
    at: datetime
    location: Location | None
    result: str
    note: str | None
    area_id: int | None
    most_m: float


class Visited(NamedTuple):
    """A visit as it is stored.

    Attributes
    ----------
    place
        ``SOURCE:CODE``.
    location, distance_m, far
        Where the phone was (EPSG:4326), how far from the place in metres on the ellipsoid, and
        whether that is too far; None where nobody knows.
    grid
        The grid that was responsible for the place then.
    """

    id: UUID
    body_hash: bytes
    responder_id: UUID
    responder_number: str
    responder_name: str
    place: str
    place_name: str
    kind: str
    at: datetime
    recorded_at: datetime
    location: Location | None
    distance_m: float | None
    far: bool | None
    result: str
    note: str | None
    actor: str
    grid: AreaName | None

    @property
    def accuracy_m(self) -> float | None:
        """How far the position may be off, in metres; None: unknown."""
        return None if self.location is None else self.location.accuracy_m


class Filter(NamedTuple):
    """Which visits to list; None: all. From `since` on, before `before`."""

    responder_id: UUID | None = None
    place_id: int | None = None
    kind: str | None = None
    far: bool | None = None
    since: datetime | None = None
    before: datetime | None = None


class Counted(NamedTuple):
    """How many visits a place had, and where it is: EPSG:4326 degrees, None when nobody knows."""

    place: str
    lon: float | None
    lat: float | None
    visits: int
    far: int
    without_position: int


def record(connection: Connection, visit: Recording, recorded_at: datetime, actor: Actor) -> bool:
    """Write a visit; False when its number is taken, once the other's transaction is over."""
    there = visit.location
    row = run(
        connection,
        "record_visit",
        {
            "id": visit.id,
            "body_hash": psycopg2.Binary(visit.body_hash),
            "responder_id": visit.responder_id,
            "place_id": visit.place_id,
            "kind": visit.kind,
            "at": visit.at,
            "recorded_at": recorded_at,
            "lon": None if there is None else there.lon,
            "lat": None if there is None else there.lat,
            "accuracy_m": None if there is None else there.accuracy_m,
            "most_m": visit.most_m,
            "area_id": visit.area_id,
            "result": visit.result,
            "note": visit.note,
            "actor": actor.name,
            "role": actor.role,
        },
    ).one_or_none()
    return row is not None


def one(connection: Connection, visit_id: UUID) -> Visited | None:
    """Return a visit, or None when there is none with this number."""
    found = _page(connection, {**Filter()._asdict(), "id": visit_id}, None, 1)
    return found[0] if found else None


def page(
    connection: Connection, which: Filter, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Visited]:
    """Return up to `limit` visits, newest first, that come after the (at, id) given."""
    return _page(connection, {**which._asdict(), "id": None}, after, limit)


def counted(connection: Connection, since: datetime, at: datetime) -> list[Counted]:
    """Return how many visits each place had after `since` and until `at`, by place."""
    rows = run(connection, "visit_counts", {"since": since, "at": at})
    return [Counted._make(row) for row in rows]


def _page(
    connection: Connection,
    asked: dict[str, Any],
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Visited]:
    rows = run(
        connection,
        "visits_page",
        {
            **asked,
            "after_at": None if after is None else after[0],
            "after_id": None if after is None else after[1],
            "page": limit,
        },
    )
    return [_visited(row) for row in rows]


def _visited(row: Any) -> Visited:  # noqa: ANN401 - a row of the query
    return Visited(
        id=row.id,
        body_hash=bytes(row.body_hash),
        responder_id=row.responder_id,
        responder_number=row.responder_number,
        responder_name=row.responder_name,
        place=row.place,
        place_name=row.place_name,
        kind=row.kind,
        at=row.at,
        recorded_at=row.recorded_at,
        location=None if row.lon is None else Location(row.lon, row.lat, row.accuracy_m),
        distance_m=row.distance_m,
        far=row.far,
        result=row.result,
        note=row.note,
        actor=row.actor,
        grid=None
        if row.grid_code is None
        else AreaName(row.grid_level, row.grid_code, row.grid_name),
    )
