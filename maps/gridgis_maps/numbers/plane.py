"""One plane in metres amid a city: where points, and the points that areas stand for, lie on it.

An area stands for its representative point, which lies inside it, where neighbours are looked for;
and for its centroid where circles are drawn around it, as SaTScan does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely

from gridgis_maps.numbers.distance import has_place

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


def plane_amid(shapes: gpd.GeoSeries) -> pyproj.CRS:
    """Return an equal-area plane whose centre is the middle of the shapes' bounds.

    Lambert's azimuthal one on WGS 84: within 50 km of the centre lengths are true to 1 in 60,000.

    Parameters
    ----------
    shapes
        Points or areas, EPSG:4326, lon/lat; missing and empty ones do not count. Without any, the
        plane is centred at 0, 0.
    """
    known = has_place(shapes)
    bounds = shapely.bounds(np.asarray(shapes.array, dtype=object)[known])
    min_lon, min_lat = bounds[:, :2].min(axis=0) if known.any() else (0.0, 0.0)
    max_lon, max_lat = bounds[:, 2:].max(axis=0) if known.any() else (0.0, 0.0)
    return pyproj.CRS(
        f"+proj=laea +lon_0={(min_lon + max_lon) / 2} +lat_0={(min_lat + max_lat) / 2} "
        "+ellps=WGS84 +units=m"
    )


def on_plane(points: gpd.GeoSeries, plane: pyproj.CRS) -> NDArray[np.float64]:
    """Return x and y in metres of the points, shape (n, 2), NaN for those without a place.

    Parameters
    ----------
    points
        Points, EPSG:4326, lon/lat.

    Examples
    --------
    >>> import geopandas as gpd
    >>> two = gpd.GeoSeries(gpd.points_from_xy([103.80, 103.82], [36.05, 36.05]), crs=4326)
    >>> on_plane(two, plane_amid(two)).round(1).tolist()
    [[-901.1, 0.0], [901.1, 0.0]]
    """
    metres = np.full((len(points), 2), np.nan)
    placed = has_place(points)
    lonlat = shapely.get_coordinates(np.asarray(points.array, dtype=object)[placed])
    metres[placed] = _metres(lonlat, plane)
    return metres


def inner_points_m(shapes: gpd.GeoSeries) -> NDArray[np.float64]:
    """Return (n, 2) metres, east and north, of a point inside each shape; NaN without a place.

    Parameters
    ----------
    shapes
        Points or areas, EPSG:4326, lon/lat.
    """
    metres = np.full((len(shapes), 2), np.nan)
    placed = has_place(shapes)
    inside = shapely.point_on_surface(np.asarray(shapes.array, dtype=object)[placed])
    metres[placed] = _metres(shapely.get_coordinates(inside), plane_amid(shapes))
    return metres


def centroids_m(areas: gpd.GeoSeries) -> NDArray[np.float64]:
    """Return (n, 2) metres, east and north, of each area's centroid; NaN without a place.

    Parameters
    ----------
    areas
        Points or areas, EPSG:4326, lon/lat.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> row = [box(103.80, 36.00, 103.82, 36.02), None, box(103.82, 36.00, 103.84, 36.02)]
    >>> centroids_m(gpd.GeoSeries(row, crs=4326))[:, 0].round(1).tolist()
    [-901.5, nan, 901.5]
    """
    metres = np.full((len(areas), 2), np.nan)
    placed = has_place(areas)
    plane = plane_amid(areas)
    shapes = np.asarray(areas.array, dtype=object)[placed]
    flat = shapely.transform(shapes, lambda lonlat: _metres(lonlat, plane))
    metres[placed] = shapely.get_coordinates(shapely.centroid(flat))
    return metres


def _metres(lonlat: NDArray[np.float64], plane: pyproj.CRS) -> NDArray[np.float64]:
    to_plane = pyproj.Transformer.from_crs(4326, plane, always_xy=True)
    return np.column_stack(to_plane.transform(lonlat[:, 0], lonlat[:, 1]))
