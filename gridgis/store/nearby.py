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


class Candidates(NamedTuple):
    """The first responders around a point, and the walks that found them.

    Attributes
    ----------
    responders
        By distance on the ellipsoid, ties by id.
    walks
        For live positions and for homes: how many were found, and how far on the sphere the last
        one is in metres.
    """

    responders: list[NearestResponder]
    walks: list[tuple[int, float]]


class When(NamedTuple):
    """The moment of a question: live positions count from `fresh_from` to `fresh_to`."""

    at: datetime
    minute_of_week: int
    fresh_from: datetime
    fresh_to: datetime


def candidates(
    connection: Connection,
    location: Location,
    skills: tuple[str, ...],
    when: When,
    k: int,
    wanted: int,
) -> Candidates:
    """Return the `k` who come first among up to `wanted` by live and by home point each.

    `location` is EPSG:4326, longitude first.
    """
    rows = run_prepared(
        connection,
        "nearest_candidates",
        {
            "lon": location.lon,
            "lat": location.lat,
            "skills": list(skills),
            "k": k,
            "candidates": wanted,
            **when._asdict(),
        },
    )
    found = [_Row(*row) for row in rows]
    walks = [
        walk
        for row in found[:1]
        for walk in ((row.live, row.live_m or 0.0), (row.home, row.home_m or 0.0))
    ]
    return Candidates([_responder(row, when.at) for row in found], walks)


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
    distance_m: float
    live: int
    live_m: float | None
    home: int
    home_m: float | None


def _responder(row: _Row, at: datetime) -> NearestResponder:
    return NearestResponder(
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
    )
