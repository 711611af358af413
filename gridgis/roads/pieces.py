"""The raster that finds the roads around a point."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gridgis.locate.metres import metres_per_degree_lat, metres_per_degree_lon
from gridgis.roads.kernels.shapes import Pieces
from gridgis.roads.kernels.sorting import sort_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CELL_M = 100.0


def build_pieces(lon: Floats, lat: Floats, start: NDArray[np.int64], length_m: Floats) -> Pieces:
    """Sort the straight pieces of roads into cells.

    Parameters
    ----------
    lon, lat
        Vertices of all roads one after the other, EPSG:4326 degrees.
    start
        A road's vertices are start[r] to start[r + 1]; int64 [roads + 1].
    length_m
        How long each road is.
    """
    middle = float(np.median(lat)) if len(lat) else 0.0
    cell_deg = np.array(
        [CELL_M / metres_per_degree_lon(middle), CELL_M / metres_per_degree_lat(middle)]
    )
    along_m = _along_m(lon, lat, start, length_m)
    # A vertex that ends a road begins no piece.
    begins = np.ones(len(lon), dtype=np.bool_)
    begins[start[1:] - 1] = False
    piece = np.flatnonzero(begins).astype(np.int32)
    road = (np.searchsorted(start, piece, side="right") - 1).astype(np.int32)
    buckets = 1 << max(4, math.ceil(math.log2(len(piece) + 1)))
    count = np.zeros(buckets, dtype=np.int64)
    sort_in(lon, lat, piece, cell_deg, count, np.empty(0, dtype=np.int32))
    bucket = np.concatenate([[0], np.cumsum(count)])
    found = np.empty(int(bucket[-1]), dtype=np.int32)
    sort_in(lon, lat, piece, cell_deg, bucket[:-1].copy(), found)
    return Pieces(lon, lat, along_m, start, bucket, piece[found], road[found], cell_deg)


def _along_m(lon: Floats, lat: Floats, start: NDArray[np.int64], length_m: Floats) -> Floats:
    """Return the metres from a road's first vertex to each, so that the last has the length."""
    scale_x = np.array([metres_per_degree_lon(one) for one in lat[start[:-1]].tolist()])
    scale_y = np.array([metres_per_degree_lat(one) for one in lat[start[:-1]].tolist()])
    road = np.repeat(np.arange(len(start) - 1), np.diff(start))
    step = np.hypot(
        np.diff(lon, prepend=lon[:1]) * scale_x[road], np.diff(lat, prepend=lat[:1]) * scale_y[road]
    )
    step[start[:-1]] = 0.0
    total = np.cumsum(step)
    along = total - total[start[:-1]][road]
    drawn = along[start[1:] - 1]
    drawn[drawn == 0.0] = 1.0
    return np.asarray(along * (length_m / drawn)[road])
