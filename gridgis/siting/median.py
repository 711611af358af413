"""The p-median: stations where the weighted travel time of all is least."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.siting.covering import fewest, is_near
from gridgis.siting.ground import Effort, Watch, ground, require_count
from gridgis.siting.radii import radii_of, solve_by_radii
from gridgis.siting.relaxing import ROUNDING, relaxed
from gridgis.siting.searching import Search
from gridgis.siting.telling import Asking, answered, counted_as, listed, nothing, unreached

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from gridgis.siting.answers import Siting
    from gridgis.siting.ground import Ground
    from gridgis.siting.relaxing import Relaxed

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_RADII = 50_000
"""Rows of the programme beyond which `auto` leaves HiGHS out."""

# Doubles hold all whole numbers below it.
_MOST_WHOLE = 2.0**53


class Median(NamedTuple):
    """The sites with the least total cost that were found, and what no choice goes below."""

    chosen: Ints
    total: float
    bound: float
    exact: bool


def p_median(
    travel_s: ArrayLike,
    weights: ArrayLike,
    p: int,
    *,
    fixed: Sequence[int] | Ints = (),
    effort: Effort | None = None,
) -> Siting:
    r"""Return where `p` stations should stand so that the weighted travel time is least.

    .. math:: \min_{|S| = p} \sum_i w_i \min_{j \in S} t_{ij}

    Every demand with a weight must be reached; where `p` sites cannot do that, it is infeasible.
    Give a weight of 0 to those that shall not count.

    Parameters
    ----------
    travel_s
        Seconds from each site to each demand: demands by sites, 0 or more; inf: no way there.
    weights
        Of the demands, such as households, 0 or more.
    p
        Stations in all, those that stand already among them. More than there are sites: all.
    fixed
        Sites that stand already.

    Raises
    ------
    InvalidInputError
        The shapes do not fit, a number is missing or below 0, or `p` is below what stands.

    References
    ----------
    S. L. Hakimi: Optimum locations of switching centers and the absolute centers and medians of a
    graph. Operations Research 12 (1964). doi:10.1287/opre.12.3.450.

    Examples
    --------
    Three households along a street, a minute apart; the one in the middle is nearest to all.

    >>> found = p_median([[0, 60, 120], [60, 0, 60], [120, 60, 0]], [1, 1, 1], 1)
    >>> found.chosen.tolist(), found.objective, found.status
    ([1], 120.0, 'optimal')
    """
    effort = effort or Effort()
    known = ground(travel_s, weights, fixed)
    count = require_count(known, p)
    asking = Asking("p-median", known, Watch(effort.time_limit_s))
    never = unreached(known, np.inf)
    if len(never):
        return nothing(
            asking,
            f"{counted_as(len(never), 'demand')} reached by no site: {listed(never)}; "
            "add sites, or leave them out (--skip-unreached)",
        )
    start, stop = _reaching(asking, count)
    if stop is not None:
        return stop
    found = solve_median(_costs(known), known.fixed, count, effort, asking.watch, start)
    return answered(asking, found.chosen, found.bound, exact=found.exact)


def solve_median(
    cost: Floats,
    fixed: Ints,
    count: int,
    effort: Effort,
    watch: Watch,
    start: Ints | None = None,
) -> Median:
    """Return the `count` sites with the least total cost: search, bound, and then HiGHS.

    Parameters
    ----------
    cost
        Sites by demands; inf where a site cannot serve one. Then `start` serves all.
    """
    unserved = np.inf if start is None else _unserved(cost)
    finite = cost if start is None else np.where(np.isfinite(cost), cost, unserved)
    search = Search(np.ascontiguousarray(finite), fixed, count, watch)
    best = search.best(effort)
    if start is not None:
        best = _better(search, best, search.improved(start))
    low = relaxed(search.cost, fixed, count, search.total(best), watch)
    best = _better(search, best, search.improved(low.opened))
    total = search.total(best)
    bound = _sharpened(low.bound, search.cost, total)
    if effort.method == "heuristic" or bound >= total or not watch.left_s:
        exact = effort.method != "heuristic" and bound >= total
        return Median(best, total, min(bound, total), exact)
    return _finished(search, low, Median(best, total, bound, exact=False), effort, unserved)


def _finished(
    search: Search, low: Relaxed, known: Median, effort: Effort, unserved: float
) -> Median:
    """Return what HiGHS makes of it, where it is let."""
    fixed, count = search.fixed, search.count
    stays, out = low.decided(fixed, count, known.total)
    # Who pays as much as `unserved` is not served at all.
    farthest = np.minimum(low.farthest(known.total), np.nextafter(unserved, 0))
    radii = radii_of(search.cost, count, stays, out, farthest)
    if effort.method == "auto" and len(radii.cost) > MOST_RADII:
        return known
    chosen, bound = solve_by_radii(radii, count, stays, out, search.watch.left_s)
    best = known.chosen if chosen is None else _better(search, known.chosen, chosen)
    total = search.total(best)
    bound = _sharpened(max(known.bound, bound), search.cost, total)
    return Median(best, total, min(bound, total), exact=True)


def _better(search: Search, one: Ints, other: Ints) -> Ints:
    return other if search.total(other) < search.total(one) else one


def _sharpened(bound: float, cost: Floats, total: float) -> float:
    """Return the bound, rounded up where all totals are whole numbers."""
    if total < _MOST_WHOLE and np.isfinite(bound) and (cost == np.rint(cost)).all():
        return float(np.ceil(bound - ROUNDING * max(1.0, abs(bound)) - 1e-6))
    return bound


def _unserved(cost: Floats) -> float:
    """Return a cost above that of serving everybody: a swap that serves one more always pays."""
    worst = np.where(np.isfinite(cost), cost, 0.0).max(axis=0, initial=0.0)
    return 2.0 * float(worst.sum()) + 1.0


def _costs(known: Ground) -> Floats:
    """Return weight times seconds, sites by demands, of the demands that have a weight."""
    counted = known.counted
    return np.ascontiguousarray((known.travel_s[counted] * known.weights[counted, None]).T)


def _reaching(asking: Asking, count: int) -> tuple[Ints | None, Siting | None]:
    """Return sites that reach everybody, where that is in question, or that there are none."""
    known = asking.known
    if np.isfinite(known.travel_s[known.counted]).all():
        return None, None
    near = is_near(known, np.inf)
    each = np.ones(len(near))
    cover = fewest(near, each, float(len(near)), known.fixed, asking.watch, Effort("exact"))
    if cover.bound > count:
        return None, nothing(
            asking,
            f"p = {count} cannot reach all demands: at least {cover.bound:.0f} sites are needed",
        )
    if len(cover.chosen) > count:
        return None, nothing(
            asking,
            f"in the time no {count} sites were found that reach all demands, and that there are "
            "none is not proven",
            bound=0.0,
        )
    spare = np.setdiff1d(np.arange(known.sites), cover.chosen)[: count - len(cover.chosen)]
    return np.sort(np.concatenate([cover.chosen, spare])), None
