"""Where each row is: two columns of degrees, or the file's shapes, brought to EPSG:4326."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer

from gridgis import door
from gridgis.datum import require_datum, to_wgs84
from gridgis.errors import InvalidInputError, UnsupportedCrsError
from gridgis.files.systems import require_crs
from gridgis.imports.values import lacking, numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.files import Reading, Rows
    from gridgis.imports.refusals import Judging

    Doubles = NDArray[np.float64]

WGS84 = CRS.from_epsg(4326)


class Placing:
    """Turns a file's coordinates into WGS 84 degrees, by what it and the person say of them.

    Raises
    ------
    UnsupportedCrsError
        The system is unknown, or shapes are of none.
    InvalidInputError
        The datum is unknown.
    """

    def __init__(self, rows: Rows, reading: Reading) -> None:
        require_datum(reading.datum)
        said = require_crs(reading.crs) if reading.crs is not None else None
        if rows.geometry is not None and not rows.placed and (said or rows.crs) is None:
            msg = "the file does not say its coordinate system; name it with --crs"
            raise UnsupportedCrsError(msg)
        self._columns = _Move(said or WGS84, reading.datum)
        self._shapes = (
            _Move(WGS84, "wgs84")
            if rows.placed
            else _Move(said or rows.crs or WGS84, reading.datum)
        )

    def degrees(self, x: Doubles, y: Doubles, *, of_shapes: bool) -> tuple[Doubles, Doubles]:
        """Return longitudes and latitudes in EPSG:4326 of coordinates of columns, or of shapes."""
        return (self._shapes if of_shapes else self._columns)(x, y)

    def points(self, lon: pd.Series, lat: pd.Series, judging: Judging) -> pd.DataFrame:
        """Return columns `lon` and `lat` in degrees, NaN where a row has no location.

        Half a coordinate, text, and what is off the earth is held against the row.
        """
        has_lon, has_lat = ~lacking(lon), ~lacking(lat)
        for row in lon.index[has_lon & ~has_lat]:
            judging.refuse(row, "half a coordinate: lat is missing")
        for row in lon.index[has_lat & ~has_lon]:
            judging.refuse(row, "half a coordinate: lon is missing")
        x = numbers(lon, "lon", judging).to_numpy("float64")
        y = numbers(lat, "lat", judging).to_numpy("float64")
        moved_x, moved_y = self._columns(x, y)
        return _on_earth(moved_x, moved_y, lon.index, judging)

    def points_of(self, shapes: pd.Series, judging: Judging) -> pd.DataFrame:
        """Return columns `lon` and `lat` of shapes that must be points; NaN where there is none."""
        found = self.shapes(shapes, judging).to_numpy(object)
        kinds = shapely.get_type_id(found)
        for row, shape in zip(shapes.index[kinds > 0], found[kinds > 0], strict=True):
            judging.refuse(row, f"a point is needed, and this is a {shape.geom_type}")
        points = _only(found, kinds == 0)
        return pd.DataFrame(
            {"lon": shapely.get_x(points), "lat": shapely.get_y(points)}, index=shapes.index
        )

    def shapes(self, shapes: pd.Series, judging: Judging) -> pd.Series:
        """Return two-dimensional shapes in EPSG:4326, None where a row has none."""
        given = shapes.to_numpy(object)
        found = shapely.force_2d(_only(given, ~shapely.is_empty(given)))
        if not self._shapes.idle:
            found = shapely.transform(
                found, lambda corners: np.column_stack(self._shapes(corners[:, 0], corners[:, 1]))
            )
        for row, bounds in zip(shapes.index, shapely.bounds(found), strict=True):
            if not np.isnan(bounds[0]) and (trouble := _off_the_earth(bounds)) is not None:
                judging.refuse(row, trouble)
        return pd.Series(found, index=shapes.index, dtype=object)


class _Move:
    """The way from one system and datum to WGS 84."""

    def __init__(self, system: CRS, datum: str) -> None:
        self._datum = datum
        self._to_degrees: Transformer | None = None
        if not system.is_geographic or system.to_epsg() != WGS84.to_epsg():
            self._to_degrees = Transformer.from_crs(system, WGS84, always_xy=True)
        self.idle = self._to_degrees is None and datum == "wgs84"

    def __call__(self, x: Doubles, y: Doubles) -> tuple[Doubles, Doubles]:
        if self._to_degrees is not None:
            x, y = self._to_degrees.transform(x, y)
        if self._datum != "wgs84":
            moved_x, moved_y = to_wgs84(x, y, self._datum)
            return np.where(np.isnan(x), np.nan, moved_x), np.where(np.isnan(y), np.nan, moved_y)
        return x, y


def _only(shapes: NDArray[np.object_], wanted: NDArray[np.bool_]) -> NDArray[np.object_]:
    found = np.full(len(shapes), None, dtype=object)
    found[wanted] = shapes[wanted]
    return found


def _on_earth(x: Doubles, y: Doubles, rows: pd.Index, judging: Judging) -> pd.DataFrame:
    given = ~np.isnan(x) & ~np.isnan(y)
    off = given & ~((np.abs(x) <= 180) & (np.abs(y) <= 90))  # noqa: PLR2004 - degrees
    for row, lon, lat in zip(rows[off], x[off], y[off], strict=True):
        judging.refuse(row, _off_the_earth((lon, lat, lon, lat)) or "not on the earth")
    here = given & ~off
    return pd.DataFrame({"lon": np.where(here, x, np.nan), "lat": np.where(here, y, np.nan)}, rows)


def _off_the_earth(bounds: tuple[float, float, float, float] | Doubles) -> str | None:
    try:
        door.location(float(bounds[0]), float(bounds[1]))
        door.location(float(bounds[2]), float(bounds[3]))
    except InvalidInputError as error:
        return str(error)
    return None
