"""Reports that may be of one matter, as far as place, time and category tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from gridgis.store.queries import run_prepared

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from gridgis.model import Location

MOST_COMPARED = 60
"""Reports that are compared with a new one: the nearest, or the newest."""


class Sought(NamedTuple):
    """What a report is compared with: within so many metres, and captured in [since, until].

    A case that was closed before `closed_since` is over.
    """

    report_id: UUID
    location: Location | None
    category: str | None
    within_m: float
    since: datetime
    until: datetime
    closed_since: datetime


class Found(NamedTuple):
    """A report that may be of the same matter.

    `distance_m` is on the ellipsoid; None: one of the two locations is not known. `own_family` is
    that of the category that was sought.
    """

    report_id: UUID
    number: str | None
    captured_at: datetime
    category: str | None
    family: str | None
    description: str
    address: str | None
    accuracy_m: float | None
    distance_m: float | None
    state: str
    own_family: str | None


def around(connection: Connection, sought: Sought) -> list[Found]:
    """Return the cases that may be of the same matter, the nearest first."""
    place = sought.location
    rows = run_prepared(
        connection,
        "similar_reports",
        {
            "report_id": str(sought.report_id),
            "lon": None if place is None else place.lon,
            "lat": None if place is None else place.lat,
            "category": sought.category,
            "within_m": sought.within_m,
            "since": sought.since,
            "until": sought.until,
            "closed_since": sought.closed_since,
            "most": MOST_COMPARED,
        },
    )
    return [Found(UUID(row[0]), *row[1:]) for row in rows]
