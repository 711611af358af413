"""The p-center: stations from which the farthest demand is as near as it can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.siting.covering import fewest, is_near
from gridgis.siting.ground import Effort, Watch, ground, require_count
from gridgis.siting.telling import Asking, answered, counted_as, listed, nothing, unreached

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from gridgis.siting.answers import Siting
    from gridgis.siting.ground import Ground

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class _Halved(NamedTuple):
    """The sites that were found (None: none), and how many of the radii are proven too short."""

    chosen: Ints | None
    proven: int


def p_center(
    travel_s: ArrayLike,
    weights: ArrayLike,
    p: int,
    *,
    fixed: Sequence[int] | Ints = (),
    effort: Effort | None = None,
) -> Siting:
    r"""Return where `p` stations should stand so that the longest travel time is least.

    .. math:: \min_{|S| = p} \max_{i: w_i > 0} \min_{j \in S} t_{ij}

    The answer is one of the travel times: they are halved by asking whether `p` sites cover all
    within one of them. Weights say who counts, not how much. Fewer than `p` may be chosen.

    Parameters
    ----------
    travel_s, weights, p, fixed
        As for :func:`gridgis.siting.p_median`.

    Raises
    ------
    InvalidInputError
        The shapes do not fit, a number is missing or below 0, or `p` is below what stands.

    References
    ----------
    E. Minieka: The m-center problem. SIAM Review 12 (1970). doi:10.1137/1012016.

    Examples
    --------
    >>> found = p_center([[0, 60, 120], [60, 0, 60], [120, 60, 0]], [1, 1, 1], 1)
    >>> found.chosen.tolist(), found.objective
    ([1], 60.0)
    """
    effort = effort or Effort()
    known = ground(travel_s, weights, fixed)
    count = require_count(known, p)
    asking = Asking("center", known, Watch(effort.time_limit_s))
    never = unreached(known, np.inf)
    if len(never):
        return nothing(
            asking,
            f"{counted_as(len(never), 'demand')} reached by no site: {listed(never)}; "
            "add sites, or give them the weight 0",
        )
    seconds = known.travel_s[known.counted]
    # Nobody is nearer than to the nearest of all sites.
    least = float(seconds.min(axis=1).max(initial=0.0))
    radii = np.unique(seconds[np.isfinite(seconds) & (seconds >= least)])
    radii = radii if len(radii) else np.zeros(1)
    halved = _halved(known, radii, count, asking.watch, effort)
    if halved.chosen is None and halved.proven == len(radii):
        return nothing(asking, f"p = {count} cannot reach all demands")
    bound = float(radii[min(halved.proven, len(radii) - 1)])
    if halved.chosen is None:
        return nothing(asking, f"in the time no {count} sites were found that reach all", bound)
    return answered(asking, halved.chosen, bound, exact=effort.method != "heuristic")


def _halved(known: Ground, radii: Floats, count: int, watch: Watch, effort: Effort) -> _Halved:
    """Return sites for the least radius at which no more than `count` were found to cover all."""
    low, high = 0, len(radii)
    chosen, proven = None, 0
    while low < high:
        middle = (low + high) // 2
        near = is_near(known, float(radii[middle]))
        each = np.ones(len(near))
        cover = fewest(near, each, float(len(near)), known.fixed, watch, effort)
        if len(cover.chosen) <= count:
            chosen, high = cover.chosen, middle
        else:
            low = middle + 1
        if cover.bound > count:
            proven = low
    return _Halved(chosen, proven)
