"""How slices of time are told: their names, what a script must know, and the table of them all."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.hotspot_tables import class_hatches, class_name
from gridgis_maps.drawing.ramps import MANY, NONE, ramp
from gridgis_maps.drawing.sheet import Measure, Row, Table
from gridgis_maps.numbers.classes import EMPTY, class_of
from gridgis_maps.numbers.slices import OTHER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from gridgis_maps.numbers.slices import Counts, Slices

MEASURES = ("slice", "window")
FOREMOST = 6
FEW_POINTS = 400
"""So many points of a slice are drawn; more would hide the shading."""

MOST_TICKS = 12
SAID = ("slider", "play", "pause", "earlier", "later", "now", "now_window", "points", "no_points")


def slice_names(cut: Slices, lang: str) -> list[str]:
    """Return what each slice is called: a day with its weekday, a week by both ends, a month."""
    each = word(f"map.timeline.{cut.each}", lang)
    names = []
    for start, end, whole in zip(cut.edges[:-1], cut.edges[1:], cut.whole, strict=True):
        if cut.each == "month":
            name = f"{start:%Y-%m}"
        else:
            facts = {
                "first": f"{start:%Y-%m-%d}",
                "last": f"{end - pd.Timedelta(seconds=1):%m-%d}",
                "weekday": word(f"map.timeline.weekday.{start.weekday()}", lang),
            }
            name = word(f"map.timeline.name.{cut.each}", lang, **facts)
        names.append(name if whole else word("map.timeline.part", lang, name=name, each=each))
    return names


def slice_dates(cut: Slices) -> list[str]:
    """Return when each slice begins, as short as a table's cell is."""
    return cut.edges[:-1].strftime("%Y-%m" if cut.each == "month" else "%Y-%m-%d").tolist()


def slider_told(
    cut: Slices,
    counts: Counts,
    table: pd.DataFrame,
    breaks: Mapping[str, Sequence[float]],
    facts: Mapping[str, str],
    lang: str,
) -> dict[str, Any]:
    """Return what the slider's script is told; counts lie in columns, none where there is none.

    `starts` says where each slice begins in `at` (the grid) and `n` (its count).
    """
    starts = np.searchsorted(counts.slice_at, np.arange(len(cut) + 1))
    most = int(table["count"].max()) if len(table) else 0
    return {
        "names": slice_names(cut, lang),
        "starts": starts.tolist(),
        "at": counts.grid_at.tolist(),
        "n": counts.reports.tolist(),
        "window": int(facts["window"]),
        "breaks": {
            key: [None if isinf(end) else end for end in ends] for key, ends in breaks.items()
        },
        "first": cut.latest,
        "few": FEW_POINTS,
        "ticks": _ticks(cut),
        "words": {key: _with(f"map.timeline.{key}", lang, facts) for key in SAID}
        | {"scale": word("map.timeline.scale", lang, most=told.whole(most), each=facts["each"])},
    }


def slice_measures(
    cut: Slices,
    values: Mapping[str, NDArray[np.int64]],
    breaks: Mapping[str, Sequence[float]],
    top: Table,
    facts: Mapping[str, str],
    lang: str,
) -> tuple[Measure, ...]:
    """Return both shadings: the counts of a slice, and those of the running window.

    `values` has a table (slices, grids) for each; "now" is the slice that is shown first.
    """
    measures = []
    for key in MEASURES:
        ends = breaks[key]
        colours = {EMPTY: NONE} | dict(enumerate(ramp(MANY, max(len(ends), 1)), start=1))
        flat = class_of(pd.Series(values[key].ravel().astype("float64")), ends)
        classes = flat.to_numpy().reshape(values[key].shape)
        hatches = class_hatches(len(ends))
        rows = []
        for number in range(len(ends) + 1):
            mine = classes == number
            cells = (
                class_name(number, ends, counts=True, lang=lang),
                told.whole(int(mine[cut.latest].sum())),
                told.whole(int(mine.sum())),
                told.percent(float(mine.mean()) if mine.size else float("nan")),
            )
            rows.append(Row(cells, colour=colours[number], hatch=hatches[number]))
        heads = (
            word(f"map.timeline.measure.{key}", lang, **facts),
            word("map.timeline.head.now", lang),
            word("map.timeline.head.grid_slices", lang, **facts),
            word("map.timeline.head.share", lang),
        )
        caption = word(f"map.timeline.legend.{key}", lang, **facts)
        note = word("map.timeline.legend.note", lang, **facts) if ends else ""
        label = word(f"map.timeline.measure.{key}", lang, **facts)
        legend = Table(caption, heads, tuple(rows), note=note)
        measures.append(Measure(key, label, colours, legend, top, hatches=hatches))
    return tuple(measures)


def foremost_grids(
    grids: gpd.GeoDataFrame,
    daily: NDArray[np.int64],
    names: Sequence[str],
    facts: Mapping[str, str],
    lang: str,
) -> Table:
    """Return the grids with the most reports of the whole period, and when they had most.

    `daily` has shape (slices, grids).
    """
    total = daily.sum(axis=0)
    order = np.argsort(-total, kind="stable")[:FOREMOST]
    rows = tuple(
        Row(
            (
                told.name_of(grids["name"].iloc[at], grids["code"].iloc[at]),
                told.whole(int(total[at])),
                told.whole(int((daily[:, at] > 0).sum())),
                word(
                    "map.timeline.count_of",
                    lang,
                    name=names[int(daily[:, at].argmax())],
                    count=told.whole(int(daily[:, at].max())),
                ),
            ),
            grid=int(at),
        )
        for at in order.tolist()
        if total[at]
    )
    heads = (
        word("map.head.grid", lang),
        word("map.head.reports", lang),
        word("map.timeline.head.days", lang, **facts),
        word("map.timeline.head.peak", lang, **facts),
    )
    return Table(word("map.timeline.top", lang), heads, rows)


def every_slice(
    grids: gpd.GeoDataFrame,
    table: pd.DataFrame,
    names: Sequence[str],
    facts: Mapping[str, str],
    lang: str,
) -> Table:
    """Return the table of all slices, for those who cannot see the bars."""
    rows = []
    for name, (count, with_any, foremost, most, others) in zip(
        names, table.itertuples(index=False, name=None), strict=True
    ):
        said = ""
        if foremost != OTHER:
            grid = told.name_of(grids["name"].iloc[foremost], grids["code"].iloc[foremost])
            said = word("map.timeline.count_of", lang, name=grid, count=told.whole(most))
        cells = (name, told.whole(count), told.whole(with_any), said, told.whole(others))
        rows.append(Row(cells))
    heads = (
        word("map.timeline.head.slice", lang, **facts),
        word("map.head.reports", lang),
        word("map.timeline.head.with_any", lang),
        word("map.timeline.head.foremost", lang),
        word("map.timeline.head.others", lang),
    )
    return Table(word("map.timeline.every", lang, **facts), heads, tuple(rows), folded=True)


def _ticks(cut: Slices) -> list[tuple[int, str]]:
    """Return where the bars are labelled: at beginnings of months, no more than fit."""
    starts = cut.edges[:-1]
    if len(starts) <= MOST_TICKS and cut.each == "day":
        return [(at, f"{start:%m-%d}") for at, start in enumerate(starts)]
    months = starts.strftime("%Y-%m")
    firsts = [at for at in range(len(starts)) if at == 0 or months[at] != months[at - 1]]
    # A month that the period only touches would stand on the next one's label.
    if len(firsts) > 1 and firsts[1] - firsts[0] < len(starts) / MOST_TICKS / 1.5:
        firsts = firsts[1:]
    kept = firsts[:: -(-len(firsts) // MOST_TICKS)]
    return [(at, str(months[at])) for at in kept]


def _with(key: str, lang: str, facts: Mapping[str, str]) -> str:
    """Return a text whose own facts are filled in; the script fills in the others."""
    later = {name: f"{{{name}}}" for name in ("name", "count", "grids", "points")}
    return word(key, lang, **later, **facts)
