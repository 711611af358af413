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
from gridgis.roads.routes import Leg, route_line
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
        able_m, passed_m = (_metres(standing, incident, some.stand) for some in found)
        routes = [
            _route(standing, incident, location, stand) if wish.routes else None
            for stand in found.able.stand.tolist()
        ]
    crowd = standing.crowd
    able = zip(*(some.tolist() for some in (found.able.stand, found.able.ms, able_m)), strict=True)
    passed = zip(*(some.tolist() for some in (*found.passed, passed_m)), strict=True)
    responders = [
        responder_at(crowd, stand, asked, Measured(metres, ms / 1000, route))
        for (stand, ms, metres), route in zip(able, routes, strict=True)
    ]
    return Nearby(
        responders,
        "road",
        passed=[
            Passed(responder_at(crowd, stand, asked, Measured(metres, ms / 1000)), WHY_NOT[reason])
            for stand, ms, reason, metres in passed
        ],
        unreachable=[]
        if len(responders) == need.k or need.within_s is not None
        else _unreachable(standing, location, asked, set((found.able.stand >> 1).tolist())),
    )


class _Search(NamedTuple):
    able: Found
    passed: Found


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
    return _Search(_first(able, count), _first(passed, skipped))


def _first(found: Found, count: int) -> Found:
    return Found(found.stand[:count], found.ms[:count], found.reason[:count])


def walk_ms(off_m: float) -> int:
    """Return the milliseconds of a walk, as the kernels round it."""
    return int(off_m / WALKING_M_S * 1000.0 + 0.5)


def _room(count: int) -> Found:
    return Found(np.empty(count, np.int32), np.empty(count, np.int32), np.empty(count, np.int8))


def _metres(standing: Standing, incident: Leg, stands: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return how long the ways of the last search are; the lock is held."""
    metres = np.empty(len(stands))
    byroad.measure(
        standing.times.ways,
        (standing.scratch, standing.marks),
        (incident.share, incident.off_m),
        standing.stands,
        standing.times.network.length_m,
        (stands, metres),
    )
    return metres


def _route(
    standing: Standing, incident: Leg, location: Location, stand: int
) -> NDArray[np.float64]:
    """Draw the way that the last search found from a stand; the lock is held."""
    spots, where = standing.stands.spots, standing.crowd.where
    own = Leg(int(spots.road[stand]), float(spots.share[stand]), float(spots.off_m[stand]))
    arc = int(standing.marks.arc[stand])
    rest: NDArray[np.int32] = np.empty(0, np.int32)
    if arc >= 0:
        rest = byroad.trace(standing.times.ways, standing.scratch, arc)
    line = route_line(standing.times.network, own, incident, (arc, rest))
    start = (float(where.lon[stand]), float(where.lat[stand]))
    return np.concatenate([[start], line, [(location.lon, location.lat)]])


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
