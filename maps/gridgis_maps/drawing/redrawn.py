"""What became of grids, as legends, tables and the borders of those that are gone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gridgis.words import word
from gridgis_maps.drawing import shapes, told
from gridgis_maps.drawing.hotspot_tables import class_hatches, class_name
from gridgis_maps.drawing.ramps import MANY, NONE, UNKNOWN, ramp
from gridgis_maps.drawing.sheet import Measure, Overlay, Row, Table
from gridgis_maps.numbers.classes import EMPTY, class_of
from gridgis_maps.numbers.classes import UNKNOWN as NO_CLASS
from gridgis_maps.numbers.comparing import CHANGED, GONE, KEPT, NEW

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

KINDS = (KEPT, CHANGED, NEW, GONE)
COLOURS = {KEPT: "#f4f0e4", CHANGED: "#e3b23c", NEW: "#2f6f9f", GONE: "#7f1f2e"}
HATCHES = {KEPT: 0, CHANGED: 3, NEW: 0, GONE: 9}
BORDER = {"fill": False, "color": "#7f1f2e", "weight": 2.2, "dashArray": "5 4"}
FOREMOST = 10


def kinds_of(became: pd.Series[str]) -> list[int]:
    """Return the class of each grid: its position in `KINDS`."""
    return [KINDS.index(one) for one in became]


def became_measures(
    old: pd.DataFrame, new: pd.DataFrame, top: Table, lang: str
) -> tuple[Measure, ...]:
    """Return the views by what became of the grids: swipe, side by side, and the new edition."""
    colours = {number: COLOURS[kind] for number, kind in enumerate(KINDS)}
    hatches = {number: HATCHES[kind] for number, kind in enumerate(KINDS)}
    rows = tuple(
        Row(
            (
                word(f"map.compare.became.{kind}", lang),
                told.NOTHING if kind == NEW else told.whole(int((old["became"] == kind).sum())),
                told.NOTHING if kind == GONE else told.whole(int((new["became"] == kind).sum())),
            ),
            colour=COLOURS[kind],
            hatch=HATCHES[kind],
        )
        for kind in KINDS
    )
    heads = ("map.compare.head.class", "map.compare.head.before", "map.compare.head.after")
    legend = Table(
        word("map.compare.legend.became", lang),
        tuple(word(head, lang) for head in heads),
        rows,
        note=word("map.compare.note.became", lang),
    )
    both, change = word("map.compare.both", lang), word("map.compare.change", lang)
    return tuple(
        Measure(
            key,
            word(f"map.compare.{key}", lang),
            colours,
            legend,
            top,
            hatches=hatches,
            group=change if key == "became" else both,
        )
        for key in ("swipe", "side", "became")
    )


def amount_measure(
    key: str, sides: tuple[pd.Series[float], pd.Series[float]], ends: Sequence[float], lang: str
) -> Measure:
    """Return the new edition's shading by households or reports, and the old one's beside it."""
    colours = {EMPTY: NONE, NO_CLASS: UNKNOWN}
    colours |= dict(enumerate(ramp(MANY, max(len(ends), 1)), start=1))
    hatches = class_hatches(len(ends))
    before, after = (class_of(side, ends) for side in sides)
    rows = []
    for number in (EMPTY, *range(1, len(ends) + 1), NO_CLASS):
        counts = [int((side == number).sum()) for side in (before, after)]
        if number == NO_CLASS and not sum(counts):
            continue
        name = class_name(number, ends, counts=True, lang=lang)
        rows.append(
            Row((name, *map(told.whole, counts)), colour=colours[number], hatch=hatches[number])
        )
    heads = ("map.compare.head.class", "map.compare.head.before", "map.compare.head.after")
    legend = Table(
        word(f"map.compare.legend.{key}", lang),
        tuple(word(head, lang) for head in heads),
        tuple(rows),
    )
    return Measure(
        key,
        word(f"map.compare.{key}", lang),
        colours,
        legend,
        Table("", (), ()),
        hatches=hatches,
        group=word("map.compare.change", lang),
    )


def gone_overlay(old: gpd.GeoDataFrame, became: pd.Series[str], lang: str) -> Overlay | None:
    """Return the old borders of the grids that are gone; None without any."""
    gone = old[(became == GONE).to_numpy()]
    if gone.empty:
        return None
    cards = [
        (told.name_of(name, code), ((word("map.compare.head.became", lang), said),))
        for name, code in zip(gone["name"], gone["code"], strict=True)
        for said in [word("map.compare.became.gone", lang)]
    ]
    drawn = shapes.feature_collection(
        gone.geometry, [{"at": at, "style": BORDER} for at in range(len(gone))]
    )
    return Overlay("gone", word("map.compare.gone", lang), drawn, cards)


def changed_grids(beside: pd.DataFrame, lang: str) -> Table:
    """Return the grids that changed, those whose households changed most first."""
    moved = beside[beside["became"] != KEPT]
    size = (moved["homes_now"].fillna(0) - moved["homes_then"].fillna(0)).abs()
    order = np.argsort(-size.to_numpy("float64"), kind="stable")[:FOREMOST]
    return _table("map.compare.top.became", moved.iloc[order], lang)


def every_change(beside: pd.DataFrame, lang: str) -> Table:
    """Return the table of all grids of both editions; the gone ones come last."""
    return _table("map.compare.every", beside, lang, folded=True)


def arrow(then: float, now: float, lang: str) -> str:
    """Return a figure of both sides.

    >>> arrow(300, 280, "en"), arrow(float("nan"), 280, "en")
    ('300 → 280', '– → 280')
    """
    return word("map.compare.arrow", lang, then=told.whole(then), now=told.whole(now))


def _table(caption: str, beside: pd.DataFrame, lang: str, *, folded: bool = False) -> Table:
    rows = tuple(_row(one, lang) for one in beside.to_dict("records"))
    heads = (
        "map.head.grid",
        "map.compare.head.became",
        "map.compare.head.households",
        "map.compare.head.reports",
    )
    return Table(
        word(caption, lang), tuple(word(head, lang) for head in heads), rows, folded=folded
    )


def _row(one: Mapping[Hashable, Any], lang: str) -> Row:
    cells = (
        told.name_of(one["name"], one["code"]),
        word(f"map.compare.became.{one['became']}", lang),
        arrow(one["homes_then"], one["homes_now"], lang),
        arrow(one["reports_then"], one["reports_now"], lang),
    )
    return Row(cells, grid=None if math.isnan(one["at"]) else int(one["at"]))
