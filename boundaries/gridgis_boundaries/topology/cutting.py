"""Cut the plane anew: corners on borders, faces along lines."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.errors import EditRefusedError
from gridgis_boundaries.topology import contours, finding
from gridgis_boundaries.topology.parts import Edge, Face, line_of, point_of, rounded

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from numpy.typing import NDArray

    from gridgis_boundaries.topology.finding import Spot
    from gridgis_boundaries.topology.parts import Point
    from gridgis_boundaries.topology.planar import Topology

    Points = NDArray[np.float64]

# A line that ends within this of a corner ends in the corner.
_SNAP_M = 0.05
# What a cut leaves of a line inside a face may end this far from its border: rounding.
_TOUCH_M = 0.05
# A line whose middle is as near as this to the border runs along it: a millimetre.
_ALONG_DEG = 1e-8


def replace(topology: Topology, edge: Edge, *lines: Points) -> list[Edge]:
    """Put other lines in the place of an edge, between the same faces, and return them."""
    topology.drop_edge(edge.id)
    return [topology.put_edge(Edge(0, line_of(points), edge.left, edge.right)) for points in lines]


def node_at(topology: Topology, spot: Spot, *, exact: bool) -> Point:
    """Make a node of a spot on an edge, and return it.

    A corner keeps its doubles. A new one is rounded, unless it must stay on the line (`exact`):
    then it is the double that is nearest to the line.
    """
    edge = spot.edge
    if spot.is_corner:
        if 0 < spot.at < len(edge.points) - 1:
            replace(topology, edge, edge.points[: spot.at + 1], edge.points[spot.at :])
        return spot.point
    point = spot.point if exact else rounded(spot.point)
    before, after = edge.points[: spot.at + 1], edge.points[spot.at + 1 :]
    if point in {point_of(before[-1]), point_of(after[0])}:
        # So near to a corner that it is the corner.
        at = spot.at + (point == point_of(after[0]))
        return node_at(topology, spot._replace(at=at, is_corner=True, point=point), exact=exact)
    new = np.array([point])
    replace(topology, edge, np.vstack((before, new)), np.vstack((new, after)))
    return point


def cut(
    topology: Topology,
    face: int,
    lines: Sequence[Points],
    exact: Callable[[Edge], bool],
    known: Container[Point] = frozenset(),
) -> list[int]:
    """Cut a face along lines that cross it, and return the faces that it became.

    The first keeps its number and facts, the others have numbers and no facts of their own yet.
    Parts of a line that end inside the face cut nothing and are left out. The ends of what is left
    become nodes of the border; the corners in between are rounded.

    Parameters
    ----------
    lines
        Lon and lat, EPSG:4326, shape (n, 2) each.
    exact
        Which edges of the border must stay on their line.
    known
        Corners of the lines that keep their doubles.
    """
    inner = [
        _laid(topology, face, points, exact, known) for points in _inside(topology, face, lines)
    ]
    across = [points for points in inner if len(points) > 1]
    parts = _parts(topology, face, across)
    if not parts:
        raise _too_near(across[0][0])
    if len(parts) == 1:
        return [face]
    numbers = [face, *(topology.new_face() for _ in parts[1:])]
    for number in numbers[1:]:
        topology.put_face(Face(number))
    owner = _owners(parts, numbers)
    for edge in [topology.edges[number] for number in sorted(topology.border[face])]:
        left = _owner(owner, edge.points) if edge.left == face else edge.left
        right = _owner(owner, edge.points[::-1]) if edge.right == face else edge.right
        if (left, right) != (edge.left, edge.right):
            topology.drop_edge(edge.id)
            topology.put_edge(Edge(0, edge.points, left, right))
    for points in across:
        left_part, right_part = owner.get(_side(points)), owner.get(_side(points[::-1]))
        # What bounds no part ends somewhere inside.
        if left_part is not None and right_part is not None and left_part != right_part:
            topology.put_edge(Edge(0, line_of(points), left_part, right_part))
    return numbers


def _inside(topology: Topology, face: int, lines: Sequence[Points]) -> list[Points]:
    """Return the parts of lines inside a face, cut where they cross one another."""
    ground = contours.polygon(topology, face)
    drawn = [shapely.LineString(points) for points in lines if len(points) > 1]
    crossing = shapely.intersection(shapely.union_all(drawn), ground)
    kept = [part for part in _lines(crossing) if shapely.length(part) > 0]
    if not kept:
        return []
    merged = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(kept)))
    middles = shapely.line_interpolate_point(merged, 0.5, normalized=True)
    # A part along the border divides nothing.
    far = shapely.distance(middles, shapely.boundary(ground))
    return [shapely.get_coordinates(part) for part in merged[far > _ALONG_DEG]]


def _lines(shape: shapely.Geometry) -> list[shapely.LineString]:
    parts = shapely.get_parts(shape)
    return [part for part in parts if part.geom_type == "LineString"]


def _laid(
    topology: Topology,
    face: int,
    points: Points,
    exact: Callable[[Edge], bool],
    known: Container[Point],
) -> Points:
    """Return a line with its ends on nodes of the border and its corners rounded."""
    given = [point_of(row) for row in points]
    corners = [corner if corner in known else rounded(corner) for corner in given]
    closed = bool(np.all(points[0] == points[-1]))
    ends = (0,) if closed else (0, len(points) - 1)
    for at in ends:
        corners[at] = _end(topology, face, given[at], exact) or corners[at]
    if closed:
        corners[-1] = corners[0]
    kept = [corner for at, corner in enumerate(corners) if at == 0 or corner != corners[at - 1]]
    return np.array(kept)


def _end(
    topology: Topology, face: int, point: Point, exact: Callable[[Edge], bool]
) -> Point | None:
    """Make a node of the border where a line ends and return it; None: it ends inside the face."""
    try:
        spot = finding.side(topology, point, topology.border[face], _TOUCH_M)
    except EditRefusedError:
        return None
    if not spot.is_corner:
        spot = finding.corner_by(spot, _SNAP_M)
    return node_at(topology, spot, exact=exact(spot.edge))


def _parts(topology: Topology, face: int, across: list[Points]) -> list[shapely.Polygon]:
    """Return the parts that lines divide a face into, from the south-west."""
    ground = contours.polygon(topology, face)
    border = [topology.edges[number].points for number in sorted(topology.border[face])]
    lines = [shapely.LineString(points) for points in (*border, *across)]
    made = shapely.get_parts(shapely.polygonize(lines))
    inside = shapely.covers(ground, shapely.point_on_surface(made))
    parts: list[shapely.Polygon] = shapely.orient_polygons(made[inside]).tolist()
    return sorted(parts, key=lambda part: (*part.bounds, part.area))


def _owners(parts: list[shapely.Polygon], numbers: list[int]) -> dict[tuple[Point, Point], int]:
    """Return which face lies on the left of each side, by its two corners."""
    owner = {}
    for part, number in zip(parts, numbers, strict=True):
        for ring in shapely.get_rings(part):
            corners = [*map(tuple, shapely.get_coordinates(ring).tolist())]
            owner.update(dict.fromkeys(pairwise(corners), number))
    return owner


def _owner(owner: dict[tuple[Point, Point], int], points: Points) -> int:
    """Return which face lies on the left of an edge of the border.

    None does where a line, with its corners rounded, leaves the face over this edge.
    """
    found = owner.get(_side(points))
    if found is None:
        raise _too_near(points[0])
    return found


def _too_near(spot: Points) -> EditRefusedError:
    lon, lat = place = point_of(spot)
    msg = (
        f"the line runs so near to the border at {lon:.7f} {lat:.7f} that it would cross it; "
        "lead it along the border or farther off"
    )
    return EditRefusedError(msg, place)


def _side(points: Points) -> tuple[Point, Point]:
    return point_of(points[0]), point_of(points[1])
