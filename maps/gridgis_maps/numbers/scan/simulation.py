"""Random worlds in which no place is special, and the greatest ratio of each."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridgis.locate.threads import each, processors
from gridgis_maps.numbers.scan.asked import PERMUTATION, SPATIAL
from gridgis_maps.numbers.scan.kernels.cylinders import LANES, greatest, tabulate
from gridgis_maps.numbers.scan.statistic import bars_at, rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis_maps.numbers.scan.asked import Asked
    from gridgis_maps.numbers.scan.cylinders import Windows
    from gridgis_maps.numbers.scan.kernels.cylinders import Circles, Expected
    from gridgis_maps.numbers.scan.study import Study

WINDOWS_AT_ONCE = 32
"""Time windows that are counted together, so that the counts stay in memory."""
_FIRST_LEVEL, _LEAST_LEVEL = 6.0, 0.1
_BELOW = 0.85
_EQUAL = 1 - 1e-9


class Cylinders(NamedTuple):
    """All that is looked at."""

    circles: Circles
    windows: Windows
    expected: Expected


def greatest_ratios(
    study: Study, asked: Asked, cylinders: Cylinders, observed: float, seed: int
) -> NDArray[np.float64]:
    """Return the greatest ratio of each random world, in the order of their drawing.

    World i is drawn from the seed (seed, i), so the answer depends on no other world and no
    number of threads. With `asked.stop_after` it ends with the world that reached the `observed`
    ratio as the last of so many (Besag and Clifford 1991,
    https://doi.org/10.1093/biomet/78.2.301).
    """
    worlds = _Worlds(study, asked, cylinders, seed)
    batches = -(-asked.simulations // LANES)
    found = np.empty(0)
    for begin, end in _waves(batches, wait=asked.stop_after is not None):
        more = each(partial(worlds.batch, begin), end - begin)
        # The first ones find the level that the others begin with.
        found = np.concatenate([found, *more])
        worlds.level = float(found.min()) * _BELOW
        if asked.stop_after is not None:
            reached = np.flatnonzero(found >= observed * _EQUAL)
            if len(reached) >= asked.stop_after:
                return found[: reached[asked.stop_after - 1] + 1]
    return found


def _waves(batches: int, *, wait: bool) -> list[tuple[int, int]]:
    """Return which batches are done at a time: few at first, and always few to wait and see."""
    few = processors()
    ends = range(0, batches, few) if wait else range(0, min(batches, 2 * few), few)
    return list(pairwise([*ends, batches]))


class _Worlds:
    """Draws random worlds and scans them, many at a time."""

    def __init__(self, study: Study, asked: Asked, cylinders: Cylinders, seed: int) -> None:
        self.study, self.asked, self.cylinders, self.seed = study, asked, cylinders, seed
        self.level = _FIRST_LEVEL
        few = _most_inside(study, asked) < np.iinfo(np.uint16).max
        self.kind: type = np.uint16 if few else np.uint32
        self.rows = rows_of(study.weight, asked.most_share)
        self.share = study.weight / study.weight.sum()

    def batch(self, begin: int, number: int) -> NDArray[np.float64]:
        """Return the greatest ratios of a batch of worlds, counted from batch `begin`."""
        first = (begin + number) * LANES
        worlds = range(first, min(first + LANES, self.asked.simulations))
        drawn = [self._draw(world) for world in worlds]
        best = np.zeros(LANES)
        for window in range(0, len(self.cylinders.windows[0]), WINDOWS_AT_ONCE):
            some = slice(window, window + WINDOWS_AT_ONCE)
            np.maximum(best, self._scan(drawn, some), out=best)
        return best[: len(worlds)]

    def _draw(self, world: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the place and the interval of each case of a random world."""
        random = np.random.default_rng([self.seed, world])
        study, cases = self.study, len(self.study.place)
        if self.asked.model == PERMUTATION:
            return study.place, random.permutation(study.time)
        here = random.multinomial(cases, self.share)
        place = np.repeat(np.arange(len(here), dtype=np.int32), here)
        if self.asked.design == SPATIAL:
            return place, np.zeros(cases, np.int32)
        return place, random.integers(study.period.intervals, size=cases, dtype=np.int32)

    def _scan(
        self, drawn: list[tuple[NDArray[np.int32], NDArray[np.int32]]], some: slice
    ) -> NDArray[np.float64]:
        first, last = (ends[some] for ends in self.cylinders.windows)
        counts: NDArray[Any] = np.zeros((len(self.study.weight), len(first) * LANES), self.kind)
        until = np.empty((len(self.study.weight), self.study.period.intervals + 1), np.int32)
        for lane, (place, time) in enumerate(drawn):
            tabulate(place, time, (first, last), until, counts, lane)
        expected = self.cylinders.expected
        expected = expected._replace(factor=expected.factor[some])
        best, level = np.zeros(LANES), self.level
        # Whoever stays below the level is looked for again at half of it, in the end at none.
        while True:
            level = level if level > _LEAST_LEVEL else 0.0
            bars = bars_at(level, self.rows, expected, self.kind)
            greatest(self.cylinders.circles, counts, bars, expected, best)
            if level == 0 or best[: len(drawn)].min() >= level:
                return best
            level /= 2


def _most_inside(study: Study, asked: Asked) -> float:
    """Return how many cases a circle of a random world can hold at most."""
    # By permutation each place keeps its cases; by exposure anything may come about.
    return len(study.place) * (asked.most_share if asked.model == PERMUTATION else 1.0)
