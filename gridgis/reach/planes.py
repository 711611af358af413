"""A plane in metres around a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gridgis.locate.metres import metres_per_degree_lat, metres_per_degree_lon

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.polygons import Drawn

    Floats = NDArray[np.float64]


class Plane(NamedTuple):
    """The plane that touches the ellipsoid at a point: over a city right to some parts in 1,000."""

    lon: float
    lat: float
    scale_x: float
    scale_y: float

    @classmethod
    def at(cls, lon: float, lat: float) -> Plane:
        """Return the plane that touches here; EPSG:4326 degrees."""
        return cls(lon, lat, metres_per_degree_lon(lat), metres_per_degree_lat(lat))

    def metres(self, lon: Floats, lat: Floats) -> Floats:
        """Return points on the plane: metres to the east and north, shape (n, 2)."""
        x, y = (lon - self.lon) * self.scale_x, (lat - self.lat) * self.scale_y
        return np.stack([x, y], axis=1)

    def degrees(self, at: Floats) -> Floats:
        """Return points on the plane as lon and lat in EPSG:4326 degrees, shape (n, 2)."""
        return np.asarray(at / (self.scale_x, self.scale_y) + (self.lon, self.lat))

    def put(self, shape: Drawn) -> Drawn:
        """Return a polygon in EPSG:4326 degrees on the plane, in metres."""
        put: Drawn = shapely.transform(shape, lambda at: self.metres(*at.T))
        return put

    def lift(self, shape: shapely.Geometry) -> shapely.Geometry:
        """Return a shape on the plane in EPSG:4326 degrees, longitude first."""
        lifted: shapely.Geometry = shapely.transform(shape, self.degrees)
        return lifted
