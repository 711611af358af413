"""Hold coverage against the clock: 579 areas, 100,000 cells and 50 stations in a drawn town.

Also the ground within 15 minutes, and the way out of a zone. Beside it stands scipy: one Dijkstra
a station over the same arcs, without any cell. The bars: coverage and the
ground within 15 minutes in 2 s each, on two cores.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from town import machine

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from gridgis.model import Location
from gridgis.polygons import circle
from gridgis.reach.coverage import coverage, nearest_stations
from gridgis.reach.escape import ways_out
from gridgis.reach.isochrones import isochrones
from gridgis.reach.warming import warm
from gridgis.reach.zones import Zone
from gridgis.roads.modes import Mode
from gridgis.roads.network import RoadNetwork
from gridgis.roads.speeds import read_speeds
from gridgis.roads.times import TravelTimes
from tests.towns import BLOCK_DEG, ORIGIN, draw_town

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SIDE = int(os.environ.get("SIDE", "100"))
CELLS = int(os.environ.get("CELLS", "100_000"))
AREAS, STATIONS, TIMES = 579, 50, 5
TEN_O_CLOCK = 600


def main() -> None:
    warm()
    rng = np.random.default_rng(1)
    edges, bans = draw_town(rng, SIDE)
    network = RoadNetwork.of(edges, bans)
    times = {
        mode: TravelTimes.of(network, mode, read_speeds().pace(mode, TEN_O_CLOCK))
        for mode in (Mode.FIRE, Mode.FOOT)
    }
    stations, points = _drawn(rng, STATIONS), _drawn(rng, CELLS)
    cells = pd.DataFrame(
        {
            "area": rng.integers(AREAS, size=CELLS).astype(str),
            "households": rng.integers(1, 40, CELLS),
            "area_m2": 1.0,
        }
    )

    def numbers(threads: int | None = None) -> pd.DataFrame:
        return coverage(nearest_stations(times[Mode.FIRE], stations, points, threads), cells)

    middle = np.array(ORIGIN) + BLOCK_DEG * SIDE / 2
    here = (middle[:1], middle[1:])
    zone = circle(Location(*middle.tolist()), 500)
    people = tuple(middle[i] + BLOCK_DEG * rng.uniform(-2, 2, 500) for i in (0, 1))
    gather = _drawn(rng, 100)

    def leave() -> object:
        return ways_out(times[Mode.FOOT], Zone.of(network, zone), people, gather)

    judged_s = _median_s(lambda: _judge(times[Mode.FIRE], stations))
    rows = [
        (f"coverage of {AREAS} areas, {CELLS:,} cells, {STATIONS} stations", numbers, "2 s"),
        ("the same on one core", lambda: numbers(1), ""),
        ("isochrone of 15 min", lambda: isochrones(times[Mode.FIRE], here, [15]), "2 s"),
        (
            "isochrones of 5, 10, 15 min",
            lambda: isochrones(times[Mode.FIRE], here, [5, 10, 15]),
            "",
        ),
        ("isochrone of 15 min on foot", lambda: isochrones(times[Mode.FOOT], here, [15]), ""),
        ("500 people out of a circle of 500 m, 100 places to go", leave, ""),
    ]
    print(f"\n## Reach ({machine()})\n")
    print(f"{len(network):,} roads. scipy needs {judged_s:.2f} s for {STATIONS} searches alone.\n")
    print("| question | s | bar |\n| --- | ---: | ---: |")
    for name, ask, bar in rows:
        print(f"| {name} | {_median_s(ask):.2f} | {bar} |")


def _drawn(rng: np.random.Generator, count: int) -> tuple[NDArray[np.float64], ...]:
    at = np.array(ORIGIN) + BLOCK_DEG * (SIDE - 1) * rng.random((count, 2))
    return at[:, 0].copy(), at[:, 1].copy()


def _judge(times: TravelTimes, stations: tuple[NDArray[np.float64], ...]) -> object:
    arcs = times.ways.onward
    links = csr_array((arcs.ms.astype(float), arcs.to, arcs.first), shape=(times.states,) * 2)
    spots = times.snap(*stations)
    return dijkstra(links, indices=times.ways.ends[2 * spots.road[spots.road >= 0]])


def _median_s(ask: Callable[[], object]) -> float:
    ask()
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return float(np.median(took))


if __name__ == "__main__":
    main()
