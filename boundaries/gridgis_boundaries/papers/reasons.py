"""Why a border runs where it runs: along a parent's border, a road, a river or a wall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridgis_boundaries.planes import plane_under, put

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

PARENT, ROAD, RIVER, WALL, NONE = "parent border", "road", "river", "wall", "none"

REASONS = (PARENT, ROAD, RIVER, WALL, NONE)

WITHIN_M = 15.0
"""How far a road, a river or a wall may be from a border that follows it, in metres."""

MOST = 0.8
"""Which share of a border must follow it."""


def reasons(
    lines: gpd.GeoDataFrame,
    *,
    roads: gpd.GeoDataFrame | None = None,
    waters: gpd.GeoDataFrame | None = None,
    cells: gpd.GeoDataFrame | None = None,
    within_m: float = WITHIN_M,
) -> pd.DataFrame:
    """Return the reason of each border piece, and the name of what it follows.

    Parameters
    ----------
    lines
        Border pieces (LineString, EPSG:4326, longitude first). With the columns left_parent and
        right_parent (codes of the parents on both sides; None outside of all), a piece between two
        parents is a parent border.
    roads, waters
        Lines or polygons, EPSG:4326, with a column name (None or empty where it has none).
    cells
        Compounds (Polygon, EPSG:4326) with a name: their outlines are walls. Points are no walls.
    within_m
        How far what a piece follows may be from it, in metres.

    Returns
    -------
    Index of `lines`. Columns: reason (one of :data:`REASONS`), follows (road, river, wall or none:
    also of a parent border) and name (None when it follows nothing, or that has no name). A piece
    follows what runs beside at least :data:`MOST` of its length; of several of one kind the one
    along most of it, among equals the first by name; of several kinds the first in this order.

    >>> import geopandas as gpd, shapely
    >>> line = shapely.LineString([(104, 30), (104.01, 30)])
    >>> road = gpd.GeoDataFrame({"name": ["Mill Road"]}, geometry=[line], crs=4326)
    >>> reasons(gpd.GeoDataFrame(geometry=[line], crs=4326), roads=road).values.tolist()
    [['road', 'road', 'Mill Road']]
    """
    follows = np.full(len(lines), NONE, object)
    name = np.full(len(lines), None, object)
    for kind, frame in ((WALL, _walls(cells)), (RIVER, waters), (ROAD, roads)):
        if frame is not None and len(frame) and len(lines):
            along, called = _along(lines, frame, within_m)
            follows[along], name[along] = kind, called[along]
    reason = follows.copy()
    if "left_parent" in lines:
        reason[_differ(lines["left_parent"], lines["right_parent"])] = PARENT
    return pd.DataFrame(
        {"reason": reason, "follows": follows, "name": pd.Series(name, lines.index, dtype=object)},
        index=lines.index,
    )


def _along(
    lines: gpd.GeoDataFrame, frame: gpd.GeoDataFrame, within_m: float
) -> tuple[NDArray[np.bool_], NDArray[np.object_]]:
    """Say which lines run along something of the frame, and what it is called."""
    shapes = lines.geometry.to_numpy()
    plane = plane_under(shapely.box(*lines.total_bounds))
    flat, beside = put(plane, shapes), put(plane, frame.geometry.to_numpy())
    line, near = shapely.STRtree(beside).query(flat, predicate="dwithin", distance=within_m)
    names = frame["name"].where(frame["name"].notna(), "").astype(str).to_numpy(object)[near]
    # What has one name is one thing, in however many stretches.
    key = pd.MultiIndex.from_arrays((line, names))
    group, pairs = pd.factorize(key, sort=True)
    order = np.argsort(group, kind="stable")
    joined = shapely.geometrycollections(beside[near[order]], indices=group[order])
    of_line = pairs.get_level_values(0).to_numpy(np.int64)
    bands = shapely.buffer(joined, within_m, quad_segs=4)
    share = shapely.length(shapely.intersection(flat[of_line], bands))
    share = share / np.maximum(shapely.length(flat)[of_line], 1e-9)
    best = np.lexsort((np.arange(len(share)), -np.round(share, 6), of_line))
    first, at = np.unique(of_line[best], return_index=True)
    chosen = best[at]
    enough = share[chosen] >= MOST
    along = np.zeros(len(lines), bool)
    along[first[enough]] = True
    called = np.full(len(lines), None, object)
    titles = pairs.get_level_values(1).to_numpy(object)
    called[first] = [title or None for title in titles[chosen]]
    return along, called


def _walls(cells: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    if cells is None:
        return None
    closed = cells[shapely.area(cells.geometry.to_numpy()) > 0]
    return closed.set_geometry(closed.geometry.boundary)


def _differ(left: pd.Series[str], right: pd.Series[str]) -> NDArray[np.bool_]:
    one, two = (side.astype(object).where(side.notna(), None) for side in (left, right))
    return np.array([first != second for first, second in zip(one, two, strict=True)], bool)
