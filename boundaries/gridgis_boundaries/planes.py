"""Metres on the ground: planes that touch the WGS 84 ellipsoid, and lengths along lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import shapely

from gridgis.reach.planes import Plane

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

Shapes = TypeVar("Shapes", shapely.Geometry, "NDArray[np.object_]")

_SEMI_MAJOR_M_PER_DEGREE = 6_378_137.0 * np.pi / 180.0
_ECCENTRICITY2 = 0.0066943799901413165


def plane_under(shape: shapely.Geometry) -> Plane:
    """Return the plane under the middle of a shape's bounds (EPSG:4326)."""
    west, south, east, north = shapely.bounds(shape).tolist()
    return Plane.at((west + east) / 2, (south + north) / 2)


def put(plane: Plane, shapes: Shapes) -> Shapes:
    """Return shapes of any kind (EPSG:4326) on a plane, in metres east and north."""
    moved: Shapes = shapely.transform(shapes, lambda at: plane.metres(at[:, 0], at[:, 1]))
    return moved


def on_planes(shapes: Iterable[shapely.Geometry | None]) -> NDArray[np.object_]:
    """Return each shape (EPSG:4326) in metres, on the plane under the middle of its own bounds.

    The plane is true to 0.1 % within some 10 km of its middle. None stays None.
    """
    given = np.array(list(shapes), dtype=object)
    bounds = np.nan_to_num(shapely.bounds(given)).reshape(-1, 4)
    lon, lat = bounds[:, [0, 2]].mean(axis=1), bounds[:, [1, 3]].mean(axis=1)
    scale = np.column_stack(metres_per_degree(lat))
    vertices, owner = shapely.get_coordinates(given, return_index=True)
    moved = (vertices - np.column_stack((lon, lat))[owner]) * scale[owner]
    copies: NDArray[np.object_] = shapely.transform(given, lambda _: moved)
    return copies


def length_m(lines: Iterable[shapely.Geometry | None]) -> NDArray[np.float64]:
    """Return the length of each line, or of all rings of each polygon (EPSG:4326), in metres.

    Each segment is measured on the plane at its middle latitude: within 1e-6 of the geodesic up to
    10 km. None and empty shapes have 0.

    >>> length_m([shapely.LineString([(104, 36), (104.001, 36)]), None]).round(2).tolist()
    [90.16, 0.0]
    """
    given = np.array(list(lines), dtype=object)
    rings, owner = shapely.get_parts(given, return_index=True)
    polygons = shapely.get_type_id(rings) == shapely.GeometryType.POLYGON
    inner, of_ring = shapely.get_rings(rings[polygons], return_index=True)
    owner = np.concatenate((owner[~polygons], owner[polygons][of_ring]))
    rings = np.concatenate((rings[~polygons], inner))
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    metres = segment_m(vertices[:-1], vertices[1:]) * (ring[:-1] == ring[1:])
    return np.bincount(owner[ring[:-1]], metres, minlength=len(given)).astype(np.float64)


def segment_m(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the metres between (n, 2) starts and ends, degrees, longitude first."""
    lon_m, lat_m = metres_per_degree((start[:, 1] + end[:, 1]) / 2)
    across = end - start
    return np.hypot(across[:, 0] * lon_m, across[:, 1] * lat_m)


def metres_per_degree(
    lat: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return metres for each degree of longitude, and of latitude, at latitudes in degrees.

    As :mod:`gridgis.locate.metres` says for one latitude.
    """
    sine = np.sin(np.radians(lat))
    squared = 1.0 - _ECCENTRICITY2 * sine * sine
    lon_m = _SEMI_MAJOR_M_PER_DEGREE * np.cos(np.radians(lat)) / np.sqrt(squared)
    return lon_m, _SEMI_MAJOR_M_PER_DEGREE * (1.0 - _ECCENTRICITY2) / squared**1.5
