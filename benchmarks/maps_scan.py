"""Hold the scan against the clock: a district and a city, 30 days, 999 random worlds.

Space-time permutation, prospective, circles up to half of the cases, time windows up to half of
the month. The bars, on two cores: a district's 579 grids in 10 s, 5,000 grids in ten times that.
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from gridgis_maps.numbers.scan import Asked, Scanned, scan
from gridgis_maps.numbers.scan.warming import warm

DISTRICT, CITY, DAYS = 579, 5_000, 30
A_DAY_AND_GRID = 0.53
"""Reports: the demo's year of 112,000 in 579 grids."""


def scan_district() -> Scanned:
    return _scan(DISTRICT)


def scan_city() -> Scanned:
    return _scan(CITY)


def _scan(grids: int) -> Scanned:
    """Scan places at random, ten to a square kilometre, and reports without any pattern."""
    rng = np.random.default_rng(1)
    side_m = 1_000 * (grids / 10) ** 0.5
    places = pd.DataFrame(rng.uniform(0, side_m, (grids, 2)), columns=["x", "y"])
    count = int(grids * DAYS * A_DAY_AND_GRID)
    cases = pd.DataFrame(
        {"place": rng.integers(grids, size=count), "time": rng.integers(DAYS, size=count)}
    )
    return scan(cases, places, Asked(first=0, last=DAYS - 1, simulations=999), seed=1)


def scans() -> None:
    """Time both, the kernels compiled beforehand."""
    warm()
    print(f"\nScan of {DAYS} days with 999 random worlds.\n")
    print("| grids | cases | s | s of CPU | bar |\n| ---: | ---: | ---: | ---: | ---: |")
    for run, bar in ((scan_district, "10 s"), (scan_city, "100 s")):
        began_s, spent_s = time.perf_counter(), time.process_time()
        found = run()
        took_s, cpu_s = time.perf_counter() - began_s, time.process_time() - spent_s
        assert found.simulations == 999
        print(f"| {found.places:,} | {found.cases:,} | {took_s:.2f} | {cpu_s:.2f} | {bar} |")
