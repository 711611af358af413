"""The hotspot map: how many reports each grid has, by itself, by area and by households."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import geopandas as gpd
import pandas as pd

from gridgis.words import spoken, word
from gridgis_maps.about import Period
from gridgis_maps.drawing import told
from gridgis_maps.drawing.bins import report_bins
from gridgis_maps.drawing.chart import chart_of
from gridgis_maps.drawing.dense import density_layer
from gridgis_maps.drawing.everything import every_area
from gridgis_maps.drawing.hotspot_tables import count_measures, figure_class
from gridgis_maps.drawing.judged import (
    cluster_layer,
    judged_notes,
    nothing_hot,
    verdict_shades,
)
from gridgis_maps.drawing.notes import restated_notes
from gridgis_maps.drawing.public import masked_note, masked_text, moved_spots, too_many_spots
from gridgis_maps.drawing.reports import Spots, report_spots
from gridgis_maps.drawing.risk_tables import risk_notes, risk_tables
from gridgis_maps.drawing.sheet import Panel, page
from gridgis_maps.drawing.warned import warning_layer, warning_notes, warning_table
from gridgis_maps.numbers.classes import class_breaks
from gridgis_maps.numbers.density import (
    ELSEWHERE,
    NO_LOCATION,
    OUTSIDE,
    SHOWN,
    report_figures,
    whereabouts,
)
from gridgis_maps.numbers.disclosure import published
from gridgis_maps.numbers.distance import has_place
from gridgis_maps.numbers.editions import one_edition
from gridgis_maps.numbers.judging import USUAL, Judged, judged
from gridgis_maps.numbers.risk.of_period import SMOOTHED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gridgis_maps.about import About
    from gridgis_maps.drawing.chart import Chart
    from gridgis_maps.drawing.judged import Shade
    from gridgis_maps.drawing.sheet import Overlay, Table
    from gridgis_maps.frames.reports import HotspotFrames
    from gridgis_maps.numbers.disclosure import Published
    from gridgis_maps.page import Page

RATES = ("per_km2", "per_1000_households")
MEASURES = ("per_km2", "count", "per_1000_households")
MOST_POINTS = 10_000
FEW_POINTS = 1500
"""Up to so many points are shown from the start; more would hide the shading."""

ALWAYS = Period()


def hotspots(  # noqa: PLR0913 - what a person may ask of it
    frames: HotspotFrames,
    about: About,
    *,
    period: Period = ALWAYS,
    category_name: str | None = None,
    analyses: Sequence[str] = USUAL,
    seed: int = 0,
    most_points: int = MOST_POINTS,
    lang: str = "zh",
) -> Page:
    """Return a page with the grids shaded by their reports: density, count, rate, and verdicts.

    Verdicts tell from chance where it is hot (Gi*), what became of each grid (emerging hot spots)
    and what has flared up of late (a space-time scan); see `numbers.judging`. Beside them stand, as
    asked for, density, smoothed rates, the rhythm of the week, near repeats, the score of forecasts
    (see `numbers.risk.of_period`), and the period's early warnings. A public page masks
    small counts, says nothing of a single report, and judges nothing: a verdict would tell of the
    masked counts around it; see `numbers.disclosure`.

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
    analyses
        Which of `numbers.judging.ANALYSES`.
    seed
        Of the random worlds that reports are held against.
    most_points
        Up to so many reports that have a place are drawn as points as well; more are gathered in
        hexagons. All of them are counted.
    lang
        Language of the page.

    Raises
    ------
    InvalidInputError
        The language or an analysis is unknown, or the reports were counted on two editions.
    PageError
        The package's scripts have not been built.
    """
    spoken(lang)
    if about.public:
        frames = replace(frames, warnings=None)
    reports = frames.reports.loc[period.holds(frames.reports["captured_at"])]
    # A million codes are looked at once; from then on they are numbers.
    reports = reports.assign(grid_code=pd.Categorical(reports["grid_code"]))
    reports = reports.assign(counted=reports["grid_code"].isin(frames.grids["code"]))
    one_edition(reports.loc[reports["counted"]], "reports")
    figures, shown = report_figures(frames.grids, reports), None
    if about.public:
        shown = published(figures, frames.grids["parent_code"], ["count"], RATES)
        figures = shown.figures
    found = whereabouts(frames.grids["code"], reports)
    if shown is None:
        placed = reports.loc[has_place(reports.geometry)]
        spots = report_spots(placed, about, most_points, lang)
    else:
        spots = _spots(frames, reports, shown, most_points, lang)
    verdicts = Judged()
    if shown is None:
        verdicts = judged(
            frames.grids,
            reports,
            between=_between(period, reports, about),
            zone=about.zone,
            analyses=analyses,
            seed=seed,
        )
    smoothed = verdicts.risks.smoothed
    if smoothed is not None:
        figures = figures.assign(smoothed=1000 * smoothed["smoothed"])
    asked = MEASURES if smoothed is None else (*MEASURES, SMOOTHED)
    breaks = {key: class_breaks(figures[key], whole=key == "count") for key in asked}
    shades = verdict_shades(frames.grids, figures["count"], verdicts, lang)
    facts = _facts(frames.grids, figures, breaks, shades, lang)
    chart = chart_of(frames.grids, facts, frames.base, spots.points)
    named = told.plain(category_name or word("map.hotspots.any", lang))
    panel = Panel(
        lang=lang,
        title=word("map.hotspots.title", lang, category=named),
        period=period.told(about, lang),
        headline=_headline(figures, found, shown, lang),
        alerts=(
            *_alerts(figures, found, lang),
            *(nothing_hot(verdicts, lang) if found[SHOWN] else ()),
        ),
        measures=(
            *count_measures(frames.grids, figures, breaks, lang),
            *(shade.measure for shade in shades),
        ),
        marks=spots.marks,
        marks_choice=word("map.marks.reports", lang),
        marks_shown=len(spots.points.get("lon", ())) <= FEW_POINTS,
        overlays=_overlays(frames, spots, verdicts, chart, lang),
        tables=_tables(frames, verdicts, about, lang),
        methods=(
            *judged_notes(verdicts, lang),
            *risk_notes(verdicts.risks, lang),
            *warning_notes(frames.grids, frames.warnings, lang),
        ),
        shown=found[SHOWN] if shown is None else shown.shown,
        masked=0 if shown is None else shown.masked or 0,
        every=every_area(frames.grids, facts, lang),
        notes=(
            *_notes(found, shown, lang),
            *restated_notes(reports, lang),
            *spots.notes,
        ),
    )
    return page(panel, chart, about=about)


def _spots(
    frames: HotspotFrames, reports: gpd.GeoDataFrame, shown: Published, most_points: int, lang: str
) -> Spots:
    """Return the moved points of the reports in grids that are shown, if they may be drawn."""
    if frames.moved is None:
        return Spots()
    open_grids = frames.grids.loc[~shown.figures["masked"], "code"]
    mine = reports.index[reports["grid_code"].isin(open_grids)]
    moved = cast("gpd.GeoSeries", frames.moved.loc[mine].dropna())
    if len(moved) > most_points:
        return too_many_spots(len(moved), most_points, lang)
    return moved_spots(moved, lang)


def _between(period: Period, reports: pd.DataFrame, about: About) -> tuple[datetime, datetime]:
    """Return when what is judged begins and ends; its last day when there is no more of it.

    Days that are still to come are not judged: nothing in them is no calm.
    """
    seen = reports["captured_at"]
    end = min(period.end or about.data_as_of, about.data_as_of)
    if len(seen):
        end = max(end, seen.max().ceil("us").to_pydatetime() + timedelta(microseconds=1))
    first = seen.min() if period.start is None else period.start
    if pd.isna(first) or first >= end:
        first = end - timedelta(days=1)
    return pd.Timestamp(first).floor("us").to_pydatetime(), end


def _overlays(
    frames: HotspotFrames, spots: Spots, verdicts: Judged, chart: Chart, lang: str
) -> tuple[Overlay, ...]:
    """Return the layers over the grids, the lowest first: what covers the grids lies below."""
    if not chart.tolerance_m:
        return ()
    grids, density = frames.grids, verdicts.risks.density
    there = grids.loc[has_place(grids.geometry)]
    drawn = gpd.GeoSeries(chart.shapes.shapes, index=there.index, crs=grids.crs)
    layers: list[Overlay | None] = [
        report_bins(gathered, 2 * chart.tolerance_m, lang) for gathered in spots.gathered
    ]
    if density is not None:
        layers.insert(0, density_layer(density, chart, lang))
    if verdicts.scanned is not None:
        layers.append(cluster_layer(grids, drawn, verdicts.scanned, lang))
    if frames.warnings is not None:
        layers.append(warning_layer(grids, drawn, frames.warnings, lang))
    return tuple(layer for layer in layers if layer is not None)


def _tables(frames: HotspotFrames, verdicts: Judged, about: About, lang: str) -> tuple[Table, ...]:
    """Return what else there is to read, folded."""
    tables = risk_tables(verdicts.risks, about, lang)
    if frames.warnings is not None:
        tables.append(warning_table(frames.grids, frames.warnings, lang))
    return tuple(tables)


def _facts(
    grids: gpd.GeoDataFrame,
    figures: pd.DataFrame,
    breaks: dict[str, list[float]],
    shades: Sequence[Shade],
    lang: str,
) -> pd.DataFrame:
    """Return what the map says about each grid."""
    classes = pd.DataFrame({key: figure_class(figures, key, ends) for key, ends in breaks.items()})
    classes = classes.assign(**{shade.measure.key: shade.classes for shade in shades})
    households = pd.to_numeric(grids["households"], errors="coerce").astype("float64")
    rates = [*RATES, *(key for key in breaks if key == SMOOTHED)]
    said = {"count": figures["count"].map(told.whole)}
    said |= {key: figures[key].map(told.rounded) for key in rates}
    return pd.DataFrame(
        {
            "classes": classes.to_numpy().tolist(),
            **{
                word(f"map.measure.{key}", lang): masked_text(text, figures, lang)
                for key, text in said.items()
            },
            **{shade.measure.label: shade.text for shade in shades},
            word("map.fact.area", lang): figures["area_km2"].map(told.rounded),
            word("map.fact.households", lang): households.map(told.whole),
            word("map.fact.parent", lang): grids["parent_name"].map(told.plain),
        },
        index=grids.index,
    )


def _headline(
    figures: pd.DataFrame, found: dict[str, int], shown: Published | None, lang: str
) -> tuple[tuple[str, str], ...]:
    if figures.empty:
        return ()
    counted = (word("map.hotspots.counted", lang), told.whole(found[SHOWN]))
    empty = (word("map.hotspots.empty", lang), told.whole((figures["count"] == 0).sum()))
    if shown is None:
        return ((word("map.hotspots.asked", lang), told.whole(sum(found.values()))), counted, empty)
    masked = (word("map.public.masked", lang), told.whole(shown.disclosed.masked))
    return (*([counted] if shown.disclosed.total else []), empty, masked)


def _alerts(figures: pd.DataFrame, found: dict[str, int], lang: str) -> tuple[str, ...]:
    """Return what must not be overlooked."""
    said = []
    if figures.empty:
        said.append(word("map.alert.no_grids", lang))
    if sum(found.values()) == 0:
        said.append(word("map.alert.no_reports", lang))
    elif found[SHOWN] == 0:
        said.append(word("map.alert.all_outside", lang))
    unknown = int((figures["per_1000_households"].isna() & ~figures["masked"]).sum())
    if unknown:
        said.append(word("map.alert.no_rate", lang, count=told.whole(unknown)))
    return tuple(said)


def _notes(
    found: dict[str, int], shown: Published | None, lang: str
) -> tuple[tuple[str, str], ...]:
    method = ("map.note.method", word("map.hotspots.method", lang))
    if shown is not None:
        return method, ("map.note.public", masked_note(shown.disclosed, lang))
    left_out = {key: told.whole(found[key]) for key in (OUTSIDE, NO_LOCATION, ELSEWHERE)}
    counted = word("map.hotspots.shown", lang, count=told.whole(found[SHOWN]), **left_out)
    return method, ("map.note.shown", counted)
