"""How far one comes in so many minutes: the reached roads, and the ground beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gridgis.errors import InvalidInputError
from gridgis.locate.threads import each
from gridgis.reach.kernels.runs import Parts, Runs, count_vertices, cut, draw, note_runs
from gridgis.reach.nesting import nested
from gridgis.reach.planes import Plane
from gridgis.reach.table import shared_out
from gridgis.roads.kernels.sweeping import arrivals, sweep
from gridgis.roads.speeds import WALKING_M_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from gridgis.reach.table import Points
    from gridgis.roads.kernels.shapes import Spots
    from gridgis.roads.network import RoadNetwork
    from gridgis.roads.times import TravelTimes

MOST_MINUTES = 240.0
"""Of one question; nobody waits longer for anybody."""

WIDTHS_M = (50.0, 40.0, 30.0, 20.0, 10.0)
"""Ground so near to a reached road counts as reached when the time is left to walk there."""

# Corners of a quarter of a circle at the end of a road.
_QUARTER = 2
_TILE_ROADS, _STRIP_M = 1_000, 1_000.0


@dataclass(frozen=True)
class Reached:
    """What is reached within some minutes.

    Attributes
    ----------
    minutes
        The limit.
    shape
        The ground, EPSG:4326, longitude first; empty when no road is near any of the points.
    road_km
        The length of the roads in it, cut where time runs out.
    households
        Of the cells whose travel time is within the limit; None when no cells were given.
    """

    minutes: float
    shape: shapely.MultiPolygon
    road_km: float
    households: float | None


class Isochrones(NamedTuple):
    """The limits in their order, shortest first, and which of the points are near no road."""

    reached: list[Reached]
    off_road: list[int]


class _Search(NamedTuple):
    """A sweep from `spots`, noted as runs by road; see :func:`cut` for `first`."""

    runs: Runs
    first: NDArray[np.int64]


def isochrones(
    times: TravelTimes,
    points: Points,
    minutes: Sequence[float],
    *,
    onward: bool = True,
    cells: pd.DataFrame | None = None,
) -> Isochrones:
    """Return what can be reached from the nearest of some points within each limit.

    One search from all points. A road counts up to the very spot where time runs out; ground beside
    it counts within WIDTHS_M, as far as the time that is left is enough to walk there: so from
    every spot of the shape, or to it, one comes in time. Each shape covers the shorter ones
    exactly.

    Parameters
    ----------
    points
        Longitudes and latitudes, EPSG:4326 degrees.
    onward
        True: who can be reached from the points. False: from where one can come to them.
    cells
        Columns lon, lat, households: those of the cells within the limit are summed.

    Raises
    ------
    InvalidInputError
        A limit is not above 0, or above MOST_MINUTES.
    """
    limits = sorted(set(map(float, minutes)))
    for limit in limits:
        if not 0 < limit <= MOST_MINUTES:
            msg = f"minutes {limit:g}: ask for more than 0 and at most {MOST_MINUTES:g}"
            raise InvalidInputError(msg)
    spots = times.snap(*points)
    limits_ms = [round(limit * 60_000) for limit in limits]
    search, cells_ms = _searched(times, spots, limits_ms[-1], int(onward), cells)
    shapes = _shapes(times.network, search, limits_ms)
    reached = [
        Reached(
            limit,
            shape,
            _road_km(times.network, search, limit_ms),
            None if cells is None else float(cells["households"][cells_ms <= limit_ms].sum()),
        )
        for limit, limit_ms, shape in zip(limits, limits_ms, shapes, strict=True)
    ]
    return Isochrones(reached, np.flatnonzero(spots.road < 0).tolist())


def _searched(
    times: TravelTimes, spots: Spots, limit_ms: int, onward: int, cells: pd.DataFrame | None
) -> tuple[_Search, NDArray[np.int32]]:
    """Sweep once; return the runs, and the time of each cell."""
    scratch, number = times.scratch()
    sweep(times.ways, scratch, number, spots, (limit_ms, onward))
    runs = _room(2 * len(times.network) + 2 * len(spots.road))
    count = note_runs(times.ways, scratch, number, (spots, limit_ms, onward), runs)
    cells_ms = np.empty(0 if cells is None else len(cells), np.int32)
    if cells is not None:
        ends = times.snap(cells["lon"].to_numpy(float), cells["lat"].to_numpy(float))
        arrivals(times.ways, scratch, number, (spots, ends, onward), cells_ms)
    return _by_road(runs, count), cells_ms


def _room(count: int) -> Runs:
    return Runs(
        np.empty(count, np.int32),
        np.empty(count, np.float64),
        np.empty(count, np.float64),
        np.empty(count, np.int32),
        np.empty(count, np.int32),
    )


def _by_road(runs: Runs, count: int) -> _Search:
    order = np.argsort(runs.road[:count], kind="stable")
    by_road = Runs(
        runs.road[order],
        runs.begin[order],
        runs.end[order],
        runs.from_ms[order],
        runs.whole_ms[order],
    )
    begins = np.flatnonzero(np.diff(by_road.road, prepend=-1))
    return _Search(by_road, np.append(begins, count).astype(np.int64))


def _cut(search: _Search, from_ms: float, to_ms: float) -> Parts:
    """Return what is come to by `to_ms` and was not by `from_ms`."""
    most = 2 * len(search.runs.road)
    parts = Parts(np.empty(most, np.int32), np.empty(most, np.float64), np.empty(most, np.float64))
    count = cut(search.runs, search.first, (float(from_ms), float(to_ms)), parts)
    return Parts(parts.road[:count], parts.low[:count], parts.high[:count])


def _road_km(network: RoadNetwork, search: _Search, limit_ms: int) -> float:
    parts = _cut(search, -1.0, limit_ms)
    return float((network.length_m[parts.road] * (parts.high - parts.low)).sum() / 1000)


def _shapes(
    network: RoadNetwork, search: _Search, limits_ms: Sequence[int]
) -> list[shapely.MultiPolygon]:
    """Return the ground of each limit; each limit adds a band to the one before.

    At a full width from a road only what is come to while there is time to walk so far; what is
    come to later gets the next narrower width.
    """
    if not len(search.runs.road):
        return [shapely.MultiPolygon()] * len(limits_ms)
    plane = _around(network, search)
    walks_ms = [width_m / WALKING_M_S * 1000 for width_m in WIDTHS_M]
    # What is come to with time for the widest walk left grows from limit to limit by a band; what
    # comes after that is little, and is drawn anew for each limit.
    broad: list[shapely.Geometry] = []
    grounds: list[shapely.Geometry] = []
    before_ms = -1.0
    for limit_ms in limits_ms:
        until_ms = limit_ms - walks_ms[0]
        broad += _beside(network, plane, _cut(search, before_ms, until_ms), WIDTHS_M[0])
        narrow: list[shapely.Geometry] = []
        for width_m, walk_ms, wider_ms in zip(WIDTHS_M[1:], walks_ms[1:], walks_ms, strict=False):
            ring = _cut(search, limit_ms - wider_ms, limit_ms - walk_ms)
            narrow += _beside(network, plane, ring, width_m)
        broad = [shapely.union_all(broad)]
        before_ms = max(before_ms, until_ms)
        grounds.append(shapely.union_all([*broad, *narrow]))
    return nested([plane.lift(ground) for ground in grounds])


def _around(network: RoadNetwork, search: _Search) -> Plane:
    at = network.pieces.start[search.runs.road]
    return Plane.at(
        float(np.median(network.pieces.lon[at])), float(np.median(network.pieces.lat[at]))
    )


def _beside(
    network: RoadNetwork, plane: Plane, parts: Parts, width_m: float
) -> list[shapely.Geometry]:
    """Return the ground within a width of parts of roads, in metres on the plane."""
    lines = _lines(network, plane, parts)
    if not len(lines):
        return []
    # Neighbours first: what overlaps is united early.
    west, south = shapely.bounds(lines)[:, :2].T
    lines = lines[np.lexsort((south, np.floor(west / _STRIP_M)))]
    tiles = shared_out(len(lines), -(-len(lines) // _TILE_ROADS))

    def tile(number: int) -> shapely.Geometry:
        wide = shapely.buffer(lines[tiles[number]], width_m, quad_segs=_QUARTER)
        return shapely.union_all(wide)

    return each(tile, len(tiles))


def _lines(network: RoadNetwork, plane: Plane, parts: Parts) -> NDArray[np.object_]:
    count = count_vertices(network.pieces, parts)
    lon, lat, owner = np.empty(count), np.empty(count), np.empty(count, np.int64)
    draw(network.pieces, parts, (lon, lat, owner))
    return np.asarray(shapely.linestrings(plane.metres(lon, lat), indices=owner))
