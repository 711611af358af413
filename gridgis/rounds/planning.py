"""The visits of a day in their best order, by VROOM on travel times of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.errors import InvalidInputError
from gridgis.rounds import reasons
from gridgis.rounds.scheduling import scheduled
from gridgis.rounds.solving import orders
from gridgis.rounds.stops import LATEST_S, Plan
from gridgis.rounds.table import Table, locations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from gridgis.model import Location
    from gridgis.rounds.stops import Visit, Worker

    Provider = Callable[[Sequence[Location], Sequence[Location]], NDArray[np.float64]]

MOST_STOPS = 300
"""The most stops that one plan may have: visits, and where workers begin and end."""


def plan(workers: Sequence[Worker], visits: Sequence[Visit], travel_s: ArrayLike) -> Plan:
    """Return the rounds that make the most visits with the least travel, and who is left out.

    First the sum of the priorities of the visits that are made is as high as can be found, then
    their number, then the travel of all rounds is as short. The search is a heuristic: on small
    rounds it nearly always finds the best order. The same question has the same answer, in
    whatever order workers and visits are given.

    Parameters
    ----------
    workers, visits
        In any order.
    travel_s
        Seconds from stop (row) to stop (column); inf: no way. They are rounded up to whole seconds.
        The stops are in the order of :func:`gridgis.rounds.table.locations`.

    Raises
    ------
    InvalidInputError
        There is no worker, two have the same id, there are too many stops, or the travel times are
        not of this shape, not numbers, or below zero.
    """
    require_size(workers, visits)
    table = Table.of(workers, visits, _whole_seconds(travel_s, len(locations(workers, visits))))
    rounds = [
        scheduled(worker, order, table)
        for worker, order in zip(table.workers, orders(table), strict=True)
        if order
    ]
    made = {leg.visit for one in rounds for leg in one.legs}
    left_out = [visit for visit in table.visits if visit.id not in made]
    return Plan(rounds, [reasons.why(visit, table) for visit in left_out])


def plan_by(workers: Sequence[Worker], visits: Sequence[Visit], provider: Provider) -> Plan:
    """Return :func:`plan` by the travel times that a provider says; it is asked after the size."""
    require_size(workers, visits)
    stops = locations(workers, visits)
    return plan(workers, visits, provider(stops, stops))


def require_size(workers: Sequence[Worker], visits: Sequence[Visit]) -> None:
    """Refuse what cannot be planned, before any travel time is asked for.

    Raises
    ------
    InvalidInputError
        There is no worker, two workers or two visits have the same id, or there are too many stops.
    """
    if not workers:
        msg = "there is no worker to plan for; give at least one"
        raise InvalidInputError(msg)
    count = len(locations(workers, visits))
    if count > MOST_STOPS:
        msg = (
            f"{count:,} stops are too many for one plan; it takes at most {MOST_STOPS}. "
            "Plan street by street, or day by day"
        )
        raise InvalidInputError(msg)
    _require_once("workers", (worker.id for worker in workers))
    _require_once("visits", (visit.id for visit in visits))


def _require_once(what: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            msg = f"two {what} have the id {one!r}; each needs one of its own"
            raise InvalidInputError(msg)
        seen.add(one)


def _whole_seconds(travel_s: ArrayLike, count: int) -> NDArray[np.int64]:
    """Return travel times rounded up; what no shift can hold, and no way at all, are LATEST_S + 1.

    A plan on times that were rounded down would come late.
    """
    given = np.asarray(travel_s, np.float64)
    if given.shape != (count, count):
        shape = " x ".join(map(str, given.shape))
        msg = f"travel_s is {shape}; for these workers and visits it is {count} x {count}"
        raise InvalidInputError(msg)
    if np.isnan(given).any():
        row, column = np.argwhere(np.isnan(given))[0].tolist()
        msg = f"travel_s from stop {row} to stop {column} is NaN; write inf where there is no way"
        raise InvalidInputError(msg)
    if (given < 0).any():
        row, column = np.argwhere(given < 0)[0].tolist()
        msg = f"travel_s from stop {row} to stop {column} is below zero"
        raise InvalidInputError(msg)
    return np.ceil(np.minimum(given, LATEST_S + 1)).astype(np.int64)
