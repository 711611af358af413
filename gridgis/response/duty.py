"""Which unit answers for a category where: the most special duty of the list decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import pandas as pd

from gridgis.bound import BASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from gridgis.store.units import AreaInForce, SpotRow, StoredDuty

ANY = "*"
"""Any category, in a duty."""

Where = tuple[Literal["area", "layer", "everywhere"], int]
"""What a duty holds for; the number of everywhere is 0."""

EVERYWHERE: Where = ("everywhere", 0)


class Spot(NamedTuple):
    """Where a report lies, from the most special to the whole city.

    Attributes
    ----------
    wheres
        Of each exclusive layer its areas from the grid up, then the layer; then the areas of the
        base layer from the grid up. Everywhere comes by itself.
    tiers
        Level -> area of the base layer.
    """

    wheres: tuple[Where, ...] = ()
    tiers: Mapping[str, int] = {}


class Responsible(NamedTuple):
    """The unit that answers, and the duty that decided."""

    unit: str
    duty: StoredDuty

    @property
    def why(self) -> str:
        """The duty in words.

        >>> from gridgis.store.units import StoredDuty
        >>> Responsible("urban", StoredDuty(7, "tree", None, 3, "urban", None, "01", "East")).why
        'tree in East (01) is of urban'
        """
        return f"{said(self.duty)} is of {self.unit}"


def said(duty: StoredDuty) -> str:
    """Return for what a duty holds, in words."""
    what = "any category" if duty.category == ANY else duty.category
    if duty.area_id is not None:
        return f"{what} in {duty.area_name or 'an area'} ({duty.area or duty.area_id})"
    if duty.layer_id is not None:
        return f"{what} on layer {duty.layer or duty.layer_id}"
    return f"{what} everywhere"


@dataclass(frozen=True)
class Duties:
    """A list of duties that answers by looking up; `list_id` None: there is no list."""

    list_id: int | None = None
    _known: Mapping[tuple[str, Where], StoredDuty] = field(default_factory=dict)

    @classmethod
    def of(cls, duties: Iterable[StoredDuty], list_id: int | None = None) -> Duties:
        """Return the list; of two duties for the same, the first counts."""
        known: dict[tuple[str, Where], StoredDuty] = {}
        for duty in duties:
            known.setdefault((duty.category, where_of(duty.layer_id, duty.area_id)), duty)
        return cls(list_id, known)

    def responsible(self, category: str | None, spot: Spot) -> Responsible | None:
        """Return who answers for a category at a spot; None: the list has a gap.

        A layer of its own goes before the grid, the grid before what lies above it, everywhere
        comes last; in the same area the category itself goes before any category.
        """
        for where in (*spot.wheres, EVERYWHERE):
            for wanted in (category, ANY):
                duty = self._known.get((wanted or ANY, where))
                if duty is not None:
                    return Responsible(duty.unit, duty)
        return None


def where_of(layer_id: int | None, area_id: int | None) -> Where:
    """Return what a duty holds for: its area, else its layer, else everywhere."""
    if area_id is not None:
        return ("area", area_id)
    return EVERYWHERE if layer_id is None else ("layer", layer_id)


def spots_of(rows: Iterable[SpotRow]) -> dict[UUID, Spot]:
    """Return where each report lies, from its areas as layers answer, of each the grid first."""
    by_report: dict[UUID, list[SpotRow]] = {}
    for row in rows:
        by_report.setdefault(row.report_id, []).append(row)
    return {report: _spot(own) for report, own in by_report.items()}


def _spot(rows: Sequence[SpotRow]) -> Spot:
    wheres: list[Where] = []
    for place, row in enumerate(rows):
        wheres.append(("area", row.area_id))
        last = place + 1 == len(rows) or rows[place + 1].layer_id != row.layer_id
        if last and row.layer != BASE:
            wheres.append(("layer", row.layer_id))
    return Spot(tuple(wheres), {row.level: row.area_id for row in rows if row.layer == BASE})


def grids_of_base(areas: Iterable[AreaInForce]) -> dict[str, Spot]:
    """Return the code of each grid of the base layer -> its spot, on no other layer."""
    base = {area.area_id: area for area in areas if area.layer == BASE}
    return {area.code: _upwards(area, base) for area in base.values() if area.is_grid}


def _upwards(grid: AreaInForce, base: Mapping[int, AreaInForce]) -> Spot:
    line = [grid]
    while (parent := base.get(line[-1].parent_id or -1)) is not None:
        line.append(parent)
    return Spot(
        tuple(("area", area.area_id) for area in line), {area.level: area.area_id for area in line}
    )


def cross_table(
    duties: Duties, categories: Sequence[str], spots: Mapping[str, Spot]
) -> pd.DataFrame:
    """Tabulate who answers for each category in each grid.

    Returns
    -------
    Columns category, grid (a key of `spots`), unit, duty (its number; both NA where the list has a
    gap); index 0..n-1, by category, then grid, in the orders given.
    """
    found = [
        (category, grid, duties.responsible(category, spot))
        for category in categories
        for grid, spot in spots.items()
    ]
    return pd.DataFrame(
        {
            "category": pd.Series([one[0] for one in found], dtype="string"),
            "grid": pd.Series([one[1] for one in found], dtype="string"),
            "unit": pd.Series([one[2].unit if one[2] else None for one in found], dtype="string"),
            "duty": pd.Series([one[2].duty.id if one[2] else None for one in found], dtype="Int64"),
        }
    )
