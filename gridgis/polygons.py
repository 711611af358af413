"""A polygon that somebody drew: read from GeoJSON, judged, brought to EPSG:4326."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Geod
from shapely.affinity import translate

from gridgis import door
from gridgis.datum import to_wgs84
from gridgis.errors import InvalidGeometryError, InvalidInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from gridgis.model import Location

Drawn = shapely.Polygon | shapely.MultiPolygon

MOST_VERTICES = 10_000
"""Corners of one drawn polygon."""

LARGEST_KM2 = 2_000_000
"""No province is larger, and no question needs more."""

LONGEST_RADIUS_M = 100_000.0

_WIDEST_DEG = 90.0
# A ring is closed: three corners, and the first again.
_SHORTEST_RING = 4
# Corners of a circle: none of its edges lies further inside than 1 cm for each km of radius.
_CIRCLE_CORNERS = 720
# Nobody governs nearer to a pole.
_HIGHEST_LAT = 85.0
_HALF_TURN = 180.0
_GEOD = Geod(ellps="WGS84")
_AS_THEY_ARE = frozenset({"wgs84", "cgcs2000"})


def read_polygon(geojson: object, datum: str = "wgs84") -> Drawn:
    """Return the Polygon or MultiPolygon of a GeoJSON geometry, EPSG:4326, longitude first.

    Heights are dropped; edges are straight in degrees (RFC 7946).

    Raises
    ------
    InvalidGeometryError
        It is another thing, a ring is open or short, a coordinate is no number, or the polygon
        cannot be used: see :func:`require_usable`.
    """
    if not isinstance(geojson, dict) or "type" not in geojson:
        msg = "the polygon is no GeoJSON geometry: it has no type"
        raise InvalidGeometryError(msg)
    kind, coordinates = geojson["type"], geojson.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        also = "; give its geometry" if str(kind).startswith("Feature") else ""
        msg = f"a Polygon or a MultiPolygon is needed, and this is a {str(kind)[:50]}{also}"
        raise InvalidGeometryError(msg)
    parts = [coordinates] if kind == "Polygon" else _list(coordinates, "coordinates")
    polygons = [_polygon(part, f"polygon {number}") for number, part in enumerate(parts, 1)]
    vertices = sum(len(ring) for rings in polygons for ring in rings)
    _require_few(vertices)
    drawn = [shapely.Polygon(rings[0], rings[1:]) for rings in polygons if rings]
    shape = drawn[0] if kind == "Polygon" and drawn else shapely.MultiPolygon(drawn)
    return require_usable(_moved(shape, datum))


def require_usable(shape: BaseGeometry | None) -> Drawn:
    """Return a polygon, EPSG:4326, longitude first, when households can be counted in it.

    Raises
    ------
    InvalidGeometryError
        It is missing, empty, no polygon, off the earth, crosses itself, or is too large.
    """
    if shape is None or shape.is_empty:
        msg = "the polygon is empty"
        raise InvalidGeometryError(msg)
    if not isinstance(shape, shapely.Polygon | shapely.MultiPolygon):
        msg = f"a Polygon or a MultiPolygon is needed, and this is a {shape.geom_type}"
        raise InvalidGeometryError(msg)
    flat: Drawn = shapely.force_2d(shape)
    _require_few(int(shapely.get_num_coordinates(flat)))
    _require_on_earth(flat)
    if not shapely.is_valid(flat):
        reason = shapely.is_valid_reason(flat).replace("[", " at ").replace("]", "")
        msg = f"the polygon is not valid ({reason}); draw it again so that it does not cross itself"
        raise InvalidGeometryError(msg)
    _require_small(flat)
    return flat


def circle(centre: Location, radius_m: float) -> Drawn:
    """Return the circle around a point on the ellipsoid as a polygon of 720 corners, EPSG:4326.

    Its corners lie on the circle, its edges at most 1 cm inside for each km of radius. Over the
    antimeridian it is cut in two.

    Raises
    ------
    InvalidGeometryError
        The radius is not above 0 or too long, or the circle reaches a pole.
    """
    return _around(centre, radius_m, np.linspace(0.0, 360.0, _CIRCLE_CORNERS, endpoint=False), [])


def sector(centre: Location, radius_m: float, bearing_deg: float, width_deg: float) -> Drawn:
    """Return the part of a circle around a bearing: where a wind that blows there carries smoke.

    Parameters
    ----------
    bearing_deg
        The middle of the sector, clockwise from north: where the wind blows to.
    width_deg
        From edge to edge; 360 is the whole circle.

    Raises
    ------
    InvalidGeometryError
        The radius or the width is not above 0 or too large, the bearing is no number, or the circle
        reaches a pole.
    """
    if not (math.isfinite(width_deg) and 0 < width_deg <= 2 * _HALF_TURN):
        msg = f"width_deg is {width_deg:g}; it is above 0 and at most 360 degrees"
        raise InvalidGeometryError(msg)
    if not math.isfinite(bearing_deg):
        msg = f"bearing_deg is {bearing_deg}; it is a number of degrees, clockwise from north"
        raise InvalidGeometryError(msg)
    if width_deg == 2 * _HALF_TURN:
        return circle(centre, radius_m)
    corners = max(2, math.ceil(_CIRCLE_CORNERS * width_deg / (2 * _HALF_TURN)) + 1)
    turns = bearing_deg + width_deg * np.linspace(-0.5, 0.5, corners)
    return _around(centre, radius_m, turns, [(centre.lon, centre.lat)])


def _around(
    centre: Location,
    radius_m: float,
    turns: NDArray[np.float64],
    hub: list[tuple[float, float]],
) -> Drawn:
    """Return the polygon of points at a distance, by their bearings; `hub` comes before them."""
    if not (math.isfinite(radius_m) and 0 < radius_m <= LONGEST_RADIUS_M):
        msg = f"radius_m is {radius_m:g}; it is above 0 and at most {LONGEST_RADIUS_M:,.0f} metres"
        raise InvalidGeometryError(msg)
    lon, lat, _ = _GEOD.fwd(
        np.full_like(turns, centre.lon),
        np.full_like(turns, centre.lat),
        turns,
        np.full_like(turns, radius_m),
    )
    if abs(centre.lat) > _HIGHEST_LAT or np.abs(lat).max() > _HIGHEST_LAT:
        msg = f"the circle reaches beyond latitude {_HIGHEST_LAT:g}, where nobody lives"
        raise InvalidGeometryError(msg)
    # The way around is continuous, also where the numbers jump from 180 to -180.
    turned = centre.lon + (lon - centre.lon + _HALF_TURN) % (2 * _HALF_TURN) - _HALF_TURN
    whole = shapely.Polygon([*hub, *np.column_stack((turned, lat))])
    return whole if np.abs(turned).max() <= _HALF_TURN else _cut(whole)


def _cut(whole: shapely.Polygon) -> shapely.MultiPolygon:
    """Cut a polygon that runs over the antimeridian, and turn what lies beyond it back."""
    parts = []
    for turn in (-2 * _HALF_TURN, 0.0, 2 * _HALF_TURN):
        strip = shapely.box(turn - _HALF_TURN, -90, turn + _HALF_TURN, 90)
        part = shapely.intersection(whole, strip)
        if isinstance(part, shapely.Polygon) and not part.is_empty:
            parts.append(translate(part, -turn))
    return shapely.MultiPolygon(parts)


def _polygon(given: object, where: str) -> list[list[tuple[float, float]]]:
    return [
        _ring(ring, f"{where}, ring {number}") for number, ring in enumerate(_list(given, where), 1)
    ]


def _ring(given: object, where: str) -> list[tuple[float, float]]:
    positions = _list(given, where)
    _require_few(len(positions))
    ring = [
        _position(position, f"{where}, position {number}")
        for number, position in enumerate(positions, 1)
    ]
    if ring and ring[0] != ring[-1]:
        msg = f"{where} is not closed: its last position must repeat the first"
        raise InvalidGeometryError(msg)
    if len(ring) < _SHORTEST_RING:
        msg = f"{where} has {len(ring)} positions; a closed ring has at least {_SHORTEST_RING}"
        raise InvalidGeometryError(msg)
    return ring


def _position(given: object, where: str) -> tuple[float, float]:
    numbers = [
        number
        for number in _list(given, where)[:2]
        if isinstance(number, int | float) and not isinstance(number, bool)
    ]
    if len(numbers) < 2:  # noqa: PLR2004 - lon and lat
        msg = f"{where} is not [lon, lat] in degrees"
        raise InvalidGeometryError(msg)
    try:
        there = door.location(float(numbers[0]), float(numbers[1]))
    except (InvalidInputError, OverflowError) as error:
        said = str(error) if isinstance(error, InvalidInputError) else "a number is far too large"
        msg = f"{where}: {said}"
        raise InvalidGeometryError(msg) from error
    return there.lon, there.lat


def _list(given: object, where: str) -> list[object]:
    if not isinstance(given, list):
        msg = f"{where} is no list as GeoJSON wants it: polygons > rings > positions > [lon, lat]"
        raise InvalidGeometryError(msg)
    return given


def _moved(shape: Drawn, datum: str) -> Drawn:
    if datum in _AS_THEY_ARE:
        return shape

    def move(at: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_wgs84(at[:, 0], at[:, 1], datum))

    moved: Drawn = shapely.transform(shape, move)
    return moved


def _require_few(vertices: int) -> None:
    if vertices > MOST_VERTICES:
        msg = f"the polygon has {vertices:,} corners; simplify it to at most {MOST_VERTICES:,}"
        raise InvalidGeometryError(msg)


def _require_on_earth(shape: Drawn) -> None:
    corners = shapely.get_coordinates(shape)
    off = ~np.isfinite(corners).all(axis=1) | (np.abs(corners) > (180.0, 90.0)).any(axis=1)
    for lon, lat in corners[off][:1].tolist():
        try:
            door.location(lon, lat)
        except InvalidInputError as error:
            msg = f"the polygon lies off the earth: {error}"
            raise InvalidGeometryError(msg) from error


def _require_small(shape: Drawn) -> None:
    bounds = shapely.bounds(shapely.get_parts(shape))
    widest = float((bounds[:, 2] - bounds[:, 0]).max())
    if widest > _WIDEST_DEG:
        msg = f"the polygon is too large ({widest:.0f} degrees wide); ask for smaller ones"
        raise InvalidGeometryError(msg)
    area_km2 = abs(_GEOD.geometry_area_perimeter(shapely.orient_polygons(shape))[0]) / 1e6
    if area_km2 > LARGEST_KM2:
        msg = (
            f"the polygon is too large ({area_km2:,.0f} km²); at most {LARGEST_KM2:,} km² are read"
        )
        raise InvalidGeometryError(msg)
