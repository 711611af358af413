"""The outline of each grid in pieces: which side it is on, and who is beyond."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis_boundaries.planes import on_planes, segment_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDES = ("east", "south", "west", "north")
"""In the order of a description: clockwise from the east."""


def outlines(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the outlines of areas that share their borders, cut where side or neighbour changes.

    A segment lies on the side to which it lies from the middle of its part, in a box that is
    stretched to a square: so a long grid has a north side too. Inner rings are left out.

    Parameters
    ----------
    areas
        Polygons or MultiPolygons, EPSG:4326, of one level; neighbours share their nodes to the last
        bit. Columns code and parent_code.

    Returns
    -------
    One row a piece, by area, then clockwise: code, neighbour (code, None: nobody), left_parent,
    right_parent (of the area, of the neighbour), side (one of :data:`SIDES`), length_m, geometry
    (LineString, EPSG:4326).
    """
    shapes = areas.geometry.to_numpy()
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings = shapely.get_exterior_ring(shapely.normalize(parts))
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    joined = np.flatnonzero(ring[:-1] == ring[1:])
    start, end, of = vertices[joined], vertices[joined + 1], ring[joined]
    beyond = _beyond(areas, start, end, owner[of])
    side = _sides(rings, of)
    piece = np.cumsum(
        np.concatenate(([True], (np.diff(of) != 0) | (np.diff(beyond) != 0) | (np.diff(side) != 0)))
    )
    piece = _closed(piece, of, beyond, side) if len(piece) else piece
    order = np.argsort(piece, kind="stable")
    first = np.unique(piece[order], return_index=True)[1]
    codes = np.array([*areas["code"].astype(object), None], object)
    parents = np.array([*areas["parent_code"].astype(object), None], object)
    head = order[first]
    mine, theirs = owner[of[head]], beyond[head]
    frame = pd.DataFrame(
        {
            "code": codes[mine],
            "neighbour": pd.Series(codes[theirs], dtype=object),
            "left_parent": pd.Series(parents[mine], dtype=object),
            "right_parent": pd.Series(parents[theirs], dtype=object),
            "side": np.array(SIDES, object)[side[head]],
            "length_m": np.add.reduceat(segment_m(start[order], end[order]), first),
        }
    )
    return gpd.GeoDataFrame(frame, geometry=_lines(start[order], end[order], first), crs=4326)


def _beyond(
    areas: gpd.GeoDataFrame,
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    owner: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return who has each segment as well: the position of the area, -1 for nobody."""
    parts, shape = shapely.get_parts(areas.geometry.to_numpy(), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    joined = np.flatnonzero(ring[:-1] == ring[1:])
    theirs = pd.DataFrame(
        _key(vertices[joined], vertices[joined + 1]), columns=list("abcd")
    ).assign(other=shape[part[ring[joined]]])
    mine = pd.DataFrame(_key(start, end), columns=list("abcd")).assign(
        owner=owner, at=np.arange(len(owner))
    )
    met = mine.merge(theirs, on=list("abcd"))
    met = met[met["owner"] != met["other"]].drop_duplicates("at")
    beyond = np.full(len(owner), -1, np.int64)
    beyond[met["at"]] = met["other"]
    return beyond


def _key(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return both ends of segments, the lower one first: neighbours run against each other."""
    turned = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low = np.where(turned[:, None], end, start)
    return np.hstack((low, np.where(turned[:, None], start, end)))


def _sides(rings: NDArray[np.object_], of: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the place in :data:`SIDES` of each segment of the rings."""
    flat = on_planes(rings)
    vertices, ring = shapely.get_coordinates(flat, return_index=True)
    joined = np.flatnonzero(ring[:-1] == ring[1:])
    middle = (vertices[joined] + vertices[joined + 1]) / 2
    bounds = shapely.bounds(flat).reshape(-1, 4)
    size = np.maximum(bounds[:, 2:] - bounds[:, :2], 1e-9)
    off = (middle - (bounds[of, :2] + bounds[of, 2:]) / 2) / size[of]
    across = np.abs(off[:, 0]) > np.abs(off[:, 1])
    side = np.where(across, np.where(off[:, 0] > 0, 0, 2), np.where(off[:, 1] > 0, 3, 1))
    return side.astype(np.int64)


def _closed(
    piece: NDArray[np.int64],
    of: NDArray[np.int64],
    beyond: NDArray[np.int64],
    side: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Join the last piece of a ring to its first when nothing changes where the ring begins."""
    heads = np.flatnonzero(np.diff(of, prepend=-1))
    tails = np.append(heads[1:], len(of)) - 1
    same = (beyond[heads] == beyond[tails]) & (side[heads] == side[tails])
    same &= piece[heads] != piece[tails]
    joined = piece.copy()
    for head, tail in zip(heads[same], tails[same], strict=True):
        # The first piece goes on where the last ended: it keeps the last one's number and order.
        joined[piece == piece[head]] = piece[tail]
    return joined


def _lines(
    start: NDArray[np.float64], end: NDArray[np.float64], first: NDArray[np.int64]
) -> NDArray[np.object_]:
    """Return one line a piece; segments that do not follow each other are merged at their ends."""
    pairs = np.asarray(shapely.linestrings(np.stack((start, end), axis=1)), object)
    piece = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(start))))
    return np.asarray(shapely.line_merge(shapely.multilinestrings(pairs, indices=piece)), object)
