"""Legends of a coverage by travel time, and the grids that are covered worst."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.ramps import FAR, UNKNOWN, UNKNOWN_HATCH, hatches, ramp
from gridgis_maps.drawing.sheet import Measure, Row, Table
from gridgis_maps.numbers import reach as numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

    from gridgis_maps.numbers.reach import Reached

WORST = 6


def reach_measure(
    grids: gpd.GeoDataFrame,
    households: pd.Series[float],
    look: Reached,
    limits: Sequence[float],
    lang: str,
) -> Measure:
    """Return a way to shade the grids, with its legend and the grids that are covered worst."""
    colours = dict(enumerate(ramp(FAR, look.count))) | {numbers.UNKNOWN: UNKNOWN}
    patterns = dict(enumerate(hatches(look.count))) | {numbers.UNKNOWN: UNKNOWN_HATCH}
    label = label_of(look, lang)
    rows = []
    for number in (*range(look.count), numbers.UNKNOWN):
        mine = look.classes == number
        if number == numbers.UNKNOWN and not mine.any():
            continue
        cells = (
            _class_name(look, number, limits, lang),
            told.whole(int(mine.sum())),
            told.whole(float(households[mine].sum())),
        )
        rows.append(Row(cells, colour=colours[number], hatch=patterns[number]))
    heads = ("map.head.class", "map.head.grids", "map.head.households")
    return Measure(
        key=look.key,
        label=label,
        colours=colours,
        hatches=patterns,
        legend=Table(label, tuple(word(head, lang) for head in heads), tuple(rows)),
        top=_worst(grids, households, look, lang),
        group=word(f"map.reach.group.{look.kind}", lang),
    )


def label_of(look: Reached, lang: str) -> str:
    """Return what people call a look at a coverage, with its unit."""
    return word(f"map.reach.{look.kind}", lang, of=f"{look.of:g}")


def value_of(look: Reached, value: float, lang: str) -> str:
    """Return a value with its unit; a dash when unknown."""
    if np.isnan(value):
        return told.NOTHING
    if look.kind == numbers.MINUTES:
        return minutes(value, lang)
    return told.whole(value) if look.kind == numbers.NEVER else told.percent(value)


def minutes(value: float, lang: str) -> str:
    """Return minutes, or that it never comes to so many.

    >>> minutes(3.78, "en"), minutes(float("inf"), "en"), minutes(float("nan"), "en")
    ('3.8 min', 'never', '–')
    """
    if np.isinf(value):
        return word("map.reach.at_no_time", lang)
    return told.lasting(value, lang)


def _class_name(look: Reached, number: int, limits: Sequence[float], lang: str) -> str:
    if number == numbers.UNKNOWN:
        return word("map.reach.unknown", lang)
    if look.kind == numbers.MINUTES:
        if number == look.count - 1:
            return word("map.reach.at_no_time", lang)
        ends = [told.lasting(limit, lang) for limit in limits]
        return _between([None, *ends, None], number, lang)
    if look.kind == numbers.NEVER:
        return _counted(number)
    if number >= len(numbers.SHARES):
        return word(
            "map.reach.share.none" if number > len(numbers.SHARES) else "map.reach.share.few", lang
        )
    return f"≥ {numbers.SHARES[number]:.0%}"


def _between(ends: Sequence[str | None], number: int, lang: str) -> str:
    low, high = ends[number], ends[number + 1]
    if low is None:
        return word("map.band.first", lang, high=high)
    if high is None:
        return word("map.band.above", lang, low=low)
    return word("map.band.between", lang, low=low, high=high)


def _counted(number: int) -> str:
    if number == 0:
        return "0"
    low = f"{numbers.COUNTS[number - 1] + 1:.0f}"
    if number == len(numbers.COUNTS):
        return f"≥ {low}"
    return f"{low}–{numbers.COUNTS[number]:.0f}"


def _worst(
    grids: gpd.GeoDataFrame, households: pd.Series[float], look: Reached, lang: str
) -> Table:
    """Return the grids that are covered worst; those that are covered as well as can be do not."""
    values = look.values.to_numpy("float64")
    late = values if look.kind in {numbers.MINUTES, numbers.NEVER} else -values
    order = np.lexsort((-households.to_numpy("float64"), -np.nan_to_num(late, nan=-np.inf)))
    bad = [at for at in order[:WORST].tolist() if look.classes.iloc[at] > 0]
    rows = tuple(
        Row(
            (
                told.name_of(grids["name"].iloc[at], grids["code"].iloc[at]),
                told.whole(float(households.iloc[at])),
                value_of(look, float(values[at]), lang),
            ),
            grid=at,
        )
        for at in bad
    )
    heads = (word("map.head.grid", lang), word("map.head.households", lang), label_of(look, lang))
    return Table(word("map.reach.worst", lang), heads, rows)
