"""The hotspot map's legends, one a measure, and the grids that stand out by it."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING

from gridgis.words import word
from gridgis_maps.drawing import ramps, told
from gridgis_maps.drawing.ramps import MANY, NONE, UNKNOWN, UNKNOWN_HATCH, hatches, ramp
from gridgis_maps.drawing.sheet import Measure, Row, Table
from gridgis_maps.numbers.classes import EMPTY, MASKED, class_of
from gridgis_maps.numbers.classes import UNKNOWN as NO_CLASS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

FOREMOST = 6
COLUMNS = ("count", "per_km2", "per_1000_households")
HEADS = {
    "count": "map.head.reports",
    "per_km2": "map.head.per_km2",
    "per_1000_households": "map.head.per_1000",
    "smoothed": "map.head.smoothed",
}
BESIDE = {"smoothed": ("count", "per_1000_households", "smoothed")}
"""What stands beside a measure in the table of its foremost grids, unless `COLUMNS` do."""


def count_measures(
    grids: gpd.GeoDataFrame,
    figures: pd.DataFrame,
    breaks: Mapping[str, Sequence[float]],
    lang: str,
) -> tuple[Measure, ...]:
    """Return one shading for each measure that has breaks, in their order."""
    measures = []
    for key, ends in breaks.items():
        colours = {MASKED: ramps.MASKED, NO_CLASS: UNKNOWN, EMPTY: NONE}
        if ends:
            colours |= dict(enumerate(ramp(MANY, len(ends)), start=EMPTY + 1))
        measures.append(
            Measure(
                key=key,
                label=word(f"map.measure.{key}", lang),
                group=word("map.group.counts", lang),
                colours=colours,
                hatches=class_hatches(len(ends)),
                legend=_legend(figures, key, ends, colours, lang),
                top=_foremost(grids, figures, key, lang),
            )
        )
    return tuple(measures)


def _legend(
    figures: pd.DataFrame, key: str, ends: Sequence[float], colours: Mapping[int, str], lang: str
) -> Table:
    """Return each class with its colour, its grids and their reports."""
    of_grid = figure_class(figures, key, ends)
    total = int(figures["count"].sum())
    patterns = class_hatches(len(ends))
    rows = []
    for number in (EMPTY, *range(EMPTY + 1, len(ends) + 1), NO_CLASS, MASKED):
        mine = of_grid == number
        if number < EMPTY and not mine.any():
            continue
        # What is masked has no sum that is shown, not one of zero.
        count = float("nan") if number == MASKED else float(figures.loc[mine, "count"].sum())
        cells = (
            class_name(number, ends, key == "count", lang),
            told.whole(int(mine.sum())),
            told.whole(count),
            told.percent(count / total if total else float("nan")),
        )
        rows.append(Row(cells, colour=colours[number], hatch=patterns[number]))
    heads = (f"map.measure.{key}", "map.head.grids", "map.head.reports", "map.head.share_reports")
    return Table(
        caption=word(f"map.legend.{key}", lang),
        heads=tuple(word(head, lang) for head in heads),
        rows=tuple(rows),
        note=_breaks_note(key, lang) if ends else "",
    )


def _breaks_note(key: str, lang: str) -> str:
    said = word("map.legend.breaks", lang)
    return f"{word('map.smoothed.why', lang)} {said}" if key == "smoothed" else said


def class_hatches(classes: int, *, low_is_dark: bool = False) -> dict[int, int]:
    """Return the pattern of each class, the dark ones the denser, of none, and of not known."""
    denser = hatches(classes)
    mine = dict(enumerate(denser[::-1] if low_is_dark else denser, start=EMPTY + 1))
    return mine | {EMPTY: 0, NO_CLASS: UNKNOWN_HATCH, MASKED: ramps.MASKED_HATCH}


def figure_class(figures: pd.DataFrame, key: str, ends: Sequence[float]) -> pd.Series[int]:
    """Return each grid's class by one of its figures; `MASKED` for those that are not shown."""
    return class_of(figures[key], ends).mask(figures["masked"], MASKED)


def class_name(number: int, ends: Sequence[float], counts: bool, lang: str) -> str:
    """Return what the legend calls a class; `counts`: its ends are whole numbers."""
    if number == MASKED:
        return word("map.class.masked", lang)
    if number == NO_CLASS:
        return word("map.class.unknown", lang)
    if number == EMPTY:
        return "0"
    low = ends[number - 2] if number > EMPTY + 1 else 0.0
    high = ends[number - 1]
    if isinf(high):
        return word("map.class.above", lang, low=told.rounded(low))
    if counts:
        least = told.whole(low + 1)
        return least if low + 1 == high else f"{least} – {told.whole(high)}"
    return word("map.class.upto", lang, low=told.rounded(low), high=told.rounded(high))


def _foremost(grids: gpd.GeoDataFrame, figures: pd.DataFrame, key: str, lang: str) -> Table:
    foremost = figures.reset_index(drop=True)
    foremost = foremost[foremost[key] > 0].sort_values(
        [key, "count"], ascending=False, kind="stable"
    )
    columns = BESIDE.get(key, COLUMNS)
    rows = [
        Row(
            (
                told.name_of(grids["name"].iloc[at], grids["code"].iloc[at]),
                told.whole(count),
                *map(told.rounded, rates),
            ),
            grid=at,
        )
        for at, count, *rates in foremost.head(FOREMOST)[list(columns)].itertuples()
    ]
    heads = ("map.head.grid", *(HEADS[column] for column in columns))
    caption = word(f"map.top.{key}", lang)
    return Table(caption, tuple(word(head, lang) for head in heads), tuple(rows))
