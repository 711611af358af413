"""How long each road takes, by one mode at one time, with what is closed or slow then."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.roads.kernels.changing import retime
from gridgis.roads.kernels.queue import BUCKETS
from gridgis.roads.kernels.shapes import CLOSED_MS, NEVER, Arcs, Scratch, Spots, Ways
from gridgis.roads.kernels.snapping import snap_many
from gridgis.roads.kernels.sweeping import arrivals, sweep
from gridgis.roads.speeds import WALKING_M_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridgis.roads.modes import Mode
    from gridgis.roads.network import RoadNetwork
    from gridgis.roads.speeds import Pace

    Floats = NDArray[np.float64]

LONGEST_MS = CLOSED_MS - 1
"""Twelve days: no search goes farther."""

FARTHEST_FROM_ROAD_M = 1_000.0
"""A point farther than this from every road is not on the network, unless a setting says else."""


class Change(NamedTuple):
    """What is not as usual on some roads (int64): the speed by a factor, 0: closed, for whom."""

    roads: NDArray[np.int64]
    factor: float
    modes: int


@dataclass(frozen=True)
class TravelTimes:
    """One mode on a network at one time: what every search works on. It never changes.

    Attributes
    ----------
    network, mode, pace
        What it is of.
    ways
        The arcs with their milliseconds.
    most_m
        A point farther from a road than this is not on the network.
    usual
        The times without what is closed or slow; None: these are they.
    """

    network: RoadNetwork
    mode: Mode
    pace: Pace
    ways: Ways
    most_m: float = FARTHEST_FROM_ROAD_M
    usual: TravelTimes | None = None
    _own: threading.local = field(default_factory=threading.local, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        network: RoadNetwork,
        mode: Mode,
        pace: Pace,
        changes: Sequence[Change] = (),
        most_m: float = FARTHEST_FROM_ROAD_M,
    ) -> TravelTimes:
        """Return the times at a pace, with changes; see :meth:`changed`."""
        ms = _travel_ms(network, pace, slice(None), 1.0)
        usual = cls(network, mode, pace, _ways(network, mode, np.repeat(ms, 2)), most_m)
        return usual.changed(changes)

    def changed(self, changes: Sequence[Change]) -> TravelTimes:
        """Return the times with changes; of several on one road all count. These stay as they are.

        Raises
        ------
        ValueError
            These have changes already.
        """
        if self.usual is not None:
            msg = "changes are made to the usual times"
            raise ValueError(msg)
        own = [one for one in changes if one.modes & self.mode.bit and len(one.roads)]
        if not own:
            return self
        roads = np.unique(np.concatenate([one.roads for one in own]))
        factor, closed = np.ones(len(roads)), np.zeros(len(roads), dtype=np.bool_)
        for one in own:
            at = np.searchsorted(roads, one.roads)
            if one.factor > 0:
                factor[at] *= one.factor
            else:
                closed[at] = True
        took_ms = _travel_ms(self.network, self.pace, roads, factor)
        took_ms[closed] = CLOSED_MS
        ways = _copied(self.ways)
        arcs = (2 * roads[:, None] + np.array([0, 1])).ravel()
        ways.ms[arcs] = np.repeat(took_ms, 2)
        ways.usable[roads[closed]] = 0
        retime(ways, arcs)
        return TravelTimes(self.network, self.mode, self.pace, ways, self.most_m, self)

    @property
    def states(self) -> int:
        """How many states a search may come to."""
        return len(self.ways.onward.first) - 1

    def snap(self, lon: Floats, lat: Floats) -> Spots:
        """Return where points meet the roads that are open; lon and lat in EPSG:4326 degrees."""
        count = len(lon)
        spots = Spots(
            np.empty(count, np.int32),
            np.empty(count, np.float64),
            np.empty(count, np.int32),
            np.empty(count, np.float64),
        )
        # One kind of array for the kernel, which would be compiled anew for columns of a frame.
        points = (np.require(lon, np.float64, ["C", "W"]), np.require(lat, np.float64, ["C", "W"]))
        snap_many(
            self.network.pieces, self.ways.usable, points, float(self.most_m), WALKING_M_S, spots
        )
        return spots

    def scratch(self) -> tuple[Scratch, int]:
        """Return this thread's own room for a search, and the search's number."""
        own = self._own
        if not hasattr(own, "scratch") or own.search == 0:
            own.scratch = new_scratch(self.ways)
            own.search = (1 << 31) - 1
        own.search -= 1
        return own.scratch, own.search

    def table(
        self, sources: Spots, targets: Spots, limit_ms: int = LONGEST_MS
    ) -> NDArray[np.int32]:
        """Return the times from each source to each target, CLOSED_MS where there is no way.

        int32 [sources, targets], milliseconds. One search a source, or a target when these are
        fewer.
        """
        times = np.empty((len(sources.road), len(targets.road)), np.int32)
        if len(sources.road) <= len(targets.road):
            for i in range(len(sources.road)):
                self._sweep_one(at(sources, i), targets, (limit_ms, 1), times[i])
        else:
            column = np.empty(len(sources.road), np.int32)
            for j in range(len(targets.road)):
                self._sweep_one(at(targets, j), sources, (limit_ms, 0), column)
                times[:, j] = column
        return times

    def _sweep_one(
        self, origin: Spots, spots: Spots, ask: tuple[int, int], times_ms: NDArray[np.int32]
    ) -> None:
        scratch, search = self.scratch()
        sweep(self.ways, scratch, search, origin, ask)
        arrivals(self.ways, scratch, search, (origin, spots, ask[1]), times_ms)
        # A walk at the end may go beyond the limit.
        times_ms[times_ms > ask[0]] = CLOSED_MS


def _travel_ms(
    network: RoadNetwork,
    pace: Pace,
    roads: slice | NDArray[np.int64],
    factor: float | Floats,
) -> NDArray[np.int32]:
    """Return the milliseconds of roads at a share of their speed; at least one."""
    speed_kmh = pace.speeds_kmh(network.kind[roads], network.limit_kmh[roads]) * factor
    took_ms = np.rint(network.length_m[roads] * 3_600.0 / speed_kmh)
    return np.clip(took_ms, 1, LONGEST_MS).astype(np.int32)


def _copied(ways: Ways) -> Ways:
    """Return the same arcs with times of their own."""
    return ways._replace(
        onward=ways.onward._replace(ms=ways.onward.ms.copy()),
        backward=ways.backward._replace(ms=ways.backward.ms.copy()),
        ms=ways.ms.copy(),
        usable=ways.usable.copy(),
    )


def new_scratch(ways: Ways, slots: int | None = None) -> Scratch:
    """Return room for searches on some ways; with fewer `slots` they tidy up more often.

    There must be two slots more than states.
    """
    states, arcs = len(ways.onward.first) - 1, len(ways.onward.to)
    slots = slots or arcs + states + 64
    return Scratch(
        label=np.full(states, NEVER, np.int64),
        via=np.empty(states, np.int32),
        bucket=np.empty(BUCKETS, np.int32),
        key=np.empty(slots, np.int64),
        after=np.empty(slots, np.int32),
        now=np.zeros(4, np.int64),
        heap=np.empty(slots, np.int64),
    )


def at(spots: Spots, number: int) -> Spots:
    """Return one of some spots."""
    own = slice(number, number + 1)
    return Spots(spots.road[own], spots.share[own], spots.leg_ms[own], spots.off_m[own])


def _ways(network: RoadNetwork, mode: Mode, ms: NDArray[np.int32]) -> Ways:
    graph = network.graphs[mode]
    taken = graph.ends >= 0
    is_open = (taken & (ms < CLOSED_MS)).reshape(-1, 2).any(axis=1)
    usable = np.where(is_open, np.where(graph.main, 2, 1), 0).astype(np.uint8)
    return Ways(
        onward=Arcs(graph.first, graph.to, graph.arc, ms[graph.arc]),
        backward=Arcs(graph.back_first, graph.back_to, graph.back_arc, ms[graph.back_arc]),
        ends=graph.ends,
        ms=ms,
        usable=usable,
    )
