"""Set cover: the fewest stations from which all, or a share, are within a limit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, vstack

from gridgis.errors import InvalidInputError
from gridgis.siting.ground import Effort, Watch, ground, require_limit
from gridgis.siting.highs import Programme, solve
from gridgis.siting.telling import Asking, answered, counted_as, listed, nothing, unreached

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from gridgis.siting.answers import Siting
    from gridgis.siting.ground import Ground

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Marks = NDArray[np.bool_]

# A share of a sum of weights may miss its own sum by rounding.
_ROUNDING = 1e-9

# What HiGHS's tolerance may leave of a whole number.
_NEARLY_WHOLE = 1e-6


class Cover(NamedTuple):
    """The sites that were found, how many are needed at least, and whether HiGHS took part."""

    chosen: Ints
    bound: float
    exact: bool


def set_cover(
    travel_s: ArrayLike,
    weights: ArrayLike,
    within_s: float,
    *,
    share: float = 1.0,
    fixed: Sequence[int] | Ints = (),
    effort: Effort | None = None,
) -> Siting:
    r"""Return the fewest sites with all demands, or a share of the weight, within a limit.

    .. math:: \min |S| \quad \text{so that} \quad
        \sum_i w_i [\min_{j \in S} t_{ij} \le T] \ge \sigma \sum_i w_i

    With a share of 1 each demand with a weight must be within; where none of the sites is near
    enough to one, it is infeasible. Sites that stand already count.

    Parameters
    ----------
    travel_s, weights, fixed
        As for :func:`gridgis.siting.p_median`.
    within_s
        The limit in seconds; who is at it is within.
    share
        Of the weight, above 0, at most 1.

    Raises
    ------
    InvalidInputError
        The shapes do not fit, a number is missing or out of its range.

    References
    ----------
    C. Toregas, R. Swain, C. ReVelle, L. Bergman: The location of emergency service facilities.
    Operations Research 19 (1971). doi:10.1287/opre.19.6.1363.

    Examples
    --------
    >>> found = set_cover([[0, 60, 120], [60, 0, 60], [120, 60, 0]], [1, 1, 1], 60)
    >>> found.chosen.tolist(), found.explanation
    ([1], '1 site reaches 100.00% of the weight within 60 s; nothing better exists')
    """
    effort = effort or Effort()
    known = ground(travel_s, weights, fixed)
    if not 0 < share <= 1:
        msg = f"share is {share:g}; it is a part of the weight, above 0 and at most 1"
        raise InvalidInputError(msg)
    asking = Asking("cover", known, Watch(effort.time_limit_s), require_limit(within_s))
    total = float(known.weights.sum())
    never = unreached(known, within_s)
    reachable = total - float(known.weights[never].sum())
    if len(never) and (share == 1 or reachable < share * total * (1 - _ROUNDING)):
        return nothing(
            asking,
            f"{counted_as(len(never), 'demand')} within {within_s:g} s of no site: "
            f"{listed(never)}; at most {reachable / total:.2%} of the weight can be reached",
        )
    weights = known.weights[known.counted]
    if share == 1:
        # Each counts alike: none may be so light that a sum does not notice it.
        weights = np.ones(len(weights))
    near = is_near(known, within_s)
    found = fewest(near, weights, share * float(weights.sum()), known.fixed, asking.watch, effort)
    return answered(asking, found.chosen, found.bound, exact=found.exact)


def is_near(known: Ground, within_s: float) -> Marks:
    """Return which site is within the limit of which demand that has a weight."""
    seconds = known.travel_s[known.counted]
    near: Marks = np.isfinite(seconds) & (seconds <= within_s)
    return near


def fewest(
    near: Marks, weights: Floats, wanted: float, fixed: Ints, watch: Watch, effort: Effort
) -> Cover:
    """Return the fewest sites that are near demands of at least the weight `wanted`.

    All sites together must be. Without HiGHS's search the bound is that of the linear relaxation.
    """
    wanted *= 1 - _ROUNDING
    chosen = pruned(near, weights, wanted, fixed, _greedy(near, weights, wanted, fixed))
    exact = effort.method != "heuristic"
    if len(chosen) == len(fixed):
        return Cover(chosen, float(len(chosen)), exact)
    programme = _programme(near, weights, wanted, fixed)
    solved = solve(programme if exact else replace(programme, whole=0), watch.left_s)
    if exact and solved.whole is not None:
        found = np.flatnonzero(solved.whole)
        if len(found) < len(chosen) and _reached(near, weights, found) >= wanted:
            chosen = found
    least = max(1.0, float(len(fixed)), np.ceil(solved.bound - _NEARLY_WHOLE))
    if wanted > float(weights.sum()) - float(weights.min()):
        least = max(least, float(_apart(near)))
    return Cover(chosen, min(least, float(len(chosen))), exact)


def patterns_of(near: Marks, weights: Floats) -> tuple[Marks, Floats]:
    """Return the demands that some site is near; those with the same sites are one."""
    patterns, which = np.unique(near, axis=0, return_inverse=True)
    heavy = np.zeros(len(patterns))
    np.add.at(heavy, which.ravel(), weights)
    served = patterns.any(axis=1)
    return patterns[served], heavy[served]


def _programme(near: Marks, weights: Floats, wanted: float, fixed: Ints) -> Programme:
    patterns, heavy = patterns_of(near, weights)
    sites, demands = near.shape[1], len(patterns)
    reach = csr_array(patterns.astype(np.float64))
    low = np.zeros(sites)
    low[fixed] = 1.0
    if heavy.sum() * (1 - _ROUNDING) <= wanted:
        return Programme(np.ones(sites), reach, np.ones(demands), low, np.ones(sites), sites)
    # HiGHS's tolerance is absolute: it must not swallow the lightest.
    scale = 1.0 / heavy.min()
    enough = csr_array(np.concatenate([np.zeros(sites), heavy * scale])[None, :])
    return Programme(
        cost=np.concatenate([np.ones(sites), np.zeros(demands)]),
        rows=csr_array(vstack([hstack([reach, -eye_array(demands)]), enough])),
        least=np.concatenate([np.zeros(demands), [wanted * scale]]),
        low=np.concatenate([low, np.zeros(demands)]),
        high=np.ones(sites + demands),
        whole=sites,
    )


def _apart(near: Marks) -> int:
    """Return a number of demands no two of which share a site: all need as many sites at least."""
    free = np.ones(len(near), dtype=np.bool_)
    count = 0
    # Who has few sites is in nobody's way.
    for demand in np.argsort(near.sum(axis=1), kind="stable"):
        if free[demand]:
            count += 1
            free &= ~near[:, near[demand]].any(axis=1)
    return count


def _reached(near: Marks, weights: Floats, chosen: Ints) -> float:
    return float(weights[near[:, chosen].any(axis=1)].sum())


def _greedy(near: Marks, weights: Floats, wanted: float, fixed: Ints) -> Ints:
    """Return sites, each the one that adds most, until it is enough; ties go to the lowest."""
    chosen = fixed.tolist()
    # As doubles, which numpy multiplies by far faster than marks.
    reach = near.astype(np.float64)
    open_yet = ~near[:, fixed].any(axis=1)
    # What all sites together reach is enough, but for rounding of the sums.
    while float(weights[~open_yet].sum()) < wanted:
        gains = (weights * open_yet) @ reach
        site = int(gains.argmax())
        if not gains[site] > 0:
            break
        chosen.append(site)
        open_yet &= ~near[:, site]
    return np.sort(np.array(chosen, dtype=np.int64))


def pruned(near: Marks, weights: Floats, wanted: float, fixed: Ints, chosen: Ints) -> Ints:
    """Return the sites without those that later ones made needless; the last goes first."""
    kept = chosen
    for site in np.setdiff1d(chosen, fixed)[::-1]:
        without = kept[kept != site]
        if _reached(near, weights, without) >= wanted:
            kept = without
    return kept
