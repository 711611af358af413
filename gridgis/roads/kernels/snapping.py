"""Where a point meets the roads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gridgis.compiling import bare, kernel
from gridgis.locate.metres import metres_per_degree_lat, metres_per_degree_lon

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gridgis.roads.kernels.shapes import Pieces, Spots

PASSED_OVER_M = 100.0
"""A road that is cut off from the network proper is passed over for one so much farther away."""

# The plane's metres change a little from the point to the cells around it.
_SURE = 0.999


@bare
def bucket_of(x: int, y: int, buckets: int) -> int:
    """Return the bucket of a cell; `buckets` is a power of two."""
    return ((x * 73_856_093) ^ (y * 19_349_663)) & (buckets - 1)


@kernel
def snap(  # noqa: C901 - one loop over rings, in machine code
    pieces: Pieces, usable: NDArray[np.uint8], lon: float, lat: float, most_m: float
) -> tuple[int, float, float]:
    """Return the road where a point meets the network, how far along it (0 to 1), and the metres.

    The nearest road that is open; one that is cut off from the network proper only when that is
    more than PASSED_OVER_M farther, or farther than `most_m`. No road within `most_m`: -1. Metres
    are on the plane that touches the ellipsoid at the point.
    """
    scale_x, scale_y = metres_per_degree_lon(lat), metres_per_degree_lat(lat)
    x, y = math.floor(lon / pieces.cell_deg[0]), math.floor(lat / pieces.cell_deg[1])
    ring_m = _SURE * min(pieces.cell_deg[0] * scale_x, pieces.cell_deg[1] * scale_y)
    buckets = len(pieces.bucket) - 1
    # Squares of metres; the nearest of all and the nearest of the network proper.
    any_m2, main_m2 = most_m * most_m, most_m * most_m
    any_road, main_road, any_share, main_share = -1, -1, 0.0, 0.0
    ring = 0
    while True:
        for dy in range(-ring, ring + 1):
            step = 1 if abs(dy) == ring else 2 * ring
            for dx in range(-ring, ring + 1, step):
                bucket = bucket_of(x + dx, y + dy, buckets)
                for i in range(pieces.bucket[bucket], pieces.bucket[bucket + 1]):
                    road = pieces.road[i]
                    if usable[road] == 0:
                        continue
                    v = pieces.piece[i]
                    ax = (pieces.lon[v] - lon) * scale_x
                    ay = (pieces.lat[v] - lat) * scale_y
                    bx = (pieces.lon[v + 1] - lon) * scale_x - ax
                    by = (pieces.lat[v + 1] - lat) * scale_y - ay
                    squared = bx * bx + by * by
                    t = 0.0
                    if squared > 0.0:
                        t = min(1.0, max(0.0, -(ax * bx + ay * by) / squared))
                    away_x, away_y = ax + t * bx, ay + t * by
                    m2 = away_x * away_x + away_y * away_y
                    main = usable[road] == 2  # noqa: PLR2004 - said in Ways
                    # The same spot may end several roads: the first of them.
                    if m2 < any_m2 or (m2 == any_m2 and road < any_road):
                        any_m2, any_road = m2, road
                        any_share = _share(pieces, road, v, t)
                    if main and (m2 < main_m2 or (m2 == main_m2 and road < main_road)):
                        main_m2, main_road = m2, road
                        main_share = _share(pieces, road, v, t)
        reach_m = ring * ring_m
        passed_m = min(most_m, math.sqrt(any_m2) + PASSED_OVER_M)
        if reach_m * reach_m > main_m2 or reach_m > passed_m:
            break
        ring += 1
    if main_road >= 0 and math.sqrt(main_m2) <= math.sqrt(any_m2) + PASSED_OVER_M:
        return main_road, main_share, math.sqrt(main_m2)
    return any_road, any_share, math.sqrt(any_m2)


@bare
def _share(pieces: Pieces, road: int, v: int, t: float) -> float:
    last = pieces.along_m[pieces.start[road + 1] - 1]
    here = pieces.along_m[v] + t * (pieces.along_m[v + 1] - pieces.along_m[v])
    return min(1.0, here / last) if last > 0.0 else 0.0


@kernel
def snap_many(
    pieces: Pieces,
    usable: NDArray[np.uint8],
    points: tuple[NDArray[np.float64], NDArray[np.float64]],
    most_m: float,
    walking_m_s: float,
    spots: Spots,
) -> None:
    """Write where points (lon, lat) meet the network; a point that is NaN meets nothing."""
    for i in range(len(points[0])):
        lon, lat = points[0][i], points[1][i]
        road, share, off_m = -1, 0.0, 0.0
        if not (math.isnan(lon) or math.isnan(lat)):
            road, share, off_m = snap(pieces, usable, lon, lat, most_m)
        spots.road[i], spots.share[i], spots.off_m[i] = road, share, off_m
        spots.leg_ms[i] = int(off_m / walking_m_s * 1000.0 + 0.5)
