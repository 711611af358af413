"""Lines that cross a grid from border to border: straight ones, and those along roads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis_boundaries.edits.snapping import DECIMALS
from gridgis_boundaries.edits.ways import Net
from gridgis_boundaries.planes import plane_under, put

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from gridgis.reach.planes import Plane

_DIRECTIONS = 12
_LINES = 2
CUT_COMPOUND = 0.25
"""How much imbalance a compound that is cut counts as, a share of half of the households."""

_KEPT_CELL = 0.5
_OUTSIDE_M = 2.0
"""How far the ends of a line stick out."""

_BORDER_M = 0.5
"""A road that is nearer runs along the border."""


def straight(ground: shapely.Polygon, cells: gpd.GeoDataFrame) -> Iterator[shapely.LineString]:
    """Yield lines in twelve directions that leave about half of the households on each side.

    Parameters
    ----------
    ground
        EPSG:4326.
    cells
        With the columns door (Point) and count (households) and, where known, parent_code.
    """
    plane = plane_under(ground)
    flat, shapes = put(plane, ground), put(plane, cells.geometry.to_numpy())
    doors = shapely.get_coordinates(put(plane, cells["door"].to_numpy(dtype=object)))
    reach_m = float(shapely.minimum_bounding_radius(flat)) * 2
    vertices, cell = shapely.get_coordinates(shapes, return_index=True)
    for angle in np.arange(_DIRECTIONS) * np.pi / _DIRECTIONS:
        across = np.array([-np.sin(angle), np.cos(angle)])
        lowest, highest = np.full(len(cells), np.inf), np.full(len(cells), -np.inf)
        np.minimum.at(lowest, cell, vertices @ across)
        np.maximum.at(highest, cell, vertices @ across)
        middle = doors.mean(axis=0)
        along = np.array([np.cos(angle), np.sin(angle)]) * reach_m
        for offset_m in _best_offsets(doors @ across, lowest, highest, cells):
            foot = middle + across * (offset_m - middle @ across)
            yield from _chords(flat, foot - along, foot + along, plane)


def along_roads(
    ground: shapely.Polygon, roads: Iterable[shapely.LineString]
) -> Iterator[shapely.LineString]:
    """Yield the shortest ways along roads inside a grid between each two spots of its border.

    An end that is no node of the border sticks out, so that rounding cannot pull it inside.
    """
    given = np.array(list(roads), dtype=object)
    near = given[shapely.STRtree(given).query(ground, predicate="intersects")]
    inner = shapely.get_parts(shapely.intersection(near, ground))
    inner = inner[shapely.get_type_id(inner) == shapely.GeometryType.LINESTRING]
    if not len(inner):
        return
    plane = plane_under(ground)
    rim = shapely.boundary(put(plane, ground))
    shapely.prepare(rim)
    net = Net.of(inner)
    middles = shapely.line_interpolate_point(put(plane, net.segments()), 0.5, normalized=True)
    net = net.only(shapely.distance(middles, rim) > _BORDER_M)
    if not len(net.start):
        return
    used = np.unique(np.concatenate((net.start, net.end)))
    spots = put(plane, np.asarray(shapely.points(net.nodes[used]), dtype=object))
    ends = used[shapely.dwithin(spots, rim, _BORDER_M)]
    if len(ends) < 2:  # noqa: PLR2004 - from border to border
        return
    away_m, before = net.shortest(ends)
    for row in range(len(ends)):
        for target in ends[row + 1 :]:
            if np.isfinite(away_m[row, target]):
                yield _stuck_out(net.way(before[row], int(target)), ground, plane)


def _stuck_out(
    way: shapely.LineString, ground: shapely.Polygon, plane: Plane
) -> shapely.LineString:
    """Return a way whose ends are nodes of the border or lie outside of it."""
    corners = set(map(tuple, shapely.get_coordinates(ground).tolist()))
    spots = shapely.get_coordinates(way)
    flat = plane.metres(spots[:, 0], spots[:, 1])
    for end, before in ((0, 1), (-1, -2)):
        if tuple(spots[end].tolist()) not in corners:
            out = flat[end] - flat[before]
            further = flat[end] + out / np.hypot(*out) * _OUTSIDE_M
            spots[end] = plane.degrees(further).round(DECIMALS)
    return shapely.LineString(spots)


def _best_offsets(
    doors: NDArray[np.float64],
    lowest: NDArray[np.float64],
    highest: NDArray[np.float64],
    cells: pd.DataFrame,
) -> NDArray[np.float64]:
    """Return where lines of one direction run best, by the cells' places across it.

    Between each two doors there is one spot to choose. Each cell that it runs through costs as much
    as half of its households on the wrong side, each compound as :data:`CUT_COMPOUND`. The spot
    that balances best is among them, whatever it cuts.
    """
    order = np.argsort(doors, kind="stable")
    count = cells["count"].to_numpy()[order]
    below = np.cumsum(count)[:-1]
    imbalance = np.abs(2 * below - count.sum()) / count.sum()
    offsets = (np.maximum.accumulate(highest[order])[:-1] + _least_after(lowest[order])) / 2
    # Where cells lie beside each other, the line between their doors is as good as any.
    between = (doors[order][:-1] + doors[order][1:]) / 2
    clear = np.maximum.accumulate(highest[order])[:-1] <= _least_after(lowest[order])
    offsets = np.where(clear, offsets, between)
    through = (lowest[:, None] < offsets) & (offsets < highest[:, None])
    broken = (through * cells["count"].to_numpy()[:, None]).sum(axis=0) / count.sum()
    cost = imbalance + _KEPT_CELL * broken + CUT_COMPOUND * _divided(cells, order)
    # Doors in one line across cannot be told apart by it.
    apart = np.diff(doors[order]) > 0
    cost[~apart] = np.inf
    best = np.append(
        np.argsort(cost, kind="stable")[:_LINES], np.where(apart, imbalance, np.inf).argmin()
    )
    chosen: NDArray[np.float64] = offsets[np.unique(best[apart[best]])]
    return chosen


def _least_after(lowest: NDArray[np.float64]) -> NDArray[np.float64]:
    least: NDArray[np.float64] = np.minimum.accumulate(lowest[::-1])[::-1][1:]
    return least


def _divided(cells: pd.DataFrame, order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many compounds lie on both sides after each cell, in this order, but the last."""
    divided = np.zeros(len(order) - 1, dtype=np.int64)
    if "parent_code" not in cells:
        return divided
    compound = cells["parent_code"].iloc[order].reset_index(drop=True)
    for members in compound.groupby(compound).indices.values():
        divided[members[0] : members[-1]] += 1
    return divided


def _chords(
    flat: shapely.Geometry, start: NDArray[np.float64], end: NDArray[np.float64], plane: Plane
) -> Iterator[shapely.LineString]:
    """Yield each stretch of a straight line across a polygon in metres, its ends a bit outside."""
    inside = shapely.get_parts(shapely.intersection(flat, shapely.LineString([start, end])))
    for chord in inside[shapely.get_type_id(inside) == shapely.GeometryType.LINESTRING]:
        ends = shapely.get_coordinates(chord)[[0, -1]]
        way = ends[1] - ends[0]
        out = way / np.hypot(*way) * _OUTSIDE_M
        longer = plane.degrees(np.array([ends[0] - out, ends[1] + out])).round(DECIMALS)
        yield shapely.LineString(longer)
