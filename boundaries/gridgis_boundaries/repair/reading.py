"""A file of areas in its own system, so that what repair does not touch keeps its bits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gridgis.datum import require_datum
from gridgis.files.control_points import ControlFit
from gridgis.files.systems import LON_LAT, in_own_system, to_degrees
from gridgis.files.vectors import vector_as_it_is

if TYPE_CHECKING:
    import geopandas as gpd

_LIKE_WGS84 = ("wgs84", "cgcs2000")


def open_areas(
    path: str | Path,
    *,
    crs: str | ControlFit | None = None,
    datum: str = "wgs84",
    encoding: str | None = None,
    swap_axes: bool = False,
) -> gpd.GeoDataFrame:
    """Return the rows of a vector file in the file's own system, x before y; index 0..n-1.

    Every coordinate keeps its double. Only a datum other than WGS 84 and CGCS2000, and control
    points, lead to EPSG:4326. Open rings are closed, and their rows are in
    ``frame.attrs["closed"]``. Kinds of files, parameters and errors as in
    :func:`gridgis.files.vectors.open_vector`.
    """
    require_datum(datum)
    frame = vector_as_it_is(path, encoding=encoding, close_rings=True)
    name = Path(str(path).partition("|layername=")[0]).name
    if datum in _LIKE_WGS84 and not isinstance(crs, ControlFit):
        return in_own_system(frame, crs=crs, file=name, swap_axes=swap_axes)
    return to_degrees(frame, crs=crs, datum=datum, file=name, swap_axes=swap_axes)


def areas_in_degrees(areas: gpd.GeoDataFrame, file: str = "the file") -> gpd.GeoDataFrame:
    """Return a frame of :func:`open_areas` or of a report in EPSG:4326, longitude first.

    Raises
    ------
    UnsupportedCrsError
        Nothing published leads from the frame's system to WGS 84.
    """
    if areas.crs == LON_LAT:
        return areas
    return to_degrees(areas, crs=None, datum="wgs84", file=file)
