"""Two editions compared: which grids kept their borders, changed, are new, are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from gridgis.words import spoken, word
from gridgis_maps.about import not_public
from gridgis_maps.compare import swipe_words
from gridgis_maps.drawing import told
from gridgis_maps.drawing.chart import chart_of
from gridgis_maps.drawing.packing import packed
from gridgis_maps.drawing.redrawn import (
    amount_measure,
    arrow,
    became_measures,
    changed_grids,
    every_change,
    gone_overlay,
    kinds_of,
)
from gridgis_maps.drawing.shapes import feature_collection
from gridgis_maps.drawing.sheet import Panel, page
from gridgis_maps.frames.base import BaseMap
from gridgis_maps.numbers.classes import class_breaks, class_of
from gridgis_maps.numbers.comparing import CHANGED, GONE, KEPT, NEW, grid_changes

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis_maps.about import About, Period
    from gridgis_maps.frames.editions import EditionFrames
    from gridgis_maps.page import Page

AMOUNTS = {"households": "homes", "count": "reports"}
"""Measures of the new edition, and what the figures beside each other call them."""


def compare_editions(
    frames: EditionFrames,
    about: About,
    *,
    names: tuple[str, str],
    period: Period,
    lang: str = "zh",
) -> Page:
    """Return a page that sets two editions of the grids beside each other.

    Parameters
    ----------
    frames
        The grids of both, the ground they share, and the reports of one period on either.
    about
        What the page says about itself; `about.edition` is the new one.
    names
        What the editions are called, the one before first.
    period
        Of which the reports are; the page says so.
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
    not_public(about, "compare")
    old, new = grid_changes(frames.old["code"].tolist(), frames.new["code"].tolist(), frames.pieces)
    beside = _beside(frames, old, new)
    after, before = beside["new"], beside["old"]
    ends = {
        key: class_breaks(
            pd.concat([before[f"{part}_then"], after[f"{part}_now"]], ignore_index=True), whole=True
        )
        for key, part in AMOUNTS.items()
    }
    classes = pd.DataFrame(
        {key: kinds_of(new["became"]) for key in ("swipe", "side", "became")}
        | {key: class_of(after[f"{part}_now"], ends[key]).tolist() for key, part in AMOUNTS.items()}
    )
    chart = chart_of(frames.new, _facts(frames.new, after, classes, lang), frames.base, {})
    everything = pd.concat([after, before[before["became"] == GONE]], ignore_index=True)
    top = changed_grids(everything, lang)
    gone = gone_overlay(frames.old, old["became"], lang)
    amounts = tuple(
        amount_measure(key, (before[f"{part}_then"], after[f"{part}_now"]), ends[key], lang)
        for key, part in AMOUNTS.items()
    )
    names = told.plain(names[0]), told.plain(names[1])
    panel = Panel(
        lang=lang,
        title=word("map.compare.editions.title", lang),
        period=word("map.compare.editions.names", lang, then=names[0], now=names[1]),
        headline=_headline(old, new, lang),
        alerts=_alerts(frames, old, new, lang),
        measures=(*became_measures(old, new, top, lang), *amounts),
        overlays=(gone,) if gone else (),
        every=every_change(everything, lang),
        notes=tuple(_notes(frames, period.told(about, lang), lang)),
        shown=len(frames.new),
    )
    swipe = _then(frames.old, before, names, lang)
    return page(panel, chart, about=about, modules=("swipe",), told={"swipe": swipe})


def _then(
    old: gpd.GeoDataFrame, before: pd.DataFrame, names: tuple[str, str], lang: str
) -> dict[str, Any]:
    """Return the other side of the map: the grids of the edition before."""
    kinds = kinds_of(before["became"])
    classes = pd.DataFrame({"classes": kinds})
    chart = chart_of(old, _facts(old, before, classes, lang), BaseMap(), {})
    said = {
        key: f"{word(f'map.compare.edition.{key}', lang)} {name}"
        for key, name in zip(("then", "now"), names, strict=True)
    }
    nothing = feature_collection(old.iloc[:0].geometry, [])
    return {
        "shapes": packed(chart.shapes),
        "grids": chart.grids,
        "outlines": packed(nothing),
        "classes": kinds,
        "words": swipe_words(said, lang),
    }


def _beside(frames: EditionFrames, old: pd.DataFrame, new: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the figures of each grid and of its partner on the other side; NaN without one."""
    homes = {
        key: pd.to_numeric(grids["households"], errors="coerce").astype("float64").to_numpy()
        for key, grids in (("then", frames.old), ("now", frames.new))
    }
    amounts = {
        "homes_then": pd.Series(homes["then"], index=frames.old["code"].to_numpy()),
        "homes_now": pd.Series(homes["now"], index=frames.new["code"].to_numpy()),
        "reports_then": _counted(frames.old, frames.old_counts),
        "reports_now": _counted(frames.new, frames.new_counts),
    }
    position = pd.Series(range(len(frames.new)), index=frames.new["code"].to_numpy(), dtype=float)
    sides = {}
    for key, grids, became in (("old", frames.old, old), ("new", frames.new, new)):
        own = grids["code"].to_numpy()
        partner = became["partner"].to_numpy()
        codes = {"then": own if key == "old" else partner, "now": own if key == "new" else partner}
        table = {
            name: values.reindex(codes[name.rpartition("_")[2]]).to_numpy()
            for name, values in amounts.items()
        }
        sides[key] = pd.DataFrame(
            {
                "code": own,
                "name": grids["name"].to_numpy(),
                "became": became["became"].to_numpy(),
                "at": position.reindex(codes["now"]).to_numpy(),
                **table,
            }
        )
    return sides


def _counted(grids: gpd.GeoDataFrame, counts: pd.DataFrame) -> pd.Series[float]:
    found = counts.groupby("code")["reports"].sum()
    return found.reindex(grids["code"].to_numpy(), fill_value=0).astype("float64")


def _facts(
    grids: gpd.GeoDataFrame, beside: pd.DataFrame, classes: pd.DataFrame, lang: str
) -> pd.DataFrame:
    both = [
        [arrow(one[f"{part}_then"], one[f"{part}_now"], lang) for one in beside.to_dict("records")]
        for part in AMOUNTS.values()
    ]
    return pd.DataFrame(
        {
            "classes": classes.to_numpy().tolist(),
            word("map.compare.head.became", lang): [
                word(f"map.compare.became.{became}", lang) for became in beside["became"]
            ],
            word("map.compare.head.households", lang): both[0],
            word("map.compare.head.reports", lang): both[1],
            word("map.fact.parent", lang): grids["parent_name"].map(told.plain).tolist(),
        },
        index=grids.index,
    )


def _headline(old: pd.DataFrame, new: pd.DataFrame, lang: str) -> tuple[tuple[str, str], ...]:
    counts = (
        ("map.compare.kept", (new["became"] == KEPT).sum()),
        ("map.compare.changed", (new["became"] == CHANGED).sum()),
        ("map.compare.new", (new["became"] == NEW).sum()),
        ("map.compare.went", (old["became"] == GONE).sum()),
    )
    return tuple((word(key, lang), told.whole(int(count))) for key, count in counts)


def _alerts(
    frames: EditionFrames, old: pd.DataFrame, new: pd.DataFrame, lang: str
) -> tuple[str, ...]:
    """Return what must not be overlooked."""
    if frames.new.empty:
        return (word("map.alert.no_grids", lang),)
    if frames.old.empty:
        return (word("map.compare.alert.no_old", lang),)
    said = []
    if (new["became"] == KEPT).all() and (old["became"] == KEPT).all():
        said.append(word("map.compare.alert.same", lang))
    if not frames.new_counts["reports"].sum():
        said.append(word("map.alert.no_reports", lang))
    elif not _counted(frames.new, frames.new_counts).sum():
        said.append(word("map.alert.all_outside", lang))
    return tuple(said)


def _notes(frames: EditionFrames, period: str, lang: str) -> list[tuple[str, str]]:
    inside = [
        int(_counted(grids, counts).sum())
        for grids, counts in ((frames.old, frames.old_counts), (frames.new, frames.new_counts))
    ]
    totals = [int(counts["reports"].sum()) for counts in (frames.old_counts, frames.new_counts)]
    shown = {
        "old": told.whole(len(frames.old)),
        "new": told.whole(len(frames.new)),
        "old_outside": told.whole(totals[0] - inside[0]),
        "new_outside": told.whole(totals[1] - inside[1]),
    }
    reports = f"{told.whole(totals[1])} ({period})"
    return [
        ("map.note.method", word("map.compare.editions.method", lang, reports=reports)),
        ("map.note.shown", word("map.compare.editions.shown", lang, **shown)),
    ]
