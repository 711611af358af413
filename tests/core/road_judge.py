"""How long it takes by road, worked out another way: every turn is a link, and scipy searches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

from gridgis.roads.speeds import CLASSES, Pace

if TYPE_CHECKING:
    from gridgis.roads.modes import Mode

NEVER = math.inf
Spot = tuple[int, float, float]
"""A road, how far along it (0 to 1), and how many metres off it."""


class Judge:
    """All times on a network by one mode. Arc 2 * road runs along a road's line, the next against
    it; `ms` are their times, `allowed` says who may be taken."""

    def __init__(self, edges, bans, mode: Mode, pace: Pace, closed=(), slow=()) -> None:
        kind = edges["class"].map(CLASSES.index).to_numpy()
        kmh = pace.speeds_kmh(kind, edges["speed_kmh"].to_numpy("f4"))
        for road, factor in slow:
            kmh[road] *= factor
        took = np.rint(edges["length_m"].to_numpy() * 3600 / kmh)
        self.ms = np.repeat(np.clip(took, 1, None), 2)
        self.edges = edges
        self.allowed = (
            np.stack([edges["forward"], edges["backward"]], axis=1).ravel() & mode.bit > 0
        )
        self._tail = np.stack([edges["from_node"], edges["to_node"]], axis=1).ravel()
        self._head = np.stack([edges["to_node"], edges["from_node"]], axis=1).ravel()
        self._forbidden = self._pairs_of(bans[(bans["modes"] & mode.bit) > 0])
        self.main = self._main()
        for road in closed:
            self.allowed[2 * road : 2 * road + 2] = False
        first, second = self._turns()
        count = len(self.allowed)
        self.links = coo_array((self.ms[second], (first, second)), shape=(count, count)).tocsr()
        order = np.argsort(second, kind="stable")
        self._before = np.split(first[order], np.searchsorted(second[order], np.arange(1, count)))

    def _pairs_of(self, bans) -> pd.MultiIndex:
        pairs = [
            (a, b)
            for row in bans.itertuples()
            for a in (2 * row.from_edge, 2 * row.from_edge + 1)
            for b in (2 * row.to_edge, 2 * row.to_edge + 1)
            if self._head[a] == row.via_node == self._tail[b]
        ]
        return (
            pd.MultiIndex.from_tuples(pairs, names=["a", "b"])
            if pairs
            else pd.MultiIndex([[], []], [[], []], names=["a", "b"])
        )

    def _turns(self) -> tuple[np.ndarray, np.ndarray]:
        """All turns from an arc into an arc that are allowed."""
        arcs = np.flatnonzero(self.allowed)
        coming = pd.DataFrame({"a": arcs, "node": self._head[arcs]})
        going = pd.DataFrame({"b": arcs, "node": self._tail[arcs]})
        turns = coming.merge(going, on="node")
        kept = ~pd.MultiIndex.from_frame(turns[["a", "b"]]).isin(self._forbidden)
        return turns["a"].to_numpy()[kept], turns["b"].to_numpy()[kept]

    def _main(self) -> np.ndarray:
        """Roads of the largest set of arcs that all lead to each other."""
        first, second = self._turns()
        count = len(self.allowed)
        links = coo_array((np.ones(len(first)), (first, second)), shape=(count, count))
        _, part = connected_components(links, connection="strong")
        largest = np.bincount(part[self.allowed]).argmax()
        return ((part == largest) & self.allowed).reshape(-1, 2).any(axis=1)

    def snap(self, lon: float, lat: float) -> Spot:
        """The nearest open road, unless it is cut off and the network proper is next to it."""
        sine = math.sin(math.radians(lat))
        w = 1 - 0.0066943799901413165 * sine * sine
        x = 6378137 * math.cos(math.radians(lat)) / math.sqrt(w) * math.pi / 180
        y = 6378137 * (1 - 0.0066943799901413165) / w**1.5 * math.pi / 180
        best, main = (-1, 0.0, math.inf), (-1, 0.0, math.inf)
        for road in np.flatnonzero(self.allowed.reshape(-1, 2).any(axis=1)):
            line = (np.array(self.edges.geometry.iloc[road].coords) - (lon, lat)) * (x, y)
            found = _nearest_on(line)
            if found[1] < best[2]:
                best = (int(road), *found)
            if self.main[road] and found[1] < main[2]:
                main = (int(road), *found)
        return main if main[2] <= best[2] + 100 else best

    def times_ms(self, starts: list[Spot], ends: list[Spot]) -> np.ndarray:
        """Milliseconds from each spot to each other one."""
        found = np.full((len(starts), len(ends)), NEVER)
        for i, start in enumerate(starts):
            arcs = [a for a in (2 * start[0], 2 * start[0] + 1) if self.allowed[a]]
            if not arcs:
                continue
            to_end = dijkstra(self.links, indices=arcs)
            for j, end in enumerate(ends):
                found[i, j] = self._best(start, end, dict(zip(arcs, to_end, strict=True)))
        return found

    def _best(self, start: Spot, end: Spot, to_end: dict[int, np.ndarray]) -> float:
        best = NEVER
        for a, reached in to_end.items():
            left = self._part(a, start[1] if a & 1 else 1 - start[1])
            for c in (2 * end[0], 2 * end[0] + 1):
                if not self.allowed[c]:
                    continue
                driven = self._part(c, 1 - end[1] if c & 1 else end[1])
                # To where c begins: to the end of an arc after which c may be turned into.
                begin = reached[self._before[c]].min(initial=NEVER)
                best = min(best, left + begin + driven)
                ahead = (start[1] - end[1]) if a & 1 else (end[1] - start[1])
                if a == c and ahead >= 0:
                    best = min(best, self._part(a, ahead))
        return best + _walk(start[2]) + _walk(end[2])

    def _part(self, arc: int, share: float) -> int:
        return int(self.ms[arc] * share + 0.5)


def _walk(metres: float) -> int:
    return int(metres / (4.8 / 3.6) * 1000 + 0.5)


def _nearest_on(line: np.ndarray) -> tuple[float, float]:
    """Share of the length and distance of the point of a line that is nearest to the origin."""
    step = np.diff(line, axis=0)
    length = np.hypot(*step.T)
    t = np.clip(-(line[:-1] * step).sum(axis=1) / length**2, 0, 1)
    away = np.hypot(*(line[:-1] + t[:, None] * step).T)
    i = int(away.argmin())
    return (length[:i].sum() + t[i] * length[i]) / length.sum(), float(away[i])
