"""Responders as marks on the map, and their part of the legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridgis.errors import WordMissingError
from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.chart import column, points_of
from gridgis_maps.drawing.sheet import Row, Table

if TYPE_CHECKING:
    import geopandas as gpd

WORKER, LIVE = "worker", "live"
COLOUR = "#d9541e"
WORKER_RADIUS_PX, RADIUS_PX = 3.2, 6.0


def responder_points(responders: gpd.GeoDataFrame, lang: str) -> dict[str, Any]:
    """Return the responders as marks: small for a grid worker, filled for a live position."""
    if responders.empty:
        return {}
    pairs = _kinds_and_sources(responders)
    known = sorted(set(pairs))
    points = points_of(
        responders.geometry,
        [_style(kind, source) for kind, source in known],
        [known.index(pair) for pair in pairs],
    )
    sources = responders["position_source"].map(lambda source: _source_name(source, lang))
    points["columns"] = [
        column(word("map.fact.name", lang), responders["name"].map(told.plain)),
        column(
            word("map.fact.kind", lang), responders["kind"].map(lambda kind: _kind_name(kind, lang))
        ),
        column(word("map.fact.organisation", lang), responders["organisation"].map(told.plain)),
        column(word("map.fact.role", lang), responders["role"].map(told.plain)),
        column(word("map.fact.position", lang), sources),
    ]
    return points


def responder_marks(responders: gpd.GeoDataFrame, lang: str) -> Table | None:
    """Return the legend of the marks: kind, where the position comes from, how many."""
    if responders.empty:
        return None
    pairs = _kinds_and_sources(responders)
    rows = [
        Row(
            (_kind_name(kind, lang), _source_name(source, lang), told.whole(pairs.count(pair))),
            colour=COLOUR,
            mark=" ".join(
                ["dot", "small" if kind == WORKER else "large", "" if source == LIVE else "hollow"]
            ),
        )
        for pair in sorted(set(pairs))
        for kind, source in [pair]
    ]
    heads = ("map.fact.kind", "map.fact.position", "map.head.count")
    caption = word("map.coverage.marks", lang)
    return Table(caption, tuple(word(head, lang) for head in heads), tuple(rows))


def _kinds_and_sources(responders: gpd.GeoDataFrame) -> list[tuple[str, str]]:
    pairs = zip(responders["kind"], responders["position_source"], strict=True)
    return [(told.plain(kind, 24), told.plain(source, 24)) for kind, source in pairs]


def _style(kind: str, source: str) -> dict[str, Any]:
    live = source == LIVE
    return {
        "radius": WORKER_RADIUS_PX if kind == WORKER else RADIUS_PX,
        "weight": 1.2 if live else 1.6,
        "color": "#ffffff" if live else COLOUR,
        "fillColor": COLOUR if live else "#ffffff",
        "fillOpacity": 1,
    }


def _kind_name(kind: object, lang: str) -> str:
    return _named(f"map.kind.{kind}", kind, lang)


def _source_name(source: object, lang: str) -> str:
    return _named(f"map.source.{source}", source, lang)


def _named(key: str, value: object, lang: str) -> str:
    """Return the catalogue's word for a value that a city may have coined itself."""
    try:
        return word(key, lang)
    except WordMissingError:
        return told.plain(value, 24)
