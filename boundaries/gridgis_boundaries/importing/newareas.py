"""Areas on their way into a draft."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from gridgis import shapes

if TYPE_CHECKING:
    import shapely

    from gridgis.codes import Grammar
    from gridgis.model import Level

_NAMED_ROWS = 5


@dataclass(slots=True)
class NewArea:
    """One area: the rows of the file that it comes from, and what is known of it.

    `above` holds the codes of the areas that it belongs to, by level, where they are dissolved;
    `attributes` is JSON text; `shape` a valid MultiPolygon, EPSG:4326. `parent_level` is found by
    linking; None: it has no parent.
    """

    level: str
    rows: tuple[int, ...]
    code: str
    name: str
    parent_code: str | None
    shape: shapely.MultiPolygon
    households: int | None = None
    population: int | None = None
    above: dict[str, str] = field(default_factory=dict)
    attributes: str = "{}"
    parent_level: str | None = None


@dataclass
class Refusals:
    """Which rows of the file cannot become areas, and why; the first row is 1."""

    found: set[tuple[int, str]] = field(default_factory=set)

    def add(self, area: NewArea, reason: str) -> None:
        """Refuse all rows of an area."""
        self.found.update((row, reason) for row in area.rows)


def group(areas: list[NewArea], codes: list[str]) -> dict[str, list[NewArea]]:
    """Return the areas by these codes, which stand in their order."""
    groups: dict[str, list[NewArea]] = {}
    for area, code in zip(areas, codes, strict=True):
        groups.setdefault(code, []).append(area)
    return groups


def together(members: list[NewArea], level: str, code: str) -> NewArea:
    """Return one area that is the exact union of its members and has the first one's facts.

    Its counts are the members' sums when all are known.
    """
    first = members[0]
    return NewArea(
        level=level,
        rows=tuple(row for member in members for row in member.rows),
        code=code,
        name=first.name,
        parent_code=first.parent_code,
        shape=shapes.union(np.array([member.shape for member in members], dtype=object)),
        households=_total([member.households for member in members]),
        population=_total([member.population for member in members]),
        above=first.above,
        attributes=first.attributes,
    )


def refuse_same_code(areas: list[NewArea], refusals: Refusals) -> None:
    """Refuse areas that share a code, with a hint."""
    for code, members in group(areas, [area.code for area in areas]).items():
        if len(members) > 1:
            listed = _listed([row for member in members for row in member.rows])
            for member in members:
                refusals.add(
                    member,
                    f"code {code!r} stands on rows {listed}; "
                    "--merge-same-code makes them one area of several parts",
                )


def _listed(rows: list[int]) -> str:
    """Name a few rows.

    >>> _listed([2, 56, 264])
    '2, 56, 264'
    >>> _listed(list(range(1, 99)))
    '1, 2, 3, 4, 5 and 93 more'
    """
    more = f" and {len(rows) - _NAMED_ROWS} more" if len(rows) > _NAMED_ROWS else ""
    return ", ".join(map(str, rows[:_NAMED_ROWS])) + more


def merge_same_code(areas: list[NewArea], refusals: Refusals) -> list[NewArea]:
    """Return areas in which rows with one code are one area of several parts."""
    merged = []
    for code, members in group(areas, [area.code for area in areas]).items():
        area = members[0] if len(members) == 1 else together(members, members[0].level, code)
        if any(
            (each.parent_code, each.above) != (area.parent_code, area.above) for each in members
        ):
            refusals.add(area, f"code {code!r} stands under several parents")
        merged.append(area)
    return merged


def dissolve(
    children: list[NewArea],
    level: Level,
    upper: Level | None,
    grammar: Grammar,
    refusals: Refusals,
) -> list[NewArea]:
    """Return the areas of `level`, each the exact union of the children that name it.

    Children whose parents contradict each other or the grammar are refused.

    Parameters
    ----------
    upper
        The next level above that is dissolved too; None: there is none.
    """
    made = []
    groups = group(children, [child.above[level.code] for child in children])
    for code, members in sorted(groups.items()):
        area = together(members, level.code, code)
        uppers = {member.above[upper.code] for member in members} if upper else set()
        area.name, area.attributes, area.above = code, "{}", {}
        area.parent_code = min(uppers, default=grammar.parent_code(code, level.rank))
        if reason := _complaint(code, level, uppers, grammar):
            refusals.add(area, f"{level.code} {code!r} {reason}")
        made.append(area)
    return made


def _complaint(code: str, level: Level, uppers: set[str], grammar: Grammar) -> str | None:
    if len(uppers) > 1:
        return f"would lie in several parents: {', '.join(sorted(uppers))}"
    prefix = grammar.parent_code(code, level.rank)
    if prefix is not None and uppers and uppers != {prefix}:
        return f"does not begin with its parent's code, {min(uppers)!r}"
    return grammar.complaint(code, level.rank)


def _total(counts: list[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
