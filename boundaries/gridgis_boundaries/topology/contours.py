"""The polygon of a face, or of several taken together, from the edges."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.errors import EditRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from gridgis_boundaries.topology.parts import Point
    from gridgis_boundaries.topology.planar import Topology

    Points = NDArray[np.float64]

# The outside is the plane without what lies in its holes; this box stands for the plane.
_PLANE = np.array([[-541.0, -271.0], [541.0, -271.0], [541.0, 271.0], [-541.0, 271.0]])


def bounding(topology: Topology, faces: Iterable[int]) -> set[int]:
    """Return the edges around faces taken together: those that just one of them bounds."""
    found: set[int] = set()
    for face in faces:
        found ^= topology.border[face]
    return found


def rings(topology: Topology, *faces: int) -> list[Points]:
    """Return the closed rings of faces taken together, lon and lat, the faces on their left.

    Outer rings turn left, holes turn right. A ring passes no node twice: where a contour does, it
    is two rings that meet there.
    """
    own = set(faces)
    around_them = [topology.edges[number] for number in sorted(bounding(topology, own))]
    walks = [edge.points if edge.left in own else edge.points[::-1] for edge in around_them]
    leaving: dict[Point, list[int]] = {}
    for at, points in enumerate(walks):
        leaving.setdefault(_node(points, 0), []).append(at)
    left, found = set(range(len(walks))), []
    while left:
        contour = _contour(min(left), walks, leaving, left)
        found += _simple_rings([walks[at] for at in contour])
    return found


def polygon(topology: Topology, *faces: int) -> shapely.MultiPolygon:
    """Return the ground of faces taken together as a MultiPolygon, EPSG:4326, lon before lat.

    It is made from the shared edges alone, so that neighbours have the same nodes.

    Raises
    ------
    EditRefusedError
        The edges bound no ground: a hole lies in no outer ring.
    """
    return _assembled(rings(topology, *faces))


def around(topology: Topology, face: int) -> shapely.Geometry:
    """Return the outside as a polygon: a box larger than the earth without all areas."""
    found = rings(topology, face)
    return _assembled([np.vstack((_PLANE, _PLANE[:1])), *found])


def signed_area(ring: Points) -> float:
    """Return the area of a closed ring in square degrees, negative when it turns right.

    The shoelace formula, from the first point, so that rounding stays small.

    >>> signed_area(np.array([[0, 0], [2, 0], [2, 1], [0, 1], [0, 0.0]]))
    2.0
    """
    x, y = (ring - ring[0]).T
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2


def _node(points: Points, at: int) -> Point:
    return float(points[at, 0]), float(points[at, 1])


def _contour(
    first: int, walks: Sequence[Points], leaving: dict[Point, list[int]], left: set[int]
) -> list[int]:
    """Follow a contour: at each node the first way to go, clockwise from where one came."""
    contour, at = [], first
    while at in left:
        left.discard(at)
        contour.append(at)
        ways = leaving[_node(walks[at], -1)]
        at = ways[0] if len(ways) == 1 else _sharpest(walks[at], ways, walks)
    return contour


def _sharpest(came: Points, ways: list[int], walks: Sequence[Points]) -> int:
    back = _angle(came[-1], came[-2])

    def clockwise(way: int) -> float:
        turn = (back - _angle(walks[way][0], walks[way][1])) % math.tau
        return turn or math.tau

    return min(ways, key=clockwise)


def _angle(start: Points, to: Points) -> float:
    return math.atan2(float(to[1] - start[1]), float(to[0] - start[0]))


def _simple_rings(walks: list[Points]) -> list[Points]:
    """Cut a contour where it comes to a node again."""
    found: list[Points] = []
    stack: list[Points] = []
    begun: dict[Point, int] = {}
    for points in walks:
        begun[_node(points, 0)] = len(stack)
        stack.append(points)
        if (end := _node(points, -1)) in begun:
            start = begun[end]
            loop, stack = stack[start:], stack[:start]
            for part in loop:
                begun.pop(_node(part, 0), None)
            found.append(np.vstack([*(part[:-1] for part in loop), loop[0][:1]]))
    return found


def _assembled(found: list[Points]) -> shapely.MultiPolygon:
    shells = [ring for ring in found if signed_area(ring) > 0]
    holes = [ring for ring in found if signed_area(ring) <= 0]
    if not holes:
        return shapely.MultiPolygon([shapely.Polygon(ring) for ring in shells])
    drawn = [shapely.Polygon(ring) for ring in shells]
    inside: list[list[Points]] = [[] for _ in shells]
    for hole in holes:
        inside[_shell_of(hole, drawn)].append(hole)
    return shapely.MultiPolygon(
        [shapely.Polygon(shell, own) for shell, own in zip(shells, inside, strict=True)]
    )


def _shell_of(hole: Points, shells: list[shapely.Polygon]) -> int:
    """Return the smallest outer ring that a hole lies in."""
    if len(shells) == 1:
        return 0
    ground = shapely.Polygon(hole)
    spot = shapely.point_on_surface(ground)
    around_it = [
        (shell.area, at)
        for at, shell in enumerate(shells)
        if shell.is_valid and ground.is_valid and shapely.covers(shell, spot)
    ]
    if not around_it:
        lon, lat = hole[0]
        msg = f"a hole at {lon:.7f} {lat:.7f} lies in no area"
        raise EditRefusedError(msg, (float(lon), float(lat)))
    return min(around_it)[1]
