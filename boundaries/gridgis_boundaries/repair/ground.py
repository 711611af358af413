"""How a layer's own units lie on the ground: degrees, metres or feet.

Repair works in the coordinates of the file, so that what it does not touch keeps its doubles. What
is said in metres is measured here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

from gridgis.errors import UnsupportedCrsError
from gridgis_boundaries import sizes

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    Shapes = NDArray[np.object_]

_SEMI_MAJOR_M = 6_378_137.0
_ECCENTRICITY2 = 0.0066943799901413165
_STEP_DEG = 1e-7
_STEP_PROJECTED = 0.01


@dataclass(frozen=True, slots=True)
class Ground:
    """The units of a layer.

    `east_m` and `north_m` are the metres of one unit of x and of y, for degrees in the layer's
    middle (the tangent plane of the WGS 84 ellipsoid); `step` is what new nodes are rounded to:
    1e-7 degrees, about 1 cm, or 0.01 of a projected unit.
    """

    crs: CRS
    degrees: bool
    east_m: float
    north_m: float
    step: float

    @classmethod
    def under(cls, crs: CRS | None, shapes: Shapes) -> Ground:
        """Return the ground under shapes (x before y) of a system.

        Raises
        ------
        UnsupportedCrsError
            The system is missing, or neither in degrees nor projected.
        """
        if crs is None:
            msg = "the areas do not say their coordinate system; name it with --crs"
            raise UnsupportedCrsError(msg)
        if crs.is_geographic:
            bounds = shapely.total_bounds(shapes)
            east_m, north_m = _metres_of_a_degree(float(bounds[1] + bounds[3]) / 2)
            return cls(crs, True, east_m, north_m, _STEP_DEG)
        if not crs.is_projected:
            msg = f"areas in {crs.name} cannot be repaired; convert them to EPSG:4326 first"
            raise UnsupportedCrsError(msg)
        unit_m = float(crs.axis_info[0].unit_conversion_factor)
        return cls(crs, False, unit_m, unit_m, _STEP_PROJECTED)

    def units(self, distance_m: float) -> float:
        """Return a distance in units, at least as long in each direction."""
        return distance_m / min(self.east_m, self.north_m)

    def metres(self, at: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return coordinates as metres from the system's origin; equal ones stay equal."""
        return at * (self.east_m, self.north_m)

    def rounded(self, at: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return coordinates on the grid of new nodes."""
        per_unit = round(1 / self.step)
        return np.round(at * per_unit) / per_unit

    def area_m2(self, shapes: Shapes) -> NDArray[np.float64]:
        """Return the square metres of shapes."""
        if self.degrees:
            return sizes.area_m2(shapes)
        return np.nan_to_num(shapely.area(shapes) * (self.east_m * self.north_m))

    def length_m(self, shapes: Shapes) -> NDArray[np.float64]:
        """Return the metres of lines, or around polygons."""
        return np.nan_to_num(shapely.length(shapely.transform(shapes, self.metres)))

    def width_m(self, shapes: Shapes) -> NDArray[np.float64]:
        """Return the mean width of narrow polygons: twice the area by the perimeter; 0 for none."""
        around_m = self.length_m(shapes)
        return np.divide(
            2 * self.area_m2(shapes), around_m, out=np.zeros(len(around_m)), where=around_m > 0
        )

    def places(self, shapes: Shapes) -> NDArray[np.float64]:
        """Return a (lon, lat) on each shape, degrees; (n, 2)."""
        at = shapely.get_coordinates(shapely.point_on_surface(shapes))
        if self.degrees or not len(at):
            return at
        convert = Transformer.from_crs(self.crs, "EPSG:4326", always_xy=True)
        return np.column_stack(convert.transform(at[:, 0], at[:, 1]))

    def place(self, shape: shapely.Geometry) -> tuple[float, float]:
        """Return a (lon, lat) on a shape, degrees."""
        ((lon, lat),) = self.places(np.array([shape], dtype=object))
        return float(lon), float(lat)


def _metres_of_a_degree(lat: float) -> tuple[float, float]:
    sine2 = np.sin(np.radians(lat)) ** 2
    across = _SEMI_MAJOR_M / np.sqrt(1 - _ECCENTRICITY2 * sine2)
    along = across * (1 - _ECCENTRICITY2) / (1 - _ECCENTRICITY2 * sine2)
    return float(np.radians(across * np.cos(np.radians(lat)))), float(np.radians(along))
