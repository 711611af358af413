"""Straight pieces of roads into the cells of a raster."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gridgis.compiling import kernel
from gridgis.roads.kernels.snapping import bucket_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@kernel
def sort_in(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    piece: NDArray[np.int32],
    cell_deg: NDArray[np.float64],
    count: NDArray[np.int64],
    found: NDArray[np.int32],
) -> None:
    """Count what lies in each bucket; when `found` has room, also write it where `count` says."""
    for i in range(len(piece)):
        v = piece[i]
        x0, x1 = min(lon[v], lon[v + 1]), max(lon[v], lon[v + 1])
        y0, y1 = min(lat[v], lat[v + 1]), max(lat[v], lat[v + 1])
        slope = (lat[v + 1] - lat[v]) / (lon[v + 1] - lon[v]) if lon[v + 1] != lon[v] else 0.0
        for x in range(math.floor(x0 / cell_deg[0]), math.floor(x1 / cell_deg[0]) + 1):
            low, high = y0, y1
            if slope != 0.0:
                # Only the cells of this column that the piece goes through, and a hair more.
                west, east = max(x0, x * cell_deg[0]), min(x1, (x + 1) * cell_deg[0])
                a = lat[v] + (west - lon[v]) * slope
                b = lat[v] + (east - lon[v]) * slope
                hair = 1e-9
                low, high = max(y0, min(a, b) - hair), min(y1, max(a, b) + hair)
            for y in range(math.floor(low / cell_deg[1]), math.floor(high / cell_deg[1]) + 1):
                bucket = bucket_of(x, y, len(count))
                if len(found) > 0:
                    found[count[bucket]] = i
                count[bucket] += 1
