"""From any coordinate system and datum to WGS 84 degrees, longitude first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from gridgis.datum import require_datum, to_wgs84
from gridgis.errors import UnsupportedCrsError

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

LON_LAT = "EPSG:4326"
# CGCS2000 agrees with WGS 84 to centimetres.
_SAME_DATUMS = {"world geodetic system 1984", "wgs 84", "china 2000", "cgcs2000"}


def to_degrees(
    frame: gpd.GeoDataFrame, *, crs: str | None, datum: str, file: str
) -> gpd.GeoDataFrame:
    """Return a frame in EPSG:4326; degrees that are WGS 84 already keep their doubles.

    What was done is added to ``frame.attrs["notes"]``.

    Parameters
    ----------
    crs
        The system that the person named; it goes before what the file says.
    datum
        The datum of the degrees; see :mod:`gridgis.datum`.

    Raises
    ------
    UnsupportedCrsError
        Neither the file nor the person names a system, it is unknown, or nothing published leads
        from it to WGS 84.
    InvalidInputError
        The datum is unknown.
    """
    require_datum(datum)
    notes: list[str] = list(frame.attrs.get("notes", []))
    system = _system(frame.crs, crs, file, notes)
    shapes = frame.geometry.to_numpy()
    if not _is_lon_lat(system):
        shapes = _projected(shapes, system, file)
        notes.append(f"converted from {system.name}")
    if datum in {"gcj02", "bd09"}:
        shapes = shapely.transform(
            shapes, lambda at: np.column_stack(to_wgs84(at[:, 0], at[:, 1], datum))
        )
        notes.append(f"moved from {datum} to WGS 84")
    moved = frame.set_geometry(shapes, crs=LON_LAT)
    moved.attrs["notes"] = notes
    return moved


def require_crs(text: str) -> CRS:
    """Return the coordinate system that a person names, such as EPSG:4490.

    Raises
    ------
    UnsupportedCrsError
        There is no such system.
    """
    try:
        return CRS.from_user_input(text)
    except CRSError as error:
        msg = f"coordinate system {text!r} is unknown; write it like EPSG:4326 or EPSG:4490"
        raise UnsupportedCrsError(msg) from error


def _system(own: CRS | None, said: str | None, file: str, notes: list[str]) -> CRS:
    if said is None:
        if own is None:
            msg = (
                f"{file} does not say its coordinate system; name it with --crs, "
                "like --crs EPSG:4326 or --crs EPSG:4490"
            )
            raise UnsupportedCrsError(msg)
        return own
    system = require_crs(said)
    if own is not None and own != system:
        notes.append(f"taken as {said}, although the file says {own.name}")
    return system


def _is_lon_lat(system: CRS) -> bool:
    if not system.is_geographic or system.datum is None or system.prime_meridian is None:
        return False
    degrees = all(axis.unit_name == "degree" for axis in system.axis_info)
    name = system.datum.name.lower().replace("_", " ").removeprefix("d ").removesuffix(" ensemble")
    return degrees and system.prime_meridian.longitude == 0 and name in _SAME_DATUMS


def _projected(shapes: NDArray[np.object_], system: CRS, file: str) -> NDArray[np.object_]:
    own = system.geodetic_crs
    target = own if own is not None and _is_lon_lat(own) else LON_LAT
    try:
        # Without a published way PROJ would take one datum for the other, tens of metres off.
        convert = Transformer.from_crs(system, target, always_xy=True, allow_ballpark=False)
    except ProjError as error:
        msg = (
            f"{file}: nothing published leads from {system.name} to WGS 84; "
            "name the right system with --crs, or convert the file to EPSG:4326 or EPSG:4490 first"
        )
        raise UnsupportedCrsError(msg) from error
    moved: NDArray[np.object_] = shapely.transform(
        shapes, lambda at: np.column_stack(convert.transform(at[:, 0], at[:, 1]))
    )
    return moved
