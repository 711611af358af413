"""The map of a public notice: one grid, with what people go by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.figures import Coat, Figure, Key, Label, Mark
from gridgis_maps.drawing.library import ground_coats, met, road_labels
from gridgis_maps.drawing.shapes import label_points
from gridgis_maps.drawing.views import bounds_of, box_of, view_of
from gridgis_maps.numbers.atlas import own_name

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis_maps.drawing.views import Bounds
    from gridgis_maps.frames.papers import SignFrames

EDGE = {"fill": False, "color": "#a3243b", "weight": 4, "opacity": 1}
AROUND = {"fill": False, "color": "#8f948f", "weight": 1, "opacity": 1, "dashArray": "5 4"}
MARGIN_MM = 14
SPOT = {"radius": 2.6, "weight": 1, "color": "#ffffff", "fillColor": "#1f4e79", "fillOpacity": 1}
MOST_LANDMARKS = 30


def grid_figure(frames: SignFrames, at: int, size: tuple[float, float], lang: str) -> Figure:
    """Return the map of the grid at a position, which has ground: white, the rest below a veil."""
    mine = frames.grids.iloc[[at]]
    view = view_of(bounds_of(mine), *size, MARGIN_MM)
    box = box_of(view, *size)
    others = [one for one in met(frames.grids, box) if one != at]
    spots, labels = _landmarks(frames.landmarks, box)
    return Figure(
        name=word("sign.map", lang, name=told.name_of(mine["name"].iloc[0], mine["code"].iloc[0])),
        width_mm=size[0],
        height_mm=size[1],
        view=view,
        coats=(
            *ground_coats([at], others),
            Coat("grids", style=AROUND, only=others),
            Coat("grids", style=EDGE, only=[at]),
        ),
        labels=(*labels, *road_labels(frames.base.roads, box, view), *_around(frames, others, box)),
        marks=spots,
        keys=(
            Key(word("sign.key.grid", lang), "line", str(EDGE["color"])),
            Key(word("sign.key.around", lang), "dash", str(AROUND["color"])),
            *(
                [Key(word("sign.key.landmark", lang), "dot", str(SPOT["fillColor"]))]
                if spots
                else []
            ),
        ),
    )


def _landmarks(
    landmarks: gpd.GeoDataFrame, box: Bounds
) -> tuple[tuple[Mark, ...], tuple[Label, ...]]:
    west, south, east, north = box
    seen = landmarks.cx[west:east, south:north].head(MOST_LANDMARKS)
    lonlat = shapely.get_coordinates(np.asarray(seen.geometry.array, dtype=object)).round(6)
    places = lonlat.tolist()
    marks = tuple(Mark(lon, lat, SPOT) for lon, lat in places)
    labels = tuple(
        Label((told.plain(name, 16),), lon, lat, kind="sight", minor=True)
        for name, (lon, lat) in zip(seen["name"], places, strict=True)
    )
    return marks, labels


def _around(frames: SignFrames, others: list[int], box: Bounds) -> list[Label]:
    """Return the neighbours' names, amid what the map shows of each."""
    shown = frames.grids.iloc[others]
    shown = shown.set_geometry(shown.geometry.clip_by_rect(*box))
    shown = shown.loc[~shown.geometry.is_empty]
    outlines = frames.base.outlines
    above: dict[str, str] = {}
    if outlines is not None:
        above = dict(zip(outlines["code"], outlines["parent_name"].map(told.plain), strict=True))
    return [
        Label((own_name(told.plain(name), [above.get(parent, "")]),), lon, lat, "small", minor=True)
        for name, parent, (lon, lat) in zip(
            shown["name"], shown["parent_code"], label_points(shown.geometry), strict=True
        )
    ]
