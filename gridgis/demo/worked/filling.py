"""The values of thousands of cases that go the same way, by the names of a pattern's marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from gridgis.demo.worked.patterns import Pattern, Template, step_at
from gridgis.locate.metres import metres_per_degree_lat, metres_per_degree_lon

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from gridgis.demo.fabric import Ints
    from gridgis.demo.reports import Moments, Words
    from gridgis.demo.terrain import Floats
    from gridgis.demo.worked.limits import Running

_ACCURACY_M = 8.0


class Ground(NamedTuple):
    """The reports: ids, times (UTC), where each lies and where somebody who went there stands."""

    id: Words
    captured_at: Moments
    received_at: Moments
    category: Words
    channel: Words
    lon: Floats
    lat: Floats
    stands: Sequence[tuple[Floats, Floats]]


class Batch(NamedTuple):
    """Cases of one pattern: their numbers, the times of their steps (UTC), their clocks."""

    pattern: Pattern
    rows: Ints
    at: Moments
    clocks: Sequence[Running]


class Filling:
    """The values of a batch's cases, by the names of a pattern's marks."""

    def __init__(self, ground: Ground, columns: dict[str, Words], batch: Batch) -> None:
        self._ground = ground
        self._columns = columns
        self._batch = batch
        self.swept = counted(batch.clocks, None, len(batch.rows))

    def at(self, step: int) -> Moments:
        """Return when a step happens; -1 is the receipt, -2 the capture."""
        if step < 0:
            both = (self._ground.received_at, self._ground.captured_at)
            return both[-1 - step][self._batch.rows]
        return self._batch.at[:, step]

    def moment(self, at: datetime | None) -> Moments | None:
        """Return when that happens which a pattern has at a time; None: it does not."""
        return None if at is None else self.at(step_at(at))

    def iso(self, at: datetime | None) -> Words | None:
        """Return the same as text."""
        return None if at is None else iso(self.at(step_at(at)))

    def column(self, name: str, step: int) -> Words:
        """Return a column's values as text; those of positions and versions are of a step."""
        for start, known in self._own.items():
            if name.startswith(start):
                return known(self, name[len(start) :], step)
        if name in self._columns:
            return self._columns[name][self._batch.rows]
        return np.full(len(self._batch.rows), name, dtype=object)

    def text(self, template: Template, step: int) -> Words:
        """Return a template filled in."""
        if not template.columns:
            return np.full(len(self._batch.rows), template.text % (), dtype=object)
        columns = [self.column(name, step).tolist() for name in template.columns]
        return np.array([template.text % row for row in zip(*columns, strict=True)], dtype=object)

    def swept_version(self, at: Moments) -> Ints:
        """Return the version of each case when the sweep comes at a time."""
        steps = np.full(len(at), 0)
        for line in self._batch.pattern.lines:
            if line.step >= 0:
                steps += self._batch.at[:, line.step] <= at
        return steps + counted(self._batch.clocks, at, len(at))

    def tier_before(self, clock: Running) -> Words:
        """Return the tier that a late case is lifted from by the sweep."""
        if clock.begins < 0:
            course = self._batch.pattern.course
            first = np.full(len(clock.to), "grid", dtype=object)
            if "lift" not in course:
                return first
            lifted = self._batch.at[:, course.index("lift")] <= clock.escalated_at
            return np.where(lifted, self.column("lift_to", 0), first)
        return self.column("tier_anew", 0)

    def points(self, step: int) -> Words:
        """Return where somebody stood as extended WKB in hexadecimal."""
        lon, lat = self._stand(step)
        points = np.zeros(len(lon), np.dtype("u1, <u4, <u4, <f8, <f8"))
        points["f0"], points["f1"], points["f2"] = 1, 0x20000001, 4326
        points["f3"], points["f4"] = lon, lat
        written, size = points.tobytes().hex(), 2 * points.itemsize
        return np.array(
            [written[one * size : (one + 1) * size] for one in range(len(lon))], dtype=object
        )

    def distances(self, step: int) -> Floats:
        """Return how far from the report somebody stood, in metres to a decimetre."""
        lon, lat = self._stand(step)
        ground, rows = self._ground, self._batch.rows
        sizes = [
            (metres_per_degree_lon(one), metres_per_degree_lat(one))
            for one in ground.lat[rows].tolist()
        ]
        east_m, north_m = np.array(sizes).T
        east, north = (lon - ground.lon[rows]) * east_m, (lat - ground.lat[rows]) * north_m
        return np.array([round(one, 1) for one in np.hypot(east, north).tolist()])

    def _stand(self, step: int) -> tuple[Floats, Floats]:
        lon, lat = self._ground.stands[step % len(self._ground.stands)]
        return lon[self._batch.rows], lat[self._batch.rows]

    def _moments(self, step: str, _here: int) -> Words:
        return iso(self.at(int(step)))

    def _versions(self, number: str, step: int) -> Words:
        at = self._batch.at[:, step].astype("datetime64[us]")
        return (int(number) + counted(self._batch.clocks, at, len(at))).astype(object)

    def _locations(self, step: str, _here: int) -> Words:
        lon, lat = self._stand(int(step))
        pairs = zip(lon.tolist(), lat.tolist(), strict=True)
        return np.array(
            [f'{{"lon": {a!r}, "lat": {b!r}, "accuracy_m": {_ACCURACY_M}}}' for a, b in pairs],
            dtype=object,
        )

    def _distances(self, step: str, _here: int) -> Words:
        return self.distances(int(step)).astype(object)

    _own: ClassVar[Mapping[str, Callable[[Filling, str, int], Words]]] = {
        "at": _moments,
        "version+": _versions,
        "location": _locations,
        "distance_m": _distances,
    }


def iso(at: Moments) -> Words:
    """Return UTC times as text with their offset.

    >>> iso(np.array(["2025-01-01T08:00:00"], "datetime64[s]")).tolist()
    ['2025-01-01T08:00:00+00:00']
    """
    whole = at.astype("datetime64[s]")
    exact = whole if bool((whole == at).all()) else at
    return np.char.add(np.datetime_as_string(exact), "+00:00").astype(object)


def counted(clocks: Sequence[Running], at: Moments | None, count: int) -> Ints:
    """Return how many events of sweeps came before a time; None: in all."""
    found = np.zeros(count, dtype=np.int64)
    for clock in clocks:
        for swept, events in ((clock.warned_at, 1), (clock.escalated_at, 1 + clock.lifts)):
            found += (~np.isnat(swept) if at is None else swept < at) * events
    return found
