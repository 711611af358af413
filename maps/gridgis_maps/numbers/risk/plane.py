"""A plane in metres amid some points."""

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
    lon, lat = shapely.get_coordinates(np.asarray(points.array, dtype=object)[placed]).T
    x_m, y_m = pyproj.Transformer.from_crs(4326, plane, always_xy=True).transform(lon, lat)
    metres[placed] = np.column_stack([x_m, y_m])
    return metres
