"""Roads as a net of their own vertices, and the shortest way through it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from gridgis_boundaries.planes import segment_m

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Net:
    """The segments of lines, joined where they share a vertex to the last bit.

    Attributes
    ----------
    nodes
        Their vertices, each once, (n, 2), degrees, longitude first.
    start, end
        The nodes of each segment.
    """

    nodes: NDArray[np.float64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]

    @classmethod
    def of(cls, lines: NDArray[np.object_]) -> Net:
        """Make a net of LineStrings, EPSG:4326."""
        vertices, line = shapely.get_coordinates(lines, return_index=True)
        nodes, node = np.unique(vertices, axis=0, return_inverse=True)
        node = node.reshape(-1)
        joined = line[:-1] == line[1:]
        return cls(nodes, node[:-1][joined], node[1:][joined])

    def segments(self) -> NDArray[np.object_]:
        """Return each segment as a line, EPSG:4326."""
        both = np.stack((self.nodes[self.start], self.nodes[self.end]), axis=1)
        return np.asarray(shapely.linestrings(both), dtype=object)

    def with_spot(self, segment: int, spot: NDArray[np.float64]) -> tuple[Net, int]:
        """Return a net with one node more, on a segment, and the node; at an end it is that one."""
        for node in (self.start[segment], self.end[segment]):
            if (self.nodes[node] == spot).all():
                return self, int(node)
        node = len(self.nodes)
        # The two halves take the segment's place: a second spot must not find the whole one.
        start = np.append(self.start, node)
        end = np.append(self.end, self.end[segment])
        end[segment] = node
        return Net(np.vstack((self.nodes, spot)), start, end), node

    def only(self, segments: NDArray[np.bool_]) -> Net:
        """Return a net of some of the segments; nodes keep their numbers."""
        return Net(self.nodes, self.start[segments], self.end[segments])

    def shortest(self, sources: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Return the metres from each source to each node (inf: no way), and the node before it."""
        low, high = np.minimum(self.start, self.end), np.maximum(self.start, self.end)
        keys, first = np.unique(low * len(self.nodes) + high, return_index=True)
        metres = segment_m(self.nodes[self.start[first]], self.nodes[self.end[first]])
        # A way of no length is no entry of a sparse array.
        metres = np.maximum(metres, np.finfo(float).tiny)
        size = len(self.nodes)
        graph = csr_array((metres, (keys // size, keys % size)), shape=(size, size))
        away_m, before = dijkstra(graph, directed=False, indices=sources, return_predecessors=True)
        return away_m, before

    def way(self, before: NDArray[np.int32], target: int) -> shapely.LineString:
        """Return the way to a node by the nodes before each, as :meth:`shortest` gives them."""
        nodes = [target]
        while before[nodes[-1]] >= 0:
            nodes.append(int(before[nodes[-1]]))
        return shapely.LineString(self.nodes[nodes[::-1]])
