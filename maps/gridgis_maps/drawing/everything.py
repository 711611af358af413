"""The table of all areas: what the map tells by pointing, for those who read or listen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.sheet import Row, Table

if TYPE_CHECKING:
    import pandas as pd

NAME_SIGNS = 40


def every_area(areas: pd.DataFrame, facts: pd.DataFrame, lang: str) -> Table | None:
    """Return the folded table of all areas with the facts that the map tells of each.

    `areas` has `code` and `name`; `facts` its index, and a column of texts for each label, as
    for `chart.chart_of`. None without any area.
    """
    if not len(areas):
        return None
    labels = [label for label in facts.columns if label != "classes"]
    rows = tuple(
        Row((told.name_of(name, code, NAME_SIGNS), told.plain(code), *texts), grid=at)
        for at, (code, name, texts) in enumerate(
            zip(areas["code"], areas["name"], facts[labels].to_numpy().tolist(), strict=True)
        )
    )
    heads = (word("map.head.area", lang), word("map.head.code", lang), *labels)
    caption = word("map.every", lang, count=told.whole(len(rows)))
    return Table(caption, heads, rows, folded=True)
