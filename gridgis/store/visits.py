"""Visits and patrols as they were recorded: written once, read by page, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg2

from gridgis.model import AreaName, Location
from gridgis.store.queries import run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from gridgis.actor import Actor


class Recording(NamedTuple):
    """A visit as it is written."""

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


def record(
    connection: Connection,
    recorded: Sequence[Recording],
    recorded_at: datetime,
    most_m: float,
    actor: Actor,
) -> set[UUID]:
    """Write visits and return the ids of those that were stored: another's number may be taken.

    A visit is far when the phone was farther from the place than `most_m` metres and what its
    position may be off.
    """
    there = [visit.location for visit in recorded]
    rows = run(
        connection,
        "record_visits",
        {
            "ids": [str(visit.id) for visit in recorded],
            "body_hashes": [psycopg2.Binary(visit.body_hash) for visit in recorded],
            "responder_ids": [str(visit.responder_id) for visit in recorded],
            "place_ids": [visit.place_id for visit in recorded],
            "kinds": [visit.kind for visit in recorded],
            "ats": [visit.at for visit in recorded],
            "lons": [None if one is None else one.lon for one in there],
            "lats": [None if one is None else one.lat for one in there],
            "accuracies_m": [None if one is None else one.accuracy_m for one in there],
            "area_ids": [visit.area_id for visit in recorded],
            "results": [visit.result for visit in recorded],
            "notes": [visit.note for visit in recorded],
            "recorded_at": recorded_at,
            "most_m": most_m,
            "actor": actor.name,
            "role": actor.role,
        },
    )
    return set(rows.scalars())


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
