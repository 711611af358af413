"""Maximal coverage: stations from which as much weight as possible is within a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, vstack

from gridgis.siting.covering import is_near, patterns_of, pruned
from gridgis.siting.ground import Effort, Watch, ground, require_count, require_limit
from gridgis.siting.highs import Programme, solve
from gridgis.siting.median import solve_median
from gridgis.siting.relaxing import ROUNDING
from gridgis.siting.telling import Asking, answered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from gridgis.siting.answers import Siting

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Marks = NDArray[np.bool_]

MOST_PAIRS = 5_000_000
"""Pairs of a demand and a site near it beyond which `auto` leaves HiGHS out."""

# HiGHS's tolerances are absolute: totals of this size suit them.
_SCALE = 1e5


def maximal_coverage(
    travel_s: ArrayLike,
    weights: ArrayLike,
    p: int,
    within_s: float,
    *,
    fixed: Sequence[int] | Ints = (),
    effort: Effort | None = None,
) -> Siting:
    r"""Return where `p` stations should stand so that the most weight is within a limit.

    .. math:: \max_{|S| \le p} \sum_i w_i [\min_{j \in S} t_{ij} \le T]

    There is always an answer, though it may cover nothing. Sites that add nothing are left out, so
    fewer than `p` may be chosen.

    Parameters
    ----------
    travel_s, weights, p, fixed
        As for :func:`gridgis.siting.p_median`.
    within_s
        The limit in seconds; who is at it is within.

    Raises
    ------
    InvalidInputError
        The shapes do not fit, a number is missing or below 0, or `p` is below what stands.

    References
    ----------
    R. Church, C. ReVelle: The maximal covering location problem. Papers of the Regional Science
    Association 32 (1974). doi:10.1007/BF01942293. As a p-median whose costs are 0 within the limit
    and the weight beyond it: the same place; its search and bound are used here.

    Examples
    --------
    >>> found = maximal_coverage([[0, 60, 120], [60, 0, 60], [120, 60, 0]], [1, 1, 5], 1, 30)
    >>> found.chosen.tolist(), found.objective, found.bound
    ([2], 5.0, 5.0)
    """
    effort = effort or Effort()
    known = ground(travel_s, weights, fixed)
    count = require_count(known, p)
    asking = Asking("coverage", known, Watch(effort.time_limit_s), require_limit(within_s))
    near = is_near(known, within_s)
    patterns, heavy = patterns_of(near, known.weights[known.counted])
    total = float(heavy.sum())
    cost = np.ascontiguousarray(np.where(patterns, 0.0, heavy[:, None]).T)
    quick = Effort("heuristic", effort.time_limit_s, effort.restarts, effort.rng)
    found = solve_median(cost, known.fixed, count, quick, asking.watch)
    chosen, bound = found.chosen, total - found.bound
    is_met = bound - (total - found.total) <= ROUNDING * bound
    small = effort.method == "exact" or int(patterns.sum()) <= MOST_PAIRS
    exact = effort.method != "heuristic" and (is_met or small)
    if exact and not is_met and asking.watch.left_s:
        other, most = _by_highs(patterns, heavy, known.fixed, count, asking.watch.left_s)
        bound = min(bound, most)
        if other is not None and len(other) <= count and _missed(cost, other) < found.total:
            chosen = other
    reached = total - _missed(cost, chosen)
    chosen = pruned(patterns, heavy, reached * (1 - ROUNDING), known.fixed, chosen)
    return answered(asking, chosen, bound, exact=exact)


def _by_highs(
    patterns: Marks, heavy: Floats, fixed: Ints, count: int, time_limit_s: float
) -> tuple[Ints | None, float]:
    """Return the sites that HiGHS finds (None: none) and the weight that no choice exceeds."""
    demands, sites = patterns.shape
    scale = _SCALE / max(float(heavy.sum()), 1e-300)
    served = hstack([csr_array(patterns.astype(np.float64)), -eye_array(demands)])
    few = np.concatenate([np.full(sites, -1.0), np.zeros(demands)])[None, :]
    low = np.zeros(sites + demands)
    low[fixed] = 1.0
    solved = solve(
        Programme(
            cost=np.concatenate([np.zeros(sites), -heavy * scale]),
            rows=csr_array(vstack([served, csr_array(few)])),
            least=np.concatenate([np.zeros(demands), [-count]]),
            low=low,
            high=np.ones(sites + demands),
            whole=sites,
        ),
        time_limit_s,
    )
    chosen = None if solved.whole is None else np.flatnonzero(solved.whole)
    return chosen, -solved.bound / scale


def _missed(cost: Floats, chosen: Ints) -> float:
    return float(cost[chosen].min(axis=0).sum())
