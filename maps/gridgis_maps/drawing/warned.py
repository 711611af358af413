"""Early warnings of the period: where they were raised, and what was made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.shapes import FeatureCollection
from gridgis_maps.drawing.sheet import Overlay, Row, Table

if TYPE_CHECKING:
    import geopandas as gpd

OPEN, DONE = "#7a4a00", "#8b8577"
STATES = {"suggested": OPEN, "taken": OPEN, "dismissed": DONE}
_LINE = {"fill": True, "fillOpacity": 0, "weight": 2.5}
STYLES = {
    "suggested": {**_LINE, "color": OPEN},
    "taken": {**_LINE, "color": OPEN, "dashArray": "8 4"},
    "dismissed": {**_LINE, "color": DONE, "dashArray": "2 5", "weight": 1.5},
}


def warning_layer(
    grids: gpd.GeoDataFrame, drawn: gpd.GeoSeries, warnings: pd.DataFrame, lang: str
) -> Overlay | None:
    """Return early warnings as outlines of their grids; None when none lies on the map."""
    by_code = pd.Series(np.asarray(drawn.array, dtype=object), grids.loc[drawn.index, "code"])
    shapes, cards, styles = [], [], []
    facts = _facts(warnings, lang)
    for codes, state, texts in zip(
        warnings["grid_codes"], warnings["state"], facts.to_numpy().tolist(), strict=True
    ):
        known = by_code.reindex(codes).dropna()
        if len(known):
            shapes.append(shapely.union_all(known))
            cards.append((texts[0], list(zip(facts.columns[1:], texts[1:], strict=True))))
            styles.append(STYLES[state])
    if not shapes:
        return None
    properties = [{"at": at, "style": style} for at, style in enumerate(styles)]
    return Overlay(
        key="warnings",
        label=word("map.warnings", lang),
        shapes=FeatureCollection(np.array(shapes, dtype=object), properties),
        cards=cards,
        shown=False,
        legend=_legend(warnings, lang),
    )


def warning_table(grids: gpd.GeoDataFrame, warnings: pd.DataFrame, lang: str) -> Table:
    """Return all early warnings of the period, the newest first, folded."""
    at = {code: number for number, code in enumerate(grids["code"])}
    facts = _facts(warnings, lang).drop(columns=word("map.head.grids", lang))
    rows = tuple(
        Row(tuple(texts), grid=at.get(worst))
        for worst, texts in zip(warnings["worst_grid"], facts.to_numpy().tolist(), strict=True)
    )
    note = "" if rows else word("map.warnings.none", lang)
    return Table(word("map.warnings", lang), tuple(facts.columns), rows, note=note, folded=True)


def warning_notes(
    grids: gpd.GeoDataFrame, warnings: pd.DataFrame | None, lang: str
) -> list[tuple[str, str]]:
    """Return what early warnings are, and how many lie on no grid of the map."""
    if warnings is None or warnings.empty:
        return []
    known = set(grids["code"])
    elsewhere = int(warnings["grid_codes"].map(known.isdisjoint).sum())
    said = word("map.warnings.method", lang, elsewhere=told.whole(elsewhere))
    return [("map.note.warnings", said)]


def _legend(warnings: pd.DataFrame, lang: str) -> Table:
    counts = warnings["state"].value_counts()
    rows = [
        Row(
            (word(f"map.warning.{state}", lang), told.whole(counts[state])),
            colour=colour,
            mark="hollow",
        )
        for state, colour in STATES.items()
        if state in counts
    ]
    heads = (word("map.warning.state", lang), word("map.head.count", lang))
    return Table(word("map.warnings", lang), heads, tuple(rows))


def _facts(warnings: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return what there is to say about each warning: one column of texts a label."""
    category = warnings["category_name"].map(told.plain)
    since, until = (
        pd.to_datetime(warnings[end]).dt.strftime("%m-%d") for end in ("since", "until")
    )
    anything = word("map.hotspots.any", lang)
    number = "#" + warnings["number"].astype(str)
    return pd.DataFrame(
        {
            word("map.warning", lang): number + " " + category.where(category != "", anything),
            word("map.cluster.days", lang): since.where(since == until, since + " – " + until),
            word("map.head.reports", lang): warnings["observed"].map(told.whole),
            word("map.cluster.expected", lang): warnings["expected"].map(told.rounded),
            word("map.cluster.recurrence", lang): warnings["recurrence_days"].map(
                lambda days: word("map.days", lang, value=told.rounded(days))
            ),
            word("map.warning.state", lang): warnings["state"].map(
                lambda state: word(f"map.warning.{state}", lang)
            ),
            word("map.head.grids", lang): warnings["grid_codes"].map(len).map(told.whole),
        }
    )
