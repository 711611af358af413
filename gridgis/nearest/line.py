"""The nearest responders as the crow flies, exact on the ellipsoid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from gridgis.duty import minute_of_week
from gridgis.errors import InvalidInputError
from gridgis.store.nearby import SPHERE_ERROR, When, candidates

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gridgis.model import Location, NearestResponder
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection

MOST_RESPONDERS = 200
"""The most that one question may ask for."""

# A phone's clock may run ahead by this much.
_AHEAD = timedelta(minutes=5)

# Candidates beyond k: enough that the first walk nearly always proves itself.
_SLACK = 4


@dataclass(frozen=True, slots=True)
class Need:
    """What is needed: `k` responders with all `skills`, within `within_m` metres (None: any)."""

    k: int = 5
    skills: tuple[str, ...] = ()
    within_m: float | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.k <= MOST_RESPONDERS:
            msg = f"k is {self.k}; ask for 1 to {MOST_RESPONDERS} responders"
            raise InvalidInputError(msg)
        if self.within_m is not None and not self.within_m > 0:
            msg = f"within_m is {self.within_m}; it is a distance in metres above 0"
            raise InvalidInputError(msg)


def nearest(
    connection: Connection, location: Location, need: Need, at: datetime, settings: Settings
) -> list[NearestResponder]:
    """Return the nearest responders who are able and on duty then, nearest first, ties by id.

    A live position counts while it is younger than the setting's `position_max_age_s`, else the
    home point; each answer says which. `location` is EPSG:4326, longitude first; distances are
    metres on the ellipsoid.
    """
    when = moment_of(at, settings)
    wanted = need.k + _SLACK
    while True:
        found = candidates(connection, location, need.skills, when, need.k, wanted)
        chosen = [one for one in found.responders if _within(one, need)]
        reach_m = chosen[-1].distance_m if len(chosen) == need.k else need.within_m
        if _proven(found.walks, reach_m, wanted):
            return chosen
        wanted *= 4


def moment_of(at: datetime, settings: Settings) -> When:
    """Return what a moment means for duty and for live positions."""
    return When(
        at=at,
        minute_of_week=minute_of_week(at, settings.zone),
        fresh_from=at - timedelta(seconds=settings.position_max_age_s),
        fresh_to=at + _AHEAD,
    )


def _within(responder: NearestResponder, need: Need) -> bool:
    return need.within_m is None or responder.distance_m <= need.within_m


def _proven(walks: Sequence[tuple[int, float]], reach_m: float | None, wanted: int) -> bool:
    """Judge whether anybody who was not walked to could still be nearer than `reach_m`.

    A walk that stopped at its limit has seen everybody whose distance on the sphere is below its
    last one's; on the spheroid that may be SPHERE_ERROR less.
    """
    return all(
        count < wanted or (reach_m is not None and far_m * (1 - SPHERE_ERROR) > reach_m)
        for count, far_m in walks
    )
