"""Where the crowd stands on the roads, by one mode at one time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from gridgis.nearest.kernels.byroad import Marks
from gridgis.nearest.kernels.standing import NOBODY, Stands, move
from gridgis.roads.kernels.shapes import NEVER, Scratch, Spots

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.nearest.crowd import Crowd
    from gridgis.roads.times import TravelTimes

_FIRST_SEARCH = (1 << 31) - 1


class Standing:
    """The crowd on the roads of some travel times, and the room that a search there needs.

    `lock` is held by whoever moves somebody or searches: searches take microseconds.
    """

    def __init__(self, times: TravelTimes, crowd: Crowd) -> None:
        self.times = times
        self.crowd = crowd
        self.lock = threading.Lock()
        stands = 2 * len(crowd)
        self.stands = Stands(
            first=np.full(len(times.network), NOBODY, np.int32),
            after=np.full(stands, NOBODY, np.int32),
            before=np.full(stands, NOBODY, np.int32),
            spots=Spots(
                np.full(stands, -1, np.int32),
                np.zeros(stands),
                np.zeros(stands, np.int32),
                np.zeros(stands),
            ),
        )
        self.marks = Marks(np.full(stands, NEVER, np.int64), np.zeros(stands, np.int32))
        arcs = len(times.ways.onward.to)
        self.scratch = Scratch(
            np.full(times.states, NEVER, np.int64),
            np.empty(times.states, np.int32),
            # Each arc may be pushed once, each stand from either end of its road and directly.
            np.empty(arcs + times.states + 4 * stands + 64, np.int64),
        )
        self._search = _FIRST_SEARCH
        self._seen = 0
        homes = np.arange(0, stands, 2, dtype=np.int32)
        self._put(homes, crowd.home_lon, crowd.home_lat)
        self._put(homes + 1, crowd.lon, crowd.lat)

    def catch_up(self) -> None:
        """Move those whose positions have changed; the lock is held."""
        sequence = self.crowd.sequence
        if sequence == self._seen:
            return
        rows = np.flatnonzero(self.crowd.changed > self._seen)
        self._seen = sequence
        stands = (2 * rows + 1).astype(np.int32)
        self._put(stands, self.crowd.lon[rows], self.crowd.lat[rows])

    def next_search(self) -> int:
        """Return the number of a new search; the lock is held."""
        self._search -= 1
        if self._search == 0:
            self.scratch.label[:] = NEVER
            self.marks.label[:] = NEVER
            self._search = _FIRST_SEARCH
        return self._search

    def _put(
        self, stands: NDArray[np.int32], lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> None:
        move(self.stands, stands, self.times.snap(lon, lat))
