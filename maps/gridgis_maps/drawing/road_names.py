"""Names along the lines of a map: roads, and rivers where they are lines."""

from __future__ import annotations

from math import atan2, cos, degrees, radians
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString

from gridgis_maps.drawing import told
from gridgis_maps.drawing.figures import Label
from gridgis_maps.drawing.rows import text_mm
from gridgis_maps.drawing.shapes import METRES_PER_DEGREE, ROAD_WEIGHT_PX, ROAD_WEIGHTS_PX

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from gridgis_maps.drawing.views import Bounds, View

MOST_NAMES = 40
NEARBY = 0.04
"""The direction of a name is that of so much of its line around its middle."""


def road_labels(roads: gpd.GeoDataFrame | None, bounds: Bounds, view: View) -> tuple[Label, ...]:
    """Return a name along the longest piece of each named road within a box, great roads first.

    `roads` has columns kind and name (None without one); a piece that is shorter on paper than its
    name goes without. `bounds` is (min_lon, min_lat, max_lon, max_lat), degrees.
    """
    if roads is None or "name" not in roads:
        return ()
    west, south, east, north = bounds
    named = roads.loc[roads["name"].notna() & (roads["name"] != "")].cx[west:east, south:north]
    if named.empty:
        return ()
    factors = METRES_PER_DEGREE * np.array([cos(radians(view.lat)), 1.0])
    weight = named["kind"].map(ROAD_WEIGHTS_PX).fillna(ROAD_WEIGHT_PX)
    found: list[tuple[float, float, Label]] = []
    pieces = np.asarray(named.geometry.clip_by_rect(west, south, east, north).array, dtype=object)
    for name, places in named.groupby("name").indices.items():
        piece_m = _longest(pieces[places], factors)
        text = told.plain(name, 16)
        if piece_m is None or piece_m.length < view.ground_m(1.25 * text_mm(text)):
            continue
        great = float(weight.iloc[places].max())
        found.append((-great, -piece_m.length, _label(text, piece_m, factors)))
    return tuple(label for _, _, label in sorted(found, key=lambda one: one[:2])[:MOST_NAMES])


def _longest(lines: NDArray[np.object_], factors: NDArray[np.float64]) -> LineString | None:
    """Return the longest piece in metres on a plane, or None."""
    merged = shapely.line_merge(shapely.union_all(lines))
    pieces = [
        LineString(shapely.get_coordinates(part) * factors)
        for part in shapely.get_parts(merged)
        if isinstance(part, LineString)
    ]
    return max(pieces, key=lambda piece: piece.length, default=None)


def _label(text: str, piece_m: LineString, factors: NDArray[np.float64]) -> Label:
    shares = (0.5 - NEARBY, 0.5, 0.5 + NEARBY)
    before, middle, after = (
        shapely.get_coordinates(piece_m.interpolate(share, normalized=True))[0] for share in shares
    )
    # Read from left to right, or from top to bottom. On the page y grows downwards.
    angle = -degrees(atan2(after[1] - before[1], after[0] - before[0]))
    angle = round((angle + 90) % 180 - 90, 1)
    lon, lat = (round(float(degree), 6) for degree in middle / factors)
    return Label((text,), lon, lat, kind="road", angle=angle, minor=True)
