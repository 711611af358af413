"""Real cities against brute force, and a million rows in the memory of a hundred thousand."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from pyarrow.csv import write_csv

from gridgis.assigning.areas import open_index
from gridgis.assigning.files import assign_file
from gridgis.assigning.options import Areas, Asked
from tests.conftest import PROVE
from tests.points import SHANGHAI, read

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.locate.index import GridIndex


@pytest.mark.parametrize(
    ("areas", "code", "carried"),
    [
        ("boundaries_police_beats.geojson.gz", "beat_num", ("district", "sector")),
        ("boundaries_census_tracts.geojson.gz", "census_tract", ()),
    ],
)
def test_chicago_equals_brute_force(
    shared: Path, tmp_path: Path, areas: str, code: str, carried: tuple[str, ...]
) -> None:
    chicago = shared / "data/chicago"
    index, _ = open_index(
        Areas(str(chicago / areas), code, None, carried, merge_same_code=True), SHANGHAI
    )
    points = chicago / "reports_311_sanitation.parquet"
    for out in (tmp_path / "o.parquet", tmp_path / "o.csv"):
        assert assign_file(str(points), index, out, Asked()).counts.rows == 74_401
    where = ("--lon", "Longitude", "--lat", "Latitude")
    _check(shared, chicago / areas, points, tmp_path / "o.csv", "--code", code, *where)
    same = parquet.read_table(tmp_path / "o.parquet")["grid_code"].fill_null("").to_pylist()
    assert read(tmp_path / "o.csv")["grid_code"].tolist() == same
    own = parquet.read_table(points)
    assert parquet.read_table(tmp_path / "o.parquet").select(own.column_names).equals(own)


def test_new_york_equals_brute_force_once_its_invalid_precincts_are_valid(
    shared: Path, tmp_path: Path
) -> None:
    nyc = shared / "data/nyc"
    index, notes = open_index(
        Areas(str(nyc / "nyc-police-precincts.geojson.gz"), "precinct"), SHANGHAI
    )
    assert sum("made valid" in note for note in notes) == 2
    valid = gpd.read_file(f"/vsigzip/{nyc / 'nyc-police-precincts.geojson.gz'}")
    valid.geometry = valid.make_valid(method="linework")
    valid.to_parquet(tmp_path / "valid.parquet")
    points, out = nyc / "nyc-injurious-collisions.geojson.gz", tmp_path / "o.gpkg"
    assign_file(str(points), index, out, Asked())
    _check(shared, tmp_path / "valid.parquet", points, out, "--code", "precinct")


def _check(shared: Path, *words: object) -> None:
    """Ask the independent checker: brute force over all polygons."""
    told = subprocess.run(
        [sys.executable, shared / "checks/assignment.py", *map(str, words)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.startswith("0 of ")


_PEAK = """
import resource, sys
from pathlib import Path
from gridgis.assigning.files import assign_file
from gridgis.locate.index import GridIndex
assign_file(sys.argv[1], GridIndex.load(Path(sys.argv[2])), Path(sys.argv[3]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.skipif(not PROVE, reason="a million rows: script/prove does it")
@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_memory_does_not_grow_with_the_file(index: GridIndex, tmp_path: Path, kind: str) -> None:
    index.save(tmp_path / "nine.gridgis")
    peaks = []
    for count in (100_000, 1_000_000):
        rng = np.random.default_rng(1)
        table = pa.table(
            {
                "number": [f"2026-{number:08}" for number in range(count)],
                "lon": rng.uniform(104, 104.03, count),
                "lat": rng.uniform(30, 30.03, count),
            }
        )
        path = tmp_path / f"p.{kind}"
        if kind == "csv":
            write_csv(table, path)
        else:
            parquet.write_table(table, path, row_group_size=count)
        told = subprocess.run(
            [sys.executable, "-c", _PEAK, path, tmp_path / "nine.gridgis", tmp_path / f"o.{kind}"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        peaks.append(int(told.stdout))
    assert peaks[1] - peaks[0] < 64, peaks
    shutil.rmtree(tmp_path)
