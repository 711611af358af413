"""Where the crowd stands on the roads, by one mode at one time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from gridgis.nearest.kernels.byroad import Marks
from gridgis.nearest.kernels.standing import NOBODY, Stands, move
from gridgis.roads.kernels.shapes import NEVER, Spots
from gridgis.roads.times import new_scratch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.nearest.crowd import Crowd
    from gridgis.roads.times import TravelTimes

_FIRST_SEARCH = (1 << 31) - 1


class Standing:
    """The crowd on the roads of some travel times, and the room that a search there needs.

    `lock` is held by whoever moves somebody or searches: searches take microseconds.
    """

    def __init__(self, times: TravelTimes, crowd: Crowd, usual: Standing | None = None) -> None:
        """Put the crowd on the roads; `usual` is it on the same roads with nothing closed."""
        self.times = times
        self.crowd = crowd
        self.lock = threading.Lock()
        stands = 2 * len(crowd)
        self.marks = Marks(
            label=np.full(stands, NEVER, np.int64),
            arc=np.zeros(stands, np.int32),
            # Each stand is met from either end of its road, and directly.
            heap=np.empty(4 * stands + 64, np.int64),
        )
        self.scratch = new_scratch(times.ways)
        self._search = _FIRST_SEARCH
        self._seen = 0
        if usual is None:
            self.stands = _nowhere(len(times.network), stands)
            self._put(np.arange(stands, dtype=np.int32))
        else:
            with usual.lock:
                usual.catch_up()
                self.stands, self._seen = _copied(usual.stands), usual._seen
            # Nobody walks to a road that is closed.
            road = self.stands.spots.road
            lost = (road >= 0) & (times.ways.usable[road] == 0)
            self._put(np.flatnonzero(lost).astype(np.int32))

    def catch_up(self) -> None:
        """Move those whose positions have changed; the lock is held."""
        sequence = self.crowd.sequence
        if sequence == self._seen:
            return
        rows = np.flatnonzero(self.crowd.changed > self._seen)
        self._seen = sequence
        self._put((2 * rows + 1).astype(np.int32))

    def next_search(self) -> int:
        """Return the number of a new search; the lock is held."""
        self._search -= 1
        if self._search == 0:
            self.scratch.label[:] = NEVER
            self.marks.label[:] = NEVER
            self._search = _FIRST_SEARCH
        return self._search

    def _put(self, stands: NDArray[np.int32]) -> None:
        where = self.crowd.where
        spots = self.times.snap(where.lon[stands], where.lat[stands])
        move(self.stands, self.crowd.skills, stands, spots)


def _nowhere(roads: int, stands: int) -> Stands:
    return Stands(
        able=np.zeros(roads, np.uint8),
        first=np.full(roads, NOBODY, np.int32),
        after=np.full(stands, NOBODY, np.int32),
        before=np.full(stands, NOBODY, np.int32),
        spots=Spots(
            np.full(stands, -1, np.int32),
            np.zeros(stands),
            np.zeros(stands, np.int32),
            np.zeros(stands),
        ),
    )


def _copied(stands: Stands) -> Stands:
    return Stands(
        stands.able.copy(),
        stands.first.copy(),
        stands.after.copy(),
        stands.before.copy(),
        Spots(
            stands.spots.road.copy(),
            stands.spots.share.copy(),
            stands.spots.leg_ms.copy(),
            stands.spots.off_m.copy(),
        ),
    )
