"""From positions to the columns that go out: arrays in, arrays out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from gridgis.assigning.options import Counts
from gridgis.errors import InvalidInputError
from gridgis.locate.answering import NO_LOCATION, OUTSIDE, RULES
from gridgis.locate.explaining import OF_EVERY_GRID, responsible_rank
from gridgis.locate.instants import ALWAYS, EVER
from gridgis.locate.tiles import NOBODY

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from gridgis.assigning.options import Asked
    from gridgis.assigning.positions import Positions
    from gridgis.locate.explaining import Answered
    from gridgis.locate.index import GridIndex

BETWEEN = ";"
"""What stands between several runner-up grids."""

_OUTRANKED = 3


class Answers(NamedTuple):
    """New columns for some rows, and how many rows each rule answered."""

    columns: list[pa.Array]
    counts: Counts


class Answerer:
    """Asks one index, and names what it answers; the responsible layer answers.

    Attributes
    ----------
    asked
        What it was made with.
    fields
        The columns that it adds: grid_code (missing without a grid), rule, boundary_distance_m
        (metres to the grid's own boundary; without a grid to the nearest one; missing without a
        location), what the index keeps, and with an accuracy runner_up: the codes of the other
        grids that the position may be in, nearest first, between semicolons.

    Raises
    ------
    InvalidInputError
        A moment is to pick the edition, and none has a beginning or an end.
    """

    def __init__(self, index: GridIndex, asked: Asked) -> None:
        _require_editions(index, asked)
        self._index = index
        self.asked = asked
        grids = index.grids
        kept = [name for name in grids.columns if name not in OF_EVERY_GRID]
        self._codes = grids["code"].to_numpy(object)
        self._names = {"grid_code": pa.array(self._codes, pa.string())}
        self._kept = {name: _text(grids[name]) for name in kept}
        self.fields = [
            pa.field("grid_code", pa.string()),
            pa.field("rule", pa.string()),
            pa.field("boundary_distance_m", pa.float64()),
            *(pa.field(name, pa.string()) for name in kept),
        ]
        if asked.accuracy is not None:
            self.fields.append(pa.field("runner_up", pa.string()))

    def answer(self, positions: Positions) -> Answers:
        """Return the new columns, in the order of `fields`."""
        asked = self.asked
        given = self._index.answers(
            positions.lon,
            positions.lat,
            positions.accuracy_m,
            asked.at if positions.at is None else positions.at,
            near_tolerance_m=asked.near_tolerance_m,
        )
        found = _Responsible(np.isfinite(positions.lon))
        others = np.full(len(positions.lon), None, object) if asked.accuracy is not None else None
        for one in given:
            places = found.take(one)
            if others is not None:
                others[places] = self._others(one)[places]
        counts = Counts(*np.bincount(found.rule, minlength=len(RULES)).tolist())
        return Answers(
            self._columns(found, others), counts._replace(refused=len(positions.refused))
        )

    def _columns(self, found: _Responsible, others: NDArray[np.object_] | None) -> list[pa.Array]:
        rows = pa.array(found.grid, mask=found.grid == NOBODY)
        columns = [
            self._names["grid_code"].take(rows),
            pa.array(RULES).take(pa.array(found.rule)),
            pa.array(found.boundary_distance_m, from_pandas=True),
            *(column.take(rows) for column in self._kept.values()),
        ]
        if others is not None:
            columns.append(pa.array(others, pa.string()))
        return columns

    def _others(self, one: Answered) -> NDArray[np.object_]:
        """Return for each point of the chunk the codes of the runners-up, or None."""
        count = int(one.points.max()) + 1 if len(one.points) else 0
        names = np.full(count, None, object)
        if one.runners_up is None:
            return names
        codes = self._codes[one.runners_up.grid.astype(np.int64) + one.edition.first]
        for point, code in zip(one.points[one.runners_up.point], codes, strict=True):
            names[point] = code if names[point] is None else f"{names[point]}{BETWEEN}{code}"
        return names


class _Responsible:
    """The answer of the responsible layer for each point, as it becomes known."""

    def __init__(self, placed: NDArray[np.bool_]) -> None:
        count = len(placed)
        self.grid = np.full(count, NOBODY, np.int64)
        self.rule = np.where(placed, OUTSIDE, NO_LOCATION).astype(np.int8)
        self.boundary_distance_m = np.full(count, np.nan)
        self._rank = np.full(count, _OUTRANKED, np.int8)

    def take(self, one: Answered) -> NDArray[np.int64]:
        """Take over answers that go before those that are known; return at which points."""
        rank = responsible_rank(one.answers.rule)
        better = rank < self._rank[one.points]
        places = one.points[better]
        grid = one.answers.grid[better].astype(np.int64)
        self.grid[places] = np.where(grid == NOBODY, NOBODY, grid + one.edition.first)
        self.rule[places] = one.answers.rule[better]
        self.boundary_distance_m[places] = one.answers.boundary_distance_m[better]
        self._rank[places] = rank[better]
        return places


def _require_editions(index: GridIndex, asked: Asked) -> None:
    timed = any(one.since != ALWAYS or one.until != EVER for one in index.editions)
    if asked.at is not None and not timed:
        msg = (
            "--at picks an edition, and the areas do not say when they are in force "
            "(columns valid_from, valid_to); leave it out"
        )
        raise InvalidInputError(msg)


def _text(column: pd.Series) -> pa.Array:
    return pa.array(column.astype(object).where(column.notna(), None), pa.string())
