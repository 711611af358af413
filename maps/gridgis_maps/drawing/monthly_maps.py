"""The maps of a monthly report: figures on paper, in the classes of the same maps on screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from gridgis.errors import InvalidInputError
from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.base import WATER
from gridgis_maps.drawing.casework_tables import figure_measure
from gridgis_maps.drawing.coverage_tables import band_measure
from gridgis_maps.drawing.figures import Coat, Figure, Key, Label
from gridgis_maps.drawing.judged import CHANCE, SURE, cluster_layer, verdict_shades
from gridgis_maps.drawing.library import BEYOND, GROUND, VEIL, library_of, met
from gridgis_maps.drawing.reach_tables import reach_measure
from gridgis_maps.drawing.shapes import FeatureCollection, label_points
from gridgis_maps.drawing.views import bounds_of, box_of, view_of
from gridgis_maps.frames.coverage import CoverageFrames
from gridgis_maps.numbers.atlas import own_name
from gridgis_maps.numbers.casework import per_head, shading
from gridgis_maps.numbers.coverage import coverage_figures
from gridgis_maps.numbers.density import count_by_grid
from gridgis_maps.numbers.distance import has_place
from gridgis_maps.numbers.reach import reached

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from gridgis_maps.drawing.casework_tables import Naming
    from gridgis_maps.drawing.sheet import Measure, Overlay
    from gridgis_maps.drawing.views import Bounds, View
    from gridgis_maps.frames.base import BaseMap
    from gridgis_maps.frames.coverage import ReachFrames
    from gridgis_maps.frames.monthly import MonthlyFrames
    from gridgis_maps.numbers.judging import Judged
    from gridgis_maps.numbers.local.gistar import GiStar

FILLED = {"stroke": False, "fillOpacity": 1}
ROADS = {"color": "#ffffff", "opacity": 0.8}
EDGE = {"fill": False, "color": "#6d777d", "weight": 0.5, "opacity": 1}
PART = {"fill": False, "color": "#263139", "weight": 1.8, "opacity": 1}
CLUSTERS = "clusters"
FREE_MM, LEAST_MM = 8.0, 60.0
"""What stays free above and below the area, and how high a map is at least."""


class Shaded(NamedTuple):
    """The area's grids in classes: the measure, and each grid's class in their order."""

    measure: Measure
    classes: list[int]


@dataclass(frozen=True)
class Ground:
    """What the maps of one area share: its grids, where they look, and their shapes.

    Attributes
    ----------
    frames
        Of the report.
    sizes
        How large a map may be at most, mm: beside its tables, and above them. The one with the
        larger scale is taken, no higher than the area needs.
    lang
        Language of the labels.
    """

    frames: MonthlyFrames
    sizes: tuple[tuple[float, float], tuple[float, float]]
    lang: str

    @cached_property
    def own_at(self) -> list[int]:
        """The positions of the area's grids among all."""
        return np.flatnonzero(self.frames.grids["code"].isin(list(self.frames.own))).tolist()

    @cached_property
    def grids(self) -> gpd.GeoDataFrame:
        """The area's grids."""
        return self.frames.grids.iloc[self.own_at].reset_index(drop=True)

    @cached_property
    def there(self) -> bool:
        """Whether anything can be drawn."""
        return bool(len(self.grids) and has_place(self.grids.geometry).any())

    @cached_property
    def lies(self) -> bool:
        """Whether the maps stand above their tables: the area is wider than high."""
        beside, above = (view_of(bounds_of(self.grids), *size).denominator for size in self.sizes)
        return above < beside

    @cached_property
    def size(self) -> tuple[float, float]:
        """How wide and high the maps are, mm."""
        bounds = bounds_of(self.grids)
        width_mm, most_mm = self.sizes[self.lies]
        shown = box_of(view_of(bounds, width_mm, most_mm), width_mm, most_mm)
        needed_mm = most_mm * (bounds[3] - bounds[1]) / (shown[3] - shown[1]) + 2 * FREE_MM
        return width_mm, round(min(most_mm, max(needed_mm, LEAST_MM)), 1)

    @cached_property
    def view(self) -> View:
        """Where the maps look."""
        return view_of(bounds_of(self.grids), *self.size)

    @cached_property
    def box(self) -> Bounds:
        """The box in degrees that the maps show."""
        return box_of(self.view, *self.size)

    @cached_property
    def library(self) -> dict[str, FeatureCollection]:
        """The shapes that the maps show, and no others; nothing without ground."""
        if not self.there:
            return {}
        base = _within(self.frames.base, self.box)
        made = library_of(self.frames.grids, base, self.view.denominator)
        shown = {*self.own_at, *self.beyond_at}
        made["grids"] = _only(made["grids"], shown)
        if "outlines" in made:
            made["outlines"] = _only(made["outlines"], set(self.parts_at))
        return made

    @cached_property
    def beyond_at(self) -> list[int]:
        """The positions of the other grids that the maps show a part of."""
        return sorted(set(met(self.frames.grids, self.box)) - set(self.own_at))

    @cached_property
    def parts_at(self) -> list[int]:
        """The positions of the level below among the base map's outlines."""
        outlines = self.frames.base.outlines
        if outlines is None:
            return []
        return np.flatnonzero(outlines["code"].isin(self.frames.by_part["code"])).tolist()

    def figure(self, name: str, shaded: Shaded, clusters: FeatureCollection | None) -> Figure:
        """Return the map of a measure."""
        measure = shaded.measure
        styles = {
            at: {"fillColor": measure.colours[one], "hatch": measure.hatches.get(one, 0)}
            for at, one in zip(self.own_at, shaded.classes, strict=True)
        }
        coats = [
            Coat("grids", style=GROUND, only=self.beyond_at),
            Coat("grids", style=FILLED, styles=styles, only=self.own_at),
            Coat("water"),
            Coat("roads", style=ROADS),
            Coat("grids", style=VEIL, only=self.beyond_at),
            Coat("grids", style=EDGE, only=self.own_at),
            Coat("outlines", style=PART, only=self.parts_at),
        ]
        if clusters is not None:
            coats.append(Coat(CLUSTERS))
        return Figure(
            name=f"{name} · {measure.label}",
            width_mm=self.size[0],
            height_mm=self.size[1],
            view=self.view,
            coats=tuple(coats),
            labels=tuple(self._labels()),
            keys=self._keys(clusters is not None),
        )

    def _labels(self) -> list[Label]:
        if self.parts_at:
            named = self.frames.base.outlines.iloc[self.parts_at]  # type: ignore[union-attr]
            kind = "area"
        else:
            named, kind = self.grids, "small"
        named = named.loc[has_place(named.geometry)]
        parents = [told.plain(one) for one in self.grids["parent_name"].unique()]
        return [
            Label((own_name(told.name_of(name, code), parents),), lon, lat, kind=kind)
            for name, code, (lon, lat) in zip(
                named["name"], named["code"], label_points(named.geometry), strict=True
            )
        ]

    def _keys(self, clustered: bool) -> tuple[Key, ...]:
        part = told.plain(self.frames.part_name)
        keys = (
            (bool(self.parts_at), "part", "line", PART["color"], ""),
            (bool(self.beyond_at), "beyond", "area", BEYOND, "#b9b7b0"),
            ("water" in self.library, "water", "area", WATER["fillColor"], ""),
            (clustered, "cluster", "line", SURE["color"], ""),
        )
        return tuple(
            Key(
                word(f"monthly.key.{key}", self.lang, part=part),
                sign,
                str(colour),
                edge or "transparent",
            )
            for shown, key, sign, colour, edge in keys
            if shown
        )


def coverage_of(frames: CoverageFrames | ReachFrames, lang: str) -> Shaded:
    """Return the grids by how soon, or how far, who can come is from them."""
    if isinstance(frames, CoverageFrames):
        figures = coverage_figures(frames)
        return Shaded(
            band_measure(frames.grids, figures, lang), figures.grids["band"].astype(int).tolist()
        )
    reach = frames.reach.reindex(frames.grids["code"].to_numpy()).set_index(frames.grids.index)
    look = reached(reach, frames.limits_min)[0]
    measure = reach_measure(frames.grids, reach["households"], look, frames.limits_min, lang)
    return Shaded(measure, look.classes.astype(int).tolist())


def hotspots_of(ground: Ground, judged: Judged, reports: pd.DataFrame) -> Shaded:
    """Return the area's grids by the verdict on them, which was found among all grids."""
    grids, own = ground.grids, verdicts_of(ground, judged)
    counts = count_by_grid(grids["code"], reports["grid_code"]).astype("float64")
    (shade,) = verdict_shades(grids, counts, replace(judged, hot=own, hot_rate=None), ground.lang)
    return Shaded(shade.measure, shade.classes.astype(int).tolist())


def verdicts_of(ground: Ground, judged: Judged) -> GiStar:
    """Return what was found of the area's grids among all: Gi* of the counts, which was asked for.

    Raises
    ------
    InvalidInputError
        It was not judged.
    """
    if judged.hot is None:
        msg = "analyses: a monthly report needs gi"
        raise InvalidInputError(msg)
    frame = judged.hot.frame.iloc[ground.own_at].reset_index(drop=True)
    return replace(judged.hot, frame=frame)


def clusters_of(ground: Ground, judged: Judged) -> Overlay | None:
    """Return the clusters of the month's last days that touch the area; None without any.

    Those that chance explains are left out: a report claims nothing that could be chance.
    """
    if judged.scanned is None or not ground.there:
        return None
    own = set(ground.frames.own)
    found = judged.scanned.clusters
    sure = found[found["p"] <= CHANCE]
    mine = sure[sure["places"].map(lambda places: bool(own & set(places))).astype(bool)]
    shapes = library_of(ground.frames.grids, type(ground.frames.base)(), ground.view.denominator)
    drawn = gpd.GeoSeries(
        shapes["grids"].shapes,
        index=ground.frames.grids.index[[one["at"] for one in shapes["grids"].properties]],
        crs=4326,
    )
    scanned = replace(judged.scanned, clusters=mine)
    return cluster_layer(ground.frames.grids, drawn, scanned, ground.lang)


def workload_of(ground: Ground, figures: pd.DataFrame, naming: Naming) -> Shaded:
    """Return the area's grids by their reports: for each worker, where it is known who works."""
    numbers = per_head(ground.grids, figures)
    known = bool(numbers["received_per_worker"].notna().any())
    key = "received_per_worker" if known else "received"
    shaded = shading(numbers, key, naming.definitions.get(key), naming.fewest)
    measure = figure_measure(ground.grids, shaded, numbers, naming)
    return Shaded(measure, shaded.classes.astype(int).tolist())


def names_of(frames: MonthlyFrames) -> Mapping[str, str]:
    """Return what categories and grids are called: by ``category:CODE`` and ``grid:CODE``."""
    tables = (("category", frames.by_category), ("grid", frames.grids))
    return {
        f"{kind}:{code}": told.name_of(name, code)
        for kind, table in tables
        for code, name in zip(table["code"], table["name"], strict=True)
    }


def _only(shapes: FeatureCollection, shown: set[int]) -> FeatureCollection:
    kept = [facts["at"] in shown for facts in shapes.properties]
    mine = [facts for facts, here in zip(shapes.properties, kept, strict=True) if here]
    return FeatureCollection(shapes.shapes[np.array(kept, dtype=bool)], mine, shapes.digits)


def _within(base: BaseMap, box: Bounds) -> BaseMap:
    """Return the base map's ground within a box; outlines stay whole."""
    cut = {
        name: None if frame is None else _cut(frame, box)
        for name, frame in (("water", base.water), ("roads", base.roads))
    }
    return replace(base, greens=None, tiles=None, **cut)


def _cut(frame: gpd.GeoDataFrame, box: Bounds) -> gpd.GeoDataFrame:
    placed = frame.loc[has_place(frame.geometry)]
    shapes = shapely.clip_by_rect(np.asarray(placed.geometry.array, dtype=object), *box)
    there = ~shapely.is_empty(shapes)
    return placed.loc[there].set_geometry(shapes[there], crs=placed.crs)
