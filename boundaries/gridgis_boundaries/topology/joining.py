"""Join faces, and edges that are one border."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis_boundaries.topology.parts import Edge, line_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gridgis_boundaries.topology.parts import Point
    from gridgis_boundaries.topology.planar import Topology


def join(topology: Topology, face: int, into: int) -> None:
    """Give all ground of a face to another; the border between them goes, and so does the face."""
    ends: set[Point] = set()
    for number in sorted(topology.border[face]):
        edge = topology.drop_edge(number)
        left = into if edge.left == face else edge.left
        right = into if edge.right == face else edge.right
        ends |= {edge.start, edge.end}
        if left != right:
            topology.put_edge(Edge(0, edge.points, left, right))
    topology.drop_face(face)
    heal(topology, ends)


def heal(topology: Topology, nodes: Iterable[Point]) -> None:
    """Make one edge of two that meet, alone, in one of these nodes and part the same faces."""
    for node in sorted(nodes):
        meeting = sorted(topology.at_node.get(node, ()))
        if len(meeting) != 2:  # noqa: PLR2004 - two edges that go on into each other
            continue
        one, other = (topology.edges[number] for number in meeting)
        if one.start == one.end or other.start == other.end:
            continue
        if {one.left, one.right} != {other.left, other.right}:
            continue
        topology.drop_edge(one.id)
        topology.drop_edge(other.id)
        before = one if one.end == node else _turned(one)
        after = other if other.start == node else _turned(other)
        points = np.vstack((before.points, after.points[1:]))
        topology.put_edge(Edge(0, line_of(points), before.left, before.right))


def _turned(edge: Edge) -> Edge:
    return Edge(edge.id, edge.points[::-1], edge.right, edge.left)
