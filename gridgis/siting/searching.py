"""Good sites, quickly: greedy addition, then swaps until none helps, from several starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.siting.kernels.searching import best_addition, best_swap, two_nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.siting.ground import Effort, Watch

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# A swap that saves less than this share is rounding, and could be taken back for ever.
_LEAST_SAVING = 1e-10

# A new start keeps the others of the best sites: all anew would lose what is known.
_MOST_MOVED = 0.3


class Search:
    """A search for the `count` sites with the least total cost; each demand pays its nearest.

    Parameters
    ----------
    cost
        Sites by demands, finite, C-contiguous.
    fixed
        Sites that stay.
    """

    def __init__(self, cost: Floats, fixed: Ints, count: int, watch: Watch) -> None:
        self.cost = cost
        self.fixed = fixed
        self.count = count
        self.watch = watch
        demands = cost.shape[1]
        self._at = np.zeros(demands, dtype=np.int64)
        self._first = np.zeros(demands)
        self._second = np.zeros(demands)

    def best(self, effort: Effort) -> Ints:
        """Return the best sites of all starts, ascending."""
        best = self.improved(self.greedy())
        low = self.total(best)
        for _ in range(effort.restarts):
            if not self.watch.left_s:
                break
            found = self.improved(self._shaken(best, effort.rng))
            total = self.total(found)
            if total < low * (1 - _LEAST_SAVING):
                best, low = found, total
        return best

    def total(self, chosen: Ints) -> float:
        """Return what the demands pay in all."""
        return float(self.cost[chosen].min(axis=0).sum())

    def greedy(self, start: Ints | None = None) -> Ints:
        """Return sites added one by one, each where it saves the most; ties go to the lowest."""
        chosen = list(self.fixed if start is None else start)
        closed = self._closed(np.array(chosen, dtype=np.int64))
        nearest = self.cost[chosen].min(axis=0) if chosen else self.cost.max(axis=0, initial=0.0)
        while len(chosen) < self.count:
            site = best_addition(self.cost, nearest, closed)
            chosen.append(site)
            closed[site] = False
            nearest = np.minimum(nearest, self.cost[site])
        return np.sort(np.array(chosen, dtype=np.int64))

    def improved(self, start: Ints) -> Ints:
        """Return the sites after the best swap, again and again (Teitz and Bart 1968).

        References
        ----------
        M. B. Teitz, P. Bart: Heuristic methods for estimating the generalized vertex median of a
        weighted graph. Operations Research 16 (1968). doi:10.1287/opre.16.5.955. With the fast
        evaluation of R. A. Whitaker (INFOR 21, 1983) and M. G. C. Resende, R. F. Werneck (Annals of
        Operations Research 150, 2007, doi:10.1007/s10479-006-0154-0).
        """
        chosen = start.copy()
        closed = self._closed(chosen)
        while self.watch.left_s:
            two_nearest(self.cost, chosen, self._at, self._first, self._second)
            movable = ~np.isin(chosen, self.fixed)
            saved, comes, goes = best_swap(
                self.cost, closed, movable, self._at, self._first, self._second
            )
            if comes < 0 or saved <= _LEAST_SAVING * self._first.sum():
                break
            closed[chosen[goes]], closed[comes] = True, False
            chosen[goes] = comes
        return np.sort(chosen)

    def _shaken(self, best: Ints, rng: np.random.Generator) -> Ints:
        """Return the best sites with some of them moved anywhere."""
        free = best[~np.isin(best, self.fixed)]
        closed = np.flatnonzero(self._closed(best))
        most = max(1, int(_MOST_MOVED * len(free)))
        moved = min(int(rng.integers(1, most + 1)), len(free), len(closed))
        goes = rng.choice(free, moved, replace=False)
        comes = rng.choice(closed, moved, replace=False)
        return np.sort(np.concatenate([best[~np.isin(best, goes)], comes]))

    def _closed(self, chosen: Ints) -> NDArray[np.bool_]:
        closed = np.ones(len(self.cost), dtype=np.bool_)
        closed[chosen] = False
        return closed
