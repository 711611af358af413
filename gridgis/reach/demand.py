"""Whom and what stations have to cover: households at their doors, and the ground itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridgis.locate.metres import metres_per_degree_lat, metres_per_degree_lon

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STEP_M = 100.0
"""Ground is asked at one spot for each square of this side."""

MOST_SPOTS = 200_000
"""Of the ground; on a larger one the squares are larger."""


def demand(
    areas: gpd.GeoDataFrame, cells: gpd.GeoDataFrame, step_m: float = STEP_M
) -> pd.DataFrame:
    """Return what has to be covered in some areas: columns lon, lat, households, area_m2, area.

    A cell with households is one row without ground, at a point on its surface, and belongs to the
    area that covers the point (on a shared edge the one with the lowest code); a cell in none of
    the areas is left out. An area's ground is a row for each spot of a raster in it, without
    households; their area_m2 sum up to the area's own.

    Parameters
    ----------
    areas
        Columns code (text), geometry (MultiPolygon, EPSG:4326, longitude first).
    cells
        Columns households (NA: not known, counts as 0), geometry (EPSG:4326).
    step_m
        The side of the raster's squares.
    """
    ordered = areas.sort_values("code", kind="stable", key=_bytes).reset_index(drop=True)
    return pd.concat([_doors(ordered, cells), _ground(ordered, step_m)], ignore_index=True)


def _bytes(codes: pd.Series) -> pd.Series:
    return codes.map(lambda code: str(code).encode())


def doors(cells: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the cells that have households, at a point on each: columns lon, lat, households.

    `cells`: columns households (NA: not known, counts as 0), geometry (EPSG:4326).
    """
    known = pd.to_numeric(cells["households"]).astype("Float64").fillna(0).to_numpy(np.float64)
    some = known > 0
    points = shapely.point_on_surface(cells.geometry.to_numpy()[some])
    return pd.DataFrame(
        {"lon": shapely.get_x(points), "lat": shapely.get_y(points), "households": known[some]}
    )


def _doors(areas: gpd.GeoDataFrame, cells: gpd.GeoDataFrame) -> pd.DataFrame:
    known = doors(cells)
    points = np.asarray(shapely.points(known["lon"], known["lat"]))
    area, point = shapely.STRtree(points).query(areas.geometry.to_numpy(), predicate="covers")
    # By area within each point: the first has the lowest code.
    order = np.lexsort((area, point))
    point, first = np.unique(point[order], return_index=True)
    return known.iloc[point].assign(
        area_m2=0.0, area=areas["code"].to_numpy(dtype=object)[area[order][first]]
    )


def _ground(areas: gpd.GeoDataFrame, step_m: float) -> pd.DataFrame:
    shapes = areas.geometry.to_numpy()
    bounds = shapely.bounds(shapes)
    middles = (bounds[:, 1] + bounds[:, 3]) / 2
    scale_x = np.array([metres_per_degree_lon(lat) for lat in middles.tolist()])
    scale_y = np.array([metres_per_degree_lat(lat) for lat in middles.tolist()])
    area_m2 = shapely.area(shapes) * scale_x * scale_y
    side_m = max(step_m, math.sqrt(float(area_m2.sum()) / MOST_SPOTS))
    rows = []
    for shape, box, scale in zip(shapes, bounds, zip(scale_x, scale_y, strict=True), strict=True):
        rows.append(_spots(shape, box, (side_m / scale[0], side_m / scale[1])))
    counts = [len(spots) for spots in rows]
    spots = np.concatenate(rows) if rows else np.empty((0, 2))
    return pd.DataFrame(
        {
            "lon": spots[:, 0],
            "lat": spots[:, 1],
            "households": 0.0,
            "area_m2": np.repeat(area_m2 / np.array(counts), counts),
            "area": np.repeat(areas["code"].to_numpy(dtype=object), counts),
        }
    )


def _spots(shape: shapely.Geometry, box: Floats, step_deg: tuple[float, float]) -> Floats:
    """Return the middles of a raster's squares that lie in a shape, or one point on it."""
    west, south, east, north = box.tolist()
    lon = np.arange(west + step_deg[0] / 2, east, step_deg[0])
    lat = np.arange(south + step_deg[1] / 2, north, step_deg[1])
    x, y = (axis.ravel() for axis in np.meshgrid(lon, lat))
    shapely.prepare(shape)
    inside = shapely.contains_xy(shape, x, y)
    if inside.any():
        return np.stack([x[inside], y[inside]], axis=1)
    return shapely.get_coordinates(shapely.point_on_surface(shape))
