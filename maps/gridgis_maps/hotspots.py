"""The hotspot map: how many reports each grid has, by itself, by area and by households."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridgis.words import spoken, word
from gridgis_maps.about import Period
from gridgis_maps.drawing import told
from gridgis_maps.drawing.bins import report_bins
from gridgis_maps.drawing.chart import chart_of
from gridgis_maps.drawing.everything import every_area
from gridgis_maps.drawing.hotspot_tables import count_measures
from gridgis_maps.drawing.reports import report_marks, report_points
from gridgis_maps.drawing.sheet import Panel, page
from gridgis_maps.numbers.classes import class_breaks, class_of
from gridgis_maps.numbers.density import (
    ELSEWHERE,
    NO_LOCATION,
    OUTSIDE,
    SHOWN,
    report_figures,
    whereabouts,
)
from gridgis_maps.numbers.distance import has_place

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis_maps.about import About
    from gridgis_maps.frames import HotspotFrames
    from gridgis_maps.page import Page

MEASURES = ("per_km2", "count", "per_1000_households")
MOST_POINTS = 10_000
FEW_POINTS = 1500
"""Up to so many points are shown from the start; more would hide the shading."""

ALWAYS = Period()


def hotspots(
    frames: HotspotFrames,
    about: About,
    *,
    period: Period = ALWAYS,
    category_name: str | None = None,
    most_points: int = MOST_POINTS,
    lang: str = "zh",
) -> Page:
    """Return a page with the grids shaded by their reports: density, count or rate.

    Parameters
    ----------
    frames
        Grids, reports and, where there is any, a base map.
    about
        What the page says about itself.
    period
        Only reports captured in it count.
    category_name
        What the page calls the category that the reports were asked for; None for all.
    most_points
        Up to so many reports that have a place are drawn as points as well; more are gathered in
        hexagons. All of them are counted.
    lang
        Language of the page.

    Raises
    ------
    InvalidInputError
        The language is unknown.
    PageError
        The package's scripts have not been built.
    """
    spoken(lang)
    reports = frames.reports.loc[period.holds(frames.reports["captured_at"])]
    # A million codes are looked at once; from then on they are numbers.
    reports = reports.assign(grid_code=pd.Categorical(reports["grid_code"]))
    reports = reports.assign(counted=reports["grid_code"].isin(frames.grids["code"]))
    figures = report_figures(frames.grids, reports)
    breaks = {key: class_breaks(figures[key], whole=key == "count") for key in MEASURES}
    found = whereabouts(frames.grids["code"], reports)
    placed = reports.loc[has_place(reports.geometry)]
    binned = len(placed) > most_points
    points = {} if binned else report_points(placed, about, lang)
    facts = _facts(frames.grids, figures, breaks, lang)
    chart = chart_of(frames.grids, facts, frames.base, points)
    named = told.plain(category_name or word("map.hotspots.any", lang))
    panel = Panel(
        lang=lang,
        title=word("map.hotspots.title", lang, category=named),
        period=period.told(about, lang),
        headline=_headline(figures, len(reports), lang),
        alerts=_alerts(figures, found, lang),
        measures=count_measures(frames.grids, figures, breaks, lang),
        marks=None if binned else report_marks(placed, lang),
        marks_choice=word("map.marks.reports", lang),
        marks_shown=len(points.get("lon", ())) <= FEW_POINTS,
        overlays=(report_bins(placed.geometry, 2 * chart.tolerance_m, lang),)
        if binned and chart.tolerance_m
        else (),
        shown=found[SHOWN],
        every=every_area(frames.grids, facts, lang),
        notes=(*_notes(found, lang), *_points_notes(len(placed), most_points, lang)),
    )
    return page(panel, chart, about=about)


def _facts(
    grids: gpd.GeoDataFrame, figures: pd.DataFrame, breaks: dict[str, list[float]], lang: str
) -> pd.DataFrame:
    """Return what the map says about each grid."""
    classes = pd.DataFrame({key: class_of(figures[key], breaks[key]) for key in MEASURES})
    households = pd.to_numeric(grids["households"], errors="coerce").astype("float64")
    return pd.DataFrame(
        {
            "classes": classes.to_numpy().tolist(),
            word("map.measure.count", lang): figures["count"].map(told.whole),
            word("map.measure.per_km2", lang): figures["per_km2"].map(told.rounded),
            word("map.measure.per_1000_households", lang): figures["per_1000_households"].map(
                told.rounded
            ),
            word("map.fact.area", lang): figures["area_km2"].map(told.rounded),
            word("map.fact.households", lang): households.map(told.whole),
            word("map.fact.parent", lang): grids["parent_name"].map(told.plain),
        },
        index=grids.index,
    )


def _headline(figures: pd.DataFrame, asked: int, lang: str) -> tuple[tuple[str, str], ...]:
    if figures.empty:
        return ()
    return (
        (word("map.hotspots.asked", lang), told.whole(asked)),
        (word("map.hotspots.counted", lang), told.whole(figures["count"].sum())),
        (word("map.hotspots.empty", lang), told.whole((figures["count"] == 0).sum())),
    )


def _alerts(figures: pd.DataFrame, found: dict[str, int], lang: str) -> tuple[str, ...]:
    """Return what must not be overlooked."""
    said = []
    if figures.empty:
        said.append(word("map.alert.no_grids", lang))
    if sum(found.values()) == 0:
        said.append(word("map.alert.no_reports", lang))
    elif found[SHOWN] == 0:
        said.append(word("map.alert.all_outside", lang))
    unknown = int(figures["per_1000_households"].isna().sum())
    if unknown:
        said.append(word("map.alert.no_rate", lang, count=told.whole(unknown)))
    return tuple(said)


def _notes(found: dict[str, int], lang: str) -> list[tuple[str, str]]:
    left_out = {key: told.whole(found[key]) for key in (OUTSIDE, NO_LOCATION, ELSEWHERE)}
    return [
        ("map.note.method", word("map.hotspots.method", lang)),
        (
            "map.note.shown",
            word("map.hotspots.shown", lang, count=told.whole(found[SHOWN]), **left_out),
        ),
    ]


def _points_notes(placed: int, most: int, lang: str) -> list[tuple[str, str]]:
    """Return how the places are drawn: one by one, or gathered."""
    if not placed:
        return []
    key = "map.bins.said" if placed > most else "map.hotspots.points"
    said = word(key, lang, placed=told.whole(placed), most=told.whole(most))
    return [("map.note.points", said)]
