"""Then and now as legends and tables: counts on both sides, differences, ratios."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.hotspot_tables import class_hatches, class_name
from gridgis_maps.drawing.ramps import MANY, NONE, UNKNOWN, ramp
from gridgis_maps.drawing.sheet import Measure, Row, Table
from gridgis_maps.numbers.classes import EMPTY, class_of
from gridgis_maps.numbers.comparing import FEW, FROM_NONE, RATIO_ENDS, SMALL_N

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

LESS = ("#d3e4ee", "#7fb0cf", "#2f6f9f", "#123a5e")
MORE = ("#fbdcc0", "#f0a06c", "#cf5b3f", "#7f1f2e")
"""From little to much, on either side of no difference; blue and red are told apart by all."""

SAME = "#f7f5ef"
SAME_HATCH, FEW_HATCH, NEW_HATCH = 0, 6, 7
FALLING = (8, 9, 7)
"""Patterns of less, by strength: lines that fall, dense ones, upright ones. More has none."""

FOREMOST = 8


def both_sides(
    then: pd.Series[float],
    now: pd.Series[float],
    ends: Sequence[float],
    said: tuple[str, bool],
    top: Table,
    lang: str,
) -> tuple[Measure, Measure]:
    """Return the two views of the counts, which share one legend.

    `said` is what is counted (a key of the legend), and whether the ends are whole numbers.
    """
    what, whole = said
    colours = {EMPTY: NONE} | dict(enumerate(ramp(MANY, max(len(ends), 1)), start=1))
    hatches = class_hatches(len(ends))
    of_then, of_now = class_of(then, ends), class_of(now, ends)
    rows = tuple(
        Row(
            (
                class_name(number, ends, counts=whole, lang=lang),
                told.whole(int((of_then == number).sum())),
                told.whole(int((of_now == number).sum())),
            ),
            colour=colours[number],
            hatch=hatches[number],
        )
        for number in range(len(ends) + 1)
    )
    heads = ("map.compare.head.class", "map.compare.head.then", "map.compare.head.now")
    legend = Table(
        word(f"map.compare.legend.{what}", lang),
        tuple(word(head, lang) for head in heads),
        rows,
        note=word("map.compare.note.count", lang),
    )
    group = word("map.compare.both", lang)
    swipe, side = (
        Measure(key, word(f"map.compare.{key}", lang), colours, legend, top, hatches, group)
        for key in ("swipe", "side")
    )
    return swipe, side


def difference_measure(
    table: pd.DataFrame,
    classes: NDArray[np.integer[Any]],
    ends: Sequence[float],
    whole: bool,
    top: Table,
    lang: str,
) -> Measure:
    """Return the shading by how many more or less, and its legend from most more to most less."""
    strong = range(1, len(ends) + 1)
    colours = {0: SAME} | dict(zip(strong, ramp(MORE, max(len(ends), 1)), strict=False))
    colours |= {
        -far: colour for far, colour in zip(strong, ramp(LESS, max(len(ends), 1)), strict=False)
    }
    hatches = {-far: FALLING[min(far, len(FALLING)) - 1] for far in strong}
    rows = []
    for number in (*reversed(strong), 0, *(-far for far in strong)):
        mine = classes == number
        amount = class_name(abs(number), ends, counts=whole, lang=lang)
        key = "same" if number == 0 else "more" if number > 0 else "less"
        cells = (
            word(f"map.compare.class.{key}", lang, amount=amount),
            told.whole(int(mine.sum())),
            signed(float(table["difference"].to_numpy()[mine].sum()), whole),
        )
        rows.append(Row(cells, colour=colours[number], hatch=hatches.get(number, 0)))
    heads = ("map.compare.head.class", "map.compare.head.grids", "map.compare.head.change")
    legend = Table(
        word("map.compare.legend.difference", lang),
        tuple(word(head, lang) for head in heads),
        tuple(rows),
        note=word("map.compare.note.difference", lang),
    )
    return Measure(
        "difference",
        word("map.compare.difference", lang),
        colours,
        legend,
        top,
        hatches=hatches,
        group=word("map.compare.change", lang),
    )


def ratio_measure(classes: NDArray[np.integer[Any]], top: Table, lang: str) -> Measure:
    """Return the shading by ratio; small numbers and ratios that are none stand apart."""
    far = len(RATIO_ENDS)
    more, less = ramp(MORE[:-1], far), ramp(LESS[:-1], far)
    colours = {0: SAME, FROM_NONE: MORE[-1], FEW: UNKNOWN}
    colours |= {number: more[number - 1] for number in range(1, far + 1)}
    colours |= {-number: less[number - 1] for number in range(1, far + 1)}
    hatches = {-number: FALLING[number - 1] for number in range(1, far + 1)}
    hatches |= {FROM_NONE: NEW_HATCH, FEW: FEW_HATCH}
    few = told.whole(SMALL_N)
    rows = tuple(
        Row(
            (
                word(f"map.compare.ratio.{number}", lang, few=few),
                told.whole(int((classes == number).sum())),
            ),
            colour=colours[number],
            hatch=hatches.get(number, 0),
        )
        for number in (FROM_NONE, *range(far, -far - 1, -1), FEW)
    )
    heads = ("map.compare.head.class", "map.compare.head.grids")
    legend = Table(
        word("map.compare.legend.ratio", lang),
        tuple(word(head, lang) for head in heads),
        rows,
        note=word("map.compare.note.ratio", lang, few=few),
    )
    return Measure(
        "ratio",
        word("map.compare.ratio", lang),
        colours,
        legend,
        top,
        hatches=hatches,
        group=word("map.compare.change", lang),
    )


def changed_most(grids: gpd.GeoDataFrame, table: pd.DataFrame, whole: bool, lang: str) -> Table:
    """Return the grids whose counts changed most, more and less alike."""
    size = table["difference"].abs().to_numpy()
    order = np.argsort(-size, kind="stable")[:FOREMOST]
    rows = [_row(grids, table, at, whole, lang) for at in order.tolist() if size[at] > 0]
    return Table(word("map.compare.more", lang), _heads(lang), tuple(rows))


def every_grid(grids: gpd.GeoDataFrame, table: pd.DataFrame, whole: bool, lang: str) -> Table:
    """Return the table of all grids, in their order."""
    rows = tuple(_row(grids, table, at, whole, lang) for at in range(len(grids)))
    return Table(word("map.compare.every", lang), _heads(lang), rows, folded=True)


def ratio_told(then: float, now: float, ratio: float, lang: str) -> str:
    """Return a ratio, or a dash; one that few reports stand behind is marked.

    >>> ratio_told(20, 30, 1.5, "en"), ratio_told(2, 3, 1.5, "en")
    ('1.5', '1.5 (few)')
    >>> ratio_told(0, 3, float("nan"), "en")
    '–'
    """
    said = told.rounded(ratio)
    if np.isnan(ratio) or then + now >= SMALL_N:
        return said
    return word("map.compare.few", lang, ratio=said)


def signed(amount: float, whole: bool = True) -> str:
    """Return a difference with its sign.

    >>> signed(3.0), signed(-12.0), signed(0.0), signed(1.26, whole=False)
    ('+3', '−12', '0', '+1.26')
    """
    said = told.whole(abs(amount)) if whole else told.rounded(abs(amount))
    return said if amount == 0 else f"{'+' if amount > 0 else '−'}{said}"


def _heads(lang: str) -> tuple[str, ...]:
    return (
        word("map.head.grid", lang),
        word("map.compare.then", lang),
        word("map.compare.now", lang),
        word("map.compare.head.difference", lang),
        word("map.compare.head.ratio", lang),
        word("map.compare.head.sure", lang),
    )


def _row(grids: gpd.GeoDataFrame, table: pd.DataFrame, at: int, whole: bool, lang: str) -> Row:
    figures = table.iloc[at]
    cells = (
        told.name_of(grids["name"].iloc[at], grids["code"].iloc[at]),
        told.whole(figures["then"]),
        told.whole(figures["now"]),
        signed(figures["difference"], whole),
        ratio_told(figures["then"], figures["now"], figures["ratio"], lang),
        word("map.compare.sure", lang) if figures["differs"] else told.NOTHING,
    )
    return Row(cells, grid=at)
