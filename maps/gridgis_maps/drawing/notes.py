"""The small print that every map carries: method, source, edition, freshness, drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.words import word
from gridgis_maps.drawing import told

if TYPE_CHECKING:
    import pandas as pd

    from gridgis_maps.about import About
    from gridgis_maps.drawing.sheet import Panel


def notes_of(panel: Panel, about: About, tolerance_m: float) -> tuple[tuple[str, str], ...]:
    """Return a map's own notes, followed by those that every map has: labels and texts."""
    lang = panel.lang
    notes = list(panel.notes)
    if panel.shown is not None:
        counts = {"shown": told.whole(panel.shown), "masked": told.whole(panel.masked)}
        notes.append(("map.note.n", word("map.note.n.text", lang, **counts)))
    if about.source:
        notes.append(("map.note.source", told.plain(about.source, 160)))
    notes += [
        ("map.note.edition", told.plain(about.edition)),
        ("map.note.as_of", about.stamp(about.data_as_of)),
        ("map.note.made", about.stamp(about.made_at)),
    ]
    if tolerance_m > 0:
        drawn = word("map.note.drawn.text", lang, tolerance=told.rounded(tolerance_m))
        notes.append(("map.note.drawn", drawn))
    return tuple((word(key, lang), text) for key, text in notes)


def restated_notes(reports: pd.DataFrame, lang: str) -> list[tuple[str, str]]:
    """Return how many reports another edition answered, and that they count on this one."""
    count = int(reports["restated"].sum()) if "restated" in reports.columns else 0
    if not count:
        return []
    return [("map.note.restated", word("map.restated", lang, count=told.whole(count)))]


def approval_of(about: About, lang: str) -> str:
    """Return the line of the map-approval number; a public page says when it has none."""
    if about.approval:
        return word("map.approval", lang, number=told.plain(about.approval))
    return word("map.approval.missing", lang) if about.public else ""
