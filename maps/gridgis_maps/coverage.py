"""The coverage map: how far each grid is from its nearest responder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from gridgis.words import spoken, word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.chart import chart_of
from gridgis_maps.drawing.coverage_tables import band_measure
from gridgis_maps.drawing.everything import every_area
from gridgis_maps.drawing.public import stations_note
from gridgis_maps.drawing.responders import responder_marks, responder_points
from gridgis_maps.drawing.sheet import Panel, page
from gridgis_maps.numbers.coverage import (
    BANDS_M,
    PLACES,
    Coverage,
    coverage_figures,
    households_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from gridgis_maps.about import About
    from gridgis_maps.frames.coverage import CoverageFrames
    from gridgis_maps.page import Page


STATION = "facility"
"""The responders that are no persons, and move nowhere."""


def coverage(
    frames: CoverageFrames,
    about: About,
    *,
    skill: str | None = None,
    skill_name: str | None = None,
    bands_m: Sequence[float] = BANDS_M,
    lang: str = "zh",
) -> Page:
    """Return a page with the grids shaded by distance to their nearest responder.

    On a public page only stations count: a shade would tell where somebody is.

    Parameters
    ----------
    frames
        Grids, responders and, where there are any, cells and a base map.
    about
        What the page says about itself.
    skill
        Only responders with this skill; None for all.
    skill_name
        What the page calls the skill; the skill itself when None.
    bands_m
        Upper ends of the bands in metres, > 0 and rising.
    lang
        Language of the page.

    Raises
    ------
    InvalidInputError
        The bands do not rise from above zero, or the language is unknown.
    PageError
        The package's scripts have not been built.
    """
    spoken(lang)
    if about.public:
        stations = frames.responders["kind"] == STATION
        frames = replace(frames, responders=frames.responders.loc[stations])
    figures = coverage_figures(frames, skill, bands_m)
    named = told.plain(skill_name or skill or word("map.coverage.any", lang))
    points = responder_points(figures.responders, lang)
    facts = _facts(frames.grids, figures, lang)
    chart = chart_of(frames.grids, facts, frames.base, points)
    panel = Panel(
        lang=lang,
        title=word("map.coverage.title", lang, skill=named),
        headline=_headline(figures, lang),
        alerts=_alerts(frames, figures, named, lang),
        measures=(band_measure(frames.grids, figures, lang),),
        marks=responder_marks(figures.responders, lang),
        marks_choice=word("map.marks.responders", lang),
        shown=len(figures.responders),
        every=every_area(frames.grids, facts, lang),
        notes=(*_notes(figures, lang), *stations_note(about, lang)),
    )
    return page(panel, chart, about=about)


def _facts(grids: gpd.GeoDataFrame, figures: Coverage, lang: str) -> pd.DataFrame:
    """Return what the map says about each grid."""
    names = figures.responders["name"].map(told.plain).to_dict()
    nearest = [names.get(label, told.NOTHING) for label in figures.grids["nearest"]]
    distance = figures.grids["distance_m"].map(lambda metres: told.distance(metres, lang))
    return pd.DataFrame(
        {
            "classes": [[int(band)] for band in figures.grids["band"]],
            word("map.fact.distance", lang): distance,
            word("map.fact.nearest", lang): nearest,
            word("map.fact.households", lang): households_of(grids).map(told.whole),
            word("map.fact.parent", lang): grids["parent_name"].map(told.plain),
        },
        index=grids.index,
    )


def _headline(figures: Coverage, lang: str) -> tuple[tuple[str, str], ...]:
    if figures.responders.empty or figures.grids.empty:
        return ()
    half = "map.coverage.half_grids" if figures.basis == PLACES else "map.coverage.half"
    farthest_m = float(figures.grids["distance_m"].max())
    return (
        (word(half, lang), told.distance(figures.median_m, lang)),
        (word("map.coverage.farthest", lang), told.distance(farthest_m, lang)),
        (word("map.coverage.responders", lang), told.whole(len(figures.responders))),
    )


def _alerts(frames: CoverageFrames, figures: Coverage, named: str, lang: str) -> tuple[str, ...]:
    """Return what must not be overlooked."""
    said = []
    if frames.for_want_of_roads:
        said.append(word("map.coverage.no_roads", lang))
    if frames.grids.empty:
        said.append(word("map.alert.no_grids", lang))
    if figures.responders.empty:
        said.append(word("map.alert.no_responders", lang, skill=named))
    if figures.basis == PLACES and len(frames.grids):
        said.append(word("map.alert.no_households", lang))
    if figures.unknown:
        key = f"map.alert.unknown_{figures.basis}"
        said.append(word(key, lang, count=told.whole(figures.unknown)))
    return tuple(said)


def _notes(figures: Coverage, lang: str) -> list[tuple[str, str]]:
    shown = {"count": told.whole(len(figures.responders)), "hidden": told.whole(figures.unplaced)}
    return [
        ("map.note.method", word("map.coverage.method", lang)),
        ("map.note.basis", word(f"map.coverage.basis.{figures.basis}", lang)),
        ("map.note.shown", word("map.coverage.shown", lang, **shown)),
    ]
