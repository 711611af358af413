"""Hold restating a year's reports on a redrawn district against a bare assignment.

A million reports on 579 grids, redrawn: nine in ten have a point, the others are shared out. The
bar is a ratio: 3 x the bare assignment of as many points, which ends with an array of codes.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from tessellation import scattered, tessellation
from town import machine

import gridgis
from gridgis.locate.index import GridIndex
from gridgis.locate.warming import warm
from gridgis_boundaries.history import Target, crosswalk, restated

if TYPE_CHECKING:
    from collections.abc import Callable

REPORTS = 1_000_000
WITHOUT_POINT = 0.1
ROUNDS = 5


class Measured(NamedTuple):
    """Seconds for as many reports; what an edition pair's crosswalk takes, once."""

    reports: int
    locate_s: float
    assign_s: float
    restate_s: float
    walk_s: float


def main() -> None:
    warm()
    print(f"\n## Restating reports ({machine()})\n")
    found = measure()
    print(
        f"Restated: {found.restate_s * 1e3:,.0f} ms for {found.reports:,} reports; the crosswalk, "
        f"made once for two editions: {found.walk_s * 1e3:,.0f} ms.\n"
    )
    print("| bare assignment | takes | restating / it | bar |")
    print("| --- | --- | --- | --- |")
    for name, seconds in (
        ("codes alone, `GridIndex.locate` on the frame's points", found.locate_s),
        ("`gridgis.assign`, frame to frame", found.assign_s),
    ):
        print(f"| {name} | {seconds * 1e3:,.0f} ms | {found.restate_s / seconds:.2f} | 3 |")


def measure(count: int = REPORTS) -> Measured:
    """Measure in one run; the engines of both editions are there already, as in the service."""
    old = tessellation(24, 25, 5).iloc[:579].reset_index(drop=True)
    old = old.assign(area_id=np.arange(len(old)), households=400)
    new = _redrawn(old)
    engine = GridIndex.from_frame(new[["code", "geometry"]])
    lon, lat = scattered(count)
    rng = np.random.default_rng(1)
    points = shapely.points(lon, lat)
    points[rng.random(count) < WITHOUT_POINT] = None
    reports = gpd.GeoDataFrame(
        {
            "edition_id": pd.array(np.ones(count, np.int64), "Int64"),
            "area_id": pd.array(rng.integers(0, len(old), count), "Int64"),
        },
        geometry=gpd.GeoSeries(points, crs=4326),
    )
    target = Target(new, engine=engine)
    began = time.perf_counter()
    walks = {1: crosswalk(old, new)}
    walk_s = time.perf_counter() - began

    def restate() -> int:
        return int(restated(reports, target, walks)["reports"].sum())

    assert restate() == count, "no report is lost"

    def locate() -> None:
        engine.locate(shapely.get_x(points), shapely.get_y(points))

    assign_s = _best_s(lambda: gridgis.assign(reports, engine))
    return Measured(count, _best_s(locate), assign_s, _best_s(restate), walk_s)


def _redrawn(old: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Merge every tenth grid into the next one; all others stay bit for bit."""
    shapes = old.geometry.to_numpy().copy()
    given = np.arange(0, len(old) - 1, 10)
    valid = shapely.make_valid(shapes, method="linework")
    shapes[given + 1] = shapely.union(valid[given], valid[given + 1])
    return old.assign(geometry=shapes).drop(index=given).reset_index(drop=True)


def _best_s(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


if __name__ == "__main__":
    main()
