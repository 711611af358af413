"""How far it is to the nearest responder, in metres on the ellipsoid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyproj
import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

WGS84 = pyproj.Geod(ellps="WGS84")
EARTH_RADIUS_M = 6_371_009
FLATTENING_SLACK = 1.01
"""The ellipsoid's scale differs from the sphere's by less than one in a hundred."""


def nearest_distance_m(places: gpd.GeoSeries, responders: gpd.GeoSeries) -> pd.DataFrame:
    """Return the nearest responder of each place and the geodesic between the two.

    An area is measured from its representative point, which lies inside it. The distance is a
    straight line on the WGS 84 ellipsoid, not a way along roads. Of equally near responders the
    first one answers.

    Parameters
    ----------
    places
        Points or areas, EPSG:4326, lon/lat; one may be missing or empty.
    responders
        Points, EPSG:4326, lon/lat; missing and empty ones are left out.

    Returns
    -------
    pd.DataFrame
        Index of `places`; columns `distance_m` (>= 0, NaN without a place or any responder) and
        `nearest` (label in `responders`, None where there is no distance).

    Examples
    --------
    >>> import geopandas as gpd
    >>> homes = gpd.GeoSeries(gpd.points_from_xy([103.80, 103.82], [36.05, 36.05]), crs=4326)
    >>> station = gpd.GeoSeries(gpd.points_from_xy([103.80], [36.05]), index=["A"], crs=4326)
    >>> nearest_distance_m(homes, station).round(1)
       distance_m nearest
    0         0.0       A
    1      1802.1       A
    """
    distance_m = np.full(len(places), np.nan)
    nearest = np.full(len(places), None, dtype=object)
    origins, asked = _locations(places)
    targets, able = _locations(responders)
    if len(asked) and len(able):
        distance_m[asked], which = _nearest(origins, targets)
        nearest[asked] = responders.index.to_numpy()[able[which]]
    # As objects, or None would become NaN.
    labels = pd.Series(nearest, index=places.index, dtype=object)
    return pd.DataFrame({"distance_m": distance_m, "nearest": labels}, index=places.index)


def has_place(shapes: gpd.GeoSeries) -> NDArray[np.bool_]:
    """Return which shapes lie somewhere: not missing, not empty, no coordinate NaN or infinite.

    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> has_place(gpd.GeoSeries([Point(103.8, 36), None, Point(), Point(np.nan, 36)])).tolist()
    [True, False, False, False]
    """
    bounds = shapely.bounds(np.asarray(shapes.array, dtype=object))
    return np.asarray(np.isfinite(bounds).all(axis=1))


def _locations(shapes: gpd.GeoSeries) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return lon/lat (n, 2) of the shapes that have a place, and their positions."""
    positions = np.flatnonzero(has_place(shapes))
    geometries = np.asarray(shapes.array, dtype=object)[positions]
    return shapely.get_coordinates(shapely.point_on_surface(geometries)), positions


def _nearest(
    origins: NDArray[np.float64], targets: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return for each origin the metres to its nearest target, and that target's position.

    Candidates come from a plane, the answer from the ellipsoid. An azimuthal equidistant plane
    never shortens a distance by more than the flattening, and stretches one by no more than
    a / sin(a), a being the angle from its centre to the farthest point. So whoever is nearest on
    the ellipsoid lies within that factor of the nearest on the plane.
    """
    on_plane, stretch = _on_plane(np.vstack([origins, targets]))
    on_plane, tree = on_plane[: len(origins)], shapely.STRtree(on_plane[len(origins) :])
    near = tree.nearest(on_plane)
    apart_m = shapely.distance(on_plane, tree.geometries.take(near))
    reach_m = np.maximum(apart_m, 1.0) * stretch
    origin, target = tree.query(on_plane, predicate="dwithin", distance=reach_m)
    _, _, metres = WGS84.inv(*origins[origin].T, *targets[target].T)
    order = np.lexsort((target, metres, origin))
    first = order[np.unique(origin[order], return_index=True)[1]]
    return np.asarray(metres)[first], target[first]


def _on_plane(lonlat: NDArray[np.float64]) -> tuple[NDArray[np.object_], float]:
    """Return the points on an azimuthal equidistant plane amid them, and its greatest stretch."""
    lon, lat = (lonlat.min(axis=0) + lonlat.max(axis=0)) / 2
    plane = pyproj.Proj(proj="aeqd", lon_0=lon, lat_0=lat, ellps="WGS84")
    x_m, y_m = plane(lonlat[:, 0], lonlat[:, 1])
    angle = float(np.hypot(x_m, y_m).max()) / EARTH_RADIUS_M
    points = np.asarray(shapely.points(x_m, y_m), dtype=object)
    if angle >= np.pi / 2:  # wider than half the earth: everything is a candidate
        return points, np.inf
    stretch = angle / np.sin(angle) if angle > 0 else 1.0
    return points, float(stretch * FLATTENING_SLACK**2)
