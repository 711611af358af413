"""Names on the map: where each can stand, and how it lies there.

The page shows as many as fit without touching, the first ones first.
"""

from __future__ import annotations

from math import atan2, degrees
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gridgis_maps.drawing import shapes
from gridgis_maps.drawing.told import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

AREA, ROAD, WATER, GREEN = "area", "road", "water", "green"
RANKS = {"motorway": 0, "trunk": 0, "primary": 0, "secondary": 1, "tertiary": 2}
"""Kinds of roads that are called by name, the great ones first."""
MOST_ROAD_NAMES = 160
MOST_GROUND_NAMES = 60
STEPS = 5
"""Names along a road stand at least a fifth of the map apart."""
LETTER_PX = 12.0
STRAIGHT = 0.97
"""How much shorter than its road a name's chord may be."""
WIDE_PX = 24.0
"""Greens as wide as that, when the whole map is seen, are called by name before narrower ones."""


class Name(NamedTuple):
    """A name on the map.

    Attributes
    ----------
    text
        Plain, on one line.
    lon, lat
        Its middle, EPSG:4326 degrees.
    depth
        Of an area: its level's depth below the top. Of anything else: how soon it is shown when
        one looks closer, 0 at once.
    angle_deg
        How it is turned, clockwise as the page turns it, between -90 and 90.
    kind
        area, road, water or green.
    """

    text: str
    lon: float
    lat: float
    depth: int
    angle_deg: int = 0
    kind: str = AREA


def road_names(roads: gpd.GeoDataFrame, tolerance_m: float) -> list[Name]:
    """Return where names of the greater roads can stand: along them, where they are straight.

    `roads` has columns kind and, where names are known, name; `tolerance_m` is half a pixel of the
    whole map. The longest road of a kind comes first.
    """
    if "name" not in roads.columns:
        return []
    called = roads.loc[roads["kind"].isin(list(RANKS)) & roads["name"].notna()]
    if called.empty:
        return []
    factors = shapes.factors_of(called.geometry)
    spots: list[tuple[int, int, float, Name]] = []
    for (text, kind), ways in called.groupby(["name", "kind"]):
        said = plain(text, 24)
        whole = shapes.merged_lines(np.asarray(ways.geometry, dtype=object))
        line = _longest(shapely.transform(whole, lambda xy: xy * factors))
        for turn, (x, y, angle) in enumerate(_stands(line, said, tolerance_m) if said else ()):
            lon, lat = np.round(np.array([x, y]) / factors, shapes.DIGITS).tolist()
            rank = RANKS[str(kind)]
            spots.append((turn, rank, -line.length, Name(said, lon, lat, rank, angle, ROAD)))
    # Each road's first name, before any road's second.
    spots.sort(key=lambda one: one[:3])
    return [name for *_, name in spots[:MOST_ROAD_NAMES]]


def ground_names(areas: gpd.GeoDataFrame, kind: str, tolerance_m: float) -> list[Name]:
    """Return the names of water or greens, each well inside its area, the widest first.

    `areas` may have a column name; `kind` is ``water`` or ``greens``.
    """
    if "name" not in areas.columns:
        return []
    called = areas.loc[areas["name"].notna()]
    if called.empty:
        return []
    factors = shapes.factors_of(called.geometry)
    metres = shapely.transform(
        np.asarray(called.geometry.array, dtype=object), lambda xy: xy * factors
    )
    circles = shapely.maximum_inscribed_circle(metres, tolerance=tolerance_m)
    width_px = shapely.length(circles) / tolerance_m
    order = np.argsort(-width_px, kind="stable")[:MOST_GROUND_NAMES]
    at = np.round(shapely.get_coordinates(shapely.get_point(circles, 0)) / factors, shapes.DIGITS)
    texts = called["name"].tolist()
    is_water = kind == WATER
    return [
        Name(
            plain(texts[one], 24),
            float(at[one, 0]),
            float(at[one, 1]),
            # A river is narrow, and yet it is what people go by.
            0 if is_water else 1 if width_px[one] >= WIDE_PX else 2,
            kind=WATER if is_water else GREEN,
        )
        for one in order
        if plain(texts[one], 24)
    ]


def _longest(lines: shapely.MultiLineString) -> shapely.LineString:
    parts = shapely.get_parts(lines)
    longest: shapely.LineString = parts[int(np.argmax(shapely.length(parts)))]
    return longest


def _stands(
    line: shapely.LineString, text: str, tolerance_m: float
) -> Iterator[tuple[float, float, int]]:
    """Yield metres east and north, and the angle, of places along a line where a text can stand.

    The middle comes first, then what is further from it.
    """
    half_m = len(text) * LETTER_PX * tolerance_m
    apart_m = shapes.SHEET_PX * 2 * tolerance_m / STEPS
    if line.length < half_m / 2:
        return
    reach_m = min(half_m, line.length / 2)
    turns = int((line.length / 2 - reach_m) // apart_m)
    for turn in sorted(range(-turns, turns + 1), key=abs):
        middle_m = line.length / 2 + turn * apart_m
        ends = shapely.line_interpolate_point(line, [middle_m - reach_m, middle_m + reach_m])
        (x0, y0), (x1, y1) = shapely.get_coordinates(ends).tolist()
        chord_m = float(np.hypot(x1 - x0, y1 - y0))
        if chord_m < STRAIGHT * 2 * reach_m:
            continue
        middle = shapely.line_interpolate_point(line, middle_m)
        yield middle.x, middle.y, _readable(-degrees(atan2(y1 - y0, x1 - x0)))


def _readable(angle_deg: float) -> int:
    """Return an angle under which a text is never upside down.

    >>> [_readable(angle) for angle in (30.0, 120.0, -135.0, 90.0)]
    [30, -60, 45, 90]
    """
    turned = round(angle_deg) % 180
    return turned - 180 if turned > 90 else turned  # noqa: PLR2004 - a quarter turn
