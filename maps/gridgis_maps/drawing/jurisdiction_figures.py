"""The map of one report: its point, its grid, how far the boundary is, how sure the position is."""

from __future__ import annotations

from math import cos, radians
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.figures import Coat, Figure, Key, Label, Mark
from gridgis_maps.drawing.library import ground_coats, library_of, met, road_labels
from gridgis_maps.drawing.shapes import feature_collection, label_points
from gridgis_maps.drawing.views import bounds_of, box_of, view_of
from gridgis_maps.frames.checking import LON_LAT
from gridgis_maps.numbers.distance import has_place
from gridgis_maps.numbers.jurisdiction import circle, to_boundary

if TYPE_CHECKING:
    from shapely import LineString

    from gridgis_maps.drawing.shapes import FeatureCollection
    from gridgis_maps.drawing.views import Bounds, View
    from gridgis_maps.frames.papers import JurisdictionFrames

EDGE = {"fill": False, "color": "#1f4e79", "weight": 3.4, "opacity": 1}
OTHERS = {"fill": False, "color": "#8f948f", "weight": 1, "opacity": 1}
SURE = {"color": "#a3243b", "weight": 1.2, "fillColor": "#a3243b", "fillOpacity": 0.12}
WAY = {"fill": False, "color": "#a3243b", "weight": 2, "dashArray": "5 3"}
SPOT = {"radius": 4.5, "weight": 1.6, "color": "#ffffff", "fillColor": "#a3243b", "fillOpacity": 1}
MARGIN_MM, GAP_MM = 8.0, 5.0
LEAST_SEEN_M = 20.0
"""So much around the point is seen in any case."""
CLOSER = 2
"""A second map is worth its place when it shows things at least so many times larger."""
DIGITS = 8


def report_figures(
    frames: JurisdictionFrames, size: tuple[float, float], lang: str
) -> tuple[tuple[Figure, ...], dict[str, FeatureCollection]]:
    """Return the map of a located report on an edition with ground, and the shapes that it shows.

    The nearest boundary is that of the report's grid; outside, of the nearest grid. Where it is too
    near to be seen beside the whole grid, a second map shows it closer; both share the width.
    """
    judged, grids = frames.judged, frames.grids
    at = _answering(frames)
    lon, lat = judged.lon or 0.0, judged.lat or 0.0
    way = to_boundary(lon, lat, grids.geometry.iloc[at])
    sure = circle(lon, lat, judged.accuracy_m or 0.0)
    spot = _Spot(at if judged.grid_code is not None else None, lon, lat, way)
    near = gpd.GeoSeries([way, sure, circle(lon, lat, LEAST_SEEN_M)], crs=LON_LAT)
    shown = [*near, grids.geometry.iloc[at]] if spot.grid is not None else [*near]
    whole = gpd.GeoSeries(shown, crs=LON_LAT)
    half = ((size[0] - GAP_MM) / 2, size[1])
    far_view, near_view = (view_of(bounds_of(shapes), *half, MARGIN_MM) for shapes in (whole, near))
    if near_view.denominator * CLOSER <= far_view.denominator:
        figures = tuple(_figure(frames, spot, view, half, lang) for view in (far_view, near_view))
    else:
        figures = (_figure(frames, spot, view_of(bounds_of(whole), *size, MARGIN_MM), size, lang),)
    finest = min(figure.view.denominator for figure in figures)
    library = library_of(grids, frames.base, finest) | {
        "way": feature_collection(gpd.GeoSeries([way], crs=LON_LAT), [{"style": WAY}], DIGITS),
        "sure": feature_collection(gpd.GeoSeries([sure], crs=LON_LAT), [{"style": SURE}], DIGITS),
    }
    return figures, library


class _Spot(NamedTuple):
    """The position of the answering grid, None without one, the report's point and its way."""

    grid: int | None
    lon: float
    lat: float
    way: LineString


def _figure(
    frames: JurisdictionFrames, spot: _Spot, view: View, size: tuple[float, float], lang: str
) -> Figure:
    box = box_of(view, *size)
    around = met(frames.grids, box)
    own = [] if spot.grid is None else [spot.grid]
    middle = spot.way.interpolate(0.5, normalized=True)
    away = told.exactly(frames.judged.boundary_distance_m, lang)
    return Figure(
        name=word("jurisdiction.map", lang),
        width_mm=size[0],
        height_mm=size[1],
        view=view,
        coats=(
            *ground_coats(own, set(around) - set(own)),
            Coat("grids", style=OTHERS, only=around),
            Coat("grids", style=EDGE, only=own),
            Coat("sure"),
            Coat("way"),
        ),
        labels=(
            Label((away,), middle.x, middle.y, kind="mark"),
            *_names(frames, around, box),
            *road_labels(frames.base.roads, box, view),
        ),
        marks=(Mark(spot.lon, spot.lat, SPOT),),
    )


def _answering(frames: JurisdictionFrames) -> int:
    """Return the position of the grid that answered, else of the nearest one with ground."""
    codes = frames.grids["code"].to_numpy()
    if frames.judged.grid_code in codes:
        return int(np.flatnonzero(codes == frames.judged.grid_code)[0])
    there = np.flatnonzero(has_place(frames.grids.geometry))
    lon, lat = frames.judged.lon or 0.0, frames.judged.lat or 0.0
    # Near enough to a plane to choose among grids; the distance itself was measured.
    scale = np.array([cos(radians(lat)), 1.0])
    shapes = np.asarray(frames.grids.geometry.array, dtype=object)[there]
    planar = shapely.transform(shapes, lambda lonlat: lonlat * scale)
    away = shapely.distance(planar, shapely.Point(lon * scale[0], lat))
    return int(there[int(away.argmin())])


def _names(frames: JurisdictionFrames, around: list[int], box: Bounds) -> list[Label]:
    shown = frames.grids.iloc[around]
    shown = shown.set_geometry(shown.geometry.clip_by_rect(*box))
    shown = shown.loc[~shown.geometry.is_empty]
    named = zip(shown["code"], shown["name"], label_points(shown.geometry), strict=True)
    own = frames.judged.grid_code
    told_of = {own, *frames.runners_up["code"]}
    labels = [
        Label(
            tuple(dict.fromkeys((told.name_of(name, code), told.plain(code))))[: 1 + (code == own)],
            lon,
            lat,
            kind="code" if code == own else "small",
            minor=code not in told_of,
        )
        for code, name, (lon, lat) in named
    ]
    return sorted(labels, key=lambda label: (label.minor, label.kind))


def keys_of(frames: JurisdictionFrames, lang: str) -> tuple[Key, ...]:
    """Return the legend of the maps."""
    accuracy_m = frames.judged.accuracy_m
    keys = [Key(word("jurisdiction.key.point", lang), "dot", str(SPOT["fillColor"]))]
    if accuracy_m:
        said = word("jurisdiction.key.sure", lang, distance=told.distance(accuracy_m, lang))
        keys.append(Key(said, "area", "#f3e3e6", str(SURE["color"])))
    keys.append(Key(word("jurisdiction.key.way", lang), "dash", str(WAY["color"])))
    if frames.judged.grid_code is not None:
        keys.append(Key(word("jurisdiction.key.grid", lang), "line", str(EDGE["color"])))
    keys.append(Key(word("jurisdiction.key.others", lang), "line", str(OTHERS["color"])))
    return tuple(keys)
