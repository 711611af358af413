"""What stands around a point: candidates for the nearest places, walked out from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis.model import Location, NearPlace
from gridgis.store.queries import run, run_prepared

if TYPE_CHECKING:
    from sqlalchemy import Connection


SPHERE_ERROR = 0.006
"""By how much, as a share, a distance on PostGIS's sphere may exceed that on the ellipsoid.

The sphere's radius is (2a + b) / 3; the ellipsoid's radii of curvature lie between 6,335,439 and
6,399,594 m: 0.56 % below and 0.45 % above.
"""


class Walk(NamedTuple):
    """One walk out from the point: how many it found, how far on the sphere the last is."""

    seen: int
    far_m: float


class PlaceCandidates(NamedTuple):
    """The first places around a point, and the walks that found them.

    Attributes
    ----------
    places
        By distance on the ellipsoid, ties by id.
    walks
        By kind; None is the walk to places of any kind. A walk that found nothing is not there.
    """

    places: list[NearPlace]
    walks: dict[str | None, Walk]


def candidates(
    connection: Connection, location: Location, kinds: tuple[str, ...], wanted: int
) -> PlaceCandidates:
    """Return the first `wanted` of each kind around a point; without kinds, the first of any.

    `location` is EPSG:4326, longitude first.
    """
    asked = {
        "lon": location.lon,
        "lat": location.lat,
        "kinds": list(kinds),
        "candidates": wanted,
    }
    rows = [_Row(*row) for row in run_prepared(connection, "near_places", asked)]
    walks: dict[str | None, Walk] = {}
    for row in rows:
        before = walks.get(row.walk, Walk(0, 0.0))
        walks[row.walk] = Walk(before.seen + 1, max(before.far_m, row.sphere_m))
    return PlaceCandidates([_place(row) for row in rows], walks)


def kinds_in_use(connection: Connection) -> list[str]:
    """Return the kinds of places that have a location, in order."""
    return list(run(connection, "place_kinds").scalars())


class _Row(NamedTuple):
    place: str
    kind: str
    name: str
    standard_address: str | None
    households: int | None
    cell_code: str | None
    lon: float
    lat: float
    walk: str | None
    sphere_m: float
    distance_m: float


def _place(row: _Row) -> NearPlace:
    return NearPlace(
        place=row.place,
        kind=row.kind,
        name=row.name,
        standard_address=row.standard_address,
        households=row.households,
        cell_code=row.cell_code,
        distance_m=row.distance_m,
        location=Location(row.lon, row.lat),
    )
