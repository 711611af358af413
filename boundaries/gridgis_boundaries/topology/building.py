"""A topology from polygons that are a partition already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.errors import InvalidGeometryError
from gridgis_boundaries.sizes import place
from gridgis_boundaries.topology.parts import OUTSIDE, Edge, Face, line_of
from gridgis_boundaries.topology.planar import Topology

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class _Sides:
    """The sides of all rings, each walked with its own face on the left.

    `lon_lat`: the distinct corners, shape (n, 2). Per side: `start` and `end`, numbers of corners;
    `left` and `right`, faces; `ring`, its ring; a ring's sides follow one another.
    """

    lon_lat: NDArray[np.float64]
    start: Ints
    end: Ints
    left: Ints
    right: Ints
    ring: Ints


def build(shapes: Shapes, faces: Sequence[Face]) -> Topology:
    """Return the topology of areas that share their borders node for node.

    Corners keep their doubles. Where nobody covers the ground between areas, that ground is a face
    of its own without a code.

    Parameters
    ----------
    shapes
        Polygons or MultiPolygons, EPSG:4326, longitude first, none inside another.
    faces
        The areas' facts, one a shape; their numbers are 0..n-1 in this order.

    Raises
    ------
    InvalidGeometryError
        The shapes are no partition: a border is not shared node for node; the message says where.

    Examples
    --------
    >>> two = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> built = build(two, [Face(0, "A"), Face(1, "B")])
    >>> sorted((edge.left, edge.right) for edge in built.edges.values())
    [(0, -1), (0, 1), (1, -1)]
    """
    _require_coverage(shapes, faces)
    sides, grounds = _sides(shapes)
    holes = [Face(len(faces) + at) for at in range(grounds)]
    edges = _edges(sides)
    return Topology(edges, [*faces, *holes, Face(OUTSIDE)])


def _require_coverage(shapes: Shapes, faces: Sequence[Face]) -> None:
    for at in np.flatnonzero(~shapely.is_valid(shapes) | shapely.is_empty(shapes)).tolist():
        msg = (
            f"{faces[at].level} {faces[at].code} is no valid shape "
            f"({shapely.is_valid_reason(shapes[at])}); `gridgis boundaries repair` mends it"
        )
        raise InvalidGeometryError(msg)
    if shapely.coverage_is_valid(shapes):
        return
    wrong = shapely.coverage_invalid_edges(shapes)
    first = int(np.flatnonzero(~shapely.is_empty(wrong))[0])
    lon, lat = place(wrong[first])
    msg = (
        f"the border of {faces[first].level} {faces[first].code} does not meet its neighbour's "
        f"node for node at {lon:.7f} {lat:.7f}; `gridgis boundaries repair` mends it"
    )
    raise InvalidGeometryError(msg)


def _sides(shapes: Shapes) -> tuple[_Sides, int]:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(shapely.orient_polygons(parts), return_index=True)
    lon_lat, ring = shapely.get_coordinates(rings, return_index=True)
    lon_lat = lon_lat + 0.0
    corners, number = _distinct(lon_lat)
    # The last corner of a ring is its first again.
    last = np.append(ring[1:] != ring[:-1], True)
    start, end, ring = number[~last], number[np.flatnonzero(~last) + 1], ring[~last]
    left = owner[part[ring]].astype(np.int64)
    right = _across(start, end, left, len(corners))
    grounds = _name_grounds(shapes, corners, (start, end, right), len(shapes))
    return _Sides(corners, start, end, left, right, ring), grounds


def _distinct(lon_lat: NDArray[np.float64]) -> tuple[NDArray[np.float64], Ints]:
    """Return the distinct rows in the order of lon, then lat, and the number of each row."""
    order = np.lexsort((lon_lat[:, 1], lon_lat[:, 0]))
    sorted_rows = lon_lat[order]
    first = np.append(True, np.any(sorted_rows[1:] != sorted_rows[:-1], axis=1))
    number = np.empty(len(lon_lat), dtype=np.int64)
    number[order] = np.cumsum(first) - 1
    return sorted_rows[first], number


def _across(start: Ints, end: Ints, left: Ints, corners: int) -> Ints:
    """Return the face on the right of each side: that which walks it the other way."""
    key, twin = start * corners + end, end * corners + start
    order = np.argsort(key)
    at = np.minimum(np.searchsorted(key[order], twin), len(key) - 1)
    found = order[at]
    return np.where(key[found] == twin, left[found], OUTSIDE)


def _name_grounds(
    shapes: Shapes, corners: NDArray[np.float64], sides: tuple[Ints, Ints, Ints], areas: int
) -> int:
    """Give each hole of the union a number, in `right`; return how many there are."""
    start, end, right = sides
    whole = shapely.get_parts(shapely.coverage_union_all(shapes))
    holes = [shapely.Polygon(ring) for part in whole for ring in part.interiors]
    if not holes:
        return 0
    open_sides = np.flatnonzero(right == OUTSIDE)
    keys = np.sort(np.column_stack((start[open_sides], end[open_sides])), axis=1)
    face = np.full(len(open_sides), OUTSIDE)
    for outline, number in _outlines_in_holes(whole, holes, areas):
        lon_lat = shapely.get_coordinates(outline) + 0.0
        at = _numbers_of(lon_lat, corners)
        own = np.sort(np.column_stack((at[:-1], at[1:])), axis=1)
        face[_member(keys, own, len(corners))] = number
    right[open_sides] = face
    return len(holes)


def _outlines_in_holes(
    whole: Shapes, holes: list[shapely.Polygon], areas: int
) -> list[tuple[shapely.LinearRing, int]]:
    """Return the rings that bound nobody's ground: holes, and the islands that lie in one."""
    found = [(hole.exterior, areas + at) for at, hole in enumerate(holes)]
    island, hole = shapely.STRtree(holes).query(whole, predicate="covered_by")
    for at in np.unique(island):
        smallest = min(hole[island == at], key=lambda each: holes[each].area)
        found.append((whole[at].exterior, areas + int(smallest)))
    return found


def _numbers_of(lon_lat: NDArray[np.float64], corners: NDArray[np.float64]) -> Ints:
    both = np.vstack((corners, lon_lat))
    _, number = _distinct(both)
    # Every row is one of the corners, which are distinct and in order.
    return number[len(corners) :]


def _member(keys: Ints, own: Ints, corners: int) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.isin(
        keys[:, 0] * corners + keys[:, 1], own[:, 0] * corners + own[:, 1]
    )
    return found


def _edges(sides: _Sides) -> list[Edge]:
    """Cut the rings at the nodes; of the two walks along one edge keep one."""
    node = _is_node(sides)
    edges: list[Edge] = []
    bounds = np.flatnonzero(np.append(True, sides.ring[1:] != sides.ring[:-1])).tolist()
    for first, stop in zip(bounds, [*bounds[1:], len(sides.ring)], strict=True):
        cuts = np.flatnonzero(node[sides.start[first:stop]]) + first
        around = np.append(np.arange(cuts[0], stop), np.arange(first, cuts[0]))
        places = (cuts - cuts[0]).tolist()
        for begin, end in zip(places, [*places[1:], stop - first], strict=True):
            walked = around[begin:end]
            left, right = int(sides.left[walked[0]]), int(sides.right[walked[0]])
            if right != OUTSIDE and right < left:
                continue
            corners = np.append(sides.start[walked], sides.end[walked[-1]])
            edges.append(Edge(len(edges), line_of(sides.lon_lat[corners]), left, right))
    return edges


def _is_node(sides: _Sides) -> NDArray[np.bool_]:
    """Say which corners are nodes: where other than two sides meet, or a side has another face.

    A ring without any becomes a loop from its first corner by lon, then lat.
    """
    corners = len(sides.lon_lat)
    once = (sides.right < sides.left) & (sides.right >= 0)
    start, end = sides.start[~once], sides.end[~once]
    meeting = np.bincount(start, minlength=corners) + np.bincount(end, minlength=corners)
    node: NDArray[np.bool_] = meeting != 2  # noqa: PLR2004 - a corner on the way
    follows = np.append(sides.ring[1:] == sides.ring[:-1], False)
    first = np.flatnonzero(np.append(True, ~follows[:-1]))
    before = np.arange(len(sides.start)) - 1
    before[first] = np.append(first[1:], len(sides.ring)) - 1
    node[sides.start[sides.right != sides.right[before]]] = True
    has_node = np.zeros(int(sides.ring.max()) + 1, dtype=bool)
    np.logical_or.at(has_node, sides.ring, node[sides.start])
    for ring in np.flatnonzero(~has_node):
        node[sides.start[sides.ring == ring].min()] = True
    return node
