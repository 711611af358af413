"""What comes back of a question where stations should stand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Problem = Literal["p-median", "coverage", "cover"]
Method = Literal["exact", "heuristic"]
Status = Literal["optimal", "feasible", "infeasible", "unknown"]

PROVEN_GAP = 1e-6
"""A gap as small as this is rounding: what HiGHS leaves between an optimum and its bound."""


@dataclass(frozen=True, slots=True, eq=False)
class Siting:
    """Where stations should stand, and how far that is from the best there can be.

    Attributes
    ----------
    problem
        What was asked: see the functions of :mod:`gridgis.siting`.
    status
        ``optimal``: nothing better exists, but for rounding (a gap of at most PROVEN_GAP).
        ``feasible``: something better may exist, no better than `bound`. ``infeasible``: it is
        proven that nothing fulfils what was asked. ``unknown``: nothing was found in the time, and
        nothing is proven.
    method
        ``exact``: it went on until the best was proven, or the time was over. ``heuristic``: it
        was content with a search and a bound; where these meet, the best is proven as well.
    chosen
        The sites, those that stand already among them: rows of candidates, ascending. Empty when
        nothing was found.
    site_of
        For each demand the chosen site that is nearest in time, the lowest of equal ones; -1: none
        can reach it.
    travel_s
        For each demand the seconds from there; inf: none can reach it.
    within
        For each demand whether it is served: reached at all, or where the question has a limit,
        within it.
    beyond
        The demands with a weight that no site at all reaches, or none within the limit, ascending.
    objective
        p-median: weights times seconds, summed. coverage: weight within the limit. cover: sites.
        NaN when nothing was found.
    bound
        No answer is better than this: below the objective where less is better, above it for
        coverage. NaN when infeasible.
    gap
        ``|objective - bound| / |objective|``; 0: proven. NaN when nothing was found.
    seconds
        How long it took.
    explanation
        One sentence for a person.
    """

    problem: Problem
    status: Status
    method: Method
    chosen: NDArray[np.int64]
    site_of: NDArray[np.int64]
    travel_s: NDArray[np.float64]
    within: NDArray[np.bool_]
    beyond: NDArray[np.int64]
    objective: float
    bound: float
    gap: float
    seconds: float
    explanation: str

    @property
    def proven(self) -> bool:
        """Whether it is proven that nothing better exists, or that nothing exists at all."""
        return self.status in {"optimal", "infeasible"}


def gap_between(objective: float, bound: float) -> float:
    """Return how far an objective may be from the best, as a share of it.

    >>> gap_between(200.0, 190.0), gap_between(0.0, 0.0), gap_between(0.0, -1.0)
    (0.05, 0.0, inf)
    """
    if objective == bound:
        return 0.0
    return abs(objective - bound) / abs(objective) if objective else math.inf
