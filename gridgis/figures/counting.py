"""Count one period: pure functions over narrow tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridgis.cases.words import OUTCOMES, TIERS
from gridgis.store.figures import (
    CLOSED,
    DEFERRED,
    EXTENDED,
    FAILED,
    NEVER,
    ON_THE_SPOT,
    REOPENED,
    RETURNED,
    VOIDED,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gridgis.store.figures import Columns

MINUTE_US = 60_000_000

_OUTCOME: dict[str, int] = {name: number for number, name in enumerate(OUTCOMES, 1)}
_HAPPY = 4
_STAGES = {
    "file": ("received_at", "filed_at"),
    "dispatch": ("filed_at", "dispatched_at"),
    "accept": ("dispatched_at", "accepted_at"),
    "arrive": ("dispatched_at", "arrived_at"),
    "handle": ("dispatched_at", "fed_back_at"),
    "verify": ("fed_back_at", "ended_at"),
    "close": ("received_at", "ended_at"),
}
_BEFALLS = {
    "returned": RETURNED,
    "reopened": REOPENED,
    "failed": FAILED,
    "extended": EXTENDED,
    "deferred": DEFERRED,
    "voided": VOIDED,
}


class Table(NamedTuple):
    """Rows, and the group of each."""

    columns: Columns
    group: NDArray[np.int64]


class Instants(NamedTuple):
    """A period in microseconds: [since, before), and what time it is."""

    since: int
    before: int
    now: int

    def holds(self, at: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say which times lie in the period."""
        return (at >= self.since) & (at < self.before)


@dataclass(frozen=True, slots=True)
class Rows:
    """All that is counted, in `count` groups.

    `reopenings` are of `cases`, by their column `row`. `grid` is the number of each case's grid, -1
    without one, and `grid_group` the group of each grid; both empty when grids are not asked for.
    """

    count: int
    cases: Table
    tasks: Table
    ratings: Table
    escalations: Table
    reopenings: Columns
    grid: NDArray[np.int64]
    grid_group: NDArray[np.int64]


def tally(rows: Rows, period: Instants) -> dict[str, NDArray[Any]]:
    """Return an array for each count, each part of a share, and each length of a stage, by group.

    Lengths are minutes, NaN where there is none.
    """
    found: dict[str, NDArray[Any]] = {}
    for some in (
        _cases(rows, period),
        _stages(rows, period),
        _tasks(rows, period),
        _ratings(rows, period),
        _grids(rows, period),
    ):
        found.update(some)
    return found


def percentiles(
    values: NDArray[np.int64], group: NDArray[np.int64], count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the median and the 90th percentile of each group's values.

    Between two ranks they lie in proportion, as ``percentile_cont`` has it; NaN in an empty group.

    Examples
    --------
    >>> import numpy as np
    >>> percentiles(np.array([1, 9, 5, 7]), np.array([0, 0, 0, 2]), 3)
    (array([ 5., nan,  7.]), array([8.2, nan, 7. ]))
    """
    order = np.argsort(values)
    # A stable sort of small numbers is a radix sort, much quicker than one by both at once.
    small = np.uint16 if count <= np.iinfo(np.uint16).max else np.int64
    order = order[np.argsort(group[order].astype(small), kind="stable")]
    ordered = values[order]
    size = np.bincount(group, minlength=count)
    first = np.cumsum(size) - size
    some = size > 0
    middle, high = (np.full(count, np.nan) for _ in range(2))
    for share, out in ((0.5, middle), (0.9, high)):
        rank = share * (size[some] - 1)
        low = np.floor(rank).astype(np.int64)
        below = ordered[first[some] + low]
        above = ordered[first[some] + np.ceil(rank).astype(np.int64)]
        out[some] = below + (rank - low) * (above - below)
    return middle, high


def _cases(rows: Rows, period: Instants) -> Iterator[tuple[str, NDArray[Any]]]:
    case, group = rows.cases

    def many(which: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(group[which], minlength=rows.count)

    ended = period.holds(case["ended_at"])
    closed = ended & _marked(case, CLOSED)
    on_the_spot = _marked(case, ON_THE_SPOT)
    limited = closed & ~on_the_spot & (case["limit_at"] != NEVER)
    solved = closed & (case["outcome"] == _OUTCOME["solved"])
    yield "filed", many(period.holds(case["filed_at"]))
    yield "closed", many(closed)
    yield "solved", many(solved)
    yield "on_the_spot", many(closed & on_the_spot)
    yield "limited", many(limited)
    yield "late_closed", many(limited & (case["ended_at"] > case["limit_at"]))
    yield "on_time", many(limited & (case["ended_at"] <= case["limit_at"]))
    for name, outcome in (
        ("not_in_scope", "not_in_scope"),
        ("duplicates", "duplicate"),
        ("withdrawn", "withdrawn"),
    ):
        yield name, many(ended & (case["outcome"] == _OUTCOME[outcome]))
    for number, tier in enumerate(TIERS, 1):
        yield f"solved_{tier}", many(solved & (case["tier"] == number))
    received = period.holds(case["received_at"])
    yield "received", many(received)
    for name, mark in _BEFALLS.items():
        yield name, many(received & _marked(case, mark))
    for name in ("urgings", "supervisions"):
        times = np.bincount(group[received], case[name][received], minlength=rows.count)
        yield name, times.astype(np.int64)
    is_open = _open(rows, period)
    yield "open", many(is_open)
    yield "parked", many(is_open & (case["outcome"] == _OUTCOME["parked"]))
    yield "late_open", many(is_open & (case["limit_at"] < min(period.before, period.now)))


def _open(rows: Rows, period: Instants) -> NDArray[np.bool_]:
    """Say which cases were open when the period ended, or are now when it has not."""
    # What happened at this very instant has happened.
    end = min(period.before, period.now + 1)
    case = rows.cases.columns
    found: NDArray[np.bool_] = (case["received_at"] < end) & (case["ended_at"] >= end)
    past = rows.reopenings
    shut = (past["closed_at"] < end) & (past["reopened_at"] >= end)
    found[past["row"][shut]] = False
    return found


def _stages(rows: Rows, period: Instants) -> Iterator[tuple[str, NDArray[Any]]]:
    case, group = rows.cases
    counted = ~_marked(case, ON_THE_SPOT)
    shut = counted & _marked(case, CLOSED)
    for stage, (begin, end) in _STAGES.items():
        which = (shut if end == "ended_at" else counted) & period.holds(case[end])
        which &= case[begin] <= case[end]
        its = group[which]
        middle, high = percentiles(case[end][which] - case[begin][which], its, rows.count)
        yield f"{stage}_n", np.bincount(its, minlength=rows.count)
        yield f"{stage}_median_min", middle / MINUTE_US
        yield f"{stage}_p90_min", high / MINUTE_US


def _tasks(rows: Rows, period: Instants) -> Iterator[tuple[str, NDArray[Any]]]:
    task, group = rows.tasks
    sent = period.holds(task["sent_at"])
    yield "tasks_sent", np.bincount(group[sent], minlength=rows.count)
    wrong = sent & (task["wrong"] == 1)
    yield "wrong_dispatches", np.bincount(group[wrong], minlength=rows.count)
    escalated = period.holds(rows.escalations.columns["escalated_at"])
    yield "escalations", np.bincount(rows.escalations.group[escalated], minlength=rows.count)


def _ratings(rows: Rows, period: Instants) -> Iterator[tuple[str, NDArray[Any]]]:
    rating, group = rows.ratings

    def many(which: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(group[which], minlength=rows.count)

    asked = period.holds(rating["asked_at"])
    yield "asked", many(asked)
    yield "responded", many(asked & (rating["answered_at"] != NEVER))
    answered = period.holds(rating["answered_at"])
    yield "answered", many(answered)
    yield "satisfied", many(answered & (rating["satisfaction"] >= _HAPPY))
    total = np.bincount(
        group[answered], rating["satisfaction"][answered], minlength=rows.count
    ).astype(np.int64)
    yield "satisfaction_sum", total
    for name, part in (("contacted", "contacted"), ("solved", "said_solved")):
        yield f"{name}_said", many(answered & (rating[name] >= 0))
        yield part, many(answered & (rating[name] == 1))


def _grids(rows: Rows, period: Instants) -> Iterator[tuple[str, NDArray[Any]]]:
    received = period.holds(rows.cases.columns["received_at"])
    heard = np.zeros(len(rows.grid_group), np.bool_)
    if len(heard):
        its = rows.grid[received]
        heard[its[its >= 0]] = True
    yield "grids", np.bincount(rows.grid_group, minlength=rows.count)
    yield "silent_grids", np.bincount(rows.grid_group[~heard], minlength=rows.count)


def _marked(case: Columns, mark: int) -> NDArray[np.bool_]:
    marked: NDArray[np.bool_] = (case["marks"] & mark) != 0
    return marked
