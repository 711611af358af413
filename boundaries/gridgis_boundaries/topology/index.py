"""Which edges lie near: a tree over those that were there, and a list of those that came since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridgis_boundaries.topology.parts import Edge

_MOST_SINCE = 500


class EdgeIndex:
    """The boxes of edges; edges that are gone are left out when asked."""

    def __init__(self, edges: Sequence[Edge]) -> None:
        self._grow(edges)

    def add(self, edge: Edge) -> None:
        """Know an edge that came."""
        # A number may come back with another line, after an undo.
        if self._known.get(edge.id) is not edge:
            self._fresh[edge.id] = edge

    def drop(self, edge: Edge) -> None:
        """Forget an edge that went."""
        self._fresh.pop(edge.id, None)

    def meeting(self, box: shapely.Polygon, edges: Mapping[int, Edge]) -> list[int]:
        """Return the numbers of the edges whose boxes meet a box, of those that there are."""
        if len(self._fresh) > _MOST_SINCE:
            self._grow(list(edges.values()))
        fresh = list(self._fresh.values())
        met: list[Edge] = [self._edges[at] for at in self._tree.query(box).tolist()]
        found = [edge.id for edge in met if edges.get(edge.id) is edge]
        if fresh:
            near = shapely.intersects(_boxes(fresh), box)
            found += [edge.id for edge, is_near in zip(fresh, near, strict=True) if is_near]
        return sorted(found)

    def _grow(self, edges: Sequence[Edge]) -> None:
        self._fresh: dict[int, Edge] = {}
        self._edges = list(edges)
        self._known = {edge.id: edge for edge in edges}
        self._tree = shapely.STRtree(_boxes(edges) if edges else [])


def _boxes(edges: Sequence[Edge]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    corners = np.concatenate([edge.points for edge in edges])
    first = np.cumsum([0, *(len(edge.points) for edge in edges[:-1])])
    low = np.minimum.reduceat(corners, first)
    high = np.maximum.reduceat(corners, first)
    found: np.ndarray[tuple[int], np.dtype[np.object_]] = shapely.box(
        low[:, 0], low[:, 1], high[:, 0], high[:, 1]
    )
    return found
