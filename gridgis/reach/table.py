"""Travel times from any set of points to any other."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from gridgis.locate.threads import each, processors
from gridgis.roads.kernels.shapes import CLOSED_MS, Spots

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.roads.times import TravelTimes

    Floats = NDArray[np.float64]

Points = tuple["NDArray[np.float64]", "NDArray[np.float64]"]
"""Longitudes and latitudes, EPSG:4326 degrees."""


def travel_table(
    times: TravelTimes, origins: Points, destinations: Points, threads: int | None = None
) -> Floats:
    """Return how many seconds it takes from each point to each other.

    float64 [origins, destinations], walks from and to the roads included; inf where no way leads,
    or a point is too far from any road. One search for each of the fewer points, on all processors.
    """
    sources, targets = snapped(times, origins), snapped(times, destinations)
    fewer, axis = (sources, 0) if len(sources.road) <= len(targets.road) else (targets, 1)

    def some(part: slice) -> NDArray[np.int32]:
        if axis:
            return times.table(sources, spots_of(targets, part))
        return times.table(spots_of(sources, part), targets)

    parts = shared_out(len(fewer.road), threads)
    if not parts:
        return np.empty((len(sources.road), len(targets.road)))
    tables = each(lambda number: some(parts[number]), len(parts), threads)
    return seconds(np.concatenate(tables, axis=axis))


def seconds(times_ms: NDArray[np.int32]) -> Floats:
    """Return milliseconds as seconds; inf for CLOSED_MS.

    >>> seconds(np.array([1500, CLOSED_MS], dtype=np.int32)).tolist()
    [1.5, inf]
    """
    return np.where(times_ms >= CLOSED_MS, np.inf, times_ms / 1000.0)


def snapped(times: TravelTimes, points: Points, threads: int | None = None) -> Spots:
    """Return where points meet the roads; the same as `times.snap`, on all processors."""
    parts = shared_out(len(points[0]), threads)
    if len(parts) <= 1:
        return times.snap(*points)
    found = each(
        lambda number: times.snap(*(axis[parts[number]] for axis in points)), len(parts), threads
    )
    return Spots(
        np.concatenate([spots.road for spots in found]),
        np.concatenate([spots.share for spots in found]),
        np.concatenate([spots.leg_ms for spots in found]),
        np.concatenate([spots.off_m for spots in found]),
    )


def spots_of(spots: Spots, part: slice) -> Spots:
    """Return some of the spots."""
    return Spots(spots.road[part], spots.share[part], spots.leg_ms[part], spots.off_m[part])


def shared_out(count: int, threads: int | None = None) -> list[slice]:
    """Return slices of `count` things, one for each thread, as equal as can be.

    >>> shared_out(5, 2)
    [slice(0, 3, None), slice(3, 5, None)]
    """
    shares = min(count, threads or processors())
    ends = [-(-count * number // shares) for number in range(shares + 1)] if shares else []
    return [slice(low, high) for low, high in pairwise(ends)]
