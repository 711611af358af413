"""Legends and tables of the assembly line's figures."""

from __future__ import annotations

from math import isinf, isnan
from typing import TYPE_CHECKING, NamedTuple

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.hotspot_tables import class_hatches
from gridgis_maps.drawing.ramps import MANY, NONE, UNKNOWN, ramp
from gridgis_maps.drawing.sheet import Measure, Row, Table
from gridgis_maps.numbers.casework import FEW
from gridgis_maps.numbers.classes import EMPTY
from gridgis_maps.numbers.classes import UNKNOWN as NO_CLASS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from gridgis_maps.numbers.casework import Definition, Shading

FOREMOST = 6
FEW_COLOUR, FEW_HATCH = "#e9e6de", 1
"""Dots on sand: there is a value, and it stands on little."""


class Naming(NamedTuple):
    """How figures are called and told: their definitions, the language, the fewest cases."""

    definitions: Mapping[str, Definition]
    lang: str
    fewest: int

    def label(self, key: str) -> str:
        """Return what people call a figure, as a heading begins."""
        known = self.definitions.get(key)
        said = getattr(known, self.lang) if known else word(f"map.measure.{key}", self.lang)
        return said[:1].upper() + said[1:]

    def unit(self, key: str) -> str:
        """Return ``count``, ``share``, ``min``, ``1 to 5``, or ``rate`` for a figure per head."""
        known = self.definitions.get(key)
        return known.unit if known else "rate"

    def formula(self, key: str) -> str:
        """Return a figure's name and how it is counted."""
        known = self.definitions.get(key)
        how = known.formula if known else word(f"map.formula.{key}", self.lang)
        return f"{self.label(key)} = {how}"

    def value(self, key: str, value: float) -> str:
        """Return a value with its unit."""
        unit = self.unit(key)
        if unit == "share":
            return told.percent(value)
        if unit == "min":
            return told.lasting(value, self.lang)
        return told.whole(value) if unit == "count" else told.rounded(value)

    def end(self, key: str, value: float) -> str:
        """Return the end of a class, which is a round number."""
        return self.value(key, value).replace(".0%", "%")


def value_told(shaded: Shading, at: int, naming: Naming) -> str:
    """Return a grid's value, with the cases that it stands on where it is no count."""
    value, n = float(shaded.value.iloc[at]), float(shaded.n.iloc[at])
    said = naming.value(shaded.key, value)
    return said if isnan(n) or isnan(value) else f"{said} (n={told.whole(n)})"


def figure_measure(
    grids: gpd.GeoDataFrame, shaded: Shading, numbers: pd.DataFrame, naming: Naming
) -> Measure:
    """Return a way to shade the grids by one figure."""
    classes = len(shaded.ends)
    colours = {NO_CLASS: UNKNOWN, FEW: FEW_COLOUR, EMPTY: NONE}
    shades = ramp(MANY, classes)
    # What is bad is dark: a low share, or a long time.
    ordered = shades[::-1] if shaded.high_is_good else shades
    colours |= dict(enumerate(ordered, start=EMPTY + 1))
    hatches = class_hatches(classes, low_is_dark=shaded.high_is_good) | {FEW: FEW_HATCH}
    return Measure(
        key=shaded.key,
        label=naming.label(shaded.key),
        colours=colours,
        legend=_legend(shaded, colours, hatches, numbers, naming),
        top=_foremost(grids, shaded, naming),
        hatches=hatches,
    )


def _legend(
    shaded: Shading,
    colours: Mapping[int, str],
    hatches: Mapping[int, int],
    numbers: pd.DataFrame,
    naming: Naming,
) -> Table:
    lang = naming.lang
    rows = []
    for number in (EMPTY, *range(EMPTY + 1, len(shaded.ends) + 1), FEW, NO_CLASS):
        mine = shaded.classes == number
        always = number > EMPTY
        if not always and not mine.any():
            continue
        cells = (
            _class_name(shaded, number, naming),
            told.whole(int(mine.sum())),
            told.whole(float(numbers.loc[mine, "received"].sum())),
        )
        rows.append(Row(cells, colour=colours[number], hatch=hatches.get(number, 0)))
    heads = tuple(word(f"map.head.{head}", lang) for head in ("class", "grids", "received"))
    fixed = word("map.legend.fixed" if shaded.high_is_good else "map.legend.breaks", lang)
    return Table(naming.label(shaded.key), heads, tuple(rows), note=fixed if shaded.ends else "")


def _class_name(shaded: Shading, number: int, naming: Naming) -> str:
    """Return what the legend calls a class."""
    lang, key = naming.lang, shaded.key
    if number == NO_CLASS:
        return word("map.class.nothing", lang)
    if number == FEW:
        return word("map.class.few", lang, fewest=naming.fewest)
    if number == EMPTY:
        return naming.value(key, 0.0)
    low = shaded.ends[number - 2] if number > EMPTY + 1 else 0.0
    high = shaded.ends[number - 1]
    if isinf(high):
        return word("map.class.above", lang, low=naming.end(key, low))
    if naming.unit(key) == "count":
        least, most = told.whole(low + 1), told.whole(high)
        return least if least == most else f"{least} – {most}"
    return word("map.class.upto", lang, low=naming.end(key, low), high=naming.end(key, high))


def _foremost(grids: gpd.GeoDataFrame, shaded: Shading, naming: Naming) -> Table:
    """Return the grids where it is worst, of those that stand on enough cases."""
    lang = naming.lang
    comparable = shaded.value.reset_index(drop=True)[(shaded.classes > EMPTY).to_numpy()]
    worst = comparable.sort_values(ascending=shaded.high_is_good, kind="stable").head(FOREMOST)
    rows = tuple(
        Row(
            (
                told.name_of(grids["name"].iloc[at], grids["code"].iloc[at]),
                value_told(shaded, at, naming),
            ),
            grid=at,
        )
        for at in worst.index
    )
    caption = word("map.top.least" if shaded.high_is_good else "map.top.most", lang)
    return Table(caption, (word("map.head.grid", lang), naming.label(shaded.key)), rows)
