"""A line as a planner draws it: by hand, along a road between clicks, snapped to what is there."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.errors import InvalidInputError
from gridgis.locate.metres import metres_per_degree_lat, metres_per_degree_lon
from gridgis_boundaries.edits.snapping import snap
from gridgis_boundaries.edits.tracing import trace
from gridgis_boundaries.topology.parts import line_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis_boundaries.edits.reading import Fields
    from gridgis_boundaries.edits.state import State
    from gridgis_boundaries.topology import Point

    Floats = NDArray[np.float64]
    Shapes = NDArray[np.object_]

# A way along roads may leave the box around its clicks by as much as this.
_AROUND_M = 500.0


def read_line(state: State, fields: Fields) -> Floats:
    """Return the line of an operation: lon and lat, EPSG:4326, shape (n, 2).

    With ``along`` its points are clicks, and the line follows the guide of that name between them;
    with ``snap_m`` its corners go to what lies within so many metres: the guides that ``snap_to``
    names, cells and borders; without ``snap_to`` to all of these.

    Raises
    ------
    InvalidInputError
        There is no such guide, no way leads along it, or a field is wrong.
    """
    points = fields.points("line")
    along = fields.text_or_none("along")
    if along is not None:
        points = _along(points, _guide(state, along))
    if not fields.has("snap_m"):
        return line_of(np.array(points))
    line = shapely.LineString(points)
    targets = _targets(state, fields.texts("snap_to"), line)
    snapped = snap(line, targets, fields.metres("snap_m")).line
    return line_of(shapely.get_coordinates(snapped))


def _guide(state: State, name: str) -> Shapes:
    if name not in state.guides:
        known = ", ".join(state.guides) or "none; `gridgis roads import FILE` brings roads"
        msg = f"there is no guide {name!r} to draw along; there is {known}"
        raise InvalidInputError(msg)
    return state.guides[name]


def _along(clicks: list[Point], roads: Shapes) -> list[Point]:
    """Return the way through clicks; it begins and ends in the clicks themselves."""
    tree = shapely.STRtree(roads)
    found = [clicks[0]]
    for start, end in pairwise(clicks):
        box = _around(shapely.LineString([start, end]))
        near = roads[tree.query(box, predicate="intersects")]
        found += [(float(x), float(y)) for x, y in trace(near, start, end).coords]
    found.append(clicks[-1])
    return [spot for at, spot in enumerate(found) if at == 0 or spot != found[at - 1]]


def _around(line: shapely.LineString) -> shapely.Polygon:
    """Return the box around a line, as wide as a way along it may need."""
    low_lon, low_lat, high_lon, high_lat = line.bounds
    lat = (low_lat + high_lat) / 2
    lon_deg, lat_deg = (
        _AROUND_M / metres_per_degree_lon(lat),
        _AROUND_M / metres_per_degree_lat(lat),
    )
    return shapely.box(low_lon - lon_deg, low_lat - lat_deg, high_lon + lon_deg, high_lat + lat_deg)


def _targets(state: State, names: list[str], line: shapely.LineString) -> list[shapely.Geometry]:
    near = _around(line)
    found: list[shapely.Geometry] = []
    for name in names or [*state.guides, "cells", "borders"]:
        if name == "borders":
            edges = (state.topology.edges[number] for number in state.topology.edges_near(near))
            found += [shapely.LineString(edge.points) for edge in edges]
        elif name == "cells":
            cells = state.cells
            found += [] if cells is None else [*cells.geometry.iloc[cells.sindex.query(near)]]
        else:
            guide = _guide(state, name)
            found += guide[shapely.intersects(guide, near)].tolist()
    return found
