"""The way out of a zone on foot: who has left it does not enter it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from gridgis.roads.kernels.shapes import CLOSED_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.reach.table import Points
    from gridgis.reach.zones import Zone
    from gridgis.roads.kernels.shapes import Spots
    from gridgis.roads.times import TravelTimes

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


class WaysOut(NamedTuple):
    """Where each of some people go.

    Attributes
    ----------
    assembly
        int64: the assembly point that is reached first; -1: none can be reached.
    travel_s
        float64: how long the way there takes, walks to and from the roads included; inf: no way.
    exit_lon, exit_lat
        float64: where they leave the zone, EPSG:4326 degrees; NaN: no way.
    """

    assembly: Ints
    travel_s: Floats
    exit_lon: Floats
    exit_lat: Floats


class _Links(NamedTuple):
    """Who comes where, and in how many milliseconds: float64."""

    begin: Ints
    end: Ints
    ms: Floats


def ways_out(times: TravelTimes, zone: Zone, people: Points, assembly: Points) -> WaysOut:
    """Return the quickest way from each point to an assembly point, out of the zone and not back.

    Points are longitudes and latitudes, EPSG:4326 degrees; assembly points lie outside the zone.

    Notes
    -----
    Roads are cut where they meet the zone's border. Every spot is there twice: as one of those who
    have not left yet, to whom only the parts within the zone are open, and as one of those who
    have, to whom only the parts outside are. One may always leave, never come back. So a way is a
    stretch inside, then a stretch outside, and one search from all assembly points against the
    traffic finds the quickest of them, exactly. Who stands nearest to a road outside walks there
    straight.
    """
    graph = _Graph(times, zone, times.snap(*people), times.snap(*assembly))
    return graph.ways_out()


class _Graph:
    """The cut roads of one mode, inside and outside, with people and assembly points on them.

    Spots are numbered: the states of the mode, then the cuts, one for each arc that goes by. Those
    who have left have the same numbers after all spots; people and assembly points come last.
    """

    def __init__(self, times: TravelTimes, zone: Zone, people: Spots, assembly: Spots) -> None:
        self.times, self.zone = times, zone
        self.people, self.assembly = people, assembly
        self._cuts = self._all_cuts()
        self._cut_spot: dict[tuple[int, float], int] = {}
        # Of each cut in the order of their numbers: its road and share.
        self._cut_at: list[tuple[int, float]] = []
        pieces = self._pieces()
        self.spots = times.states + len(self._cut_at)
        ends = 2 * self.spots
        self.first_person = ends
        self.first_assembly = ends + len(people.road)
        self.nodes = self.first_assembly + len(assembly.road)
        spot = np.arange(self.spots)
        leaving = _Links(spot, spot + self.spots, np.zeros(self.spots))
        self.links = _joined(
            [self._whole_roads(), pieces, leaving, self._from_people(), self._to_assembly()]
        )

    def _all_cuts(self) -> dict[int, list[float]]:
        """Return where roads are cut: at the border, and where somebody starts or arrives."""
        cuts = {road: set(shares) for road, shares in self.zone.cuts.items()}
        for spots in (self.people, self.assembly):
            for road, share in zip(spots.road.tolist(), spots.share.tolist(), strict=True):
                if road >= 0:
                    cuts.setdefault(road, set()).add(share)
        return {road: sorted(shares) for road, shares in sorted(cuts.items())}

    def _whole_roads(self) -> _Links:
        arcs = self.times.ways.onward
        begin = np.repeat(np.arange(self.times.states), np.diff(arcs.first))
        cut = np.zeros(len(self.times.network), dtype=np.bool_)
        cut[list(self._cuts)] = True
        taken = (arcs.ms < CLOSED_MS) & ~cut[arcs.arc >> 1]
        left = np.where(self.zone.inside[arcs.arc[taken] >> 1], 0, self.spots)
        return _Links(begin[taken] + left, arcs.to[taken] + left, arcs.ms[taken].astype(float))

    def _pieces(self) -> _Links:
        """Return the parts of the roads that are cut, and number the cuts."""
        begin: list[int] = []
        end: list[int] = []
        ms: list[float] = []
        middle: list[tuple[int, float]] = []
        for arc in [2 * road + against for road in self._cuts for against in (0, 1)]:
            whole_ms = float(self.times.ways.ms[arc])
            if self.times.ways.ends[arc] < 0 or whole_ms >= CLOSED_MS:
                continue
            for first, last, low, high in self._parts(arc):
                begin.append(first)
                end.append(last)
                ms.append(whole_ms * abs(high - low))
                middle.append((arc >> 1, (low + high) / 2))
        spots = self.times.states + len(self._cut_at)
        roads = np.array([road for road, _ in middle], dtype=np.int64)
        shares = np.array([share for _, share in middle], dtype=np.float64)
        left = np.where(self.zone.covers(roads, shares), 0, spots)
        return _Links(
            np.array(begin, np.int64) + left, np.array(end, np.int64) + left, np.array(ms)
        )

    def _parts(self, arc: int) -> list[tuple[int, int, float, float]]:
        """Return an arc's parts as it goes: the spots where each begins and ends, and the shares.

        The first part is there for each state where the arc begins.
        """
        shares = self._cuts[arc >> 1]
        back, state = self.times.ways.backward, int(self.times.ways.ends[arc])
        own = slice(int(back.first[state]), int(back.first[state + 1]))
        begins = back.to[own][back.arc[own] == arc].tolist()
        numbers = []
        for share in shares:
            number = self.times.states + len(self._cut_at)
            self._cut_spot[arc, share] = number
            self._cut_at.append((arc >> 1, share))
            numbers.append(number)
        if arc & 1:
            shares, numbers = shares[::-1], numbers[::-1]
        start, stop = float(arc & 1), float(1 - (arc & 1))
        parts = [(begin, numbers[0], start, shares[0]) for begin in begins]
        parts += list(zip(numbers, numbers[1:], shares, shares[1:], strict=False))
        return [*parts, (numbers[-1], state, shares[-1], stop)]

    def _from_people(self) -> _Links:
        number, spot, leg_ms = self._legs(self.people)
        return _Links(self.first_person + number, spot, leg_ms)

    def _to_assembly(self) -> _Links:
        number, spot, leg_ms = self._legs(self.assembly)
        return _Links(spot + self.spots, self.first_assembly + number, leg_ms)

    def _legs(self, spots: Spots) -> tuple[Ints, Ints, Floats]:
        """Return which of them meets which cut, and the walk there in milliseconds."""
        legs = [
            (number, self._cut_spot[2 * road + against, share])
            for number, (road, share) in enumerate(
                zip(spots.road.tolist(), spots.share.tolist(), strict=True)
            )
            for against in (0, 1)
            if (2 * road + against, share) in self._cut_spot
        ]
        table = np.array(legs, dtype=np.int64).reshape(-1, 2)
        return table[:, 0], table[:, 1], spots.leg_ms[table[:, 0]].astype(np.float64)

    def ways_out(self) -> WaysOut:
        """Search from all assembly points, against the traffic."""
        count = self.first_assembly - self.first_person
        if self.first_assembly == self.nodes or not count:
            nan = np.full(count, np.nan)
            return WaysOut(np.full(count, -1), np.full(count, np.inf), nan, nan)
        size = (self.nodes, self.nodes)
        first = np.searchsorted(self.links.end, np.arange(self.nodes + 1))
        against = csr_array((self.links.ms, self.links.begin, first), shape=size, dtype=np.float64)
        took_ms, onward, nearest = dijkstra(
            against,
            directed=True,
            indices=np.arange(self.first_assembly, self.nodes),
            min_only=True,
            return_predecessors=True,
        )
        own = slice(self.first_person, self.first_assembly)
        reached = np.isfinite(took_ms[own])
        exits = [
            self._exit(onward, person) if found else (np.nan, np.nan)
            for person, found in enumerate(reached.tolist(), self.first_person)
        ]
        lon, lat = np.array(exits, dtype=np.float64).reshape(-1, 2).T
        return WaysOut(
            np.where(reached, nearest[own] - self.first_assembly, -1),
            took_ms[own] / 1000,
            lon,
            lat,
        )

    def _exit(self, onward: NDArray[np.int32], person: int) -> tuple[float, float]:
        """Follow a way to the first spot where one has left; return where that is."""
        node = int(onward[person])
        while node < self.spots:
            node = int(onward[node])
        spot = node - self.spots
        network = self.times.network
        if spot >= self.times.states:
            road, share = self._cut_at[spot - self.times.states]
            lon, lat = self.zone.points(np.array([road]), np.array([share]))[0]
            return float(lon), float(lat)
        at = int(self.times.network.graphs[self.times.mode].node[spot])
        starts = np.flatnonzero(network.tail == at)
        if len(starts):
            lon, lat = network.line(int(starts[0]))[0]
        else:
            lon, lat = network.line(int(np.flatnonzero(network.head == at)[0]))[-1]
        return float(lon), float(lat)


def _joined(parts: list[_Links]) -> _Links:
    """Return all links by where they end, the quickest alone of those between the same two."""
    begin, end, ms = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((ms, begin, end))
    begin, end, ms = begin[order], end[order], ms[order]
    other = np.ones(len(ms), dtype=np.bool_)
    other[1:] = (begin[1:] != begin[:-1]) | (end[1:] != end[:-1])
    return _Links(begin[other], end[other], ms[other])
