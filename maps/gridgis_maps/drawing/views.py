"""Where a map on paper looks, and at which round scale: paper has mm, so its scale is known."""

from __future__ import annotations

from dataclasses import dataclass
from math import asinh, atan, cos, degrees, floor, log2, log10, pi, radians, sinh, tan
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd

PX_PER_MM = 96 / 25.4
"""CSS pixels a millimetre, on the screen as on paper."""
RADIUS_M = 6_378_137.0
"""Of the sphere on which Leaflet draws."""
ROUND = (1.0, 1.2, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)
ROUND_BARS = (1.0, 2.0, 2.5, 5.0, 10.0)
LEAST_DENOMINATOR = 500
MOST_LAT = 85.0
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class View:
    """The middle of a map in degrees, Leaflet's zoom, and the scale one to so many."""

    lon: float
    lat: float
    zoom: float
    denominator: int

    def ground_m(self, length_mm: float) -> float:
        """Return the metres on the ground of so many millimetres of the map.

        >>> View(0, 0, 1, 5000).ground_m(20)
        100.0
        """
        return length_mm * self.denominator / 1000


def view_of(bounds: Bounds, width_mm: float, height_mm: float, margin_mm: float = 5) -> View:
    """Return the view that shows all of a box at the largest round scale, with a margin around it.

    Parameters
    ----------
    bounds
        (min_lon, min_lat, max_lon, max_lat), degrees.
    width_mm, height_mm
        The size of the map.
    margin_mm
        What stays free on each side.

    Examples
    --------
    >>> view = view_of((103.80, 36.05, 103.81, 36.06), 100, 100)
    >>> view.denominator, round(view.zoom, 2)
    (15000, 14.96)
    """
    west, south, east, north = bounds
    south, north = max(south, -MOST_LAT), min(north, MOST_LAT)
    top, bottom = _mercator(north), _mercator(south)
    lat = degrees(atan(sinh((top + bottom) / 2)))
    # Metres at the middle's latitude: Mercator stretches both ways alike.
    metres = RADIUS_M * cos(radians(lat))
    across = radians(east - west) * metres / max(width_mm - 2 * margin_mm, 1.0)
    up = (top - bottom) * metres / max(height_mm - 2 * margin_mm, 1.0)
    denominator = rounded_up(max(across, up) * 1000)
    pixel_m = denominator / PX_PER_MM / 1000
    zoom = log2(2 * pi * metres / pixel_m / 256)
    return View((west + east) / 2, lat, zoom, denominator)


def rounded_up(denominator: float) -> int:
    """Return the next round denominator: no scale is more than a quarter smaller than the next.

    >>> [rounded_up(value) for value in (30, 1001, 5000, 6100, 91_000)]
    [500, 1200, 5000, 7000, 100000]
    """
    least = max(denominator, LEAST_DENOMINATOR)
    power = 10.0 ** floor(log10(least))
    # A hair of slack, or a box that fits exactly would get the next scale.
    return round(power * next(step for step in ROUND if step * power >= least * (1 - 1e-9)))


def box_of(view: View, width_mm: float, height_mm: float) -> Bounds:
    """Return the box in degrees that a map of so many mm shows, lon/lat.

    >>> box = box_of(view_of((103.80, 36.05, 103.81, 36.06), 100, 100), 100, 100)
    >>> [round(degree, 4) for degree in box]
    [103.7967, 36.0483, 103.8133, 36.0617]
    """
    metres = RADIUS_M * cos(radians(view.lat))
    across = degrees(view.ground_m(width_mm) / 2 / metres)
    up = view.ground_m(height_mm) / 2 / metres
    middle = _mercator(view.lat)
    south, north = (degrees(atan(sinh(middle + side * up))) for side in (-1, 1))
    return view.lon - across, south, view.lon + across, north


def bar_m(view: View, most_mm: float) -> int:
    """Return the round length in metres of a scale bar that is no longer than so many millimetres.

    >>> bar_m(View(0, 0, 1, 7500), 40)
    250
    """
    most = view.ground_m(most_mm)
    power = 10.0 ** floor(log10(most))
    return round(power * max(step for step in ROUND_BARS if step * power <= most * (1 + 1e-9)))


def bounds_of(shapes: gpd.GeoDataFrame | gpd.GeoSeries) -> Bounds:
    """Return the box of shapes as plain numbers; NaN without any ground."""
    west, south, east, north = (float(degree) for degree in shapes.total_bounds)
    return west, south, east, north


def around(bounds: Bounds, share: float) -> Bounds:
    """Return a box that is larger by a share of its size on each side.

    >>> around((0, 0, 10, 20), 0.1)
    (-1.0, -2.0, 11.0, 22.0)
    """
    west, south, east, north = bounds
    across, up = (east - west) * share, (north - south) * share
    return west - across, south - up, east + across, north + up


def _mercator(lat: float) -> float:
    return asinh(tan(radians(lat)))
