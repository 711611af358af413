"""How likely a neighbourhood as full, or as empty, is by chance: p by permutations."""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis_maps.numbers.local.kernels.permuting import Counts, Grids, Levels, count_draws

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis_maps.numbers.local.weights import Weights

FEWEST, MOST = 9_999, 5_000_000
"""How many permutations are made unless somebody says."""

SPARE = 5
"""So many times what a lone grid needs: then chance in the count no longer decides."""

MOST_STEPS = 500_000_000
AT_ONCE = 1_000_000
SAME = 1e-11
"""Which part of the greatest sum two sums may differ by: they are added up in any order."""


class Tails(NamedTuple):
    """How many draws hold at least, and at most, as much as each grid's neighbours.

    -1: there is nothing to draw.
    """

    more: NDArray[np.int64]
    fewer: NDArray[np.int64]


def least_permutations(n: int, q: float) -> int:
    """Return how many permutations are needed for a lone grid of n to be a discovery.

    The least two-sided p of m permutations is ``2 / (m + 1)``, and a lone discovery needs
    ``p <= q / n``; of one side, half as many do.

    >>> least_permutations(579, 0.05), least_permutations(5000, 0.05)
    (23159, 199999)
    """
    return ceil(2 * n / q * (1 - 1e-12)) - 1


def wanted_permutations(weights: Weights, q: float) -> int:
    """Return how many permutations to make: as many as decide, within what is quickly done.

    `SPARE` times `least_permutations`, not below `FEWEST`, not above `MOST`, and less where wide
    bands make each of them long.
    """
    sizes = np.unique(weights.neighbours)
    steps = int(sizes[-1]) + 8 * len(sizes) if len(sizes) else 1
    most = max(FEWEST, min(MOST, MOST_STEPS // steps))
    return min(max(FEWEST, SPARE * (least_permutations(weights.n, q) + 1) - 1), most)


def tails(values: NDArray[np.float64], weights: Weights, m: int, seed: int) -> Tails:
    """Count, for each grid, the draws of its neighbours that hold as much and as little.

    The grid's own value stays, its k neighbours are drawn from all others without replacement
    (conditional permutation, Anselin 1995, doi:10.1111/j.1538-4632.1995.tb00338.x). One random
    order serves all grids at once: its first k are the draw of every grid with k neighbours, but
    of those who are among them, for whom the next one moves up. That is exact, and costs m orders
    instead of m draws for every grid. A grid without neighbours, or to which all others are
    neighbours, has nothing to draw.

    Parameters
    ----------
    values
        (n,), all finite.
    weights
        Of the same n grids.
    m
        How many orders, >= 1.
    seed
        The same seed gives the same counts.
    """
    n, neighbours = weights.n, weights.neighbours
    asked = (neighbours > 0) & (neighbours < n - 1)
    if not asked.any():
        return Tails(np.full(n, -1), np.full(n, -1))
    longest = int(neighbours[asked].max()) + 1
    slack = SAME * float(np.abs(values).max()) * longest
    levels, level = _levels(weights.matrix @ values, neighbours, asked, slack)
    equal, between = np.zeros((2, len(levels.sums) + len(levels.sizes)), dtype=np.int64)
    counts = Counts(equal, between, *np.zeros((2, n), dtype=np.int64))
    pool, random = np.arange(n), np.random.default_rng(seed)
    rows = max(1, AT_ONCE // longest)
    for begin in range(0, m, rows):
        uniform = random.random((min(rows, m - begin), longest))
        count_draws(uniform, pool, Grids(values, neighbours, level), levels, counts)
    more, fewer = counts.more, counts.fewer
    for number, (begin, end) in enumerate(pairwise(levels.begins)):
        mine = np.flatnonzero(asked & (neighbours == levels.sizes[number]))
        mine_at = level[mine] - begin
        here = slice(begin + number, end + number + 1)
        at_most = np.cumsum(equal[here] + between[here])[mine_at]
        fewer[mine] += at_most
        more[mine] += m - at_most + equal[here][mine_at]
    return Tails(np.where(asked, more, -1), np.where(asked, fewer, -1))


def _levels(
    sums: NDArray[np.float64], neighbours: NDArray[np.int64], asked: NDArray[np.bool_], slack: float
) -> tuple[Levels, NDArray[np.int64]]:
    """Return the different sums of the grids that are asked for, and where each grid's lies."""
    grids = np.flatnonzero(asked)
    grids = grids[np.lexsort((sums[grids], neighbours[grids]))]
    number, total = neighbours[grids], sums[grids]
    fresh = np.ones(len(grids), dtype=bool)
    fresh[1:] = (number[1:] != number[:-1]) | (total[1:] - total[:-1] > slack)
    level = np.full(len(sums), -1)
    level[grids] = np.cumsum(fresh) - 1
    sizes, begins = np.unique(number[fresh], return_index=True)
    return Levels(sizes, np.append(begins, fresh.sum()), total[fresh], slack), level
