"""Move, add and take away the corners of borders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.errors import EditRefusedError
from gridgis_boundaries.topology import cutting, finding
from gridgis_boundaries.topology.parts import Edge, point_of, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis_boundaries.edits.state import State
    from gridgis_boundaries.topology.finding import Spot
    from gridgis_boundaries.topology.parts import Point

    Points = NDArray[np.float64]

_FEWEST = 2


def move_node(state: State, at: Point, to: Point) -> Point:
    """Move a corner, where borders meet or on the way, and return where it was.

    Raises
    ------
    EditRefusedError
        There is no corner, there is one where it shall go, or the border may not be redrawn.
    """
    topology, target = state.topology, rounded(to)
    spot = finding.corner(topology, at)
    if spot.point == target:
        msg = f"the corner lies at {target[0]:.7f} {target[1]:.7f} already"
        raise EditRefusedError(msg, target)
    if target in topology.at_node:
        msg = f"borders meet at {target[0]:.7f} {target[1]:.7f} already; merge areas, or reshape"
        raise EditRefusedError(msg, target)
    numbers = topology.at_node.get(spot.point, {spot.edge.id})
    edges = [topology.edges[number] for number in sorted(numbers)]
    state.require_free(edges)
    for edge in edges:
        points = np.array(edge.points)
        points[np.all(points == np.array(spot.point), axis=1)] = target
        cutting.replace(topology, edge, points)
    return spot.point


def insert_vertex(state: State, at: Point, to: Point | None) -> Point:
    """Add a corner to the border at a spot, there or at `to`, and return where it is.

    Raises
    ------
    EditRefusedError
        There is no border, there is a corner already, or the border may not be redrawn.
    """
    spot = finding.side(state.topology, at)
    state.require_free([spot.edge])
    if spot.is_corner:
        msg = f"there is a corner already at {spot.point[0]:.7f} {spot.point[1]:.7f}; move it"
        raise EditRefusedError(msg, spot.point)
    new = rounded(to or spot.point)
    points = np.insert(spot.edge.points, spot.at + 1, np.array(new), axis=0)
    cutting.replace(state.topology, spot.edge, points)
    return new


def delete_vertex(state: State, at: Point) -> Point:
    """Take a corner out of a border, and return where it was.

    Raises
    ------
    EditRefusedError
        There is no corner, borders meet in it, or the border may not be redrawn.
    """
    spot = finding.corner(state.topology, at)
    edge = spot.edge
    is_loop = edge.start == edge.end
    meeting = state.topology.at_node.get(spot.point, set())
    if meeting and not (is_loop and len(meeting) == 1):
        msg = f"borders meet at {spot.point[0]:.7f} {spot.point[1]:.7f}; the corner must stay"
        raise EditRefusedError(msg, spot.point)
    state.require_free([edge])
    points = np.delete(edge.points, spot.at, axis=0)
    if meeting:
        points = np.vstack((edge.points[1:-1], edge.points[1:2]))
    cutting.replace(state.topology, edge, points)
    return spot.point


def reshape_edge(state: State, line: Points) -> Points:
    """Let a border run along a line between the line's ends, and return the line as it was laid.

    Both ends lie on one border, between two junctions at most.

    Raises
    ------
    EditRefusedError
        The ends lie on no border or on two, or the border may not be redrawn.
    """
    topology = state.topology
    ends = [_corner_on(state, point_of(line[at])) for at in (0, -1)]
    numbers = [_edges_at(state, point) for point in ends]
    shared = sorted(numbers[0] & numbers[1])
    if ends[0] == ends[1] or not shared:
        msg = (
            "the line must begin and end on one border, between two junctions; "
            f"{ends[0][0]:.7f} {ends[0][1]:.7f} and {ends[1][0]:.7f} {ends[1][1]:.7f} lie on two"
        )
        raise EditRefusedError(msg, ends[1])
    edge = _nearest_to(state, shared, line)
    state.require_free([edge])
    corners = [ends[0], *(rounded(point_of(row)) for row in line[1:-1]), ends[1]]
    kept = [corner for at, corner in enumerate(corners) if at == 0 or corner != corners[at - 1]]
    laid = np.array(kept)
    first, last = (_position(edge, end, at) for at, end in enumerate(ends))
    if first > last:
        first, last, laid = last, first, laid[::-1]
    points = np.vstack((edge.points[:first], laid, edge.points[last + 1 :]))
    cutting.replace(topology, edge, points)
    return laid


def _corner_on(state: State, point: Point) -> Point:
    """Return the corner of a border where a line ends, a new one where there is none."""
    spot: Spot = finding.side(state.topology, point)
    if spot.is_corner:
        return spot.point
    state.require_free([spot.edge])
    new = rounded(spot.point)
    points = np.insert(spot.edge.points, spot.at + 1, np.array(new), axis=0)
    cutting.replace(state.topology, spot.edge, points)
    return new


def _edges_at(state: State, point: Point) -> set[int]:
    topology = state.topology
    numbers = topology.at_node.get(point)
    return set(numbers) if numbers else {finding.corner(topology, point).edge.id}


def _nearest_to(state: State, numbers: list[int], line: Points) -> Edge:
    """Return which of several borders between the same two spots is meant: the nearest."""
    middle = np.mean(line, axis=0)
    edges = [state.topology.edges[number] for number in numbers]

    def far(edge: Edge) -> float:
        return float(np.min(np.hypot(*(edge.points - middle).T)))

    return min(edges, key=lambda edge: (far(edge), edge.id))


def _position(edge: Edge, corner: Point, which: int) -> int:
    found = np.flatnonzero(np.all(edge.points == np.array(corner), axis=1))
    # The node of a loop is its first and its last corner.
    return int(found[0] if which == 0 or len(found) < _FEWEST else found[-1])
