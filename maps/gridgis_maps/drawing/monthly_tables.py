"""The tables of a monthly report."""

from __future__ import annotations

from math import isnan, nan
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.document import HeatBlock, Shade, TableBlock, TextBlock
from gridgis_maps.drawing.monthly_words import COLUMNS
from gridgis_maps.drawing.pack import shaped
from gridgis_maps.drawing.ramps import MANY, ramp
from gridgis_maps.drawing.sheet import Row, Table
from gridgis_maps.numbers.changing import BEFORE
from gridgis_maps.numbers.monthly import value_of
from gridgis_maps.numbers.risk.rhythm import DAYS, HOURS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridgis_maps.drawing.casework_tables import Naming
    from gridgis_maps.frames.monthly import Month, MonthlyFrames
    from gridgis_maps.numbers.changing import Change

MAIN = (
    *("received", "closed", "solved_share", "on_the_spot_share", "on_time_share"),
    *("arrive_median_min", "close_median_min", "returned_share", "reopened_share"),
    *("satisfied_share", "response_share", "open", "late_open", "parked"),
)
RATED = (
    *("asked", "response_share", "answered", "satisfied_share"),
    *("satisfaction_mean", "said_solved_share"),
)
STAGES = ("file", "dispatch", "accept", "arrive", "handle", "verify", "close")
MOST_WARNINGS, FOREMOST = 12, 6
SHADES = 6
FLOWS = frozenset({"received", "closed"})
"""Counts of a whole period, held against each other by day; others are of its end."""


def _a_year_ago(frames: MonthlyFrames, column: str, naming: Naming) -> tuple[str, str]:
    """Return a figure of the year before and its change; nothing where no report is that old."""
    if not float(frames.whole.get("received_last_year", 0) or 0):
        return told.NOTHING, told.NOTHING
    return (
        _valued(frames.whole, column, naming, "_last_year"),
        _change(frames.whole, column, naming, frames.month.days, "last_year"),
    )


def figure_table(frames: MonthlyFrames, changes: Sequence[Change], naming: Naming) -> TableBlock:
    """Return the main figures: now, on how many, before, the change and its verdict, last year."""
    verdicts = {
        COLUMNS[one.key]: one for one in changes if one.against == BEFORE and one.key in COLUMNS
    }
    rows = tuple(
        Row(
            (
                naming.label(column),
                _valued(frames.whole, column, naming),
                _n(frames.whole, column, naming),
                _valued(frames.whole, column, naming, "_before"),
                _change(frames.whole, column, naming, frames.month.days, "before"),
                _verdict(verdicts.get(column), naming.lang),
                *_a_year_ago(frames, column, naming),
            )
        )
        for column in MAIN
        if column in naming.definitions
    )
    heads = ("figure", "now", "n", "before", "change", "verdict", "last_year", "change")
    return TableBlock(
        Table(
            word("monthly.figures", naming.lang),
            _heads(heads, naming.lang),
            rows,
            note=_few(naming),
        ),
        (22, 11, 9, 11, 11, 13, 12, 11),
        "lrrrrlrr",
    )


def group_table(
    table: pd.DataFrame, caption: str, first: str, naming: Naming, days: Mapping[str, float]
) -> TableBlock:
    """Return a row a category or an area, the one with the most reports first."""
    received = pd.to_numeric(table["received"]).fillna(0)
    ranked = table.loc[received.sort_values(ascending=False, kind="stable").index]
    columns = (
        "on_time_share",
        "close_median_min",
        "satisfied_share",
        "open",
        "late_open",
    )
    rows = tuple(
        Row(
            (
                _group_name(one, naming.lang),
                _valued(one, "received", naming),
                _valued(one, "received", naming, "_before"),
                _change(one, "received", naming, days, "before"),
                *(_valued(one, column, naming) for column in columns),
            )
        )
        for one in ranked.to_dict("records")
        if any(value_of(one, column) > 0 for column in ("received", "open", "received_before"))
    )
    heads = (
        first,
        naming.label("received"),
        *_heads(("before", "change"), naming.lang),
        *(naming.label(column) for column in columns),
    )
    note = word("monthly.parts.note" if rows else "monthly.no_rows", naming.lang)
    both = " ".join(one for one in (note, _few(naming) if rows else "") if one)
    return shaped(Table(caption, heads, rows, note=both))


def stage_table(whole: Mapping[str, Any], naming: Naming) -> TableBlock:
    """Return how long each stage takes: n, median, 90th percentile, and the median before."""
    rows = tuple(
        Row(
            (
                word(f"monthly.stage.{stage}", naming.lang),
                told.whole(value_of(whole, f"{stage}_n")),
                naming.value(f"{stage}_median_min", value_of(whole, f"{stage}_median_min")),
                naming.value(f"{stage}_p90_min", value_of(whole, f"{stage}_p90_min")),
                naming.value(f"{stage}_median_min", value_of(whole, f"{stage}_median_min_before")),
            )
        )
        for stage in STAGES
    )
    heads = _heads(("stage", "n", "median", "p90", "median_before"), naming.lang)
    return TableBlock(
        Table(
            word("monthly.stages", naming.lang),
            heads,
            rows,
            note=word("monthly.stages.note", naming.lang),
        ),
        (36, 13, 17, 17, 17),
        "lrrrr",
    )


def rating_table(frames: MonthlyFrames, naming: Naming) -> TableBlock:
    """Return what residents say, and how many say anything."""
    whole = frames.whole
    rows = tuple(
        Row(
            (
                naming.label(column),
                _valued(whole, column, naming),
                _n(whole, column, naming),
                _valued(whole, column, naming, "_before"),
                _change(whole, column, naming, frames.month.days, "before"),
            )
        )
        for column in RATED
    )
    heads = _heads(("figure", "now", "n", "before", "change"), naming.lang)
    note = word("monthly.satisfaction.note", naming.lang)
    return TableBlock(
        Table(word("monthly.satisfaction", naming.lang), heads, rows, note=note),
        (36, 17, 13, 17, 17),
        "lrrrr",
    )


def rhythm_block(rhythm: pd.DataFrame, lang: str) -> HeatBlock:
    """Return the week's hours, shaded by how many reports an hour of it has on average."""
    per_hour, counts = rhythm["per_hour"].tolist(), rhythm["count"].tolist()
    most = float(rhythm["per_hour"].max())
    shades = ramp(MANY, SHADES)
    rows = tuple(
        (
            word(f"monthly.day.{day}", lang),
            tuple(
                _shade(per_hour[slot], counts[slot], most, shades)
                for slot in range(day * HOURS, (day + 1) * HOURS)
            ),
        )
        for day in range(DAYS)
    )
    total = int(rhythm["count"].sum())
    if not total:
        note = word("monthly.rhythm.none", lang)
    else:
        day, hour = divmod(int(rhythm["per_hour"].argmax()), HOURS)
        when = f"{word(f'monthly.day.{day}', lang)} {hour:02}:00"
        facts = {"count": told.whole(total), "most": told.rounded(most), "when": when}
        note = word("monthly.rhythm.note", lang, **facts)
    heads = ("", *(f"{hour}" for hour in range(HOURS)))
    return HeatBlock(word("monthly.rhythm", lang), heads, rows, note)


def foremost_table(grids: pd.DataFrame, figures: pd.DataFrame, naming: Naming) -> TableBlock:
    """Return the grids with the most reports, beside what they had the month before."""
    received = pd.to_numeric(figures["received"]).fillna(0)
    top = received[received > 0].sort_values(ascending=False, kind="stable").head(FOREMOST)
    names = dict(zip(grids["code"], grids["name"], strict=True))
    rows = tuple(
        Row(
            (
                told.name_of(names.get(code), code),
                _valued(figures.loc[code], "received", naming),
                _valued(figures.loc[code], "received", naming, "_before"),
                _valued(figures.loc[code], "late_open", naming),
            )
        )
        for code in top.index
    )
    heads = (
        word("map.head.grid", naming.lang),
        naming.label("received"),
        word("monthly.head.before", naming.lang),
        naming.label("late_open"),
    )
    note = "" if rows else word("monthly.no_rows", naming.lang)
    return shaped(Table(word("monthly.most", naming.lang), heads, rows, note=note))


def warning_table(warnings: pd.DataFrame, lang: str) -> TableBlock | TextBlock:
    """Return the early warnings of the month, the rarest by chance first; or that there is none."""
    if warnings.empty:
        return TextBlock((word("monthly.no_warnings", lang),), word("monthly.warnings", lang))
    ranked = warnings.sort_values("recurrence_days", ascending=False, kind="stable")
    rows = tuple(
        Row(
            (
                told.plain(one["grids"], 40),
                told.plain(one["category_name"]) or word("monthly.warning.any", lang),
                _days(one["since"], one["until"]),
                told.whole(float(one["observed"])),
                told.rounded(float(one["expected"])),
                word(
                    "monthly.warning.days", lang, days=told.rounded(float(one["recurrence_days"]))
                ),
                word(f"monthly.warning.state.{one['state']}", lang),
            )
        )
        for one in ranked.head(MOST_WARNINGS).to_dict("records")
    )
    heads = ("where", "category", "days", "observed", "expected", "recurrence", "state")
    return TableBlock(
        Table(word("monthly.warnings", lang), _heads(heads, lang), rows),
        (28, 14, 16, 9, 9, 14, 10),
        "lllrrrl",
    )


def definition_table(naming: Naming) -> TableBlock:
    """Return what each figure of the report is."""
    columns = dict.fromkeys((*MAIN, *RATED))
    rows = tuple(
        Row((naming.label(column), known.formula, known.rows))
        for column in columns
        if (known := naming.definitions.get(column)) is not None
    )
    heads = _heads(("figure", "formula", "rows"), naming.lang)
    return TableBlock(
        Table(word("monthly.definitions", naming.lang), heads, rows), (24, 33, 43), "lll"
    )


def month_name(month: Month, lang: str) -> str:
    """Return what the month is called."""
    year, number = month.names[0].split("-")
    said = int(number) if lang == "zh" else number
    return word("monthly.month", lang, year=year, month=said)


def _heads(keys: Sequence[str], lang: str) -> tuple[str, ...]:
    return tuple(word(f"monthly.head.{key}", lang) for key in keys)


def _few(naming: Naming) -> str:
    few = word("monthly.few", naming.lang, fewest=naming.fewest)
    return f"{few} {word('monthly.by_day', naming.lang)}"


def _group_name(row: Mapping[Any, Any], lang: str) -> str:
    code = None if pd.isna(row["code"]) else str(row["code"])
    if code in {"outside", "no_location"}:
        return word(f"monthly.part.{code}", lang)
    if code is None and pd.isna(row["name"]):
        return word("monthly.no_category", lang)
    return told.name_of(row["name"], code)


def _valued(row: Mapping[Any, Any], column: str, naming: Naming, tail: str = "") -> str:
    """Return a figure with its unit; marked where it stands on few cases."""
    said = naming.value(column, value_of(row, f"{column}{tail}"))
    base = naming.definitions[column].base
    n = value_of(row, f"{base}{tail}") if base else nan
    return f"{said}*" if said != told.NOTHING and n < naming.fewest else said


def _n(row: Mapping[Any, Any], column: str, naming: Naming) -> str:
    base = naming.definitions[column].base
    return told.whole(value_of(row, base)) if base in naming.definitions else ""


def _change(
    row: Mapping[Any, Any], column: str, naming: Naming, days: Mapping[str, float], against: str
) -> str:
    """Return how a figure differs: shares in points, all else in percent; flows by day."""
    now, then = value_of(row, column), value_of(row, f"{column}_{against}")
    if isnan(now) or isnan(then):
        return told.NOTHING
    unit = naming.unit(column)
    if unit == "share":
        return f"{_signed((now - then) * 100, 1)} pp"
    if unit == "1 to 5":
        return _signed(now - then, 2)
    if column in FLOWS:
        now, then = now / days["now"], then / days[against]
    return told.NOTHING if then == 0 else f"{_signed((now / then - 1) * 100, 1)}%"


def _signed(value: float, digits: int) -> str:
    """Return a number with its sign; nothing has none.

    >>> _signed(0.04, 1), _signed(-0.04, 1), _signed(-2.0, 1)
    ('0.0', '0.0', '-2.0')
    """
    return f"{value:+.{digits}f}" if round(value, digits) else f"{0:.{digits}f}"


def _verdict(change: Change | None, lang: str) -> str:
    if change is None:
        return ""
    if isnan(change.p):
        return word("monthly.verdict.unknown", lang)
    return word(f"monthly.verdict.{'beyond' if change.beyond else 'within'}", lang)


def _shade(per_hour: float, count: float, most: float, shades: Sequence[str]) -> Shade:
    if isnan(per_hour) or not per_hour:
        return Shade("" if isnan(per_hour) else "0", "#ffffff")
    number = min(int(per_hour / most * len(shades)), len(shades) - 1)
    return Shade(told.whole(count), shades[number], dark=number >= len(shades) - 2)


def _days(since: object, until: object) -> str:
    first, last = (pd.Timestamp(str(one)).strftime("%m-%d") for one in (since, until))
    return first if first == last else f"{first} – {last}"
