"""The page of one case: where, who went which way, who had to leave, and what happened when."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridgis.words import spoken, word
from gridgis_maps.about import not_public
from gridgis_maps.drawing import told
from gridgis_maps.drawing.chart import chart_of
from gridgis_maps.drawing.incident import (
    LONGEST,
    events_table,
    exits_overlay,
    limits_table,
    place_overlay,
    ways_overlay,
    zone_overlay,
)
from gridgis_maps.drawing.sheet import Measure, Panel, Row, Table, page

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis_maps.about import About
    from gridgis_maps.drawing.sheet import Overlay
    from gridgis_maps.frames.incident import IncidentFrames
    from gridgis_maps.page import Page

ITS, OTHER = 1, 0
COLOURS = {ITS: "#f3dfb4", OTHER: "#fbfaf6"}
MARGIN_SHARE, LEAST_DEG = 0.12, 0.004
"""How much is shown around what happened: a share of its width, and at least so many degrees."""


def incident(frames: IncidentFrames, about: About, *, lang: str = "zh") -> Page:
    """Return the page of one case: its map, who came when, marks met or missed, what happened.

    Parameters
    ----------
    frames
        The case, its parties, events and limits, and the grids around.
    about
        What the page says about itself.
    lang
        Language of the page.

    Raises
    ------
    InvalidInputError
        The language is unknown; or the page is for the public.
    PageError
        The package's scripts have not been built.
    """
    spoken(lang)
    not_public(about, "incident")
    case = frames.case
    overlays = tuple(
        one
        for one in (
            zone_overlay(case, lang),
            exits_overlay(frames.exits, lang),
            ways_overlay(case, frames.parties, lang),
            place_overlay(case, lang),
        )
        if one is not None
    )
    extent = _extent(overlays) if case.location is not None else None
    grids = _around(frames.grids, extent)
    its = grids["code"] == case.grid_code
    chart = chart_of(grids, _facts(grids, its, lang), frames.base, {})
    if extent is not None:
        west, south, east, north = extent
        chart = replace(chart, bounds=((south, west), (north, east)))
    limits, missed = limits_table(case, frames.limits, about.data_as_of, lang)
    number = word("map.incident.number", lang, number=told.plain(case.number))
    received = about.local(case.received_at)
    panel = Panel(
        lang=lang,
        title=word("map.incident.title", lang, category=told.plain(case.category)),
        period=word("map.incident.period", lang, number=number, moment=received),
        headline=_headline(frames, lang),
        alerts=_alerts(frames, grids, missed, lang),
        measures=(_measure(grids, its, limits, lang),),
        overlays=overlays if extent is not None else tuple(map(_told_only, overlays)),
        every=events_table(case, frames.events, about.zone, lang),
        notes=tuple(_notes(frames, lang)),
    )
    return page(panel, chart, about=about, modules=("story",))


def _extent(overlays: tuple[Overlay, ...]) -> tuple[float, float, float, float] | None:
    """Return what is shown: (min_lon, min_lat, max_lon, max_lat) around all that is drawn."""
    shapes = np.concatenate([overlay.shapes.shapes for overlay in overlays])
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    margin = max(MARGIN_SHARE * max(east - west, north - south), LEAST_DEG)
    return west - margin, south - margin, east + margin, north + margin


def _around(
    grids: gpd.GeoDataFrame, extent: tuple[float, float, float, float] | None
) -> gpd.GeoDataFrame:
    """Return the grids that the map shows: none when there is no place."""
    if extent is None:
        return grids.iloc[:0]
    meets = shapely.intersects(np.asarray(grids.geometry.array, dtype=object), shapely.box(*extent))
    return grids.loc[meets].reset_index(drop=True)


def _told_only(overlay: Overlay) -> Overlay:
    """Return a layer whose table is told although nothing can be drawn."""
    return replace(
        overlay, shapes=replace(overlay.shapes, shapes=overlay.shapes.shapes[:0], properties=[])
    )


def _facts(grids: gpd.GeoDataFrame, its: pd.Series[bool], lang: str) -> pd.DataFrame:
    households = pd.to_numeric(grids["households"], errors="coerce").astype("float64")
    return pd.DataFrame(
        {
            "classes": [[ITS if mine else OTHER] for mine in its],
            word("map.fact.households", lang): households.map(told.whole),
            word("map.fact.parent", lang): grids["parent_name"].map(told.plain),
        },
        index=grids.index,
    )


def _measure(grids: gpd.GeoDataFrame, its: pd.Series[bool], limits: Table, lang: str) -> Measure:
    """Return the grids' shading: the responsible one, and the others; the limits stand below."""
    rows = [
        Row(
            (
                word("map.incident.grid.its", lang, name=told.name_of(name, code)),
                told.whole(1),
            ),
            colour=COLOURS[ITS],
        )
        for name, code in zip(grids["name"][its], grids["code"][its], strict=True)
    ]
    others = int((~its).sum())
    if others:
        cells = (word("map.incident.grid.other", lang), told.whole(others))
        rows.append(Row(cells, colour=COLOURS[OTHER]))
    heads = (word("map.incident.head.grid", lang), word("map.incident.head.count", lang))
    legend = Table(word("map.incident.grids", lang), heads, tuple(rows))
    label = word("map.incident.measure", lang)
    if not rows:
        return Measure("grids", label, COLOURS, limits, Table("", (), ()))
    return Measure("grids", label, COLOURS, legend, limits)


def _headline(frames: IncidentFrames, lang: str) -> tuple[tuple[str, str], ...]:
    case = frames.case
    said = [
        (word("map.incident.level", lang), told.plain(case.level, 16)),
        (word("map.incident.state", lang), told.plain(case.state, 16)),
        (word("map.incident.parties", lang), told.whole(len(frames.parties))),
    ]
    if case.households is not None:
        said.append((word("map.incident.households", lang), told.whole(case.households)))
    return tuple((label, text) for label, text in said if text)


def _alerts(
    frames: IncidentFrames, around: gpd.GeoDataFrame, missed: list[str], lang: str
) -> tuple[str, ...]:
    """Return what must not be overlooked."""
    said = []
    if frames.case.location is None:
        said.append(word("map.incident.alert.no_location", lang))
    elif around.empty:
        said.append(word("map.incident.alert.no_grids", lang))
    if frames.parties.empty:
        said.append(word("map.incident.alert.nobody", lang))
    if missed:
        count, marks = told.whole(len(missed)), told.plain("、".join(missed), 120)
        said.append(word("map.incident.alert.missed", lang, count=count, marks=marks))
    if frames.events.empty:
        said.append(word("map.incident.alert.archived", lang))
    return tuple(said)


def _notes(frames: IncidentFrames, lang: str) -> list[tuple[str, str]]:
    case = frames.case
    counts = {
        "parties": told.whole(len(frames.parties)),
        "events": told.whole(len(frames.events)),
        "marks": told.whole(len(frames.limits)),
    }
    return [
        ("map.incident.description", told.plain(case.description, LONGEST) or told.NOTHING),
        ("map.incident.address", told.plain(case.address, 120) or told.NOTHING),
        ("map.note.method", word("map.incident.method", lang)),
        ("map.note.shown", word("map.incident.shown", lang, **counts)),
    ]
