"""The small print that every map carries: method, edition, freshness, drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.words import word
from gridgis_maps.drawing import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis_maps.about import About


def notes_of(
    about: About, lang: str, own: Sequence[tuple[str, str]], tolerance_m: float
) -> tuple[tuple[str, str], ...]:
    """Return a map's own notes (key and text), followed by those that every map has."""
    drawn = word("map.note.drawn.text", lang, tolerance=told.rounded(tolerance_m))
    common = [
        ("map.note.edition", told.plain(about.edition)),
        ("map.note.as_of", about.stamp(about.data_as_of)),
        ("map.note.made", about.stamp(about.made_at)),
    ]
    if tolerance_m > 0:
        common.append(("map.note.drawn", drawn))
    return tuple((word(key, lang), text) for key, text in [*own, *common])
