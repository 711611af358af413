"""The map of wrong places: those stored twice, and those not where their address says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from gridgis.words import spoken, word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.chart import chart_of
from gridgis_maps.drawing.everything import every_area
from gridgis_maps.drawing.places import place_marks, place_points, ways_of
from gridgis_maps.drawing.places_tables import place_measures
from gridgis_maps.drawing.sheet import Panel, page
from gridgis_maps.numbers.classes import class_breaks, class_of
from gridgis_maps.numbers.places import MEASURES, place_figures

if TYPE_CHECKING:
    from gridgis_maps.about import About
    from gridgis_maps.frames.places import PlaceFrames
    from gridgis_maps.page import Page


def places(frames: PlaceFrames, about: About, *, checked: int, lang: str = "zh") -> Page:
    """Return a page with the areas shaded by the places that are wrong about them.

    Each place that lies outside the area which its address names is a mark with a line to that
    area; each that seems to be stored several times is a ring.

    Parameters
    ----------
    frames
        Areas, duplicates, disagreements and, where there is any, a base map.
    about
        What the page says about itself.
    checked
        How many places were looked at.
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
    figures = place_figures(frames)
    breaks = {key: class_breaks(figures[key], whole=True) for key in MEASURES}
    points = place_points(frames, lang)
    facts = _facts(frames, figures, breaks, lang)
    chart = chart_of(frames.areas, facts, frames.base, points)
    if chart.bounds is not None and len(frames.disagreements):
        chart = replace(chart, base={**chart.base, "ways": ways_of(frames.disagreements)})
    panel = Panel(
        lang=lang,
        title=word("map.places.title", lang),
        headline=_headline(frames, checked, lang),
        alerts=() if len(frames.areas) else (word("map.alert.no_grids", lang),),
        measures=place_measures(frames.areas, figures, breaks, lang),
        marks=place_marks(frames, lang),
        marks_choice=word("map.places.show", lang),
        shown=len(frames.disagreements) + len(frames.duplicates),
        every=every_area(frames.areas, facts, lang),
        notes=tuple(_notes(frames, figures, points, lang)),
    )
    return page(panel, chart, about=about)


def _facts(
    frames: PlaceFrames, figures: pd.DataFrame, breaks: dict[str, list[float]], lang: str
) -> pd.DataFrame:
    classes = pd.DataFrame({key: class_of(figures[key], breaks[key]) for key in MEASURES})
    return pd.DataFrame(
        {
            "classes": classes.to_numpy().tolist(),
            **{word(f"map.places.{key}", lang): figures[key].map(told.whole) for key in MEASURES},
            word("map.fact.parent", lang): frames.areas["parent_name"].map(told.plain),
        },
        index=frames.areas.index,
    )


def _headline(frames: PlaceFrames, checked: int, lang: str) -> tuple[tuple[str, str], ...]:
    return (
        (word("map.places.checked", lang), told.whole(checked)),
        (word("map.places.outside", lang), told.whole(len(frames.disagreements))),
        (word("map.places.twice", lang), told.whole(len(frames.duplicates))),
    )


def _notes(
    frames: PlaceFrames, figures: pd.DataFrame, points: dict[str, object], lang: str
) -> list[tuple[str, str]]:
    drawn = points.get("drawn", 0)
    every = len(frames.disagreements) + len(frames.duplicates)
    counted = int(figures["named"].sum())
    return [
        ("map.note.method", word("map.places.method", lang)),
        (
            "map.note.shown",
            word(
                "map.places.shown",
                lang,
                drawn=told.whole(float(str(drawn))),
                all=told.whole(every),
                elsewhere=told.whole(len(frames.disagreements) - counted),
            ),
        ),
    ]
