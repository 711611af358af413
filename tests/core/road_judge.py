"""How long it takes by road, worked out another way: every turn is a link, and scipy searches."""

from __future__ import annotations

import math

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

from gridgis.roads.modes import Mode
from gridgis.roads.network import RoadNetwork
from gridgis.roads.speeds import Pace

NEVER = math.inf


class Judge:
    """All times on a small network, from the end of every arc to the beginning of every other."""

    def __init__(self, edges, bans, mode: Mode, pace: Pace, closed=(), slow=()) -> None:
        kmh = pace.speeds_kmh(RoadNetwork.of(edges, bans).kind, edges["speed_kmh"].to_numpy("f4"))
        for road, factor in slow:
            kmh[road] *= factor
        took = np.rint(edges["length_m"].to_numpy() * 3600 / kmh)
        self.ms = np.repeat(np.clip(took, 1, None), 2)
        allowed = np.stack([edges["forward"], edges["backward"]], axis=1).ravel() & mode.bit > 0
        tail = np.stack([edges["from_node"], edges["to_node"]], axis=1).ravel()
        head = np.stack([edges["to_node"], edges["from_node"]], axis=1).ravel()
        forbidden = set()
        for row in bans[(bans["modes"] & mode.bit) > 0].itertuples():
            forbidden |= {
                (a, b)
                for a in (2 * row.from_edge, 2 * row.from_edge + 1)
                for b in (2 * row.to_edge, 2 * row.to_edge + 1)
                if head[a] == row.via_node == tail[b]
            }
        self.main = self._main(tail, head, allowed, forbidden)
        for road in closed:
            allowed[2 * road : 2 * road + 2] = False
        self.allowed = allowed
        turns = [
            (a, b)
            for a in np.flatnonzero(allowed)
            for b in np.flatnonzero(allowed & (tail == head[a]))
            if (a, b) not in forbidden
        ]
        first, second = np.array(turns).T
        count = len(allowed)
        links = coo_array((self.ms[second], (first, second)), shape=(count, count)).tocsr()
        to_end = dijkstra(links)
        # From the end of a to where c begins, by any arc after which c may be turned into.
        self.to_begin = np.full((count, count), NEVER)
        for b, c in turns:
            self.to_begin[:, c] = np.minimum(self.to_begin[:, c], to_end[:, b])
        self.edges = edges

    @staticmethod
    def _main(tail, head, allowed, forbidden):
        """Roads of the largest set of arcs that all lead to each other."""
        arcs = np.flatnonzero(allowed)
        pairs = [
            (a, b) for a in arcs for b in arcs[tail[arcs] == head[a]] if (a, b) not in forbidden
        ]
        first, second = np.array(pairs).T
        links = coo_array((np.ones(len(first)), (first, second)), shape=(len(tail), len(tail)))
        _, part = connected_components(links, connection="strong")
        part[~allowed] = -1
        largest = np.bincount(part[part >= 0]).argmax()
        return (part == largest).reshape(-1, 2).any(axis=1)

    def snap(self, lon: float, lat: float) -> tuple[int, float, float]:
        """The nearest open road, how far along it, and how many metres away."""
        lines = self.edges.geometry
        usable = self.allowed.reshape(-1, 2).any(axis=1)
        sine = math.sin(math.radians(lat))
        w = 1 - 0.0066943799901413165 * sine * sine
        x = 6378137 * math.cos(math.radians(lat)) / math.sqrt(w) * math.pi / 180
        y = 6378137 * (1 - 0.0066943799901413165) / w**1.5 * math.pi / 180
        best = (-1, 0.0, math.inf)
        main = (-1, 0.0, math.inf)
        for road in np.flatnonzero(usable):
            line = (np.array(lines.iloc[road].coords) - (lon, lat)) * (x, y)
            found = _nearest_on(line)
            if found[1] < best[2]:
                best = (road, *found)
            if self.main[road] and found[1] < main[2]:
                main = (road, *found)
        return main if main[2] <= best[2] + 100 else best

    def time_ms(self, start: tuple[int, float, float], end: tuple[int, float, float]) -> float:
        """Milliseconds from a spot (road, share, metres off it) to another."""
        best = NEVER
        for a in (2 * start[0], 2 * start[0] + 1):
            for c in (2 * end[0], 2 * end[0] + 1):
                if not (self.allowed[a] and self.allowed[c]):
                    continue
                left = self._part(a, start[1] if a & 1 else 1 - start[1])
                driven = self._part(c, 1 - end[1] if c & 1 else end[1])
                best = min(best, left + self.to_begin[a, c] + driven)
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
