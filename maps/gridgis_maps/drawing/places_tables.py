"""The legends of the map of wrong places, and the areas that stand out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.hotspot_tables import class_hatches, class_name
from gridgis_maps.drawing.ramps import BENEATH, NONE, ramp
from gridgis_maps.drawing.sheet import Measure, Row, Table
from gridgis_maps.numbers.classes import EMPTY, class_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

FOREMOST = 8


def place_measures(
    areas: gpd.GeoDataFrame,
    figures: pd.DataFrame,
    breaks: Mapping[str, Sequence[float]],
    lang: str,
) -> tuple[Measure, ...]:
    """Return one shading for each measure: by the places that name an area, and that lie in it."""
    measures = []
    for key, ends in breaks.items():
        colours = {EMPTY: NONE}
        if ends:
            colours |= dict(enumerate(ramp(BENEATH, len(ends)), start=EMPTY + 1))
        measures.append(
            Measure(
                key=key,
                label=word(f"map.places.{key}", lang),
                colours=colours,
                hatches=class_hatches(len(ends)),
                legend=_legend(figures[key], key, ends, colours, lang),
                top=_foremost(areas, figures, key, lang),
            )
        )
    return tuple(measures)


def _legend(
    figures: pd.Series[float],
    key: str,
    ends: Sequence[float],
    colours: Mapping[int, str],
    lang: str,
) -> Table:
    of_area = class_of(figures, ends)
    rows = [
        Row(
            (
                class_name(number, ends, True, lang),
                told.whole(int((of_area == number).sum())),
                told.whole(float(figures[of_area == number].sum())),
            ),
            colour=colours[number],
            hatch=class_hatches(len(ends))[number],
        )
        for number in range(EMPTY, len(ends) + 1)
    ]
    heads = ("map.places.count", "map.places.areas", "map.places.places")
    caption = word(f"map.places.legend.{key}", lang)
    return Table(caption, tuple(word(head, lang) for head in heads), tuple(rows))


def _foremost(areas: gpd.GeoDataFrame, figures: pd.DataFrame, key: str, lang: str) -> Table:
    counted = figures.reset_index(drop=True)
    counted = counted[counted[key] > 0].sort_values(key, ascending=False, kind="stable")
    rows = [
        Row(
            (
                told.name_of(areas["name"].iloc[at], areas["code"].iloc[at]),
                told.whole(named),
                told.whole(covering),
            ),
            grid=at,
        )
        for at, named, covering in counted.head(FOREMOST).itertuples()
    ]
    heads = ("map.places.area", "map.places.head.named", "map.places.head.covering")
    caption = word(f"map.places.top.{key}", lang)
    return Table(caption, tuple(word(head, lang) for head in heads), tuple(rows))
