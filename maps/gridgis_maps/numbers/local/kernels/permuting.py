"""Count how often a neighbourhood that was drawn at random holds as much as the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis.compiling import bare, kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Grids(NamedTuple):
    """What is known of each grid.

    Attributes
    ----------
    value
        float64: what it holds.
    neighbours
        int64: how many it has.
    level
        int64: where in `Levels.sums` its own sum lies; -1: it is not asked for.
    """

    value: NDArray[np.float64]
    neighbours: NDArray[np.int64]
    level: NDArray[np.int64]


class Levels(NamedTuple):
    """The different sums of neighbours, by how many neighbours they are of.

    Attributes
    ----------
    sizes
        int64: the numbers of neighbours that occur, rising.
    begins
        int64: where in `sums` each number's begin, and where the last ends.
    sums
        float64: rising for each number.
    slack
        By how much two sums may differ and be equal.
    """

    sizes: NDArray[np.int64]
    begins: NDArray[np.int64]
    sums: NDArray[np.float64]
    slack: float


class Counts(NamedTuple):
    """How many draws lie where; written.

    Attributes
    ----------
    equal, between
        int64: at each level, and between it and the one before; one more for each number of
        neighbours, past its last level.
    more, fewer
        int64: what each grid's own draws, at least and at most as much, differ from these.
    """

    equal: NDArray[np.int64]
    between: NDArray[np.int64]
    more: NDArray[np.int64]
    fewer: NDArray[np.int64]


@kernel
def count_draws(
    uniform: NDArray[np.float64],
    pool: NDArray[np.int64],
    grids: Grids,
    levels: Levels,
    counts: Counts,
) -> None:
    """Put the grids in random orders, and set each start of one beside all sums of as many.

    Parameters
    ----------
    uniform
        (orders, longest), 0 to 1: a row makes one order, of which so many grids are known.
    pool
        All grids in any order; in another one afterwards.
    """
    orders, longest = uniform.shape
    n = len(pool)
    for order in range(orders):
        total, number = 0.0, 0
        for at in range(longest):
            other = at + int(uniform[order, at] * (n - at))
            pool[at], pool[other] = pool[other], pool[at]
            total += grids.value[pool[at]]
            if number < len(levels.sizes) and at + 1 == levels.sizes[number]:
                _count(total, number, levels, counts)
                number += 1
        for at in range(longest - 1):
            if grids.level[pool[at]] >= 0 and at < grids.neighbours[pool[at]]:
                _correct(at, pool, grids, levels, counts)


@bare
def _count(total: float, number: int, levels: Levels, counts: Counts) -> None:
    """Count a draw at its level, or before the first that is greater."""
    low, end = levels.begins[number], levels.begins[number + 1]
    high = end
    while low < high:
        middle = (low + high) // 2
        if total - levels.sums[middle] <= levels.slack:
            high = middle
        else:
            low = middle + 1
    if low < end and total - levels.sums[low] >= -levels.slack:
        counts.equal[low + number] += 1
    else:
        counts.between[low + number] += 1


@bare
def _correct(
    at: int, pool: NDArray[np.int64], grids: Grids, levels: Levels, counts: Counts
) -> None:
    """Take a grid out that was drawn among its own neighbours: the next one moves up.

    Of a random order of all grids that leaves a random order of the others.
    """
    grid = pool[at]
    level, slack = levels.sums[grids.level[grid]], levels.slack
    drawn = 0.0
    for place in range(grids.neighbours[grid]):
        drawn += grids.value[pool[place]]
    # Added up anew: with the grid's own great value in it, small ones would lose digits.
    others = 0.0
    for place in range(grids.neighbours[grid] + 1):
        if place != at:
            others += grids.value[pool[place]]
    counts.more[grid] += int(others - level >= -slack) - int(drawn - level >= -slack)
    counts.fewer[grid] += int(others - level <= slack) - int(drawn - level <= slack)
