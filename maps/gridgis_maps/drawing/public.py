"""What a page for everybody says of what it does not show, and the points that it may show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.chart import column, points_of
from gridgis_maps.drawing.reports import COLOUR, STYLES, Spots
from gridgis_maps.drawing.sheet import Row, Table
from gridgis_maps.numbers.disclosure import FEW
from gridgis_maps.numbers.donut import INNER_M, OUTER_M

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gridgis_maps.about import About
    from gridgis_maps.numbers.disclosure import Disclosed


def masked_text(texts: pd.Series[str], figures: pd.DataFrame, lang: str) -> pd.Series[str]:
    """Return texts of figures; what is masked is called so, and not unknown."""
    return texts.mask(figures["masked"], word("map.class.masked", lang))


def masked_note(disclosed: Disclosed, lang: str) -> str:
    """Return what a public page does not show, and why."""
    grids = told.whole(disclosed.masked)
    said = word("map.public.grids", lang, few=FEW, grids=grids)
    return said if disclosed.total else f"{said} {word('map.public.total', lang)}"


def moved_spots(moved: gpd.GeoSeries, lang: str) -> Spots:
    """Return points that were moved at random: nothing is said about any of them."""
    if moved.empty:
        return Spots()
    name, count = word("map.public.moved", lang), told.whole(len(moved))
    points = points_of(moved, STYLES[:1], [0] * len(moved))
    points["columns"] = [column(word("map.fact.position", lang), moved.map(lambda _: name))]
    legend = Table(
        word("map.hotspots.marks", lang),
        (word("map.head.mark", lang), word("map.head.count", lang)),
        (Row((name, count), colour=COLOUR, mark="dot tiny"),),
    )
    ring = {"inner": told.whole(INNER_M), "outer": told.whole(OUTER_M)}
    said = word("map.public.points", lang, count=count, **ring)
    return Spots(points, legend, notes=(("map.note.points", said),))


def too_many_spots(count: int, most: int, lang: str) -> Spots:
    """Return no points, and why: so many moved ones would hide the map, and tell nothing."""
    said = word("map.public.too_many", lang, count=told.whole(count), most=told.whole(most))
    return Spots(notes=(("map.note.points", said),))


def stations_note(about: About, lang: str) -> tuple[tuple[str, str], ...]:
    """Return what a public page of coverage counts; nothing on another page."""
    said = word("map.public.stations", lang)
    return (("map.note.public", said),) if about.public else ()
