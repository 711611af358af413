"""The nearest places as the crow flies, exact on the ellipsoid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridgis.door import LONGEST_NAME, storable
from gridgis.errors import InvalidInputError
from gridgis.store import near_places

if TYPE_CHECKING:
    from gridgis.model import Location, NearPlace
    from gridgis.store.connection import Connection
    from gridgis.store.near_places import Walk

MOST_PLACES = 200
"""The most that one question may ask for."""

MOST_KINDS = 20
"""The most kinds that one question may name."""

# Candidates beyond k: enough that the first walk nearly always proves itself.
_SLACK = 4

# Kinds that a message lists.
_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: `k` places of any of the `kinds` (none: of any kind at all).

    `within_m` metres is the farthest that counts (None: any distance).
    """

    k: int = 5
    kinds: tuple[str, ...] = ()
    within_m: float | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.k <= MOST_PLACES:
            msg = f"k is {self.k}; ask for 1 to {MOST_PLACES} places"
            raise InvalidInputError(msg)
        if self.within_m is not None and not (self.within_m > 0 and math.isfinite(self.within_m)):
            msg = f"within_m is {self.within_m}; it is a distance in metres above 0"
            raise InvalidInputError(msg)
        if len(self.kinds) > MOST_KINDS:
            msg = f"{len(self.kinds)} kinds are asked for; name at most {MOST_KINDS}"
            raise InvalidInputError(msg)
        for kind in self.kinds:
            storable(kind, "kind", LONGEST_NAME)


def nearest_places(connection: Connection, location: Location, wanted: Wanted) -> list[NearPlace]:
    """Return the nearest places, nearest first, ties by id.

    `location` is EPSG:4326, longitude first. Distances are metres on the ellipsoid, exact for
    points. Of a line or polygon the nearest spot counts, 0 inside: within 10 km to a centimetre,
    farther away to 25 mm a kilometre.

    Raises
    ------
    InvalidInputError
        No place is of one of the kinds; the message lists those in use.
    """
    count = wanted.k + _SLACK
    while True:
        found = near_places.candidates(connection, location, wanted.kinds, count)
        _require_kinds(connection, wanted, set(found.walks))
        chosen = [one for one in found.places if _within(one, wanted)][: wanted.k]
        reach_m = chosen[-1].distance_m if len(chosen) == wanted.k else wanted.within_m
        if all(_proven(walk, reach_m, count) for walk in found.walks.values()):
            return chosen
        count *= 4


def _require_kinds(connection: Connection, wanted: Wanted, walked: set[str | None]) -> None:
    """Refuse a kind whose walk found nothing: such a walk would have gone around the earth."""
    unknown = [kind for kind in wanted.kinds if kind not in walked]
    if unknown:
        known = near_places.kinds_in_use(connection)
        more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
        in_use = f"in use are {', '.join(known[:_SHOWN])}{more}"
        if not known:
            in_use = "there are no places yet"
        msg = f"no place is of kind {unknown[0]!r}; {in_use}"
        raise InvalidInputError(msg)


def _within(place: NearPlace, wanted: Wanted) -> bool:
    return wanted.within_m is None or place.distance_m <= wanted.within_m


def _proven(walk: Walk, reach_m: float | None, wanted: int) -> bool:
    """Judge whether a place that the walk did not come to could still be nearer than `reach_m`.

    A walk that stopped at its limit has seen every place whose distance on the sphere is below its
    last one's; on the spheroid that may be SPHERE_ERROR less.
    """
    return walk.seen < wanted or (
        reach_m is not None and walk.far_m * (1 - near_places.SPHERE_ERROR) > reach_m
    )
