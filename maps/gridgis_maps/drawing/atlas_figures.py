"""The maps of an atlas: the district with its streets, and each street with its grids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.base import WATER
from gridgis_maps.drawing.document import figures_of
from gridgis_maps.drawing.figures import Coat, Figure, Key, Label
from gridgis_maps.drawing.library import (
    BEYOND,
    BORDER,
    COMMUNITY,
    GREENS,
    GROUND,
    ROADS,
    STREET,
    ground_coats,
    met,
    road_labels,
)
from gridgis_maps.drawing.shapes import label_points
from gridgis_maps.drawing.views import bounds_of, box_of, view_of
from gridgis_maps.frames.checking import AREA_COLUMNS, LON_LAT
from gridgis_maps.numbers.atlas import own_name, shared_prefix, sheet_level
from gridgis_maps.numbers.density import area_m2
from gridgis_maps.numbers.distance import has_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from gridgis_maps.drawing.document import Paper
    from gridgis_maps.drawing.views import Bounds
    from gridgis_maps.frames.papers import AtlasFrames

Size = tuple[float, float]
LEAST_SHARE = 0.02
"""A neighbour that takes less of a map is not named on it."""


def outlines_frame(frames: AtlasFrames) -> gpd.GeoDataFrame:
    """Return the outlines of the base map, or none with the same columns."""
    if frames.base.outlines is None:
        return gpd.GeoDataFrame({name: [] for name in AREA_COLUMNS}, geometry=[], crs=LON_LAT)
    return frames.base.outlines


def name_of(frames: AtlasFrames, code: str) -> str:
    """Return what the outlines call an area, or nothing."""
    outlines = outlines_frame(frames)
    found = outlines.loc[outlines["code"] == code, "name"]
    return told.plain(found.iloc[0]) if len(found) else ""


def overview(frames: AtlasFrames, sheet: pd.Series[str], size: Size, lang: str) -> Figure:
    """Return the map of all streets with their names; some grid has ground."""
    outlines = outlines_frame(frames)
    streets = _streets(outlines)
    below = np.flatnonzero(outlines["parent_code"].isin(sheet.unique())).tolist()
    return Figure(
        name=word("atlas.overview", lang),
        width_mm=size[0],
        height_mm=size[1],
        view=view_of(bounds_of(frames.grids), *size),
        coats=(
            Coat("grids", style=GROUND),
            Coat("greens"),
            Coat("roads", style=ROADS | {"opacity": 0.5}),
            Coat("water"),
            Coat("grids", style=BORDER | {"weight": 0.25}),
            Coat("outlines", style=COMMUNITY | {"weight": 0.8}, only=below),
            Coat("outlines", style=STREET, only=streets),
        ),
        labels=tuple(_area_labels(outlines, streets, "area")),
        keys=_keys(frames, lang),
    )


def street(frames: AtlasFrames, own: Sequence[int], size: Size, lang: str) -> Figure:
    """Return the map of one street's grids with code and name, its neighbours' ground light."""
    mine = frames.grids.iloc[list(own)]
    # A street whose grids have no ground is looked for in the whole district.
    there = mine if has_place(mine.geometry).any() else frames.grids
    view = view_of(bounds_of(there), *size)
    box = box_of(view, *size)
    outlines = outlines_frame(frames)
    streets = _streets(outlines)
    inner = np.flatnonzero(outlines["code"].isin(mine["parent_code"])).tolist()
    above = {*mine["parent_code"], *outlines["parent_code"].iloc[inner]}
    home = set(np.flatnonzero(outlines["code"].isin(above)).tolist())
    inner = [at for at in inner if at not in streets]
    prefix = shared_prefix(mine["code"].tolist())
    keys = [*_keys(frames, lang), Key(word("atlas.beyond", lang), "area", BEYOND)]
    if prefix:
        keys.append(Key(word("atlas.prefix", lang, prefix=told.plain(prefix)), "none", BEYOND))
    return Figure(
        name=word("atlas.street", lang),
        width_mm=size[0],
        height_mm=size[1],
        view=view,
        coats=(
            *ground_coats(own, set(met(frames.grids, box)) - set(own)),
            Coat("outlines", style=COMMUNITY, only=inner),
            Coat("outlines", style=STREET, only=streets),
        ),
        labels=(
            *_area_labels(outlines, inner, "community"),
            *grid_labels(mine, prefix, outlines),
            *_neighbours(outlines, [at for at in streets if at not in home], box),
            *road_labels(frames.base.roads, box, view),
        ),
        keys=tuple(keys),
    )


def finest(papers: Sequence[Paper]) -> int:
    """Return the smallest denominator of the papers' maps."""
    return min(figure.view.denominator for figure in figures_of(papers))


def grid_labels(mine: gpd.GeoDataFrame, prefix: str, outlines: gpd.GeoDataFrame) -> list[Label]:
    """Return the short code and the own name of each grid that has ground, small ones first.

    A small grid has no other place for its label; a great one has.
    """
    there = mine.loc[has_place(mine.geometry)]
    there = there.iloc[np.argsort(area_m2(there.geometry), kind="stable")]
    names = dict(zip(outlines["code"], outlines["name"], strict=True))
    above = dict(zip(outlines["code"], outlines["parent_code"], strict=True))
    labels = []
    points = label_points(there.geometry)
    for code, name, parent, (lon, lat) in zip(
        there["code"], there["name"], there["parent_code"], points, strict=True
    ):
        parents = [told.plain(names.get(one, "")) for one in (parent, above.get(parent))]
        lines = (told.plain(code)[len(prefix) :], own_name(told.plain(name), parents))
        labels.append(Label(tuple(line for line in lines if line), lon, lat))
    return labels


def _streets(outlines: pd.DataFrame) -> list[int]:
    return np.flatnonzero(outlines["level"] == sheet_level(outlines)).tolist()


def _neighbours(outlines: gpd.GeoDataFrame, streets: Sequence[int], box: Bounds) -> list[Label]:
    """Return the names of the streets around, amid what a map shows of each."""
    around = outlines.iloc[list(streets)]
    around = around.set_geometry(around.geometry.clip_by_rect(*box))
    taken = shapely.area(np.asarray(around.geometry.array, dtype=object))
    shown = np.flatnonzero(taken > LEAST_SHARE * shapely.box(*box).area).tolist()
    return _area_labels(around, shown, "small")


def _area_labels(outlines: gpd.GeoDataFrame, only: Sequence[int], kind: str) -> list[Label]:
    chosen = outlines.iloc[list(only)]
    if chosen.empty:
        return []
    chosen = chosen.loc[has_place(chosen.geometry)]
    points = label_points(chosen.geometry)
    return [
        Label((told.name_of(name, code),), lon, lat, kind=kind, minor=kind == "small")
        for name, code, (lon, lat) in zip(chosen["name"], chosen["code"], points, strict=True)
    ]


def _keys(frames: AtlasFrames, lang: str) -> tuple[Key, ...]:
    base = frames.base
    lined = base.outlines is not None and len(base.outlines) > 0
    keys = (
        (True, "grid", "area", "#ffffff", BORDER["color"]),
        (lined, "street", "line", STREET["color"], ""),
        (lined, "community", "line", COMMUNITY["color"], ""),
        (base.water is not None, "water", "area", WATER["fillColor"], ""),
        (base.greens is not None, "greens", "area", GREENS["fillColor"], ""),
        (base.roads is not None, "roads", "line", ROADS["color"], ""),
    )
    return tuple(
        Key(word(f"atlas.key.{key}", lang), sign, str(colour), str(edge) or "transparent")
        for shown, key, sign, colour, edge in keys
        if shown
    )
