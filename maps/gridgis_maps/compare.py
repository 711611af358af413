"""Two periods compared on one edition: swipe, side by side, and their differences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from gridgis.words import spoken, word
from gridgis_maps.about import EARLIEST, Period, not_public
from gridgis_maps.drawing import told
from gridgis_maps.drawing.chart import chart_of
from gridgis_maps.drawing.compared import (
    both_sides,
    changed_most,
    difference_measure,
    every_grid,
    ratio_measure,
    ratio_told,
    signed,
)
from gridgis_maps.drawing.notes import restated_notes
from gridgis_maps.drawing.sheet import Panel, page
from gridgis_maps.numbers.classes import class_breaks, class_of
from gridgis_maps.numbers.comparing import (
    compared,
    difference_breaks,
    difference_classes,
    ratio_classes,
)
from gridgis_maps.numbers.density import count_by_grid
from gridgis_maps.numbers.editions import one_edition

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from gridgis_maps.about import About
    from gridgis_maps.frames.reports import HotspotFrames
    from gridgis_maps.page import Page

USUAL = timedelta(days=30)
"""How long the periods are when nobody says."""

SAME_LENGTH = 0.01
"""Lengths that differ by less than this share are taken as the same: a day may have 23 hours."""

OPEN = Period()


class Span(NamedTuple):
    """A period with both ends: from its start until just before its end."""

    start: datetime
    end: datetime

    @property
    def days(self) -> float:
        """How long it is."""
        return (self.end - self.start) / timedelta(days=1)


@dataclass(frozen=True)
class _Compared:
    """The counts of both periods by grid, and how they are told."""

    then: Span
    now: Span
    table: pd.DataFrame
    others: tuple[int, int]
    reports: pd.DataFrame

    @property
    def alike(self) -> bool:
        """Whether the periods are of one length, so that counts can be set beside each other."""
        return _alike(self.then, self.now)

    @property
    def sides(self) -> tuple[pd.Series[float], pd.Series[float]]:
        """What both sides are shaded by: counts, or counts per 30 days."""
        if self.alike:
            return self.table["then"].astype("float64"), self.table["now"].astype("float64")
        month = USUAL / timedelta(days=1)
        return (
            self.table["then"] * (month / self.then.days),
            self.table["now"] * (month / self.now.days),
        )


def compare(
    frames: HotspotFrames,
    about: About,
    *,
    then: Period = OPEN,
    now: Period = OPEN,
    category_name: str | None = None,
    lang: str = "zh",
) -> Page:
    """Return a page that sets the reports of two periods beside each other.

    Parameters
    ----------
    frames
        Grids of one edition, reports of both periods and, where there is any, a base map.
    about
        What the page says about itself.
    then, now
        The periods. Left open, now is the last 30 days until `about.data_as_of`, and then as long
        as now, just before it.
    category_name
        What the page calls the category that the reports were asked for; None for all.
    lang
        Language of the page.

    Raises
    ------
    InvalidInputError
        The language is unknown; the reports were counted on two editions; or the page is for the
        public.
    PageError
        The package's scripts have not been built.
    """
    spoken(lang)
    not_public(about, "compare")
    found = _compared(frames, *periods_of(about, then, now))
    grids, sides = frames.grids, found.sides
    ends = class_breaks(pd.concat(sides, ignore_index=True), whole=found.alike)
    differing = difference_breaks(found.table["difference"], whole=found.alike)
    shaded = class_of(sides[1], ends).to_numpy("int64")
    classes = {
        "swipe": shaded,
        "side": shaded,
        "difference": difference_classes(found.table["difference"], differing),
        "ratio": ratio_classes(found.table),
    }
    chart = chart_of(grids, _facts(frames, found, classes, lang), frames.base, {})
    top = changed_most(grids, found.table, found.alike, lang)
    said = ("count" if found.alike else "rate", found.alike)
    spans = {key: span_told(getattr(found, key), about, lang) for key in ("then", "now")}
    named = told.plain(category_name or word("map.hotspots.any", lang))
    panel = Panel(
        lang=lang,
        title=word("map.compare.title", lang, category=named),
        period=word("map.compare.period", lang, **spans),
        headline=_headline(found, lang),
        alerts=_alerts(frames, found, lang),
        measures=(
            *both_sides(*sides, ends, said, top, lang),
            difference_measure(
                found.table, classes["difference"], differing, found.alike, top, lang
            ),
            ratio_measure(classes["ratio"], top, lang),
        ),
        every=every_grid(grids, found.table, found.alike, lang),
        notes=(*_notes(found, lang), *restated_notes(found.reports, lang)),
        shown=int(found.table[["then", "now"]].to_numpy().sum()),
    )
    names = {key: f"{word(f'map.compare.{key}', lang)} {span}" for key, span in spans.items()}
    swipe = {"classes": class_of(sides[0], ends).tolist(), "words": swipe_words(names, lang)}
    return page(panel, chart, about=about, modules=("swipe",), told={"swipe": swipe})


def periods_of(about: About, then: Period, now: Period) -> tuple[Span, Span]:
    """Return both periods with both ends: see `compare`."""
    end = now.end or about.data_as_of
    start = now.start or end - USUAL
    if end <= start:
        end = start + USUAL
    before = then.end or start
    since = then.start or max(before - (end - start), EARLIEST)
    if before <= since:
        before = since + (end - start)
    return Span(since, before), Span(start, end)


def span_told(span: Span, about: About, lang: str) -> str:
    """Return a period in words: by its days, where it begins and ends at midnight."""
    first, after = (moment.astimezone(about.zone) for moment in span)
    if first.time() == after.time() == time():
        last = after - timedelta(days=1)
        return word("map.period.between", lang, start=f"{first:%Y-%m-%d}", end=f"{last:%Y-%m-%d}")
    return Period(*span).told(about, lang)


def swipe_words(names: dict[str, str], lang: str) -> dict[str, str]:
    """Return what the script of both sides says; `names` has those of `then` and `now`."""
    return {
        **names,
        "divider": word("map.compare.divider", lang),
        "said": word("map.compare.divider.said", lang, share="{share}", **names),
    }


def _compared(frames: HotspotFrames, then: Span, now: Span) -> _Compared:
    counts, others = [], []
    known = frames.reports["grid_code"].isin(frames.grids["code"])
    asked = pd.Series(data=False, index=frames.reports.index)
    for span in (then, now):
        inside = Period(*span).holds(frames.reports["captured_at"])
        asked |= inside
        codes = frames.reports.loc[inside, "grid_code"]
        counts.append(count_by_grid(frames.grids["code"], codes))
        others.append(len(codes) - int(counts[-1].sum()))
    reports = frames.reports.loc[asked]
    one_edition(reports.loc[known[asked]], "reports")
    ratio = 1.0 if _alike(then, now) else now.days / then.days
    table = compared(counts[0], counts[1], ratio)
    return _Compared(then, now, table, (others[0], others[1]), reports)


def _alike(then: Span, now: Span) -> bool:
    return abs(now.days / then.days - 1) < SAME_LENGTH


def _facts(
    frames: HotspotFrames, found: _Compared, classes: dict[str, NDArray[np.integer[Any]]], lang: str
) -> pd.DataFrame:
    table = found.table
    ratios = [
        ratio_told(then, now, ratio, lang)
        for then, now, ratio in table[["then", "now", "ratio"]].itertuples(index=False, name=None)
    ]
    return pd.DataFrame(
        {
            "classes": np.column_stack(list(classes.values())).tolist(),
            word("map.compare.then", lang): table["then"].map(told.whole),
            word("map.compare.now", lang): table["now"].map(told.whole),
            word("map.compare.head.difference", lang): table["difference"].map(
                lambda amount: signed(amount, found.alike)
            ),
            word("map.compare.head.ratio", lang): ratios,
            word("map.fact.parent", lang): frames.grids["parent_name"].map(told.plain),
        },
        index=frames.grids.index,
    )


def _headline(found: _Compared, lang: str) -> tuple[tuple[str, str], ...]:
    if found.table.empty:
        return ()
    then, now = (int(found.table[key].sum()) for key in ("then", "now"))
    expected = float(found.table["expected"].sum())
    change = now / expected - 1 if expected else float("nan")
    sign = "+" if change > 0 else "−" if change < 0 else ""
    return (
        (word("map.compare.total.then", lang), told.whole(then)),
        (word("map.compare.total.now", lang), told.whole(now)),
        (word("map.compare.total.change", lang), sign + told.percent(abs(change))),
        (word("map.compare.total.sure", lang), told.whole(int(found.table["differs"].sum()))),
    )


def _alerts(frames: HotspotFrames, found: _Compared, lang: str) -> tuple[str, ...]:
    """Return what must not be overlooked."""
    then, now = (int(found.table[key].sum()) for key in ("then", "now"))
    said = []
    if frames.grids.empty:
        said.append(word("map.alert.no_grids", lang))
    elif not then and not now:
        said.append(word("map.compare.alert.nothing", lang))
    elif not then or not now:
        said.append(word(f"map.compare.alert.none_{'now' if then else 'then'}", lang))
    if found.then.start < found.now.end and found.now.start < found.then.end:
        said.append(word("map.compare.alert.overlap", lang))
    if not found.alike:
        then_days, now_days = (told.rounded(span.days) for span in (found.then, found.now))
        said.append(word("map.compare.lengths", lang, then=then_days, now=now_days))
    return tuple(said)


def _notes(found: _Compared, lang: str) -> list[tuple[str, str]]:
    shown: dict[str, Any] = {
        "then": told.whole(int(found.table["then"].sum())),
        "now": told.whole(int(found.table["now"].sum())),
        "then_others": told.whole(found.others[0]),
        "now_others": told.whole(found.others[1]),
    }
    return [
        ("map.note.method", word("map.compare.method", lang)),
        ("map.note.shown", word("map.compare.shown", lang, **shown)),
    ]
