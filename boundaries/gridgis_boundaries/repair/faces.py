"""The faces between edges, and which areas say that they cover each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order

from gridgis.errors import InvalidGeometryError
from gridgis_boundaries.repair.segments import lines_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis_boundaries.repair.noding import Edges

    Ints = NDArray[np.int64]
    Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Faces:
    """Faces, the last of which is all that lies outside and has no shape.

    `shapes` polygons; `claims` the areas that cover each; `sides` (n, 2) the faces at the edges'
    two sides; `edges` those edges; `length_m` of each.
    """

    shapes: Shapes
    claims: list[frozenset[int]]
    sides: Ints
    edges: Edges
    length_m: NDArray[np.float64]

    @property
    def outside(self) -> int:
        """The face that has no bounds."""
        return len(self.shapes)

    def at_edges(self, flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say which faces have an edge with the flag."""
        found = np.zeros(len(self.shapes) + 1, dtype=bool)
        found[self.sides[flags]] = True
        return found


def faces(edges: Edges, length_m: NDArray[np.float64], outside: frozenset[int]) -> Faces:
    """Return the faces of edges that meet at nodes only; `outside` covers what has no bounds.

    Whether an area covers a face is counted from outside: each of its edges that is crossed turns
    the answer. So it holds for faces of any width, and for rings that cross themselves.
    """
    shapes = shapely.get_parts(shapely.polygonize(lines_of(edges.nodes[edges.ends])))
    sides = _sides(edges, shapes)
    kept = sides[:, 0] != sides[:, 1]
    edges = _only(edges, kept)
    claims = _claims(edges, sides[kept], len(shapes), outside)
    return Faces(shapes, claims, sides[kept], edges, length_m[kept])


def _only(edges: Edges, kept: NDArray[np.bool_]) -> Edges:
    if kept.all():
        return edges
    place = np.cumsum(kept) - 1
    of = edges.of[kept[edges.of[:, 0]]]
    loose, frozen, bridge, fixed = (flag[kept] for flag in edges.flags)
    return type(edges)(
        edges.nodes,
        edges.ends[kept],
        loose,
        frozen,
        bridge,
        fixed,
        np.column_stack((place[of[:, 0]], of[:, 1])),
        edges.corners,
        edges.near,
    )


def _sides(edges: Edges, shapes: Shapes) -> Ints:
    """Return the faces at each edge; what has no face there has the outside."""
    rings, face = shapely.get_rings(shapes, return_index=True)
    at, ring = shapely.get_coordinates(rings, return_index=True)
    keys = at[:, 0] + 1j * at[:, 1]
    nodes = edges.nodes[:, 0] + 1j * edges.nodes[:, 1]
    order = np.argsort(nodes, kind="stable")
    node = order[np.searchsorted(nodes[order], keys)] if len(keys) else np.zeros(0, dtype=int)
    inside = ring[1:] == ring[:-1]
    pairs = np.sort(np.column_stack((node[:-1], node[1:]))[inside], axis=1)
    owner = face[ring[:-1][inside]]
    count = len(edges.nodes)
    wanted = edges.ends[:, 0] * count + edges.ends[:, 1]
    by_key = np.argsort(wanted, kind="stable")
    edge = by_key[np.searchsorted(wanted[by_key], pairs[:, 0] * count + pairs[:, 1])]
    sides = np.full((len(edges.ends), 2), len(shapes), dtype=np.int64)
    first_of = np.argsort(edge, kind="stable")
    edge, owner = edge[first_of], owner[first_of]
    again = np.concatenate(([False], edge[1:] == edge[:-1]))
    sides[edge[~again], 0] = owner[~again]
    sides[edge[again], 1] = owner[again]
    return sides


def _claims(edges: Edges, sides: Ints, outside: int, known: frozenset[int]) -> list[frozenset[int]]:
    claims: list[frozenset[int] | None] = [None] * (outside + 1)
    claims[outside] = known
    size = outside + 1
    between = coo_array((np.ones(len(sides)), (sides[:, 0], sides[:, 1])), shape=(size, size))
    order, before = breadth_first_order(between.tocsr(), outside, directed=False)
    lesser, greater = sides.min(axis=1), sides.max(axis=1)
    keys = lesser * size + greater
    by_key = np.argsort(keys, kind="stable")
    reached = order[1:]
    crossing = np.minimum(reached, before[reached]) * size + np.maximum(reached, before[reached])
    turning = edges.areas_of(by_key[np.searchsorted(keys[by_key], crossing)])
    for face, turns in zip(reached.tolist(), turning, strict=True):
        there = claims[int(before[face])]
        claims[face] = None if there is None else there ^ turns
    if any(claim is None for claim in claims):
        msg = "the lines of the areas do not enclose their ground; nothing was repaired"
        raise InvalidGeometryError(msg)
    return [claim for claim in claims if claim is not None]
