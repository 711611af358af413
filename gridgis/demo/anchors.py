"""Where reports come from: buildings and stretches of road, each with an address and a grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from gridgis.demo.addresses import prefixes
from gridgis.demo.fabric import OUTSIDE
from gridgis.demo.terrain import to_metres

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis.demo.areas import Zones
    from gridgis.demo.fabric import Fabric, Ints
    from gridgis.demo.terrain import Floats

_SPOT_EVERY_M = 60.0


@dataclass(frozen=True)
class Anchors:
    """Spots that reports are about.

    Attributes
    ----------
    at_m
        Local metres (east, north), shape (n, 2).
    grid
        The base grid's number, in code order; ascending.
    address, where
        The full address, and what people call the spot.
    """

    at_m: Floats
    grid: Ints
    address: npt.NDArray[np.object_]
    where: npt.NDArray[np.object_]


def building_anchors(places: gpd.GeoDataFrame, grid: Ints) -> Anchors:
    """Take the places of kind building; `grid` is each one's grid."""
    order = np.argsort(grid, kind="stable")
    return Anchors(
        at_m=to_metres(shapely.get_coordinates(places.geometry.to_numpy()))[order],
        grid=grid[order],
        address=places["standard_address"].to_numpy(dtype=object)[order],
        where=places["name"].to_numpy(dtype=object)[order],
    )


def road_anchors(
    roads: gpd.GeoDataFrame, fabric: Fabric, zones: Zones, areas: gpd.GeoDataFrame
) -> Anchors:
    """Set a spot every 60 m along the roads; it belongs to the grid on one side of its road."""
    side = fabric.sides[roads["edge"].to_numpy()]
    block = np.where(side[:, 0] == OUTSIDE, side[:, 1], side[:, 0])
    use = np.flatnonzero((block != OUTSIDE) & ~roads["bridge"].to_numpy())
    length_m = fabric.length_m[roads["edge"].to_numpy()[use]]
    count = np.maximum(np.round(length_m / _SPOT_EVERY_M), 1).astype(np.int64)
    row = np.repeat(use, count)
    step = np.arange(len(row)) - np.searchsorted(row, row)
    share = (step + 0.5) / np.repeat(count, count)
    spots = shapely.line_interpolate_point(roads.geometry.to_numpy()[row], share, normalized=True)
    grid = zones.grid[block[row]]
    order = np.argsort(grid, kind="stable")
    row, grid = row[order], grid[order]
    codes = areas.loc[areas["level"] == "grid", "code"].tolist()
    prefix = np.array(prefixes(areas, codes), dtype=object)[grid]
    name = roads["name"].to_numpy(dtype=object)[row]
    return Anchors(
        at_m=to_metres(shapely.get_coordinates(spots))[order],
        grid=grid,
        address=prefix + name,
        where=name,
    )
