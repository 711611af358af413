"""From one datum of China to another, for arrays of degrees.

A place is shifted when its WGS 84 coordinates lie in the box ``CHINA``, its border included. Since
the shift ends there at once, what lies within 1.5 km outside the border may have the coordinates
of a place inside: `to_wgs84` then means the place inside, so that there and back is under 1 mm for
every place of the box, and for every other that lies farther out. Just inside the border there are
coordinates that no place has; `to_wgs84` moves them like their neighbours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Coordinates = tuple[NDArray[np.float64], NDArray[np.float64]]

DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09")

CHINA = (72.004, 0.8293, 137.8347, 55.8271)
"""(min_lon, min_lat, max_lon, max_lat) of the box in which the shifts apply, in degrees."""

# Krasovsky 1940, the ellipsoid of the published formula.
_SEMI_MAJOR_M = 6_378_245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BAIDU = np.pi * 3000.0 / 180.0
# The shifts' slope is below 0.01: each step brings two more digits, and 1e-10 degrees are 11 µm.
_STEPS = 12
_CLOSE_DEG = 1e-11
# More than any shift: the farthest from the box that a place of the box can seem to lie.
_RIM_DEG = 0.05


def require_datum(name: str) -> str:
    """Return the name of a known datum.

    Raises
    ------
    InvalidInputError
        The datum is unknown.
    """
    if name not in DATUMS:
        msg = f"datum {name!r} is unknown; it is one of {', '.join(DATUMS)}"
        raise InvalidInputError(msg)
    return name


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> Coordinates:
    """Return (lon, lat) in WGS 84 degrees from arrays of degrees in `datum`.

    The shift is undone by fixed point, to well under 1 mm. What is not finite stays as it is.

    Raises
    ------
    InvalidInputError
        The datum is unknown.

    Examples
    --------
    >>> lon, lat = to_wgs84(121.531541859215, 31.17530398364597, "gcj02")
    >>> round(float(lon), 7), round(float(lat), 7)
    (121.5272106, 31.1774276)
    """
    shift = _SHIFTS[require_datum(datum)]
    given_lon, given_lat = _arrays(lon, lat)
    if shift is None:
        return given_lon, given_lat
    near = _in_china(given_lon, given_lat, _RIM_DEG)
    start_lon, start_lat = _sheltered(given_lon, given_lat, near)
    lon_now, lat_now = start_lon, start_lat
    for _ in range(_STEPS):
        d_lon, d_lat = shift(lon_now, lat_now)
        lon_next, lat_next = start_lon - d_lon, start_lat - d_lat
        moved = np.maximum(np.abs(lon_next - lon_now), np.abs(lat_next - lat_now))
        lon_now, lat_now = lon_next, lat_next
        if not np.any(moved > _CLOSE_DEG):
            break
    # Outside the box only what comes from inside was shifted.
    shifted = near & (_in_china(given_lon, given_lat) | _in_china(lon_now, lat_now, _CLOSE_DEG))
    return np.where(shifted, lon_now, given_lon), np.where(shifted, lat_now, given_lat)


def from_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> Coordinates:
    """Return (lon, lat) in degrees of `datum` from arrays of WGS 84 degrees.

    Raises
    ------
    InvalidInputError
        The datum is unknown.

    Examples
    --------
    >>> lon, lat = from_wgs84([116.377817, -87.6], [39.911954, 41.9], "gcj02")
    >>> lon.tolist(), lat.tolist()
    ([116.38404722455657, -87.6], [39.91334545536069, 41.9])
    """
    shift = _SHIFTS[require_datum(datum)]
    given_lon, given_lat = _arrays(lon, lat)
    if shift is None:
        return given_lon, given_lat
    inside = _in_china(given_lon, given_lat)
    d_lon, d_lat = shift(*_sheltered(given_lon, given_lat, inside))
    return (
        np.where(inside, given_lon + d_lon, given_lon),
        np.where(inside, given_lat + d_lat, given_lat),
    )


def _arrays(lon: ArrayLike, lat: ArrayLike) -> Coordinates:
    lon_array, lat_array = np.broadcast_arrays(
        np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    )
    return lon_array, lat_array


def in_china(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Return whether degrees lie in the box in which the shifts apply, its border included.

    >>> in_china([72.004, 72.003, float("nan")], [30.0, 30.0, 30.0]).tolist()
    [True, False, False]
    """
    return _in_china(*_arrays(lon, lat))


def _in_china(
    lon: NDArray[np.float64], lat: NDArray[np.float64], margin_deg: float = 0.0
) -> NDArray[np.bool_]:
    min_lon, min_lat, max_lon, max_lat = CHINA
    return (
        (lon >= min_lon - margin_deg)
        & (lon <= max_lon + margin_deg)
        & (lat >= min_lat - margin_deg)
        & (lat <= max_lat + margin_deg)
    )


def _sheltered(
    lon: NDArray[np.float64], lat: NDArray[np.float64], inside: NDArray[np.bool_]
) -> Coordinates:
    """Put what lies outside China, or nowhere, on a point where the formula behaves."""
    return np.where(inside, lon, 105.0), np.where(inside, lat, 35.0)


def _gcj02_shift(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Coordinates:
    """Return how far GCJ-02 lies from these WGS 84 coordinates, in degrees of (lon, lat)."""
    pi = np.pi
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    both = 20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)
    waves_lat = (
        20.0 * np.sin(y * pi)
        + 40.0 * np.sin(y / 3.0 * pi)
        + 160.0 * np.sin(y / 12.0 * pi)
        + 320.0 * np.sin(y / 30.0 * pi)
    )
    waves_lon = (
        20.0 * np.sin(x * pi)
        + 40.0 * np.sin(x / 3.0 * pi)
        + 150.0 * np.sin(x / 12.0 * pi)
        + 300.0 * np.sin(x / 30.0 * pi)
    )
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    north_m = north_m + (both + waves_lat) * 2.0 / 3.0
    east_m = east_m + (both + waves_lon) * 2.0 / 3.0
    radians = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY2 * np.sin(radians) ** 2
    meridian_m = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY2) / (magic * np.sqrt(magic))
    parallel_m = _SEMI_MAJOR_M / np.sqrt(magic) * np.cos(radians)
    return np.degrees(east_m / parallel_m), np.degrees(north_m / meridian_m)


def _bd09_shift(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Coordinates:
    """Return how far BD-09 lies from these WGS 84 coordinates, in degrees of (lon, lat)."""
    d_lon, d_lat = _gcj02_shift(lon, lat)
    x, y = lon + d_lon, lat + d_lat
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BAIDU)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BAIDU)
    return radius * np.cos(angle) + 0.0065 - lon, radius * np.sin(angle) + 0.006 - lat


_SHIFTS: dict[str, Callable[[NDArray[np.float64], NDArray[np.float64]], Coordinates] | None] = {
    "wgs84": None,
    "cgcs2000": None,
    "gcj02": _gcj02_shift,
    "bd09": _bd09_shift,
}
