"""The nearest responders by road: by the time that they need to come here, now."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.nearest.answers import (
    WHY_NOT,
    Measured,
    Nearby,
    Passed,
    responder_at,
)
from gridgis.nearest.kernels import byroad
from gridgis.nearest.kernels.byline import able_rows
from gridgis.nearest.kernels.byroad import Found
from gridgis.nearest.kernels.geodesic import geodesic_m
from gridgis.nearest.line import MOST_PASSED
from gridgis.roads.kernels.snapping import snap
from gridgis.roads.routes import Leg, route_line, route_m
from gridgis.roads.speeds import WALKING_M_S
from gridgis.roads.times import LONGEST_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.model import Location
    from gridgis.nearest.answers import Reason
    from gridgis.nearest.kernels.ability import Asked
    from gridgis.nearest.needs import Need
    from gridgis.nearest.standing import Standing


class Wish(NamedTuple):
    """What the answer should hold besides: who was passed over and why, and the routes' lines."""

    explain: bool = False
    routes: bool = False


def by_road(
    standing: Standing, location: Location, need: Need, asked: Asked, wish: Wish
) -> Nearby | None:
    """Return the able responders who can be here first, ties by id; None: no road is near.

    One search runs from the point outward, against the traffic, and ends when `need.k` able ones
    have been come to. `travel_s` counts the walk from where somebody is to the road, the drive, and
    the walk from the road to the point; `distance_m` is the length of all that.
    """
    times = standing.times
    road, share, off_m = snap(
        times.network.pieces,
        times.ways.usable,
        float(location.lon),
        float(location.lat),
        float(times.most_m),
    )
    if road < 0:
        return None
    incident = Leg(road, share, off_m)
    with standing.lock:
        standing.catch_up()
        found = _search(standing, incident, need, asked, MOST_PASSED if wish.explain else 0)
        measured = [
            _measured(standing, incident, location, stand, ms, routes=wish.routes)
            for stand, ms in found.able
        ]
        passed = [
            _measured(standing, incident, location, stand, ms, routes=False)
            for stand, ms, _ in found.passed
        ]
    crowd = standing.crowd
    return Nearby(
        [
            responder_at(crowd, stand, asked, one)
            for (stand, _), one in zip(found.able, measured, strict=True)
        ],
        "road",
        passed=[
            Passed(responder_at(crowd, stand, asked, one), WHY_NOT[reason])
            for (stand, _, reason), one in zip(found.passed, passed, strict=True)
        ],
        unreachable=[]
        if len(found.able) == need.k or need.within_s is not None
        else _unreachable(standing, location, asked, {stand >> 1 for stand, _ in found.able}),
    )


class _Search(NamedTuple):
    able: list[tuple[int, int]]
    passed: list[tuple[int, int, int]]


def _search(standing: Standing, incident: Leg, need: Need, asked: Asked, listed: int) -> _Search:
    able, passed = _room(need.k), _room(listed)
    limit_ms = LONGEST_MS if need.within_s is None else min(LONGEST_MS, int(need.within_s * 1000))
    count, skipped, _ = byroad.nearest(
        standing.times.ways,
        (standing.scratch, standing.marks),
        (incident.road, incident.share, walk_ms(incident.off_m)),
        (standing.stands, standing.crowd.columns, asked),
        (standing.next_search(), need.k, limit_ms, listed),
        (able, passed),
    )
    return _Search(
        list(zip(able.stand[:count].tolist(), able.ms[:count].tolist(), strict=True)),
        list(zip(*(column[:skipped].tolist() for column in passed), strict=True)),
    )


def walk_ms(off_m: float) -> int:
    """Return the milliseconds of a walk, as the kernels round it."""
    return int(off_m / WALKING_M_S * 1000.0 + 0.5)


def _room(count: int) -> Found:
    return Found(np.empty(count, np.int32), np.empty(count, np.int32), np.empty(count, np.int8))


def _measured(
    standing: Standing, incident: Leg, location: Location, stand: int, ms: int, *, routes: bool
) -> Measured:
    """Follow the way that the last search found from a stand; the lock is held."""
    spots = standing.stands.spots
    own = Leg(int(spots.road[stand]), float(spots.share[stand]), float(spots.off_m[stand]))
    arc = int(standing.marks.arc[stand])
    rest: NDArray[np.int32] = np.empty(0, np.int32)
    if arc >= 0:
        rest = byroad.trace(standing.times.ways, standing.scratch, arc)
    network = standing.times.network
    line = None
    if routes:
        where = standing.crowd.where
        start = (float(where.lon[stand]), float(where.lat[stand]))
        line = route_line(network, own, incident, (arc, rest))
        line = np.concatenate([[start], line, [(location.lon, location.lat)]])
    return Measured(route_m(network, own, incident, (arc, rest)), ms / 1000, line)


def _unreachable(
    standing: Standing, location: Location, asked: Asked, found: set[int]
) -> list[Passed]:
    """Name those who are able but were not come to, the nearest by line first."""
    crowd = standing.crowd
    listed: list[tuple[float, int, Passed]] = []
    for row in able_rows(crowd.columns, asked).tolist():
        if row in found:
            continue
        live = asked.fresh_from_ms <= crowd.at_ms[row] <= asked.fresh_to_ms
        stand = 2 * row + int(live)
        lon, lat = float(crowd.where.lon[stand]), float(crowd.where.lat[stand])
        why: Reason = "no_way" if standing.stands.spots.road[stand] >= 0 else "no_road"
        metres = geodesic_m(lon, lat, location.lon, location.lat)
        if np.isnan(lon):
            why, metres = "no_place", float("inf")
        one = responder_at(crowd, stand, asked, Measured(metres))
        listed.append((metres, row, Passed(one, why)))
    return [one for _, _, one in sorted(listed, key=lambda item: item[:2])[:MOST_PASSED]]
