"""What a period's risk says in tables: the rhythm of the week, near repeats, forecasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.ramps import MANY, NONE, ramp
from gridgis_maps.drawing.sheet import Row, Table
from gridgis_maps.numbers.classes import class_breaks, class_of
from gridgis_maps.numbers.risk.forecast import HINDSIGHT, NAIVE
from gridgis_maps.numbers.risk.near_repeat import MOST_PAIRS
from gridgis_maps.numbers.risk.of_period import DENSE, ENOUGH_DAYS, HOT_GRIDS, NOTHING_CAME, SHORT
from gridgis_maps.numbers.risk.rhythm import DAYS, HOURS

if TYPE_CHECKING:
    import pandas as pd

    from gridgis_maps.about import About
    from gridgis_maps.numbers.risk.of_period import Followed, Risks, Score

LIGHT = MANY[:3]
"""Ink can be read on these."""

LEAST_P = 1e-3
CHANCE = 0.05
MAPS = {DENSE: "density", HOT_GRIDS: "hot", NAIVE: "naive", HINDSIGHT: "hindsight"}


def risk_tables(risks: Risks, about: About, lang: str) -> list[Table]:
    """Return the folded tables of what was asked for."""
    tables = []
    if risks.rhythm is not None:
        tables.append(_rhythm(risks.rhythm, lang))
    if risks.followed is not None:
        tables.append(_followed(risks.followed, lang))
    if risks.score is not None:
        tables.append(_score(risks.score, about, lang))
    return tables


def risk_notes(risks: Risks, lang: str) -> list[tuple[str, str]]:
    """Return how what the map shows was told; a folded table says itself how it was made."""
    notes = []
    if risks.smoothed is not None:
        weight = risks.smoothed["weight"].median()
        said = word("map.smoothed.method", lang, weight=told.percent(float(weight)))
        notes.append(("map.note.smoothed", said))
    if risks.density is not None:
        notes.append(("map.note.density", _density_told(risks, lang)))
    return notes


def _rhythm(rhythm: pd.DataFrame, lang: str) -> Table:
    """Return the hours of the week: a row an hour, a column a day, the darker the more an hour."""
    ends = class_breaks(rhythm["per_hour"])
    colours = {0: NONE, -1: NONE, **dict(enumerate(ramp(LIGHT, len(ends)) if ends else (), 1))}
    shades = class_of(rhythm["per_hour"], ends).map(colours)
    counts = rhythm["count"].unstack("weekday")
    rows = [
        Row(
            (f"{hour:02}", *map(told.whole, counts.loc[hour])),
            shades=tuple(shades.xs(hour, level="hour").tolist()),
        )
        for hour in range(HOURS)
    ]
    whole = Row((word("map.rhythm.all", lang), *map(told.whole, counts.sum())))
    return Table(
        caption=word("map.rhythm", lang),
        heads=(word("map.rhythm.hour", lang), *_weekdays(lang)),
        rows=(*rows, whole),
        note=word("map.rhythm.note", lang),
        folded=True,
    )


def _rows(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples())


def _weekdays(lang: str) -> list[str]:
    return [word(f"map.weekday.{day}", lang) for day in range(DAYS)]


def _followed(followed: Followed, lang: str) -> Table:
    found = followed.found
    rows = []
    if found.outcome == "decided":
        rows = [
            Row(
                (
                    f"{row.from_m:.0f} – {row.to_m:.0f}",
                    f"{row.from_days:.0f} – {row.to_days:.0f}",
                    told.whole(row.pairs),
                    told.rounded(row.expected),
                    told.rounded(row.ratio),
                    told.at_least(row.p, LEAST_P),
                )
            )
            for row in _rows(found.table)
        ]
    heads = ("near.m", "near.days", "near.pairs", "cluster.expected", "near.ratio")
    return Table(
        caption=word("map.near", lang),
        heads=(*(word(f"map.{head}", lang) for head in heads), "p"),
        rows=tuple(rows),
        note=f"{_reading(followed, lang)} {_followed_told(followed, lang)}",
        folded=True,
    )


def _reading(followed: Followed, lang: str) -> str:
    """Return in one sentence what the nearest and soonest band says; only what p lets it say."""
    found = followed.found
    if found.outcome != "decided":
        return word(f"map.near.{found.outcome}", lang, most=told.whole(MOST_PAIRS))
    first = found.table.iloc[0]
    facts = {
        "to_m": f"{first['to_m']:.0f}",
        "to_days": f"{first['to_days']:.0f}",
        "ratio": told.rounded(float(first["ratio"])),
        "p": told.at_least(float(first["p"]), LEAST_P),
    }
    return word("map.near.more" if first["p"] <= CHANCE else "map.near.chance", lang, **facts)


def _followed_told(followed: Followed, lang: str) -> str:
    found = followed.found
    facts = {"n": told.whole(found.n), "m": told.whole(found.permutations), "seed": found.seed}
    said = word("map.near.method", lang, **facts)
    if followed.placed > found.n:
        capped = {"n": told.whole(found.n), "placed": told.whole(followed.placed)}
        said += " " + word("map.near.newest", lang, **capped)
    return said


def _density_told(risks: Risks, lang: str) -> str:
    density = risks.density
    assert density is not None  # noqa: S101 - whoever asks has looked
    if density.outcome != "decided":
        return word(f"map.density.{density.outcome}", lang)
    return word(
        "map.density.method",
        lang,
        bandwidth=told.distance(density.bandwidth_m, lang),
        cell=told.distance(density.cell_m, lang),
        n=told.whole(density.n),
        left_out=told.whole(density.left_out),
    )


def _score(score: Score, about: About, lang: str) -> Table:
    rows = []
    if score.table is not None:
        rows = [
            Row(
                (
                    word(f"map.forecast.{MAPS[name]}", lang),
                    told.rounded(row.hits),
                    told.percent(row.hit_rate),
                    told.rounded(row.pai),
                    told.rounded(row.pei),
                )
            )
            for name, row in zip(score.table.index, _rows(score.table), strict=True)
        ]
    heads = ("forecast.map", "forecast.hits", "forecast.rate")
    return Table(
        caption=word("map.forecast", lang),
        heads=(*(word(f"map.{head}", lang) for head in heads), "PAI", "PEI"),
        rows=tuple(rows),
        note=_score_told(score, about, lang),
        folded=True,
    )


def _score_told(score: Score, about: About, lang: str) -> str:
    if score.reason == SHORT:
        days = (score.until - score.since).days
        return word("map.forecast.short", lang, enough=ENOUGH_DAYS, days=days)
    if score.reason == NOTHING_CAME or score.table is None:
        return word("map.forecast.nothing_came", lang)
    said = word(
        "map.forecast.note",
        lang,
        since=about.local(score.since),
        at=about.local(score.at),
        until=about.local(score.until),
        n=told.whole(float(score.table["n"].iloc[0])),
    )
    return f"{said} {word('map.forecast.method', lang)}"
