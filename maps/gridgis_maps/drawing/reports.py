"""Reports as points on the map. What residents wrote is data: it is never markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.chart import column, moments, points_of
from gridgis_maps.drawing.offline import script_json
from gridgis_maps.drawing.sheet import Row, Table

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis_maps.about import About

COLOUR = "#12232e"
TEXT_BUDGET_BYTES = 1_000_000
FEWEST_SIGNS, MOST_SIGNS = 12, 120
STYLES = (
    {"radius": 2.2, "stroke": False, "fillColor": COLOUR, "fillOpacity": 0.6},
    {"radius": 2.6, "weight": 1.2, "color": COLOUR, "fillColor": "#ffffff", "fillOpacity": 0.9},
)
"""Counted, and not."""


class Spots(NamedTuple):
    """Where reports were seen: as points with their legend, or gathered; and what is said of it."""

    points: dict[str, Any] = {}  # noqa: RUF012 - nobody changes it
    marks: Table | None = None
    gathered: tuple[gpd.GeoSeries, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


def report_spots(placed: gpd.GeoDataFrame, about: About, most: int, lang: str) -> Spots:
    """Return reports that have a place as points; more than `most` are to be gathered."""
    if placed.empty:
        return Spots()
    binned = len(placed) > most
    key = "map.bins.said" if binned else "map.hotspots.points"
    said = word(key, lang, placed=told.whole(len(placed)), most=told.whole(most))
    notes = (("map.note.points", said),)
    if binned:
        return Spots(gathered=(placed.geometry,), notes=notes)
    return Spots(report_points(placed, about, lang), report_marks(placed, lang), notes=notes)


def report_points(placed: gpd.GeoDataFrame, about: About, lang: str) -> dict[str, Any]:
    """Return reports that have a place as points, the newest first; nothing without any.

    Descriptions are cut so that all of them together stay under a megabyte.
    """
    if placed.empty:
        return {}
    newest = placed.sort_values("captured_at", ascending=False, kind="stable")
    points = points_of(newest.geometry, STYLES, (~newest["counted"]).astype(int).tolist())
    captured = pd.to_datetime(newest["captured_at"], utc=True).dt.tz_convert(about.zone)
    points["columns"] = [
        column(word("map.fact.category", lang), newest["category_name"].map(told.plain)),
        moments(word("map.fact.captured", lang), captured.dt.tz_localize(None)),
        column(word("map.fact.grid", lang), newest["grid_code"].astype(object).map(told.plain)),
        column(word("map.fact.description", lang), _descriptions(newest["description"])),
    ]
    return points


def report_marks(placed: gpd.GeoDataFrame, lang: str) -> Table | None:
    """Return the legend of the points; `placed` as for `report_points`."""
    if placed.empty:
        return None
    counted = int(placed["counted"].sum())
    rows = [
        (word("map.marks.counted", lang), counted, "dot tiny"),
        (word("map.marks.not_counted", lang), len(placed) - counted, "dot tiny hollow"),
    ]
    return Table(
        caption=word("map.hotspots.marks", lang),
        heads=(word("map.head.mark", lang), word("map.head.count", lang)),
        rows=tuple(
            Row((name, told.whole(count)), colour=COLOUR, mark=mark) for name, count, mark in rows
        ),
    )


def _descriptions(texts: pd.Series[str]) -> pd.Series[str]:
    most = texts.map(lambda text: told.plain(text, MOST_SIGNS))
    size = len(script_json(most.tolist()).encode())
    if size <= TEXT_BUDGET_BYTES:
        return most
    signs = int(most.str.len().sum() / size * TEXT_BUDGET_BYTES / len(most))
    return most.map(lambda text: told.plain(text, max(FEWEST_SIGNS, signs)))
