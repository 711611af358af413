"""Shapes as flat arrays: what the kernels walk over."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Outlines(NamedTuple):
    """The rings of n grids one after the other, every ring closed; degrees, longitude first.

    Attributes
    ----------
    vertices
        Shape (v, 2): lon, lat.
    rings
        Shape (r + 1,): where each ring's vertices begin.
    grids
        Shape (n + 1,): where each grid's rings begin.
    boxes
        Shape (n, 4): min_lon, min_lat, max_lon, max_lat; NaN for a grid without a shape.
    """

    vertices: NDArray[np.float64]
    rings: NDArray[np.int64]
    grids: NDArray[np.int64]
    boxes: NDArray[np.float64]


def outlines_of(shapes: NDArray[np.object_]) -> Outlines:
    """Return the outlines of polygons and multipolygons, EPSG:4326; an empty one has no ring.

    >>> outlines_of(np.array([shapely.box(0, 0, 1, 2)])).rings.tolist()
    [0, 5]
    """
    filled = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    parts, owner = shapely.get_parts(shapes[filled], return_index=True)
    vertices = np.empty((0, 2))
    offsets: tuple[NDArray[np.generic], ...] = (np.zeros(1), np.zeros(1))
    boxes = np.full((len(shapes), 4), np.nan)
    if len(filled):
        _, vertices, offsets = shapely.to_ragged_array(parts, include_z=False)
        boxes[filled] = shapely.bounds(shapes[filled])
    rings, polygons = (np.asarray(part, dtype=np.int64) for part in offsets)
    counts = np.bincount(filled[owner], minlength=len(shapes))
    return Outlines(
        np.ascontiguousarray(vertices, dtype=np.float64),
        rings,
        polygons[np.concatenate([[0], np.cumsum(counts)])],
        boxes,
    )
