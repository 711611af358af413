"""The timeline: the reports of each day or week, played through time on one edition's grids."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridgis.words import spoken, word
from gridgis_maps.about import EARLIEST, LATEST, Period, not_public
from gridgis_maps.drawing import told
from gridgis_maps.drawing.chart import chart_of
from gridgis_maps.drawing.notes import restated_notes
from gridgis_maps.drawing.reports import report_marks, report_points
from gridgis_maps.drawing.sheet import Panel, page
from gridgis_maps.drawing.slices import (
    FEW_POINTS,
    every_slice,
    foremost_grids,
    slice_dates,
    slice_measures,
    slice_names,
    slider_told,
)
from gridgis_maps.hotspots import ALWAYS, MOST_POINTS
from gridgis_maps.numbers.classes import class_breaks, class_of
from gridgis_maps.numbers.density import (
    ELSEWHERE,
    NO_LOCATION,
    OUTSIDE,
    SHOWN,
    whereabouts,
)
from gridgis_maps.numbers.distance import has_place
from gridgis_maps.numbers.editions import one_edition
from gridgis_maps.numbers.slices import (
    MOST_ASKED,
    per_slice,
    running,
    slice_counts,
    slice_of,
    slices_of,
)

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

    from gridgis_maps.about import About
    from gridgis_maps.frames.reports import HotspotFrames
    from gridgis_maps.numbers.slices import Each, Slices
    from gridgis_maps.page import Page

MONTHS = 12

WINDOW = {"day": 7, "week": 4, "month": 3}
"""How many slices the running window adds up."""


def timeline(
    frames: HotspotFrames,
    about: About,
    *,
    period: Period = ALWAYS,
    each: Each | None = None,
    category_name: str | None = None,
    lang: str = "zh",
) -> Page:
    """Return a page whose slider goes through the days: grids shaded by that day's reports.

    Parameters
    ----------
    frames
        Grids of one edition, reports and, where there is any, a base map.
    about
        What the page says about itself.
    period
        Only reports captured in it count. Without a start it begins with the first report, without
        an end it ends with `about.data_as_of`.
    each
        ``day``, ``week`` or ``month``; None: by how long the period is.
    category_name
        What the page calls the category that the reports were asked for; None for all.
    lang
        Language of the page.

    Raises
    ------
    InvalidInputError
        The language is unknown; the reports were counted on two editions; or the page is for the
        public: counts of single days are too few to be shown to everybody.
    PageError
        The package's scripts have not been built.
    """
    spoken(lang)
    not_public(about, "timeline")
    period = Period(*_ends(period, frames.reports, about))
    reports = frames.reports.loc[period.holds(frames.reports["captured_at"])]
    reports = reports.assign(counted=reports["grid_code"].isin(frames.grids["code"]))
    one_edition(reports.loc[reports["counted"]], "reports")
    cut, shortened = _cut(period, reports, about, each)
    counts = slice_counts(frames.grids["code"].tolist(), reports, cut.edges)
    table = per_slice(counts)
    facts = _words_of(cut, lang)
    values = {
        "slice": running(counts, len(frames.grids), 1),
        "window": running(counts, len(frames.grids), WINDOW[cut.each]),
    }
    breaks = {key: _breaks(value) for key, value in values.items()}
    names = slice_names(cut, lang)
    placed = reports.loc[has_place(reports.geometry)]
    drawn = placed.sort_values("captured_at", ascending=False, kind="stable").head(MOST_POINTS)
    points = report_points(drawn, about, lang)
    chart = chart_of(
        frames.grids, _facts(frames.grids, cut, values, breaks, facts, lang), frames.base, points
    )
    found = whereabouts(frames.grids["code"], reports)
    top = foremost_grids(frames.grids, values["slice"], slice_dates(cut), facts, lang)
    named = told.plain(category_name or word("map.hotspots.any", lang))
    panel = Panel(
        lang=lang,
        title=word("map.timeline.title", lang, category=named),
        period=period.told(about, lang),
        headline=_headline(table, names, facts, lang),
        alerts=(
            *_alerts(frames.grids, found, cut, each, lang),
            *([word("map.timeline.alert.shortened", lang)] if shortened else []),
        ),
        measures=slice_measures(cut, values, breaks, top, facts, lang),
        marks=report_marks(drawn, lang),
        marks_choice=word("map.marks.reports", lang),
        every=every_slice(frames.grids, table, names, facts, lang),
        notes=(
            *_notes(found, (len(drawn), len(placed)), facts, lang),
            *restated_notes(reports, lang),
        ),
        shown=found[SHOWN],
    )
    slider = slider_told(cut, counts, table, breaks, facts, lang) | _point_slices(
        drawn, cut, len(drawn) == len(placed)
    )
    return page(panel, chart, about=about, modules=("slider",), told={"slider": slider})


def _ends(period: Period, reports: gpd.GeoDataFrame, about: About) -> tuple[datetime, datetime]:
    """Return when the period begins and ends, where it is open too."""
    end = period.end or about.data_as_of
    start = period.start
    if start is None:
        before = reports.loc[reports["captured_at"] < end, "captured_at"]
        start = before.min().floor("us").to_pydatetime() if len(before) else end - timedelta(days=1)
    # What begins later than the figures were read is a day without any.
    return start, end if end > start else start + timedelta(days=1)


def _cut(
    period: Period, reports: gpd.GeoDataFrame, about: About, each: Each | None
) -> tuple[Slices, bool]:
    """Return the period's slices, and whether it was so long that they are only its reports'."""
    start, end = period.start or EARLIEST, period.end or LATEST
    if (end.year - start.year) * MONTHS < MOST_ASKED:
        return slices_of(start, end, about.zone, each), False
    seen = reports["captured_at"]
    first, last = (seen.min(), seen.max()) if len(seen) else (about.data_as_of, about.data_as_of)
    start, end = pd.Timestamp(first), pd.Timestamp(last) + pd.Timedelta(microseconds=1)
    return slices_of(
        start.floor("us").to_pydatetime(), end.ceil("us").to_pydatetime(), about.zone, each
    ), True


def _breaks(values: NDArray[np.int64]) -> list[float]:
    return class_breaks(pd.Series(values.ravel().astype("float64")), whole=True)


def _words_of(cut: Slices, lang: str) -> dict[str, str]:
    """Return the facts that the words of the page need."""
    window = WINDOW[cut.each]
    return {
        "each": word(f"map.timeline.{cut.each}", lang),
        "window": str(window),
        "before": str(window - 1),
    }


def _facts(
    grids: gpd.GeoDataFrame,
    cut: Slices,
    values: dict[str, NDArray[np.int64]],
    breaks: dict[str, list[float]],
    facts: dict[str, str],
    lang: str,
) -> pd.DataFrame:
    """Return what the map says about each grid at first; the slider tells the other slices."""
    last = {key: pd.Series(value[cut.latest].astype("float64")) for key, value in values.items()}
    classes = pd.DataFrame({key: class_of(last[key], breaks[key]) for key in values})
    households = pd.to_numeric(grids["households"], errors="coerce").astype("float64")
    total = pd.Series(values["slice"].sum(axis=0), index=grids.index)
    said = {
        word(f"map.timeline.fact.{key}", lang, **facts): last[key].map(told.whole).tolist()
        for key in values
    }
    return pd.DataFrame(
        {
            "classes": classes.to_numpy().tolist(),
            **said,
            word("map.timeline.fact.total", lang): total.map(told.whole).tolist(),
            word("map.fact.households", lang): households.map(told.whole).tolist(),
            word("map.fact.parent", lang): grids["parent_name"].map(told.plain).tolist(),
        },
        index=grids.index,
    )


def _point_slices(drawn: gpd.GeoDataFrame, cut: Slices, everything: bool) -> dict[str, Any]:
    """Return the slice of each point; the first of which some points are not carried shows none."""
    slices = slice_of(drawn["captured_at"], cut.edges)
    whole_from = 0 if everything else int(slices.min()) + 1
    return {"pointSlices": slices.tolist(), "wholeFrom": whole_from}


def _headline(
    table: pd.DataFrame, names: list[str], facts: dict[str, str], lang: str
) -> tuple[tuple[str, str], ...]:
    total = int(table["count"].sum())
    if not total:
        return ()
    busiest = int(table["count"].argmax())
    return (
        (word("map.timeline.counted", lang), told.whole(total)),
        (word("map.timeline.mean", lang, **facts), told.rounded(total / len(table))),
        (
            word("map.timeline.busiest", lang, name=names[busiest]),
            told.whole(int(table["count"].iloc[busiest])),
        ),
    )


def _alerts(
    grids: gpd.GeoDataFrame, found: dict[str, int], cut: Slices, asked: Each | None, lang: str
) -> tuple[str, ...]:
    """Return what must not be overlooked."""
    each = word(f"map.timeline.{cut.each}", lang)
    said = []
    if grids.empty:
        said.append(word("map.alert.no_grids", lang))
    if sum(found.values()) == 0:
        said.append(word("map.alert.no_reports", lang))
    elif found[SHOWN] == 0:
        said.append(word("map.alert.all_outside", lang))
    if asked and asked != cut.each:
        wish = word(f"map.timeline.{asked}", lang)
        said.append(word("map.timeline.alert.coarser", lang, asked=wish, each=each))
    elif len(cut) == 1:
        said.append(word("map.timeline.alert.one", lang, each=each))
    return tuple(said)


def _notes(
    found: dict[str, int], points: tuple[int, int], facts: dict[str, str], lang: str
) -> list[tuple[str, str]]:
    left_out = {key: told.whole(found[key]) for key in (OUTSIDE, NO_LOCATION, ELSEWHERE)}
    shown = word("map.timeline.shown", lang, count=told.whole(found[SHOWN]), **left_out)
    notes = [
        ("map.note.method", word("map.timeline.method", lang, **facts)),
        ("map.note.shown", shown),
    ]
    if any(points):
        drawn = dict(zip(("drawn", "placed"), map(told.whole, points), strict=True))
        few = told.whole(FEW_POINTS)
        said = word("map.timeline.points.note", lang, few=few, **drawn, **facts)
        notes.append(("map.note.points", said))
    return notes
