"""What was judged, as the map shows it: hot and cold grids, patterns in time, recent clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.ramps import MASKED_HATCH, UNKNOWN, UNKNOWN_HATCH
from gridgis_maps.drawing.shapes import FeatureCollection
from gridgis_maps.drawing.sheet import Measure, Overlay, Row, Table
from gridgis_maps.numbers.local.emerging import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from gridgis_maps.numbers.judging import Judged
    from gridgis_maps.numbers.local.gistar import GiStar
    from gridgis_maps.numbers.scan import Scanned

FOREMOST = 6
LEAST_P = 1e-4
SAID = 4
"""So many facts of a cluster stand in the legend; all of them on its card."""

CHANCE = 0.05
RARE_DAYS = 36_525
"""What chance does less than once in a hundred years is not told to the day."""
"""From which p on a cluster is called what chance explains."""


class Look(NamedTuple):
    """How a verdict looks: its colour and its pattern."""

    colour: str
    hatch: int


PLAIN = Look("#fdfcf9", 0)
_UNTOLD = Look(UNKNOWN, UNKNOWN_HATCH)
FOUND: Mapping[str, Look] = {
    "hot": Look("#b5293b", 4),
    "none": PLAIN,
    "cold": Look("#2d6a9f", 8),
    "not_decidable": Look("#dcd5e6", MASKED_HATCH),
    "isolated": Look("#e3ded0", 1),
    "no_value": _UNTOLD,
}
_HOT = ("#f7a35c", "#ea7a50", "#6d0f2b", "#a81e36", "#d4605a", "#f3cba6", "#e3b0b8", "#cbb0a4")
_COLD = ("#8fc3e0", "#5c9fcb", "#0d2b54", "#1f5f99", "#5288b8", "#c4dcea", "#c3c0e0", "#a9b4c2")
_KIND_HATCHES = (1, 2, 10, 4, 3, 5, 7, 6)
_KIND_LOOKS = tuple(zip(KINDS, _HOT, _COLD, _KIND_HATCHES, strict=True))
PATTERNS: Mapping[str, Look] = {
    **{f"{kind}_hot": Look(hot, hatch) for kind, hot, _, hatch in _KIND_LOOKS},
    "none": PLAIN,
    **{f"{kind}_cold": Look(cold, hatch) for kind, _, cold, hatch in _KIND_LOOKS},
    "isolated": FOUND["isolated"],
    "no_value": _UNTOLD,
}
ALWAYS_TOLD = frozenset({"hot", "none", "cold"})
SURE = {"fill": False, "color": "#7a1030", "weight": 3, "opacity": 1}
BY_CHANCE = {"fill": False, "color": "#5d6a73", "weight": 1.6, "opacity": 0.9, "dashArray": "5 5"}


class Shade(NamedTuple):
    """A way to shade the grids by a verdict: the measure, each grid's class, and its text."""

    measure: Measure
    classes: pd.Series[int]
    text: pd.Series[str]


def verdict_shades(
    grids: gpd.GeoDataFrame, counts: pd.Series[float], judged: Judged, lang: str
) -> list[Shade]:
    """Return a shading for each thing that was judged, in the order in which people choose."""
    shades = [
        _hot(key, grids, counts, one, lang)
        for key, one in (("gi", judged.hot), ("gi_rate", judged.hot_rate))
        if one is not None
    ]
    if judged.emerging is not None:
        patterns = judged.emerging.patterns.frame["pattern"]
        top = _changed(grids, patterns, lang)
        shades.append(_shade("emerging", patterns, (PATTERNS, "local.pattern"), counts, top, lang))
    return shades


def _hot(
    key: str, grids: gpd.GeoDataFrame, counts: pd.Series[float], judged: GiStar, lang: str
) -> Shade:
    found = judged.frame["found"]
    top = _hottest(grids, judged.frame, lang)
    shade = _shade(key, found, (FOUND, "local.found"), counts, top, lang)
    # Without any grid a mapped column of numbers would stay one.
    z = judged.frame["z"].map(told.rounded).astype(str)
    p = judged.frame["p"].map(lambda value: told.at_least(value, LEAST_P)).astype(str)
    text = shade.text.where(judged.frame["p"].isna(), shade.text + " · z " + z + " · p " + p)
    return shade._replace(text=text)


def _shade(
    key: str,
    verdicts: pd.Series[str],
    looks: tuple[Mapping[str, Look], str],
    counts: pd.Series[float],
    top: Table,
    lang: str,
) -> Shade:
    known, words = looks
    names = {verdict: word(f"{words}.{verdict}", lang) for verdict in known}
    numbers = {verdict: number for number, verdict in enumerate(known)}
    rows = []
    for verdict, look in known.items():
        mine = verdicts == verdict
        if verdict in ALWAYS_TOLD or mine.any():
            cells = (
                names[verdict],
                told.whole(int(mine.sum())),
                told.whole(float(counts[mine].sum())),
            )
            rows.append(Row(cells, colour=look.colour, hatch=look.hatch))
    heads = ("map.head.verdict", "map.head.grids", "map.head.reports")
    legend = Table(
        word(f"map.legend.{key}", lang), tuple(word(head, lang) for head in heads), tuple(rows)
    )
    measure = Measure(
        key=key,
        label=word(f"map.measure.{key}", lang),
        colours={numbers[verdict]: look.colour for verdict, look in known.items()},
        legend=legend,
        top=top,
        hatches={numbers[verdict]: look.hatch for verdict, look in known.items()},
        group=word("map.group.judged", lang),
    )
    classes = verdicts.map(numbers).astype("int64")
    return Shade(measure, classes, verdicts.map(names))


def _hottest(grids: gpd.GeoDataFrame, judged: pd.DataFrame, lang: str) -> Table:
    """Return the hot grids, the hottest first; none when chance explains all."""
    hot = judged.reset_index(drop=True)
    hot = hot[hot["found"] == "hot"].sort_values("z", ascending=False, kind="stable")
    rows = tuple(
        Row(
            (
                told.name_of(grids["name"].iloc[at], grids["code"].iloc[at]),
                told.rounded(value),
                told.rounded(z),
                told.at_least(p, LEAST_P),
            ),
            grid=at,
        )
        for at, value, z, p in hot.head(FOREMOST)[["value", "z", "p"]].itertuples()
    )
    heads = (word("map.head.grid", lang), word("map.head.value", lang), "z", "p")
    return Table(word("map.top.gi", lang), heads, rows)


def _changed(grids: gpd.GeoDataFrame, patterns: pd.Series[str], lang: str) -> Table:
    """Return the first grids of the hot patterns, in the order in which they call for attention."""
    order = {f"{kind}_hot": number for number, kind in enumerate(KINDS)}
    ranked = patterns.reset_index(drop=True).map(order).dropna().sort_values(kind="stable")
    rows = tuple(
        Row(
            (
                told.name_of(grids["name"].iloc[at], grids["code"].iloc[at]),
                word(f"local.pattern.{patterns.iloc[at]}", lang),
            ),
            grid=at,
        )
        for at in ranked.head(FOREMOST).index
    )
    heads = (word("map.head.grid", lang), word("map.head.verdict", lang))
    return Table(word("map.top.emerging", lang), heads, rows)


def cluster_layer(
    grids: gpd.GeoDataFrame, drawn: gpd.GeoSeries, scanned: Scanned, lang: str
) -> Overlay | None:
    """Return the clusters of the last days as outlines; None when there is none.

    A cluster that chance explains is drawn dashed and thin, and only when it is the most likely.
    """
    clusters = scanned.clusters
    clusters = clusters[(clusters["p"] <= CHANCE) | (clusters["rank"] == 1)]
    if clusters.empty:
        return None
    by_code = pd.Series(np.asarray(drawn.array, dtype=object), grids.loc[drawn.index, "code"])
    shapes = [shapely.union_all(by_code.reindex(codes).dropna()) for codes in clusters["places"]]
    sure = clusters["p"] <= CHANCE
    names = [
        word("map.cluster.name" if one else "map.cluster.chance", lang, rank=rank)
        for one, rank in zip(sure, clusters["rank"], strict=True)
    ]
    styles = [SURE if one else BY_CHANCE for one in sure]
    facts = _cluster_facts(clusters, lang)
    rows = [
        Row((name, *texts[:SAID]), colour=str(style["color"]), mark="hollow")
        for name, texts, style in zip(names, facts.to_numpy().tolist(), styles, strict=True)
    ]
    return Overlay(
        key="clusters",
        label=word("map.clusters", lang),
        shapes=FeatureCollection(
            np.array(shapes, dtype=object),
            [{"at": at, "style": style} for at, style in enumerate(styles)],
        ),
        cards=[
            (name, list(zip(facts.columns, texts, strict=True)))
            for name, texts in zip(names, facts.to_numpy().tolist(), strict=True)
        ],
        legend=Table(
            word("map.clusters", lang),
            (word("map.head.cluster", lang), *facts.columns[:SAID]),
            tuple(rows),
        ),
    )


def _cluster_facts(clusters: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return what there is to say about each cluster: one column of texts a label."""
    since, until = (
        pd.to_datetime(clusters[end]).dt.strftime("%m-%d") for end in ("since", "until")
    )
    return pd.DataFrame(
        {
            word("map.cluster.days", lang): since.where(since == until, since + " – " + until),
            word("map.head.reports", lang): clusters["cases"].map(told.whole),
            word("map.cluster.expected", lang): clusters["expected"].map(told.rounded),
            word("map.cluster.recurrence", lang): clusters["recurrence_days"].map(
                lambda days: _recurs(days, lang)
            ),
            "p": clusters["p"].map(lambda p: told.at_least(p, LEAST_P)),
            word("map.head.grids", lang): clusters["places"].map(len).map(told.whole),
        }
    )


def _recurs(days: float, lang: str) -> str:
    if days > RARE_DAYS:
        return word("map.cluster.rare", lang)
    return word("map.days", lang, value=told.rounded(days))


def judged_notes(judged: Judged, lang: str) -> list[tuple[str, str]]:
    """Return how each thing was judged, and what could not be."""
    hot = (judged.hot, judged.hot_rate)
    notes = [("map.note.gi", " ".join(_gi_told(one, lang))) for one in hot if one is not None]
    if judged.emerging is not None:
        patterns = judged.emerging.patterns
        facts = {"slices": patterns.slices, "trend_p": patterns.trend_p}
        said = word("local.method.emerging", lang, **facts)
        length = word("map.emerging.length", lang, days=judged.slice_days)
        notes.append(("map.note.emerging", f"{said} {length}"))
    if judged.scanned is not None:
        notes.append(("map.note.scan", " ".join(_scan_told(judged, judged.scanned, lang))))
    return notes


def _gi_told(judged: GiStar, lang: str) -> list[str]:
    facts = {
        "basis": word(f"local.method.{judged.basis}", lang),
        "weights": word(f"local.method.{judged.weights}", lang, band_m=told.whole(judged.band_m)),
        **{"n": judged.n, "m": told.whole(judged.m), "seed": judged.seed, "q": judged.q},
    }
    said = [word(f"local.method.{'permutations' if judged.m else 'analytic'}", lang, **facts)]
    if judged.state != "judged":
        said.append(word(f"local.told.{judged.reason or judged.state}", lang))
    for verdict in ("not_decidable", "isolated", "no_value"):
        count = int((judged.frame["found"] == verdict).sum())
        if count and judged.state == "judged":
            said.append(word(f"local.told.{verdict}", lang, count=count, m=told.whole(judged.m)))
    return said


def _scan_told(judged: Judged, scanned: Scanned, lang: str) -> list[str]:
    asked = scanned.asked
    said = [
        word(
            "map.scan.method",
            lang,
            days=judged.scanned_days,
            cases=told.whole(scanned.cases),
            length=asked.most_length,
            grids=asked.most_places,
            simulations=scanned.simulations,
            seed=scanned.seed,
        )
    ]
    if scanned.reason:
        said.append(word(f"map.scan.reason.{scanned.reason}", lang))
    return said


def nothing_hot(judged: Judged, lang: str) -> Sequence[str]:
    """Return what to say first when chance explains all that was judged."""
    hot = [one for one in (judged.hot, judged.hot_rate) if one is not None]
    if not hot or any((one.frame["found"] == "hot").any() for one in hot):
        return ()
    if judged.scanned is not None and (judged.scanned.clusters["p"] <= CHANCE).any():
        return (word("map.alert.only_recent", lang),)
    if all(one.state != "judged" for one in hot):
        return (word(f"local.told.{hot[0].reason or hot[0].state}", lang),)
    return (word("map.alert.nothing_hot", lang),)
