"""Hold two Dask workers against one, and look whether their memory stays flat.

A hundred million points, Parquet in, Parquet out, on Dask's own worker processes. The bar: two
workers at least 1.7 times one.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
from pyarrow import parquet
from tessellation import SIDE, SOUTH, WEST, tessellation
from town import machine

from gridgis.assigning.cluster import Cluster
from gridgis.assigning.dataset import assign_dataset
from gridgis.assigning.options import Asked
from gridgis.locate.index import GridIndex
from gridgis.locate.warming import warm

POINTS = int(os.environ.get("POINTS", "100_000_000"))
PER_FILE = 10_000_000


def main() -> None:
    warm()
    index = GridIndex.from_frame(tessellation(24, 25, 20).iloc[:579].reset_index(drop=True))
    print(f"\n## Past one machine ({machine()})\n")
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "points"
        _write(given)
        seconds = {}
        print("| workers | points | seconds | M points/s | peak of a worker, MB | ratio |")
        print("| --- | --- | --- | --- | --- | --- |")
        for workers in (1, 2):
            watch = _Watch()
            began = time.perf_counter()
            out = Path(folder) / f"out{workers}"
            summary = assign_dataset(str(given), index, out, Asked(), Cluster(f"local:{workers}"))
            seconds[workers] = time.perf_counter() - began
            peak_mb = watch.end()
            assert summary.counts.rows == POINTS
            print(
                f"| {workers} | {POINTS:,} | {seconds[workers]:.1f} |"
                f" {POINTS / seconds[workers] / 1e6:.2f} | {peak_mb:.0f} |"
                f" {seconds[1] / seconds[workers]:.2f} |",
                flush=True,
            )
    ratio = seconds[1] / seconds[2]
    print(f"\nBar: 1.7; {'met' if ratio >= 1.7 else 'MISSED'}.")


def _write(folder: Path) -> None:
    """Write the points as files of 10 million rows in groups of a million."""
    folder.mkdir()
    for number in range(0, POINTS, PER_FILE):
        rng = np.random.default_rng(number)
        count = min(PER_FILE, POINTS - number)
        table = pa.table(
            {
                "number": np.arange(number, number + count),
                "lon": rng.uniform(WEST, WEST + SIDE, count),
                "lat": rng.uniform(SOUTH, SOUTH + SIDE, count),
            }
        )
        path = folder / f"{number:012d}.parquet"
        parquet.write_table(table, path, row_group_size=1_000_000, compression="zstd")


class _Watch:
    """The largest resident memory that any child process reaches."""

    def __init__(self) -> None:
        self._peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> float:
        self._ended.set()
        self._thread.join()
        return self._peak / 1e6

    def _look(self) -> None:
        me = psutil.Process()
        while not self._ended.wait(0.2):
            for child in me.children(recursive=True):
                try:
                    self._peak = max(self._peak, child.memory_info().rss)
                except psutil.Error:
                    continue


if __name__ == "__main__":
    main()
