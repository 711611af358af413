"""Sizes of shapes in metres; shapes themselves stay in degrees, EPSG:4326."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

TOLERANCE_M2 = 0.01
"""Ground that is smaller is rounding."""

_SEMI_MAJOR_M = 6_378_137.0
_ECCENTRICITY2 = 0.0066943799901413165
_ECCENTRICITY = np.sqrt(_ECCENTRICITY2)


def area_m2(shapes: Iterable[shapely.Geometry | None]) -> NDArray[np.float64]:
    r"""Return the area of each shape (polygons, EPSG:4326, longitude first) in square metres.

    The shape is laid on Lambert's cylindrical equal-area projection of the WGS 84 ellipsoid,
    :math:`x = a\lambda,\; y = \tfrac{a}{2} q(\varphi)` (Snyder 1987, doi:10.3133/pp1395, 10-15 and
    3-12), so areas are right anywhere; edges are straight there. None and empty shapes have 0.

    >>> area_m2([shapely.box(103.8, 36.0, 103.81, 36.01), None]).round().tolist()
    [1000385.0, 0.0]
    """
    given = np.array(list(shapes), dtype=object)
    moved = shapely.transform(given, _equal_area)
    return np.nan_to_num(shapely.area(moved))


def size(amount_m2: float) -> str:
    """Return an area as people say it.

    >>> size(0.034), size(56.4), size(2_104_530.0)
    ('0.034 m²', '56 m²', '2.10 km²')
    """
    if amount_m2 >= 100_000:  # noqa: PLR2004 - from a tenth of a km² on, km² read better
        return f"{amount_m2 / 1e6:,.2f} km²"
    return f"{amount_m2:,.0f} m²" if amount_m2 >= 10 else f"{amount_m2:.2g} m²"  # noqa: PLR2004


def place(shape: shapely.Geometry) -> tuple[float, float]:
    """Return a (lon, lat) on a shape, degrees."""
    point = shapely.point_on_surface(shape)
    return float(shapely.get_x(point)), float(shapely.get_y(point))


def _equal_area(lon_lat: NDArray[np.float64]) -> NDArray[np.float64]:
    sine = np.sin(np.radians(lon_lat[:, 1]))
    part = _ECCENTRICITY * sine
    q = (1 - _ECCENTRICITY2) * (
        sine / (1 - part * part) + np.log((1 + part) / (1 - part)) / (2 * _ECCENTRICITY)
    )
    return np.column_stack((_SEMI_MAJOR_M * np.radians(lon_lat[:, 0]), _SEMI_MAJOR_M / 2 * q))
