"""Read what figures are made of, and put it into groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from gridgis.cases.words import CHANNELS, LEVELS, TIERS
from gridgis.figures.counting import Rows, Table
from gridgis.figures.joining import Members, Numbering, in_groups, taken
from gridgis.figures.placing import place
from gridgis.response.labels import label
from gridgis.store import figures as store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from gridgis.figures.asking import Asked
    from gridgis.figures.periods import Period
    from gridgis.figures.placing import Placed
    from gridgis.model import Edition
    from gridgis.store.connection import Connection
    from gridgis.store.figures import Columns, Read

_FIXED: dict[str, Sequence[object]] = {"tier": TIERS, "channel": CHANNELS, "level": LEVELS}
_OWN_TASKS = frozenset({"unit", "worker"})
"""Tasks have a unit and workers of their own, whoever leads the case."""


class Gathered(NamedTuple):
    """All rows in their groups; `groups` names these, a row each."""

    rows: Rows
    groups: pd.DataFrame
    notes: tuple[str, ...]
    edition: Edition | None


def gathered(
    connection: Connection, asked: Asked, periods: Sequence[Period], near_tolerance_m: float
) -> Gathered:
    """Read the span of all periods, and say what belongs to which group.

    Raises
    ------
    As :func:`gridgis.figures.placing.place`.
    """
    since = min(period.since for period in periods)
    before = max(period.before for period in periods)
    keys = _keys(connection, asked, before)
    span = store.Span(since, before, asked.by, [key for key, _ in keys], asked.category)
    read = store.read(connection, span)
    numbering = Numbering(read.cases["report_id"])
    placed = None
    if asked.placed:
        placed = place(connection, asked, before, read.cases, numbering, near_tolerance_m)
    groups: pd.DataFrame
    if asked.by == "area" and placed is not None:
        groups, group = placed.listed, placed.group
    else:
        groups, group = _named(asked, keys), _by_key(asked, read.cases["key"], len(keys))
    members = _members(connection, span, group, placed, numbering)
    rows = _rows(asked, read, numbering, members, len(groups), placed)
    edition = None if placed is None else placed.edition
    return Gathered(rows, groups, tuple(_notes(asked, edition)), edition)


def _keys(connection: Connection, asked: Asked, before: datetime) -> list[tuple[str, str | None]]:
    if asked.by in _FIXED:
        return [(str(key), label(key, "general", "zh")) for key in _FIXED[asked.by]]
    return [] if asked.by in {"area", "none"} else store.keys(connection, asked.by, before)


def _named(asked: Asked, keys: Sequence[tuple[str, str | None]]) -> pd.DataFrame:
    """Return the groups of keys; the last is that of cases without one, or the only one of all."""
    last = (None, "all" if asked.by == "none" else None)
    rows = [*keys, last]
    return pd.DataFrame(
        {"code": [code for code, _ in rows], "name": [name for _, name in rows]}, dtype=object
    )


def _by_key(asked: Asked, key: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    return np.zeros(len(key), np.int64) if asked.by == "none" else (key - 1) % (count + 1)


def _members(
    connection: Connection,
    span: store.Span,
    group: NDArray[np.int64],
    placed: Placed | None,
    numbering: Numbering,
) -> Members:
    """Say to which groups each case belongs; to none when it lies elsewhere."""
    inside = np.ones(len(group), np.bool_) if placed is None else placed.group >= 0
    if span.by != "worker":
        return in_groups(np.where(inside, group, -1))
    doers = store.doers(connection, span.keys)
    row = numbering.rows(doers["report_id"])
    known = row >= 0
    rows, groups = row[known], doers["key"][known] - 1
    idle = np.setdiff1d(np.arange(len(group)), rows)
    rows = np.concatenate([rows, idle])
    groups = np.concatenate([groups, np.full(len(idle), len(span.keys))])
    order = np.argsort(rows, kind="stable")
    order = order[inside[rows[order]]]
    return Members(rows[order], groups[order])


def _rows(
    asked: Asked,
    read: Read,
    numbering: Numbering,
    members: Members,
    count: int,
    placed: Placed | None,
) -> Rows:
    def table(columns: Columns) -> Table:
        its = members.spread(numbering.rows(columns["report_id"]))
        return Table(taken(columns, its.rows), its.groups)

    def own(columns: Columns) -> Table:
        known = np.flatnonzero(np.isin(numbering.rows(columns["report_id"]), members.rows))
        return Table(taken(columns, known), (columns["key"][known] - 1) % count)

    past = read.reopenings
    places = Members(members.rows, np.arange(len(members.rows)))
    turns = places.spread(numbering.rows(past["report_id"]))
    reopenings = {**taken(past, turns.rows), "row": turns.groups}
    grid, grid_group = _grids(asked, placed)
    return Rows(
        count,
        Table(taken(read.cases, members.rows), members.groups),
        own(read.tasks) if asked.by in _OWN_TASKS else table(read.tasks),
        table(read.ratings),
        table(read.escalations),
        reopenings,
        grid[members.rows] if len(grid) else grid,
        grid_group,
    )


def _grids(asked: Asked, placed: Placed | None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each case's grid and each grid's group; of areas, or of all."""
    if placed is None or asked.by not in {"area", "none"}:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    inside = placed.grid_group >= 0
    number = np.append(np.where(inside, np.cumsum(inside) - 1, -1), -1)
    groups = placed.grid_group[inside]
    return number[placed.grid], groups if asked.by == "area" else np.zeros_like(groups)


def _notes(asked: Asked, edition: Edition | None) -> list[str]:
    notes = []
    if edition is not None and asked.how == "restated":
        notes.append(f"restated on edition {edition.id}: a case counts where its point is now")
    elif edition is not None and asked.when.said:
        notes.append(f"as reported: only cases that edition {edition.id} answered")
    elif edition is not None:
        notes.append(f"as reported: as each edition answered; grids are those of {edition.id}")
    if asked.by == "worker":
        notes.append("a case counts for each of its workers: rows add up to more than the whole")
    if asked.by == "unit":
        notes.append("cases count for the unit that leads now, tasks for the unit that had them")
    return notes
