"""The coverage map by travel time: who is reached how soon, by one station and by two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridgis.words import spoken, word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.chart import chart_of
from gridgis_maps.drawing.everything import every_area
from gridgis_maps.drawing.public import stations_note
from gridgis_maps.drawing.reach_tables import label_of, minutes, reach_measure, value_of
from gridgis_maps.drawing.responders import responder_marks, responder_points
from gridgis_maps.drawing.sheet import Panel, page
from gridgis_maps.numbers.reach import NEVER, Reached, reached

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis_maps.about import About
    from gridgis_maps.frames.coverage import ReachFrames
    from gridgis_maps.page import Page


def coverage_by_time(
    frames: ReachFrames, about: About, *, skill_name: str | None = None, lang: str = "zh"
) -> Page:
    """Return a page with the grids shaded by how soon, and by how many stations, they are reached.

    The measures can be switched: minutes until half and nine in ten of the households are reached,
    the share within each limit, the share within it of two stations, and households never reached;
    these are few at many places, so a public page leaves them out.

    Parameters
    ----------
    frames
        Grids, stations, and the coverage of each grid and of all together.
    about
        What the page says about itself.
    skill_name
        What the page calls the skill that the stations have; None: any.
    lang
        Language of the page.

    Raises
    ------
    InvalidInputError
        The language is unknown.
    PageError
        The package's scripts have not been built.
    """
    spoken(lang)
    named = told.plain(skill_name or word("map.coverage.any", lang))
    reach = _by_grid(frames)
    looks = reached(reach, frames.limits_min)
    if about.public:
        looks = [look for look in looks if look.kind != NEVER]
    households = reach["households"]
    facts = _facts(frames.grids, households, looks, lang)
    chart = chart_of(frames.grids, facts, frames.base, responder_points(frames.stations, lang))
    panel = Panel(
        lang=lang,
        title=word("map.reach.title", lang, skill=named),
        period=word(
            "map.reach.when", lang, at=about.local(frames.at), mode=_mode(frames.mode, lang)
        ),
        headline=_headline(frames, lang)[: 2 if about.public else None],
        alerts=_alerts(frames, named, lang),
        measures=tuple(
            reach_measure(frames.grids, households, look, frames.limits_min, lang) for look in looks
        ),
        marks=responder_marks(frames.stations, lang),
        marks_choice=word("map.marks.responders", lang),
        shown=len(frames.stations),
        every=every_area(frames.grids, facts, lang),
        notes=(*_notes(frames, lang), *stations_note(about, lang)),
    )
    return page(panel, chart, about=about)


def _by_grid(frames: ReachFrames) -> pd.DataFrame:
    """Return the coverage in the grids' order; of a grid that it does not know, nothing."""
    found = frames.reach.reindex(frames.grids["code"].to_numpy())
    return found.set_index(frames.grids.index)


def _facts(
    grids: gpd.GeoDataFrame, households: pd.Series[float], looks: list[Reached], lang: str
) -> pd.DataFrame:
    classes = zip(*(look.classes.tolist() for look in looks), strict=True)
    said = {
        label_of(look, lang): [value_of(look, value, lang) for value in look.values.tolist()]
        for look in looks
    }
    return pd.DataFrame(
        {
            "classes": [list(mine) for mine in classes],
            **said,
            word("map.fact.households", lang): [told.whole(one) for one in households.tolist()],
            word("map.fact.parent", lang): grids["parent_name"].map(told.plain).tolist(),
        },
        index=grids.index,
    )


def _headline(frames: ReachFrames, lang: str) -> tuple[tuple[str, str], ...]:
    whole, first = frames.whole, frames.limits_min[0]
    if frames.stations.empty or not whole["households"] > 0:
        return ()
    return (
        (
            word("map.reach.share", lang, of=f"{first:g}"),
            told.percent(whole[f"share_within_{first:g}_min"]),
        ),
        (word("map.reach.half", lang), _half(whole["p50_s"], lang)),
        (word("map.reach.never", lang), told.whole(whole["households_never"])),
    )


def _half(seconds: float, lang: str) -> str:
    return minutes(seconds / 60 if seconds == seconds else float("inf"), lang)  # noqa: PLR0124 - NaN


def _alerts(frames: ReachFrames, named: str, lang: str) -> tuple[str, ...]:
    said = []
    if frames.grids.empty:
        said.append(word("map.alert.no_grids", lang))
    if frames.stations.empty:
        said.append(word("map.reach.no_stations", lang, skill=named))
    if len(frames.grids) and not frames.whole["households"] > 0:
        said.append(word("map.reach.no_households", lang))
    if frames.nowhere:
        said.append(word("map.reach.nowhere", lang, count=told.whole(frames.nowhere)))
    alone = int((~frames.reach["reached"].astype(bool)).sum())
    if alone and len(frames.stations):
        said.append(word("map.reach.alone", lang, count=told.whole(alone)))
    return tuple(said)


def _notes(frames: ReachFrames, lang: str) -> tuple[tuple[str, str], ...]:
    return (
        ("map.note.method", word("map.reach.method", lang, mode=_mode(frames.mode, lang))),
        ("map.reach.note.stations", word(f"map.reach.by.{frames.by}", lang)),
    )


def _mode(mode: str, lang: str) -> str:
    return word(f"page.mode.{mode}", lang)
