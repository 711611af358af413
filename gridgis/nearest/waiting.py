"""Positions that wait to be written: nothing of them is lost while the database is away."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.store.positions import Batch

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from numpy.typing import NDArray

    from gridgis.nearest.crowd import Crowd

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

MOST_AT_ONCE = 10_000
"""Positions that one statement writes."""

_MOST_PARTS = 500


class Measured(NamedTuple):
    """Positions, column by column.

    Attributes
    ----------
    lon, lat
        EPSG:4326 degrees on the earth.
    accuracy_m
        Metres; NaN where unknown.
    at_ms
        When they were measured, milliseconds since 1970.
    """

    lon: Floats
    lat: Floats
    accuracy_m: Floats
    at_ms: Ints

    def at(self, places: Ints | NDArray[np.bool_]) -> Measured:
        """Return some of them."""
        return Measured(
            self.lon[places], self.lat[places], self.accuracy_m[places], self.at_ms[places]
        )


class Part(NamedTuple):
    """Positions, of whom (`ids`) and when they came (`recorded_ms`), in their order.

    Those not `in_history` only say where somebody is now.
    """

    ids: list[UUID]
    measured: Measured
    recorded_ms: Ints
    in_history: bool


class Waiting:
    """What waits, in the order in which it came. Whoever calls holds the lock.

    Positions of the history wait one by one. Of somebody who sends too often only that there is a
    newer one is noted: it is taken from memory when its time comes, so that one device cannot fill
    the queue.
    """

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._under_way: list[Part] = []
        self._moved: set[UUID] = set()
        self._count = 0
        # So many of the parts are as large as they should be.
        self._joined = 0

    def __len__(self) -> int:
        return self._count + len(self._moved)

    def add(self, part: Part) -> None:
        """Let positions of the history wait."""
        if part.ids:
            self._parts.append(part)
            self._count += len(part.ids)
            self._join()

    def note_moved(self, ids: Iterable[UUID]) -> None:
        """Note that the newest position of these is only in memory."""
        self._moved.update(ids)

    def take(self, crowd: Crowd, now_ms: int) -> Batch | None:
        """Return what came first, and what was noted; None: nothing waits.

        It counts as waiting until :meth:`done` says that it is written, or :meth:`give_back`.
        """
        taken, count = 0, 0
        while taken < len(self._parts) and count < MOST_AT_ONCE:
            count += len(self._parts[taken].ids)
            taken += 1
        self._under_way = self._parts[:taken]
        del self._parts[:taken]
        self._joined = max(self._joined - taken, 0)
        if self._moved:
            self._under_way.append(_newest(crowd, self._moved, now_ms))
            self._moved = set()
        return _batch(self._under_way) if self._under_way else None

    def done(self) -> None:
        """Forget what was taken: it is written."""
        self._count -= sum(len(part.ids) for part in self._under_way if part.in_history)
        self._under_way = []

    def give_back(self) -> None:
        """Let what was taken wait before all else: it could not be written."""
        noted = [part for part in self._under_way if not part.in_history]
        back = [part for part in self._under_way if part.in_history]
        self._parts[:0] = back
        self._joined += len(back)
        self._moved.update(chain.from_iterable(part.ids for part in noted))
        self._under_way = []

    def _join(self) -> None:
        """Make one of many small parts: each takes a kilobyte, a position in it a tenth."""
        small = self._parts[self._joined :]
        if len(small) < _MOST_PARTS:
            return
        if sum(len(part.ids) for part in small) <= MOST_AT_ONCE:
            self._parts[self._joined :] = [_one(small)]
        self._joined = len(self._parts)

    def put_into(self, crowd: Crowd, before: Crowd) -> None:
        """Let another crowd know what the database does not know yet, of the crowd before."""
        for part in [*self._under_way, *self._parts, _newest(before, self._moved, 0)]:
            rows = crowd.rows_of(part.ids)
            known = rows >= 0
            crowd.put(rows[known], *part.measured.at(known))


def _newest(crowd: Crowd, ids: Iterable[UUID], now_ms: int) -> Part:
    """Return where these are by what is in memory; who has left is left out."""
    there = crowd.rows_of(ids)
    rows = there[there >= 0]
    measured = Measured(crowd.lon, crowd.lat, crowd.accuracy_m, crowd.at_ms).at(rows)
    recorded_ms = np.full(len(rows), now_ms, dtype=np.int64)
    return Part([crowd.people[row].id for row in rows], measured, recorded_ms, in_history=False)


def _one(parts: list[Part]) -> Part:
    columns = zip(*(part.measured for part in parts), strict=True)
    return Part(
        list(chain.from_iterable(part.ids for part in parts)),
        Measured._make(np.concatenate(column) for column in columns),
        np.concatenate([part.recorded_ms for part in parts]),
        in_history=True,
    )


def _batch(parts: list[Part]) -> Batch:
    whole = _one(parts)
    lon, lat, accuracy_m, at_ms = (column.tolist() for column in whole.measured)
    return Batch(
        ids=whole.ids,
        lon=lon,
        lat=lat,
        accuracy_m=accuracy_m,
        at_ms=at_ms,
        recorded_ms=whole.recorded_ms.tolist(),
        in_history=[part.in_history for part in parts for _ in part.ids],
    )
