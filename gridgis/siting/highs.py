"""Ask HiGHS: the one way to a mixed-integer programme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Floats = NDArray[np.float64]

_OPTIMAL, _INFEASIBLE = 0, 2
# HiGHS refuses no time at all.
_SHORTEST_S = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """Minimise `cost` by x where `rows` x is at least `least` and `low` <= x <= `high`.

    The first `whole` of x are whole numbers.
    """

    cost: Floats
    rows: csr_array
    least: Floats
    low: Floats
    high: Floats
    whole: int


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """The whole numbers that were found (None: none), and what no answer goes below.

    `bound` is -inf when nothing is known; `infeasible`: it is proven that there is no answer.
    """

    whole: NDArray[np.bool_] | None
    bound: float
    infeasible: bool


def solve(programme: Programme, time_limit_s: float) -> Solved:
    """Return what HiGHS finds in the time."""
    integrality = np.zeros(len(programme.cost), dtype=np.int64)
    integrality[: programme.whole] = 1
    result = milp(
        programme.cost,
        integrality=integrality,
        bounds=Bounds(programme.low, programme.high),
        constraints=LinearConstraint(programme.rows, programme.least, np.inf),
        options={"time_limit": max(time_limit_s, _SHORTEST_S), "mip_rel_gap": 0.0},
    )
    found = None if result.x is None else result.x[: programme.whole] > 0.5  # noqa: PLR2004 - 0 or 1
    # A linear programme's optimum is its own bound, and HiGHS tells no other.
    is_linear = not programme.whole and result.status == _OPTIMAL
    bound = result.fun if is_linear else result.mip_dual_bound
    return Solved(
        found,
        -np.inf if bound is None or np.isnan(bound) else float(bound),
        result.status == _INFEASIBLE,
    )
