"""Maps of the assembly line: workload, response times, satisfaction by grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridgis.words import spoken, word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.casework_tables import (
    Naming,
    figure_measure,
    value_told,
)
from gridgis_maps.drawing.chart import chart_of
from gridgis_maps.drawing.everything import every_area
from gridgis_maps.drawing.sheet import Panel, page
from gridgis_maps.numbers.casework import (
    FEWEST,
    RESPONSE_TIME,
    SATISFACTION,
    WORKLOAD,
    Shading,
    per_head,
    shading,
)
from gridgis_maps.numbers.classes import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis_maps.about import About, Period
    from gridgis_maps.frames.casework import FigureFrames
    from gridgis_maps.page import Page

HEADLINES = {
    "workload": ("received", "open", "late_open"),
    "response_time": ("arrive_median_min", "close_median_min", "on_time_share"),
    "satisfaction": ("satisfied_share", "answered", "response_share"),
}


def workload(
    frames: FigureFrames,
    about: About,
    *,
    period: Period,
    category_name: str | None = None,
    fewest: int = FEWEST,
    lang: str = "zh",
) -> Page:
    """Return a page with the grids shaded by their work: received, open, late, each per worker.

    Parameters
    ----------
    frames
        Grids with their figures of the period.
    about
        What the page says about itself.
    period
        The figures' period.
    category_name
        What the page calls the category that was asked for; None for all.
    fewest
        A share or a length that stands on fewer cases is marked, and held against no other.
    lang
        Language of the page.

    Raises
    ------
    InvalidInputError
        The language is unknown.
    PageError
        The package's scripts have not been built.
    """
    return _casework("workload", WORKLOAD, frames, about, period, (category_name, fewest, lang))


def response_time(
    frames: FigureFrames,
    about: About,
    *,
    period: Period,
    category_name: str | None = None,
    fewest: int = FEWEST,
    lang: str = "zh",
) -> Page:
    """Return a page with the grids shaded by how long it takes: arriving, handling, closing.

    Parameters and errors as :func:`workload`.
    """
    asked = (category_name, fewest, lang)
    return _casework("response_time", RESPONSE_TIME, frames, about, period, asked)


def satisfaction(
    frames: FigureFrames,
    about: About,
    *,
    period: Period,
    category_name: str | None = None,
    fewest: int = FEWEST,
    lang: str = "zh",
) -> Page:
    """Return a page with the grids shaded by what residents say, and by how many say anything.

    Parameters and errors as :func:`workload`.
    """
    asked = (category_name, fewest, lang)
    return _casework("satisfaction", SATISFACTION, frames, about, period, asked)


def _casework(
    kind: str,
    keys: Sequence[str],
    frames: FigureFrames,
    about: About,
    period: Period,
    asked: tuple[str | None, int, str],
) -> Page:
    category_name, fewest, lang = asked
    spoken(lang)
    numbers = per_head(frames.grids, frames.figures)
    shadings = [shading(numbers, key, frames.definitions.get(key), fewest) for key in keys]
    naming = Naming(frames.definitions, lang, fewest)
    facts = _facts(frames, shadings, naming)
    chart = chart_of(frames.grids, facts, frames.base, {})
    named = told.plain(category_name or word("map.hotspots.any", lang))
    panel = Panel(
        lang=lang,
        title=word(f"map.{kind}.title", lang, category=named),
        period=period.told(about, lang),
        headline=_headline(kind, frames, naming),
        alerts=_alerts(kind, frames, shadings, lang),
        measures=tuple(figure_measure(frames.grids, one, numbers, naming) for one in shadings),
        notes=_notes(kind, shadings, naming),
        every=every_area(frames.grids, facts, lang),
        shown=len(frames.grids),
    )
    return page(panel, chart, about=about)


def _facts(frames: FigureFrames, shadings: Sequence[Shading], naming: Naming) -> pd.DataFrame:
    """Return what the map says about each grid."""
    grids, lang = frames.grids, naming.lang
    facts: dict[str, object] = {
        "classes": pd.DataFrame({one.key: one.classes for one in shadings}).to_numpy().tolist()
    }
    for one in shadings:
        said = [value_told(one, at, naming) for at in range(len(grids))]
        facts[naming.label(one.key)] = said
    if "workers" in grids:
        facts[word("map.fact.workers", lang)] = grids["workers"].map(told.whole)
    households = pd.to_numeric(grids["households"], errors="coerce").astype("float64")
    facts[word("map.fact.households", lang)] = households.map(told.whole)
    facts[word("map.fact.parent", lang)] = grids["parent_name"].map(told.plain)
    return pd.DataFrame(facts, index=grids.index)


def _headline(kind: str, frames: FigureFrames, naming: Naming) -> tuple[tuple[str, str], ...]:
    if frames.grids.empty:
        return ()
    return tuple(
        (naming.label(key), naming.value(key, float(frames.whole.get(key, float("nan")))))
        for key in HEADLINES[kind]
    )


def _alerts(
    kind: str, frames: FigureFrames, shadings: Sequence[Shading], lang: str
) -> tuple[str, ...]:
    """Return what must not be overlooked."""
    if frames.grids.empty:
        return (word("map.alert.no_grids", lang),)
    if all(((one.classes == UNKNOWN) | (one.value == 0)).all() for one in shadings):
        return (word(f"map.{kind}.nothing", lang),)
    return (word("map.satisfaction.silent", lang),) if kind == "satisfaction" else ()


def _notes(kind: str, shadings: Sequence[Shading], naming: Naming) -> tuple[tuple[str, str], ...]:
    formulas = "; ".join(naming.formula(one.key) for one in shadings)
    return (
        ("map.note.method", word(f"map.{kind}.method", naming.lang)),
        ("map.note.formulas", formulas),
        ("map.note.few", word("map.casework.few", naming.lang, fewest=naming.fewest)),
    )
