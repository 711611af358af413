"""From any coordinate system and datum to WGS 84 degrees, longitude first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from gridgis.datum import require_datum, to_wgs84
from gridgis.errors import UnsupportedCrsError
from gridgis.files.control_points import ControlFit
from gridgis.files.incoming import INCOMING, Incoming
from gridgis.files.zones import sibling, zone_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    from numpy.typing import NDArray

LON_LAT = "EPSG:4326"
# CGCS2000 agrees with WGS 84 to centimetres.
_SAME_DATUMS = {"world geodetic system 1984", "wgs 84", "china 2000", "cgcs2000"}


def to_degrees(
    frame: gpd.GeoDataFrame,
    *,
    crs: str | ControlFit | None,
    datum: str,
    file: str,
    swap_axes: bool = False,
) -> gpd.GeoDataFrame:
    """Return a frame in EPSG:4326; degrees that are WGS 84 already keep their doubles.

    What was done is added to ``frame.attrs["notes"]``, and where everything lay before to
    ``frame.attrs["incoming"]``.

    Parameters
    ----------
    crs
        The system that the person named, or that control points give; it goes before what the
        file says.
    datum
        The datum of the degrees; see :mod:`gridgis.datum`.
    swap_axes
        Whether the file writes the northing or the latitude first.

    Raises
    ------
    UnsupportedCrsError
        Neither the file nor the person names a system, it is unknown, or nothing published leads
        from it to WGS 84.
    InvalidInputError
        The datum is unknown.
    """
    require_datum(datum)
    placed = in_own_system(frame, crs=crs, file=file, swap_axes=swap_axes)
    shapes = placed.geometry.to_numpy()
    notes, came = placed.attrs["notes"], placed.attrs[INCOMING]
    system = came.system
    if isinstance(system, ControlFit):
        notes.append(system.sentence)
    elif not is_lon_lat(system):
        notes.append(f"converted from {system.name}")
    if not is_lon_lat(system):
        shapes = shapely.transform(shapes, in_degrees(system, file))
    if datum in {"gcj02", "bd09"}:
        shapes = shapely.transform(
            shapes, lambda at: np.column_stack(to_wgs84(at[:, 0], at[:, 1], datum))
        )
        notes.append(f"moved from {datum} to WGS 84")
    moved = frame.set_geometry(shapes, crs=LON_LAT)
    moved.attrs["notes"] = notes
    moved.attrs[INCOMING] = came
    return moved


def in_own_system(
    frame: gpd.GeoDataFrame, *, crs: str | ControlFit | None, file: str, swap_axes: bool = False
) -> gpd.GeoDataFrame:
    """Return a frame in the system that it is in, x before y; every coordinate keeps its double.

    Parameters as in :func:`to_degrees`; with control points the frame's system is none. What was
    done is added to ``frame.attrs["notes"]``, and where everything lies is in
    ``frame.attrs["incoming"]``.

    Raises
    ------
    UnsupportedCrsError
        Neither the file nor the person names a system, or it is unknown.
    """
    notes: list[str] = list(frame.attrs.get("notes", []))
    shapes = frame.geometry.to_numpy()
    if swap_axes:
        shapes = shapely.transform(shapes, lambda at: at[:, ::-1])
        notes.append("axes swapped")
    system = _system(frame, crs, file, notes)
    placed = frame.set_geometry(shapes, crs=None if isinstance(system, ControlFit) else system)
    placed.attrs["notes"] = notes

    def degrees(at: NDArray[np.float64]) -> NDArray[np.float64]:
        # Looked for only when somebody asks: from some systems no way leads there.
        return in_degrees(system, file)(at)

    placed.attrs[INCOMING] = Incoming.of(shapes, system, degrees)
    return placed


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


def _system(
    frame: gpd.GeoDataFrame, said: str | ControlFit | None, file: str, notes: list[str]
) -> CRS | ControlFit:
    own = frame.crs
    if isinstance(said, ControlFit):
        return said
    if said is None:
        if own is None:
            msg = (
                f"{file} does not say its coordinate system; name it with --crs, "
                f"like --crs EPSG:4326 or --crs EPSG:4490{_hint(frame)}"
            )
            raise UnsupportedCrsError(msg)
        return CRS.from_user_input(own)
    system = require_crs(said)
    if own is not None and own != system:
        notes.append(f"taken as {said}, although the file says {own.name}")
    return system


def _hint(frame: gpd.GeoDataFrame) -> str:
    """Say what the coordinates themselves tell of their system."""
    zones = {zone_of(bound) for bound in frame.total_bounds[[0, 2]] if np.isfinite(bound)}
    zone = zones.pop() if len(zones) == 1 else None
    if zone is None:
        return ""
    return (
        f". Its eastings begin with {zone}, as those of zone {zone} of Gauss-Kruger do: "
        f"{sibling(None, zone, prefixed=True)} in CGCS2000"
    )


def is_lon_lat(system: CRS | ControlFit) -> bool:
    """Say whether a system's coordinates are WGS 84 degrees already; CGCS2000's are."""
    if isinstance(system, ControlFit) or not system.is_geographic:
        return False
    if system.datum is None or system.prime_meridian is None:
        return False
    degrees = all(axis.unit_name == "degree" for axis in system.axis_info)
    name = system.datum.name.lower().replace("_", " ").removeprefix("d ").removesuffix(" ensemble")
    return degrees and system.prime_meridian.longitude == 0 and name in _SAME_DATUMS


def in_degrees(
    system: CRS | ControlFit, file: str
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return what turns coordinates (k, 2) of a system, easting first, into degrees, (lon, lat).

    Raises
    ------
    UnsupportedCrsError
        Nothing published leads from the system to WGS 84.
    """
    if isinstance(system, ControlFit):
        return system.to_degrees
    if is_lon_lat(system):
        return np.array
    own = system.geodetic_crs
    target = own if own is not None and is_lon_lat(own) else LON_LAT
    try:
        # Without a published way PROJ would take one datum for the other, tens of metres off.
        convert = Transformer.from_crs(system, target, always_xy=True, allow_ballpark=False)
    except ProjError as error:
        msg = (
            f"{file}: nothing published leads from {system.name} to WGS 84; "
            "name the right system with --crs, or convert the file to EPSG:4326 or EPSG:4490 first"
        )
        raise UnsupportedCrsError(msg) from error
    return lambda at: np.column_stack(convert.transform(at[:, 0], at[:, 1]))
