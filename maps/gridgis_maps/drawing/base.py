"""The base map: water, greens, roads and outlines above the grids, and the names of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gridgis_maps.drawing import shapes
from gridgis_maps.drawing.names import ROAD, Name, ground_names, road_names
from gridgis_maps.drawing.told import plain
from gridgis_maps.numbers.distance import has_place

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from gridgis_maps.drawing.shapes import FeatureCollection
    from gridgis_maps.frames.base import BaseMap

WATER = {"stroke": False, "fillColor": "#d3e1e8", "fillOpacity": 1}
# No fill: a tint would lie about the class of the grid below.
GREENS = {"fill": False, "color": "#5f8f5a", "weight": 1.0, "opacity": 0.9, "dashArray": "1 3"}
OUTLINES = (("#263139", 2.4), ("#37434b", 1.6), ("#737d82", 0.8))
"""Colour and weight in px by depth below the top level."""
GROUND_VERTICES = 12_000
"""Vertices of water, and of greens, that are drawn at most; the smallest areas go first."""
AROUND = 0.3
"""How far beyond the grids the base map goes, of their width and height."""


def base_layers(
    base: BaseMap, grids: gpd.GeoDataFrame, drawn: gpd.GeoSeries, tolerance_m: float
) -> tuple[dict[str, FeatureCollection], list[Name]]:
    """Return the layers above the grids by name, and the names on the map, the foremost first.

    Nothing of it is a figure's ground: roads and water are thinned, cut off around the grids, and
    the least of them left out where they would be too many.
    """
    layers: dict[str, FeatureCollection] = {}
    names: list[Name] = []
    frame = _around(grids)
    for kind, ground, style in (("greens", base.greens, GREENS), ("water", base.water, WATER)):
        near = _within(ground, frame)
        if near is not None:
            kept = _drawable(near.set_geometry(shapes.thinned(near.geometry, tolerance_m)))
            layers[kind] = shapes.feature_collection(kept.geometry, [{"style": style}] * len(kept))
            names += ground_names(kept, kind, tolerance_m)
    roads = _within(base.roads, frame)
    if roads is not None:
        lines = shapes.roads_of(roads, tolerance_m)
        styles = [{"style": _road_style(weight)} for weight in lines["weight"]]
        layers["roads"] = shapes.feature_collection(lines.geometry, styles)
        names += road_names(roads, tolerance_m)
    if base.outlines is not None and len(base.outlines):
        outlines = shapes.outlines_of(base.outlines, grids, drawn, tolerance_m)
        outlines = outlines.sort_values("depth", ascending=False, kind="stable")
        styles = [{"style": _outline_style(depth)} for depth in outlines["depth"]]
        layers["outlines"] = shapes.feature_collection(outlines.geometry, styles)
        names = _area_names(outlines) + sorted(names, key=_by_rank)
    return layers, names


def _by_rank(name: Name) -> tuple[int, bool]:
    """Return what orders the ground's names: great roads and rivers come before small ones."""
    return name.depth, name.kind == ROAD


def _around(grids: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    west, south, east, north = grids.total_bounds
    wide, high = AROUND * (east - west), AROUND * (north - south)
    return west - wide, south - high, east + wide, north + high


def _within(
    frame: gpd.GeoDataFrame | None, bounds: tuple[float, float, float, float]
) -> gpd.GeoDataFrame | None:
    """Return what of a frame lies within bounds, cut off there; None without any."""
    if frame is None or frame.empty:
        return None
    placed = frame.loc[has_place(frame.geometry)]
    cut = shapely.clip_by_rect(np.asarray(placed.geometry.array, dtype=object), *bounds)
    there = ~shapely.is_empty(cut)
    return placed.loc[there].set_geometry(cut[there], crs=placed.crs) if there.any() else None


def _drawable(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the largest areas that can be drawn, in their order; one is always there."""
    shown = np.asarray(areas.geometry.array, dtype=object)
    size = pd.Series(shapely.area(shown), index=np.arange(len(areas)))
    vertices = shapely.get_num_coordinates(shown)
    largest = size.sort_values(ascending=False, kind="stable").index.to_numpy()
    fits = np.cumsum(vertices[largest]) <= GROUND_VERTICES
    fits[:1] = True
    return areas.iloc[np.sort(largest[fits & (size.to_numpy()[largest] > 0)])]


def _area_names(outlines: gpd.GeoDataFrame) -> list[Name]:
    """Return the names of all levels but a top that is one area: the title says that one."""
    told = outlines.loc[has_place(outlines.geometry)]
    if (told["depth"] == 0).sum() == 1:
        told = told[told["depth"] > 0]
    told = told.sort_values("depth", kind="stable")
    return [
        Name(plain(name, 24), lon, lat, int(depth))
        for name, (lon, lat), depth in zip(
            told["name"], shapes.label_points(told.geometry), told["depth"], strict=True
        )
    ]


def _outline_style(depth: int) -> Mapping[str, Any]:
    colour, weight = OUTLINES[min(depth, len(OUTLINES) - 1)]
    return {"fill": False, "color": colour, "weight": weight, "opacity": 0.9}


def _road_style(weight: float) -> Mapping[str, Any]:
    return {"fill": False, "color": "#ffffff", "weight": weight, "opacity": 0.85}
