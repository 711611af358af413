"""The way as a line, from the arcs that a search came by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.roads.network import RoadNetwork

    Floats = NDArray[np.float64]
    Arcs = tuple[int, NDArray[np.int32]]
    """The arc that is left by (-1 - arc: it leads there by itself), and those after it; the last
    of them is -1 - arc."""


class Leg(NamedTuple):
    """Where a point meets the roads: how far along which (0 to 1), and the walk in metres."""

    road: int
    share: float
    off_m: float


def route_line(network: RoadNetwork, start: Leg, end: Leg, arcs: Arcs) -> Floats:
    """Return the vertices along roads from where one point meets them to where another does.

    float64 (n, 2), lon and lat in EPSG:4326 degrees; at least two vertices.
    """
    arc, rest = arcs
    if arc < 0:
        return _part(network, -1 - arc, start.share, end.share)
    last = -1 - int(rest[-1])
    parts = [_part(network, arc, start.share, 0.0 if arc & 1 else 1.0)]
    parts += [_part(network, one, one & 1, 1 - (one & 1)) for one in rest[:-1].tolist()]
    parts.append(_part(network, last, 1.0 if last & 1 else 0.0, end.share))
    # Where one part ends the next begins.
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _part(network: RoadNetwork, arc: int, begin: float, end: float) -> Floats:
    """Return a road's line between two shares of its length, in the direction of the arc."""
    road = arc >> 1
    own = slice(network.pieces.start[road], network.pieces.start[road + 1])
    line, along_m = network.line(road), network.pieces.along_m[own]
    low_m, high_m = (share * along_m[-1] for share in sorted((begin, end)))
    inner = line[(along_m > low_m) & (along_m < high_m)]
    cut = [
        [np.interp(metres, along_m, line[:, 0]), np.interp(metres, along_m, line[:, 1])]
        for metres in (low_m, high_m)
    ]
    part = np.concatenate([cut[:1], inner, cut[1:]])
    return part[::-1] if arc & 1 else part
