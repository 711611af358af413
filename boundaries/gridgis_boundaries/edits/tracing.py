"""Trace a line along roads between two clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.errors import InvalidInputError
from gridgis.reach.planes import Plane
from gridgis_boundaries.edits.snapping import DECIMALS
from gridgis_boundaries.edits.ways import Net
from gridgis_boundaries.planes import put

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_BESIDE_M = 0.01


def trace(
    roads: Iterable[shapely.LineString],
    start: tuple[float, float],
    end: tuple[float, float],
) -> shapely.LineString:
    """Return the shortest way along roads between two clicks, both moved to the nearest road.

    One-ways do not count, since a border is no drive. The roads' vertices keep their doubles; a
    click within a centimetre of one goes there, else its spot on the road is rounded to 1e-7°.

    Parameters
    ----------
    roads
        LineStrings, EPSG:4326, longitude first, that meet where they share a vertex.
    start, end
        (lon, lat), degrees.

    Raises
    ------
    InvalidInputError
        There are no roads, no way leads from one click to the other, or both go to one spot.
    """
    net = Net.of(np.array(list(roads), dtype=object))
    if not len(net.start):
        msg = "there are no roads here to trace along"
        raise InvalidInputError(msg)
    net, origin = _join(net, start)
    net, target = _join(net, end)
    if origin == target:
        msg = f"both clicks go to one spot of the roads, {_told(net.nodes[target])}"
        raise InvalidInputError(msg)
    away_m, before = net.shortest(np.array([origin]))
    if not np.isfinite(away_m[0, target]):
        msg = (
            f"no way along roads leads from {_told(net.nodes[origin])} to "
            f"{_told(net.nodes[target])}; draw this stretch by hand"
        )
        raise InvalidInputError(msg)
    return net.way(before[0], target)


def _join(net: Net, click: tuple[float, float]) -> tuple[Net, int]:
    """Return the net with a node where a click goes to, and that node."""
    plane = Plane.at(*click)
    lines = put(plane, net.segments())
    at = shapely.Point(0.0, 0.0)
    away_m = shapely.distance(lines, at)
    segment = int(away_m.argmin())
    spot = shapely.get_coordinates(shapely.shortest_line(lines[segment], at))[0]
    ends = [int(net.start[segment]), int(net.end[segment])]
    beside = shapely.get_coordinates(lines[segment]) - spot
    for node, (east, north) in zip(ends, beside, strict=True):
        if np.hypot(east, north) < _BESIDE_M:
            return net, node
    return net.with_spot(segment, plane.degrees(spot).round(DECIMALS))


def _told(spot: NDArray[np.float64]) -> str:
    return f"{spot[0]:.6f} {spot[1]:.6f}"
