"""How long each road takes, by one mode at one time, with what is closed or slow then."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

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
    network, mode
        What it is of.
    ways
        The arcs with their milliseconds.
    most_m
        A point farther from a road than this is not on the network.
    """

    network: RoadNetwork
    mode: Mode
    ways: Ways
    most_m: float = FARTHEST_FROM_ROAD_M
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
        """Return the times at a pace, with changes; of several on one road all count."""
        speed_kmh = pace.speeds_kmh(network.kind, network.limit_kmh)
        closed = np.zeros(len(network), dtype=np.bool_)
        for change in changes:
            if not change.modes & mode.bit:
                continue
            if change.factor > 0:
                speed_kmh[change.roads] *= change.factor
            else:
                closed[change.roads] = True
        took_ms = np.rint(network.length_m * 3_600.0 / speed_kmh)
        ms = np.clip(took_ms, 1, LONGEST_MS).astype(np.int32)
        ms[closed] = CLOSED_MS
        return cls(network, mode, _ways(network, mode, np.repeat(ms, 2)), most_m)

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
        points = (np.ascontiguousarray(lon, np.float64), np.ascontiguousarray(lat, np.float64))
        snap_many(
            self.network.pieces, self.ways.usable, points, float(self.most_m), WALKING_M_S, spots
        )
        return spots

    def scratch(self) -> tuple[Scratch, int]:
        """Return this thread's own room for a search, and the search's number."""
        own = self._own
        if not hasattr(own, "scratch") or own.search == 0:
            arcs = len(self.ways.onward.to)
            own.scratch = Scratch(
                np.full(self.states, NEVER, np.int64),
                np.empty(self.states, np.int32),
                np.empty(arcs + self.states + 64, np.int64),
            )
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
