"""From a point to the addresses and places around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.nearest.places import Wanted, nearest_places
from gridgis.places.answers import Candidate
from gridgis.places.kinds import kind_of

if TYPE_CHECKING:
    from gridgis.model import Location
    from gridgis.store.connection import Connection

_FAR_M = 2_000.0


def addresses_at(connection: Connection, location: Location, k: int = 5) -> list[Candidate]:
    """Return the places nearest to a point within two kilometres, nearest first.

    `location` is EPSG:4326, longitude first; `distance_m` is in metres on the ellipsoid, 0 inside a
    place's shape. The score falls with the distance.
    """
    return [
        Candidate(
            place=one.place,
            place_id=None,
            kind=one.kind,
            name=one.name,
            address=one.standard_address or one.name,
            precision=kind_of(one.kind).precision,
            score=round(1.0 / (1.0 + one.distance_m / 50.0), 4),
            location=one.location,
            matched=(),
            households=one.households,
            cell=one.cell_code,
            distance_m=one.distance_m,
        )
        for one in nearest_places(connection, location, Wanted(k, within_m=_FAR_M))
    ]
