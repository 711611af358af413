"""Shapes that lie in each other exactly, to the last bit."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.shapes import as_multipolygons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# A centimetre, and where that is not enough ten and a metre: seven digits say a corner exactly.
_GRIDS_DEG = (1e-7, 1e-6, 1e-5)


def nested(shapes: Sequence[shapely.Geometry]) -> list[shapely.MultiPolygon]:
    """Return polygons, smallest first, so that each covers the one before it.

    Uniting polygons rounds the corners where their lines cross, and a hair of the smaller one would
    stick out. So all lines are cut where they meet, once; the faces between them are sorted by the
    smallest polygon that they belong to, and each polygon is made of whole faces. The answer is
    looked at, and when a hair is left it is made again on a coarser grid.

    >>> inner, outer = nested([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3)])
    >>> outer.area, outer.covers(inner)
    (7.0, True)
    """
    for grid_deg in _GRIDS_DEG:
        found = _of_faces(shapes, grid_deg)
        if all(shape.is_valid for shape in found) and all(
            smaller.is_empty or larger.covers(smaller) for smaller, larger in pairwise(found)
        ):
            break
    return found


def _of_faces(shapes: Sequence[shapely.Geometry], grid_deg: float) -> list[shapely.MultiPolygon]:
    if all(shapely.is_empty(list(shapes))):
        return [shapely.MultiPolygon()] * len(shapes)
    lines = shapely.union_all(shapely.boundary(list(shapes)), grid_size=grid_deg)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    smallest = _smallest(shapes, faces)
    found = []
    for number in range(len(shapes)):
        own = faces[smallest <= number]
        whole = shapely.coverage_union_all(own) if len(own) else shapely.MultiPolygon()
        made = as_multipolygons(np.array([whole], dtype=object))[0]
        found.append(shapely.MultiPolygon() if made is None else made)
    return found


def _smallest(shapes: Sequence[shapely.Geometry], faces: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return to which polygon each face belongs first; len(shapes): it is a hole of all."""
    inside = shapely.point_on_surface(faces)
    smallest = np.full(len(faces), len(shapes), dtype=np.int64)
    for number in range(len(shapes) - 1, -1, -1):
        shapely.prepare(shapes[number])
        smallest[shapely.intersects(shapes[number], inside)] = number
    return smallest
