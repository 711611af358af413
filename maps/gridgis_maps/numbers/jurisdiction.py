"""Lines and circles around one position, in metres on a plane that touches the ellipsoid there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

CIRCLE_CORNERS = 24
"""Of a quarter."""


def to_boundary(lon: float, lat: float, area: BaseGeometry) -> shapely.LineString:
    """Return the shortest line from a position to an area's boundary, from within or from outside.

    Parameters
    ----------
    lon, lat
        EPSG:4326 degrees.
    area
        Polygon or MultiPolygon, EPSG:4326, lon/lat; not empty.

    Returns
    -------
    LineString of two points, EPSG:4326, the position first. It is found on the azimuthal
    equidistant plane around the position, where lengths from the position are those on the
    ellipsoid. On the boundary itself both points are one.

    Examples
    --------
    >>> line = to_boundary(103.801, 36.055, shapely.box(103.80, 36.05, 103.81, 36.06))
    >>> [round(float(degree), 4) for degree in line.coords[1]]
    [103.8, 36.055]
    >>> round(pyproj.Geod(ellps="WGS84").geometry_length(line), 1)
    90.1
    """
    plane = _plane(lon, lat)
    metres = shapely.transform(shapely.boundary(area), lambda lonlat: _xy(plane, lonlat))
    _, (x_m, y_m) = shapely.get_coordinates(shapely.shortest_line(shapely.Point(0, 0), metres))
    return shapely.LineString([(lon, lat), plane(x_m, y_m, inverse=True)])


def circle(lon: float, lat: float, radius_m: float) -> shapely.Polygon:
    """Return the circle around a position, EPSG:4326, lon/lat; of no area for a radius of 0 m."""
    plane = _plane(lon, lat)
    ring = shapely.Point(0, 0).buffer(radius_m, quad_segs=CIRCLE_CORNERS).exterior
    return shapely.Polygon([plane(x_m, y_m, inverse=True) for x_m, y_m in ring.coords])


def _plane(lon: float, lat: float) -> pyproj.Proj:
    return pyproj.Proj(proj="aeqd", lon_0=lon, lat_0=lat, ellps="WGS84")


def _xy(plane: pyproj.Proj, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack(plane(lonlat[:, 0], lonlat[:, 1]))
