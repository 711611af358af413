"""The corner or border that a spot means."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gridgis.errors import EditRefusedError
from gridgis.locate.metres import metres_per_degree_lat, metres_per_degree_lon
from gridgis_boundaries.topology.parts import point_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from gridgis_boundaries.topology.parts import Edge, Point
    from gridgis_boundaries.topology.planar import Topology

    Floats = NDArray[np.float64]

NEAR_M = 2.0
"""A spot may lie this far from the corner or border that it means, unless it is the very corner."""


class Spot(NamedTuple):
    """A spot on an edge: on the side that begins at corner `at`, or that corner itself."""

    edge: Edge
    at: int
    is_corner: bool
    distance_m: float
    point: Point


def corner(topology: Topology, spot: Point, edges: Iterable[int] | None = None) -> Spot:
    """Return the corner that a spot means: the very same, else the nearest within two metres.

    `edges` are those that may be meant; None: all.

    Raises
    ------
    EditRefusedError
        There is no corner.
    """
    edge = _edge_at_node(topology, spot)
    if edge is not None and edges is None:
        at = 0 if edge.start == spot else len(edge.points) - 1
        return Spot(edge, at, True, 0.0, spot)
    found = [_corner_of(topology.edges[number], spot) for number in _near(topology, spot, edges)]
    best = min(found, key=lambda each: (each.distance_m, each.edge.id), default=None)
    if best is None or best.distance_m > NEAR_M:
        msg = f"there is no corner of a border within {NEAR_M:g} m of {spot[0]:.7f} {spot[1]:.7f}"
        raise EditRefusedError(msg, spot)
    return best


def side(
    topology: Topology, spot: Point, edges: Iterable[int] | None = None, within_m: float = NEAR_M
) -> Spot:
    """Return the side of an edge that a spot lies on: the nearest within so many metres.

    Raises
    ------
    EditRefusedError
        There is no border there.
    """
    edge = _edge_at_node(topology, spot)
    if edge is not None and edges is None:
        return Spot(edge, 0 if edge.start == spot else len(edge.points) - 1, True, 0.0, spot)
    found = [_side_of(topology.edges[number], spot) for number in _near(topology, spot, edges)]
    best = min(found, key=lambda each: (each.distance_m, each.edge.id), default=None)
    if best is None or best.distance_m > within_m:
        msg = f"there is no border within {within_m:g} m of {spot[0]:.7f} {spot[1]:.7f}"
        raise EditRefusedError(msg, spot)
    return best


def corner_by(spot: Spot, within_m: float) -> Spot:
    """Return the corner of its edge that a spot is as near to as this, else the spot."""
    near = _corner_of(spot.edge, spot.point)
    return near if near.distance_m <= within_m else spot


def _edge_at_node(topology: Topology, spot: Point) -> Edge | None:
    numbers = topology.at_node.get(spot)
    return topology.edges[min(numbers)] if numbers else None


def _near(topology: Topology, spot: Point, edges: Iterable[int] | None) -> list[int]:
    if edges is not None:
        return sorted(edges)
    reach = NEAR_M / _scale(spot)
    box = shapely.box(*(np.array(spot) - reach), *(np.array(spot) + reach))
    return topology.edges_near(box)


def _scale(spot: Point) -> Floats:
    """Return the metres of a degree of longitude and of latitude at a spot."""
    return np.array([metres_per_degree_lon(spot[1]), metres_per_degree_lat(spot[1])])


def _scaled(edge: Edge, spot: Point) -> Floats:
    """Return the corners of an edge in metres from a spot, on its tangent plane."""
    corners: Floats = (edge.points - np.array(spot)) * _scale(spot)
    return corners


def _corner_of(edge: Edge, spot: Point) -> Spot:
    far = np.hypot(*_scaled(edge, spot).T)
    at = int(np.argmin(far))
    return Spot(edge, at, True, float(far[at]), point_of(edge.points[at]))


def _side_of(edge: Edge, spot: Point) -> Spot:
    corners = _scaled(edge, spot)
    start, along = corners[:-1], np.diff(corners, axis=0)
    length2 = np.einsum("ij,ij->i", along, along)
    share = np.clip(-np.einsum("ij,ij->i", start, along) / np.maximum(length2, 1e-30), 0, 1)
    far = np.hypot(*(start + along * share[:, None]).T)
    at = int(np.argmin(far))
    if share[at] in {0.0, 1.0}:
        near = at + int(share[at])
        return Spot(edge, near, True, float(far[at]), point_of(edge.points[near]))
    on_it = edge.points[at] + (edge.points[at + 1] - edge.points[at]) * share[at]
    return Spot(edge, at, False, float(far[at]), point_of(on_it))
