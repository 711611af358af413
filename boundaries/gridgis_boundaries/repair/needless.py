"""Nodes that were made on the way and that nobody needs in the end.

Where an overlap was settled, an edge may have kept a node at which its neighbour turned before, or
one where a bridge ended. It is dropped when only two areas meet there, it is a corner of neither,
and the way around it is straight: so the edge is again the one that it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis_boundaries.repair.faces import Faces
    from gridgis_boundaries.repair.ground import Ground

    Shapes = NDArray[np.object_]
    Ints = NDArray[np.int64]

_ENDS = 2
# A node on the grid lies at most 0.71 steps off its line.
_STEPS = 1.0
_SHORTEST_RING = 4


def without_needless(pieces: Faces, label: list[int], shapes: Shapes, ground: Ground) -> Shapes:
    """Return shapes without the nodes that nobody needs."""
    needless, owners = _needless(pieces, np.array(label, dtype=np.int64), ground)
    if not len(needless):
        return shapes
    places = _complex(pieces.edges.nodes[needless])
    result = shapes.copy()
    for area in np.unique(owners[owners >= 0]).tolist():
        result[area] = _without(shapes[area], places)
    return result


def _needless(pieces: Faces, label: Ints, ground: Ground) -> tuple[Ints, Ints]:
    """Return nodes, and the labels of the areas at each, (n, 2)."""
    edges = pieces.edges
    sides = np.sort(label[pieces.sides], axis=1)
    border = np.flatnonzero(sides[:, 0] != sides[:, 1])
    node = edges.ends[border].ravel()
    order = np.argsort(node, kind="stable")
    node, edge = node[order], np.repeat(border, _ENDS)[order]
    unique, first, count = np.unique(node, return_index=True, return_counts=True)
    pairs = count == _ENDS
    unique, one, other = unique[pairs], edge[first[pairs]], edge[first[pairs] + 1]
    owners = sides[one]
    corner = np.zeros(len(unique), dtype=bool)
    stride = int(label.max()) + 2
    corners = edges.corners[:, 0] * stride + edges.corners[:, 1]
    for side in owners.T:
        corner |= np.isin(unique * stride + side, corners)
    at = ground.metres(edges.nodes)
    before, after = (edges.ends[each].sum(axis=1) - unique for each in (one, other))
    way, there = at[after] - at[before], at[unique] - at[before]
    length = np.hypot(*way.T)
    across = np.abs(way[:, 0] * there[:, 1] - way[:, 1] * there[:, 0])
    reach = _STEPS * ground.step * max(ground.east_m, ground.north_m)
    straight = (across <= reach * length) & (length > 0)
    straight &= ((way * there).sum(axis=1) > 0) & ((way * (at[after] - at[unique])).sum(axis=1) > 0)
    found = straight & ~corner
    return unique[found], owners[found]


def _without(shape: shapely.Geometry, places: NDArray[np.complex128]) -> shapely.Geometry:
    parts = []
    for part in shapely.get_parts(shape):
        rings = [_ring(ring, places) for ring in (part.exterior, *part.interiors)]
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _ring(ring: shapely.LinearRing, places: NDArray[np.complex128]) -> NDArray[np.float64]:
    at = shapely.get_coordinates(ring)[:-1]
    left = at[~np.isin(_complex(at), places)]
    if len(left) < _SHORTEST_RING - 1:
        left = at
    return np.vstack((left, left[:1]))


def _complex(at: NDArray[np.float64]) -> NDArray[np.complex128]:
    return np.asarray(at[:, 0] + 1j * at[:, 1])
