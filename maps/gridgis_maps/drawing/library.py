"""The shapes that the maps of a document share, and the coats that most of them wear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis_maps.drawing import shapes
from gridgis_maps.drawing.base import WATER
from gridgis_maps.drawing.figures import Coat, Label
from gridgis_maps.drawing.names import RANKS, road_names
from gridgis_maps.drawing.views import PX_PER_MM
from gridgis_maps.numbers.distance import has_place

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

    from gridgis_maps.drawing.shapes import FeatureCollection
    from gridgis_maps.drawing.views import Bounds, View
    from gridgis_maps.frames.base import BaseMap

HAIR_MM = 0.1
"""Smaller details than this are not drawn on paper."""
# Nothing is shaded on paper: there a green may be green.
GREENS = {"stroke": False, "fillColor": "#dcebd3", "fillOpacity": 1}
GROUND = {"fillColor": "#ffffff", "fillOpacity": 1, "stroke": False}
BORDER = {"fill": False, "color": "#4b5860", "weight": 0.9, "opacity": 1}
VEIL = {"fillColor": "#dddbd3", "fillOpacity": 0.6, "stroke": False}
BEYOND = "#ebeae5"
"""What the veil makes of white ground."""
ROADS = {"color": "#d8c9ae", "opacity": 1}
COMMUNITY = {"fill": False, "color": "#2f5d50", "weight": 1.6, "opacity": 1}
STREET = {"fill": False, "color": "#8c2f39", "weight": 2.6, "opacity": 1}


def library_of(
    grids: gpd.GeoDataFrame, base: BaseMap, denominator: int
) -> dict[str, FeatureCollection]:
    """Return the shapes as fine as the largest scale of a document shows them.

    `grids` and `outlines` know their position in their frame as `at`; `water`, `greens` and
    `roads` their style. What the base map lacks is missing.
    """
    tolerance_m = HAIR_MM * denominator / 1000
    there = grids.loc[has_place(grids.geometry)]
    drawn = shapes.simplified(there.geometry, tolerance_m)
    places = np.flatnonzero(has_place(grids.geometry)).tolist()
    library = {"grids": shapes.feature_collection(drawn, [{"at": at} for at in places])}
    for name, frame, style in (("greens", base.greens, GREENS), ("water", base.water, WATER)):
        if frame is not None and len(frame):
            thin = shapes.thinned(frame.geometry, tolerance_m)
            library[name] = shapes.feature_collection(thin, [{"style": style}] * len(thin))
    if base.roads is not None and len(base.roads):
        roads = shapes.roads_of(base.roads, tolerance_m)
        styles = [{"style": {"fill": False, "weight": 1.7 * weight}} for weight in roads["weight"]]
        library["roads"] = shapes.feature_collection(roads.geometry, styles)
    if base.outlines is not None and len(base.outlines):
        outlines = shapes.outlines_of(base.outlines, there, drawn, tolerance_m)
        ats = [{"at": at} for at in range(len(outlines))]
        library["outlines"] = shapes.feature_collection(outlines.geometry, ats)
    return library


def ground_coats(own: Iterable[int], beyond: Iterable[int]) -> tuple[Coat, ...]:
    """Return the coats of the ground: grids, the base map on them, a veil on all but the own ones.

    Borders of the own grids come last: many run along a road.
    """
    mine, others = sorted(own), sorted(beyond)
    return (
        Coat("grids", style=GROUND, only=[*mine, *others]),
        Coat("greens"),
        Coat("roads", style=ROADS),
        Coat("water"),
        Coat("grids", style=VEIL, only=others),
        Coat("grids", style=BORDER, only=mine),
    )


def met(areas: gpd.GeoDataFrame, bounds: Bounds) -> list[int]:
    """Return the positions of the areas that a box (degrees) meets."""
    boxes = shapely.bounds(np.asarray(areas.geometry.array, dtype=object))
    west, south, east, north = bounds
    meets = (boxes[:, 0] <= east) & (boxes[:, 2] >= west)
    meets &= (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
    return [int(at) for at in np.flatnonzero(meets)]


def road_labels(roads: gpd.GeoDataFrame | None, box: Bounds, view: View) -> tuple[Label, ...]:
    """Return names along the roads that a map shows, great roads first.

    `roads` has columns kind and, where names are known, name; `box` is what the map shows, degrees.
    Small roads too are called by name: on paper one looks for one's own.
    """
    if roads is None or roads.empty:
        return ()
    cut = shapely.clip_by_rect(np.asarray(roads.geometry.array, dtype=object), *box)
    there = ~shapely.is_empty(cut)
    near = roads.loc[there].set_geometry(cut[there], crs=roads.crs)
    near = near.assign(kind=near["kind"].where(near["kind"].isin(list(RANKS)), "tertiary"))
    return tuple(
        Label((name.text,), name.lon, name.lat, kind="road", angle=name.angle_deg, minor=True)
        for name in road_names(near, view.ground_m(1 / PX_PER_MM) / 2)
    )
