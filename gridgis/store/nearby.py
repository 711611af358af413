"""Who stands around a point: candidates for the nearest responders, walked out from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis.model import AreaName, Location, NearestResponder, Position
from gridgis.store.queries import run_prepared

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

SPHERE_ERROR = 0.006
"""By how much, as a share, a distance on PostGIS's sphere may exceed that on the ellipsoid.

The sphere's radius is (2a + b) / 3; the ellipsoid's radii of curvature lie between 6,335,439 and
6,399,594 m: 0.56 % below and 0.45 % above.
"""


class Candidate(NamedTuple):
    """A responder with both distances in metres, found by the walk over live or home points."""

    responder: NearestResponder
    walk: str
    sphere_m: float
    distance_m: float


class When(NamedTuple):
    """The moment of a question: live positions count from `fresh_from` to `fresh_to`."""

    at: datetime
    minute_of_week: int
    fresh_from: datetime
    fresh_to: datetime


def candidates(
    connection: Connection, location: Location, skills: tuple[str, ...], when: When, wanted: int
) -> list[Candidate]:
    """Return those who come first around a point, up to `wanted` by live and by home point each.

    Sorted by distance on the ellipsoid, ties by id. `location` is EPSG:4326, longitude first.
    """
    rows = run_prepared(
        connection,
        "nearest_candidates",
        {
            "lon": location.lon,
            "lat": location.lat,
            "skills": list(skills),
            "candidates": wanted,
            **when._asdict(),
        },
    )
    return [_candidate(_Row(*row), when.at) for row in rows]


class _Row(NamedTuple):
    id: UUID
    kind: str
    name: str
    organisation: str | None
    role: str | None
    skills: list[str]
    phone: str | None
    area_level: str | None
    area_code: str | None
    area_name: str | None
    lon: float
    lat: float
    at: datetime | None
    accuracy_m: float | None
    walk: str
    sphere_m: float
    distance_m: float


def _candidate(row: _Row, at: datetime) -> Candidate:
    return Candidate(
        NearestResponder(
            id=row.id,
            kind=row.kind,
            name=row.name,
            organisation=row.organisation,
            role=row.role,
            skills=row.skills,
            phone=row.phone,
            area=None
            if row.area_code is None
            else AreaName(row.area_level or "", row.area_code, row.area_name or ""),
            distance_m=row.distance_m,
            location=Location(row.lon, row.lat, row.accuracy_m),
            position=Position(
                source=row.walk,
                at=row.at,
                age_s=None if row.at is None else max(0.0, (at - row.at).total_seconds()),
                accuracy_m=row.accuracy_m,
            ),
        ),
        row.walk,
        row.sphere_m,
        row.distance_m,
    )
