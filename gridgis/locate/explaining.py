"""From the engines' arrays to a table that a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from gridgis.locate.answering import COVERS, NEAR, RULES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.locate.answering import Answers, RunnersUp
    from gridgis.locate.edition import EditionIndex

OF_EVERY_GRID = ("code", "layer", "edition")
"""Columns of an index's table that are its own; the others are kept for the answers."""


class InForce(NamedTuple):
    """One edition of one layer: in force in [since, until), microseconds in UTC.

    Its grids are the rows of the index's table from `first` on.
    """

    layer: str
    priority: int
    edition: int | str | None
    since: int
    until: int
    first: int
    engine: EditionIndex


class Answered(NamedTuple):
    """What one edition answers for some points: `points` are their places, ascending.

    `answers` and `runners_up` count the edition's grids and these points from 0.
    """

    edition: InForce
    points: NDArray[np.int64]
    answers: Answers
    runners_up: RunnersUp | None


def explained(grids: pd.DataFrame, given: list[Answered], *, with_runners_up: bool) -> pd.DataFrame:
    """Return the answers as :meth:`gridgis.locate.GridIndex.explain` says it."""
    kept = [name for name in grids.columns if name not in OF_EVERY_GRID]
    if not given:
        columns = ["point", "grid_code", "layer", "edition", "rule", "boundary_distance_m", *kept]
        return pd.DataFrame(columns=columns + ["runner_up"] * with_runners_up)
    tables = [_table(grids, kept, one) for one in given]
    ranks = [_rank(one, place) for place, one in enumerate(given)]
    table = pd.concat(tables, ignore_index=True)
    order = np.lexsort((np.concatenate(ranks), table["point"].to_numpy()))
    return table.iloc[order].reset_index(drop=True)


def responsible_rank(rule: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return 0 for a grid that covers, 1 for one that is near, 2 for no grid."""
    return np.where(rule == COVERS, 0, np.where(rule == NEAR, 1, 2)).astype(np.int8)


def _rank(one: Answered, place: int) -> NDArray[np.int64]:
    return responsible_rank(one.answers.rule).astype(np.int64) << 32 | place


def _table(grids: pd.DataFrame, kept: list[str], one: Answered) -> pd.DataFrame:
    own = grids.iloc[one.edition.first :]
    own = own.iloc[: len(one.edition.engine.borders.outlines.boxes)]
    grid = one.answers.grid
    table = pd.DataFrame(
        {
            "point": one.points,
            "grid_code": _taken(own["code"], grid),
            "layer": one.edition.layer,
            "edition": one.edition.edition,
            "rule": pd.Categorical.from_codes(one.answers.rule, pd.Index(RULES)),
            "boundary_distance_m": one.answers.boundary_distance_m,
            **{name: _taken(own[name], grid) for name in kept},
        }
    )
    if one.runners_up is not None:
        table["runner_up"] = _runners_up(own["code"], one.runners_up, len(grid))
    return table


def _taken(column: pd.Series, grid: NDArray[np.int32]) -> NDArray[np.object_]:
    values = np.full(len(column) + 1, None, dtype=object)
    values[:-1] = column
    taken: NDArray[np.object_] = values[grid]
    return taken


def _runners_up(codes: pd.Series, others: RunnersUp, count: int) -> NDArray[np.object_]:
    """Return for each point a tuple of (code, metres)."""
    found = np.full(count, None, dtype=object)
    found[:] = [()] * count
    pairs = list(zip(codes.to_numpy(object)[others.grid], others.distance_m.tolist(), strict=True))
    points, firsts = np.unique(others.point, return_index=True)
    ends = np.append(firsts, len(pairs))[1:]
    for point, first, end in zip(points, firsts, ends, strict=True):
        found[point] = tuple(pairs[first:end])
    return found
