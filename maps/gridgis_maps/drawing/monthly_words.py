"""A month's changes in sentences: what is beyond chance, and what is not."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.numbers.changing import (
    AGAINST,
    BEFORE,
    CATEGORY,
    GRID,
    LATE,
    MOST,
    ON_TIME,
    PARKED,
    RECEIVED,
    RESPONSE,
    SATISFIED,
    foremost,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridgis_maps.numbers.changing import Change

COLUMNS = {
    RECEIVED: "received",
    ON_TIME: "on_time_share",
    SATISFIED: "satisfied_share",
    RESPONSE: "arrive_median_min",
    LATE: "late_open",
    PARKED: "parked",
}
"""The figure that a change is of, where it is one."""

SHARES = frozenset({ON_TIME, SATISFIED})
BY_DAY = frozenset({RECEIVED, CATEGORY, GRID})
"""Counts that a longer month has more of: they are held against each other by day."""


def sentences(
    changes: Sequence[Change], names: Mapping[str, str], labels: Mapping[str, str], lang: str
) -> list[str]:
    """Return up to three sentences: changes beyond chance, and what is not where there is room.

    Parameters
    ----------
    changes
        All that was looked at, judged.
    names
        What categories and grids are called, by ``category:CODE`` and ``grid:CODE``.
    labels
        What people call the figures, by column.
    """
    if not changes:
        return [word("monthly.nothing_to_compare", lang)]
    first = foremost(changes)
    said = [sentence(one, names, lang) for one in first]
    if len(said) < MOST:
        said += _rest(changes, bool(first), labels, lang)
    return said


def sentence(change: Change, names: Mapping[str, str], lang: str) -> str:
    """Return one change in words, with its numbers and what they stand on."""
    more = _pace(change, change.now, change.n_now) > _pace(change, change.then, change.n_then)
    days = (change.n_now, change.n_then) if change.key in BY_DAY else (1.0, 1.0)
    return word(
        f"monthly.change.{change.key}",
        lang,
        now=value(change.key, change.now, lang),
        then=value(change.key, change.then, lang),
        n_now=told.whole(change.n_now),
        n_then=told.whole(change.n_then),
        now_a_day=told.rounded(change.now / days[0]),
        then_a_day=told.rounded(change.then / days[1]),
        against=word(f"monthly.against.{change.against}", lang),
        direction=word("monthly.more" if more else "monthly.less", lang),
        change=difference(change, lang),
        subject=told.plain(names.get(f"{change.key}:{change.subject}", change.subject), 30),
    )


def value(key: str, number: float, lang: str) -> str:
    """Return a change's figure with its unit."""
    if key in SHARES:
        return told.percent(number)
    return told.lasting(number, lang) if key == RESPONSE else told.whole(number)


def difference(change: Change, lang: str) -> str:
    """Return by how much it differs, without a sign: in points, or as a share of then."""
    if change.key in SHARES:
        points = told.rounded(abs(change.now - change.then) * 100)
        return word("monthly.points", lang, value=points)
    now = _pace(change, change.now, change.n_now)
    then = _pace(change, change.then, change.n_then)
    if then == 0:
        return word("monthly.from_none", lang)
    return told.percent(abs(now / then - 1))


def _pace(change: Change, number: float, length: float) -> float:
    return number / length if change.key in BY_DAY else number


def _rest(
    changes: Sequence[Change], some_beyond: bool, labels: Mapping[str, str], lang: str
) -> list[str]:
    """Return the sentence of what is within chance: against the month before, else last year."""
    against = next(
        (one for one in AGAINST if any(change.against == one for change in changes)), BEFORE
    )
    name = word(f"monthly.against.{against}", lang)
    parts = [
        word(
            "monthly.rest.one",
            lang,
            label=labels[COLUMNS[one.key]],
            now=value(one.key, one.now, lang),
            then=value(one.key, one.then, lang),
            against=name,
        )
        for one in changes
        if one.against == against and one.key in COLUMNS and not one.beyond and not isnan(one.p)
    ]
    if not parts:
        return []
    key = "monthly.rest" if some_beyond else "monthly.nothing_changed"
    between = "，" if lang == "zh" else ", "
    return [word(key, lang, against=name, named=between.join(parts))]
