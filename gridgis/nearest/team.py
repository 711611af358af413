"""Several needs at once: the best set of responders, nobody used twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from gridgis.errors import InvalidInputError
from gridgis.model import MOST_NEEDS, MOST_RESPONDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from numpy.typing import NDArray

    from gridgis.model import NearestResponder
    from gridgis.nearest.answers import By, Nearby
    from gridgis.nearest.needs import Need


@dataclass(frozen=True, slots=True)
class Member:
    """One of the team, and which of the needs they are there for (its place in the list)."""

    need: int
    responder: NearestResponder


@dataclass(frozen=True, slots=True)
class Team:
    """Who goes.

    Attributes
    ----------
    members
        By need, then nearest first.
    missing
        By need: how many could not be found.
    last_s
        When the last of them is here, in seconds; None: by line, or nobody.
    last_m
        How far the last of them is, in metres; None: nobody.
    by, by_line_because
        As in :class:`Nearby`.
    """

    members: list[Member]
    missing: list[int]
    last_s: float | None
    last_m: float | None
    by: By
    by_line_because: str | None


def make_team(needs: Sequence[Need], ask: Callable[[Need], Nearby]) -> Team:
    """Return the team that is complete soonest; of those, the one with the least travel in all.

    `k` of a need is how many it takes. `ask` answers one need by itself. When there are not enough,
    as many places as possible are filled.

    Raises
    ------
    InvalidInputError
        There are no needs, or more than anybody could look through.

    Notes
    -----
    With m places in all, somebody who is not among the first m able ones of a need is never needed
    for it: at least one nearer one is not taken. So m of each need are enough to choose from, and
    the choice is exact: the least possible last arrival by matching (Gross 1959), then the least
    sum by the assignment problem (Kuhn 1955).
    """
    if not 1 <= len(needs) <= MOST_NEEDS:
        msg = f"{len(needs)} needs are asked for; name 1 to {MOST_NEEDS}"
        raise InvalidInputError(msg)
    places = sum(need.k for need in needs)
    if places > MOST_RESPONDERS:
        msg = f"{places} responders are asked for; a team has at most {MOST_RESPONDERS}"
        raise InvalidInputError(msg)
    answers = [ask(replace(need, k=places)) for need in needs]
    by: By = "line" if any(answer.by == "line" for answer in answers) else "road"
    owner = [number for number, need in enumerate(needs) for _ in range(need.k)]
    people, cost = _costs(answers, owner)
    chosen = _choose(cost)
    members = sorted(
        (Member(owner[place], people[place][column]) for place, column in chosen.items()),
        key=lambda one: (one.need, _cost(one.responder), one.responder.id),
    )
    found = np.bincount([one.need for one in members], minlength=len(needs))
    travel_s = [one.responder.travel_s for one in members if one.responder.travel_s is not None]
    return Team(
        members=members,
        missing=[need.k - int(count) for need, count in zip(needs, found, strict=True)],
        last_s=max(travel_s) if by == "road" and travel_s else None,
        last_m=max((one.responder.distance_m for one in members), default=None),
        by=by,
        by_line_because=next((a.by_line_because for a in answers if a.by_line_because), None),
    )


def _costs(
    answers: Sequence[Nearby], owner: Sequence[int]
) -> tuple[list[dict[int, NearestResponder]], NDArray[np.float64]]:
    """Return who each place may go to, by column, and the cost of that (inf: not able)."""
    ids: dict[UUID, int] = {}
    for answer in answers:
        for one in answer.responders:
            ids.setdefault(one.id, len(ids))
    able = [{ids[one.id]: one for one in answer.responders} for answer in answers]
    cost = np.full((len(owner), max(1, len(ids))), np.inf)
    for place, number in enumerate(owner):
        for column, one in able[number].items():
            cost[place, column] = _cost(one)
    return [able[number] for number in owner], cost


def _cost(one: NearestResponder) -> float:
    return one.distance_m if one.travel_s is None else one.travel_s


def _choose(cost: NDArray[np.float64]) -> dict[int, int]:
    """Return a column for each place, or for as many places as can have one."""
    steps = np.unique(cost[np.isfinite(cost)])
    if not len(steps):
        return {}
    most = _matched(cost <= steps[-1])
    low, high = 0, len(steps) - 1
    # The least last arrival with which as many places are filled as can be.
    while low < high:
        middle = (low + high) // 2
        if _matched(cost <= steps[middle]) == most:
            high = middle
        else:
            low = middle + 1
    # A place that stays empty costs more than any choice could save.
    never = (float(steps[-1]) + 1.0) * (len(cost) + 1)
    rows, columns = scipy.optimize.linear_sum_assignment(np.where(cost <= steps[low], cost, never))
    return {
        int(place): int(column)
        for place, column in zip(rows, columns, strict=True)
        if cost[place, column] <= steps[low]
    }


def _matched(may: NDArray[np.bool_]) -> int:
    matching = maximum_bipartite_matching(csr_array(may), perm_type="column")
    return int((matching >= 0).sum())
