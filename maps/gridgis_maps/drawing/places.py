"""Wrong places as marks on the map, with the ways to where their address leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from gridgis.words import word
from gridgis_maps.drawing import shapes, told
from gridgis_maps.drawing.chart import column, points_of
from gridgis_maps.drawing.sheet import Row, Table
from gridgis_maps.frames.checking import LON_LAT

if TYPE_CHECKING:
    from gridgis_maps.frames.places import PlaceFrames

MOST_POINTS = 10_000
OUTSIDE_COLOUR, TWICE_COLOUR = "#a3243b", "#1f5f8b"
WAY = {"color": OUTSIDE_COLOUR, "weight": 1.6, "opacity": 0.85, "fill": False}
STYLES = (
    {"radius": 4.2, "weight": 1, "color": "#ffffff", "fillColor": OUTSIDE_COLOUR, "fillOpacity": 1},
    {"radius": 4.6, "weight": 2, "color": TWICE_COLOUR, "fillColor": "#fff", "fillOpacity": 0.9},
    {"radius": 3.0, "weight": 1.4, "color": TWICE_COLOUR, "fillColor": "#fff", "fillOpacity": 0.9},
)
"""Outside; the best known of several; another of them."""
OUTSIDE, KEPT, OTHER = range(3)

_SHOWN = ("lon", "lat", "name", "kind", "standard_address")


def place_points(frames: PlaceFrames, lang: str) -> dict[str, Any]:
    """Return wrong places as marks: the farthest outside and the first groups, if they are many."""
    table = pd.concat([_outside(frames.disagreements, lang), _twice(frames.duplicates, lang)])
    table = table[table["lon"].notna()].head(MOST_POINTS)
    if not len(table):
        return {}
    spots = gpd.GeoSeries(gpd.points_from_xy(table["lon"], table["lat"]), crs=LON_LAT)
    points = points_of(spots, STYLES, table["style"].tolist())
    points["columns"] = [
        column(word("map.fact.name", lang), table["name"].map(told.plain)),
        column(word("map.places.finding", lang), table["finding"]),
        column(word("map.fact.kind", lang), table["kind"].map(told.plain)),
        column(word("map.places.address", lang), table["standard_address"].map(told.plain)),
    ]
    return points | {"drawn": len(table)}


def place_marks(frames: PlaceFrames, lang: str) -> Table | None:
    """Return the legend of the marks."""
    kept = int(frames.duplicates["keep"].sum())
    rows = (
        ("outside", len(frames.disagreements), "dot small", OUTSIDE_COLOUR),
        ("kept", kept, "dot hollow", TWICE_COLOUR),
        ("other", len(frames.duplicates) - kept, "dot small hollow", TWICE_COLOUR),
    )
    shown = [row for row in rows if row[1]]
    if not shown:
        return None
    return Table(
        caption=word("map.places.marks", lang),
        heads=(word("map.head.mark", lang), word("map.head.count", lang)),
        rows=tuple(
            Row((word(f"map.places.mark.{key}", lang), told.whole(count)), colour=colour, mark=mark)
            for key, count, mark, colour in shown
        ),
        note=word("map.places.way", lang),
    )


def ways_of(disagreements: gpd.GeoDataFrame) -> shapes.FeatureCollection:
    """Return the lines from places to the areas that their addresses name."""
    lines = disagreements.geometry.head(MOST_POINTS)
    return shapes.feature_collection(lines, [{"style": WAY}] * len(lines))


def _outside(table: pd.DataFrame, lang: str) -> pd.DataFrame:
    nowhere = word("map.places.nowhere", lang)
    said = [
        word(
            "map.places.finding.outside",
            lang,
            named=told.plain(named, 30),
            distance=told.distance(float(outside_m), lang),
            covering=told.plain(covering, 30) or nowhere,
        )
        for named, outside_m, covering in zip(
            table["named"], table["outside_m"], table["covering"], strict=True
        )
    ]
    return pd.DataFrame(table[list(_SHOWN)]).assign(style=OUTSIDE, finding=said)


def _twice(table: pd.DataFrame, lang: str) -> pd.DataFrame:
    said = [
        word(f"map.places.finding.{str(reason).replace(' ', '_')}", lang, group=told.whole(group))
        for reason, group in zip(table["reason"], table["group"], strict=True)
    ]
    style = table["keep"].map({True: KEPT, False: OTHER})
    return pd.DataFrame(table[list(_SHOWN)]).assign(style=style, finding=said)
