"""One step of the search: the best site to add, the best swap, and prices for the bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.compiling import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Marks = NDArray[np.bool_]


@kernel
def best_addition(cost: Floats, nearest: Floats, closed: Marks) -> int:
    """Return the closed site that saves the most over the present costs; the lowest of equals."""
    best, best_gain = -1, -1.0
    for site in range(cost.shape[0]):
        if not closed[site]:
            continue
        gain = 0.0
        for demand in range(cost.shape[1]):
            saved = nearest[demand] - cost[site, demand]
            if saved > 0.0:
                gain += saved
        if gain > best_gain:
            best, best_gain = site, gain
    return best


@kernel
def two_nearest(cost: Floats, chosen: Ints, at: Ints, first: Floats, second: Floats) -> None:
    """Note each demand's place in `chosen` of its nearest site, its cost, and that of the next."""
    for demand in range(cost.shape[1]):
        place, low, next_low = 0, np.inf, np.inf
        for candidate in range(len(chosen)):
            here = cost[chosen[candidate], demand]
            if here < low:
                place, low, next_low = candidate, here, low
            elif here < next_low:
                next_low = here
        at[demand], first[demand], second[demand] = place, low, next_low


@kernel
def best_swap(
    cost: Floats, closed: Marks, movable: Marks, at: Ints, first: Floats, second: Floats
) -> tuple[float, int, int]:
    """Return what the best swap saves, the site that comes, and the place in `chosen` that goes.

    For each site that may come, one walk over the demands tells what all who may go would cost
    (Whitaker 1983; Resende and Werneck 2007): a demand that the new site serves better saves
    whoever goes; else, when its own site goes, it falls back on the new or on its second.
    """
    best, comes, goes = 0.0, -1, -1
    loss = np.empty(len(movable))
    for site in range(cost.shape[0]):
        if not closed[site]:
            continue
        gain = 0.0
        loss[:] = 0.0
        for demand in range(cost.shape[1]):
            here = cost[site, demand]
            if here < first[demand]:
                gain += first[demand] - here
            else:
                loss[at[demand]] += min(here, second[demand]) - first[demand]
        for place in range(len(movable)):
            if movable[place] and gain - loss[place] > best:
                best, comes, goes = gain - loss[place], site, place
    return best, comes, goes


@kernel
def prices(cost: Floats, multipliers: Floats, price: Floats) -> None:
    """Note what opening each site costs when every demand pays its multiplier: 0 or less."""
    for site in range(cost.shape[0]):
        total = 0.0
        for demand in range(cost.shape[1]):
            left = cost[site, demand] - multipliers[demand]
            if left < 0.0:
                total += left
        price[site] = total
