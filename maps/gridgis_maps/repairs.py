"""The map of repairs: what was wrong with areas, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridgis.words import spoken, word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.chart import chart_of
from gridgis_maps.drawing.everything import every_area
from gridgis_maps.drawing.repairs import (
    amount_told,
    patches_of,
    repair_marks,
    repair_points,
    rules_told,
)
from gridgis_maps.drawing.repairs_tables import repair_measures
from gridgis_maps.drawing.sheet import Panel, page
from gridgis_maps.numbers.classes import class_breaks, class_of
from gridgis_maps.numbers.repairs import MEASURES, repair_figures

if TYPE_CHECKING:
    from gridgis_maps.about import About
    from gridgis_maps.frames.repairs import RepairFrames
    from gridgis_maps.page import Page


def repairs(frames: RepairFrames, about: About, *, lang: str = "zh") -> Page:
    """Return a page with the areas shaded by what repair changed of each.

    Every spot that was wrong is a mark with its sentence; around it the ground that changed hands
    is filled, and the borders after repair are drawn with every detail. A table lists each changed
    area: what was wrong, square metres, households, and the largest shift of a vertex.

    Parameters
    ----------
    frames
        The areas as they are now, the findings and the changes.
    about
        What the page says about itself; its `edition` may be the file's name.
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
    figures = repair_figures(frames)
    breaks = {key: class_breaks(figures[key]) for key in MEASURES}
    points = repair_points(frames.findings, lang)
    # Areas that were only checked may be invalid still, and the drawing wants valid ones.
    areas = frames.areas.set_geometry(
        shapely.make_valid(np.array(frames.areas.geometry, dtype=object)), crs=frames.areas.crs
    )
    facts = _facts(frames, figures, breaks, lang)
    chart = chart_of(areas, facts, frames.base, points)
    if chart.bounds is not None:
        chart = replace(chart, base={**chart.base, "ways": patches_of(frames)})
    panel = Panel(
        lang=lang,
        title=word("map.repairs.title", lang),
        headline=_headline(frames, lang),
        alerts=_alerts(frames, lang),
        measures=repair_measures(frames, figures, breaks, lang),
        marks=repair_marks(frames.findings, lang),
        marks_choice=word("map.repairs.show", lang),
        shown=len(frames.findings),
        every=every_area(frames.areas, facts, lang),
        notes=tuple(_notes(frames, points, lang)),
    )
    return page(panel, chart, about=about)


def _facts(
    frames: RepairFrames, figures: pd.DataFrame, breaks: dict[str, list[float]], lang: str
) -> pd.DataFrame:
    classes = pd.DataFrame({key: class_of(figures[key], breaks[key]) for key in MEASURES})
    changes = frames.changes.set_index("code").reindex(frames.areas["code"])
    changed = changes["wrong"].notna()
    said = {
        "wrong": changes["wrong"].map(lambda wrong: rules_told(wrong, lang)),
        "won": changes["added_m2"].astype("float64").map(amount_told),
        "lost": changes["removed_m2"].astype("float64").map(amount_told),
        "households": changes["households"].astype("Float64").astype("float64").map(amount_told),
        "shift": changes["shift_m"].astype("float64").map(lambda off_m: told.shift(off_m, lang)),
    }
    return pd.DataFrame(
        {
            "classes": classes.to_numpy().tolist(),
            **{
                word(f"map.repairs.{key}", lang): texts.where(changed, "").tolist()
                for key, texts in said.items()
            },
        },
        index=frames.areas.index,
    )


def _headline(frames: RepairFrames, lang: str) -> tuple[tuple[str, str], ...]:
    farthest_m = float(frames.changes["shift_m"].max()) if len(frames.changes) else 0.0
    return (
        (word("map.repairs.findings", lang), told.whole(len(frames.findings))),
        (word("map.repairs.changed", lang), told.whole(len(frames.changes))),
        (word("map.repairs.farthest", lang), told.shift(farthest_m, lang)),
    )


def _alerts(frames: RepairFrames, lang: str) -> tuple[str, ...]:
    if not len(frames.areas):
        return (word("map.alert.no_grids", lang),)
    if not len(frames.findings) and not len(frames.changes):
        return (word("map.repairs.none", lang),)
    gone = int((~frames.changes["code"].isin(frames.areas["code"])).sum())
    return (word("map.repairs.gone", lang, count=told.whole(gone)),) if gone else ()


def _notes(frames: RepairFrames, points: dict[str, object], lang: str) -> list[tuple[str, str]]:
    drawn = float(str(points.get("drawn", 0)))
    unchanged = int((~frames.areas["code"].isin(frames.changes["code"])).sum())
    shown = {
        "drawn": told.whole(drawn),
        "all": told.whole(len(frames.findings)),
        "unchanged": told.whole(unchanged),
    }
    return [
        ("map.note.method", word("map.repairs.method", lang)),
        ("map.note.shown", word("map.repairs.shown", lang, **shown)),
    ]
