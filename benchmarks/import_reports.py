"""Hold the import of 74,401 reports against a bare COPY of the same rows; its memory at 1M rows.

The import reads the file, judges each row, stores report, key, event and holder, and finds the grid
and rule of each; so does a batch, whose rows come as the lines of a `POST /reports/batch`. The COPY
writes the finished rows of `report_key` and `report` into the same indexed tables of another
database, whose months are made already. The bar: at least 0.4 of its speed.
Memory is the peak of a process of its own; the bar: 1M rows at most 100 MB above 74k rows.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool
from town import ACTOR, CLOCK, REPORTS, beats, machine, need_data, server

from gridgis.imports import Importer, ImportOptions
from gridgis.settings import Settings
from gridgis.store.engine import Store
from gridgis.store.months import Months
from gridgis_api import batches
from gridgis_api.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg2.extensions import cursor

ROUNDS = 3
BAR, BAR_MB = 0.4, 100.0
COLUMNS = {
    "number": "Service_Request_Number",
    "captured_at": "Creation_Date",
    "lon": "Longitude",
    "lat": "Latitude",
}
TABLES = ("report_key", "report")


def main() -> None:
    need_data()
    with server() as url, tempfile.TemporaryDirectory() as folder:
        beats(url).close()
        clean = _clone(url, "clean")
        lines = Path(folder) / "batch.ndjson"
        write_lines(lines)
        ways = {"import": (bring, REPORTS), "batch": (bring_batch, lines)}
        taken_s: dict[str, list[float]] = {"COPY": [], "import": [], "batch": []}
        for turn in range(ROUNDS):
            for way, (brings, path) in ways.items():
                here = _clone(clean, f"{way}_{turn}")
                began = time.perf_counter()
                brings(here, path)
                taken_s[way].append(time.perf_counter() - began)
                taken_s["COPY"].append(_copy(here, _clone(clean, f"copy_of_{way}_{turn}")))
            last = ", ".join(f"{way} {seconds[-1]:.2f} s" for way, seconds in taken_s.items())
            print(f"round {turn + 1}: {last}")
        million = Path(folder) / "million.parquet"
        stretch(million, 1_000_000)
        small = _peak_mb(_clone(clean, "small"), REPORTS)
        large, took_s = _timed_peak(_clone(clean, "large"), million)
    best_s = {way: min(seconds) for way, seconds in taken_s.items()}
    print(f"\n## Importing reports ({machine()})\n")
    print("| what | rows | seconds | of COPY's speed |")
    print("| --- | --- | --- | --- |")
    print(f"| COPY of report_key and report | 74,026 | {best_s['COPY']:.2f} | 1.00 |")
    for way in ways:
        ratio = best_s["COPY"] / best_s[way]
        print(f"| {way} with grid and rule | 74,401 | {best_s[way]:.2f} | {ratio:.2f} |")
    print(f"| the import, 1M rows | 1,000,000 | {took_s:.1f} | |")
    met = best_s["COPY"] / best_s["batch"] >= BAR
    print(f"\nBar: {BAR}; {'met' if met else 'MISSED'}. Best of {ROUNDS} rounds each.\n")
    print("| rows | peak memory, MB |")
    print("| --- | --- |")
    print(f"| 74,401 | {small:.0f} |")
    print(f"| 1,000,000 | {large:.0f} |")
    met = large - small <= BAR_MB
    print(f"\nBar: {BAR_MB:.0f} MB more; {'met' if met else 'MISSED'} ({large - small:+.0f} MB).")


def bring(url: str, path: Path) -> None:
    """Import a file of sanitation requests."""
    store = Store(url)
    options = ImportOptions(source="311", columns=COLUMNS)
    with tempfile.TemporaryDirectory() as folder:
        # The list of refused rows is written beside the file.
        here = Path(folder) / path.name
        here.symlink_to(path)
        Importer(store, ACTOR, CLOCK).file("reports", here, options)
    store.close()


def bring_batch(url: str, path: Path) -> None:
    """Take the lines in as the service does, once a body has come."""
    store = Store(url)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(port=0, index_dir=Path(folder))
        batches.bring(Service(store, Months(store), CLOCK, settings), path, "311", ACTOR)
    store.close()


def write_lines(path: Path) -> None:
    """Write the requests as the lines of a batch."""
    table = pq.read_table(REPORTS).to_pandas()
    times = table.pop("Creation_Date").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    table["Completion_Date"] = table["Completion_Date"].dt.strftime("%Y-%m-%d")
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    with path.open("w", encoding="utf-8") as file:
        for moment, row in zip(times, rows, strict=True):
            lon, lat = row.pop("Longitude"), row.pop("Latitude")
            line = {
                "source": "311",
                "number": row.pop("Service_Request_Number"),
                "captured_at": moment,
                "description": row.pop("Nature") or "not said",
                "location": None if lon is None else {"lon": lon, "lat": lat},
                "attributes": {name: value for name, value in row.items() if value is not None},
            }
            file.write(json.dumps(line) + "\n")


def stretch(path: Path, rows: int) -> None:
    """Write the requests again and again, each with a number of its own."""
    once = pq.read_table(REPORTS)
    place = once.schema.get_field_index("Service_Request_Number")
    with pq.ParquetWriter(path, once.schema) as writer:
        for first in range(0, rows, len(once)):
            part = once.slice(0, min(len(once), rows - first))
            numbers = pa.array(np.char.add("N", np.arange(first, first + len(part)).astype(str)))
            field = once.schema.field(place)
            writer.write_table(part.set_column(place, field, numbers.cast(field.type)))


def _copy(source: str, target: str) -> float:
    """Return the seconds that COPY takes for the finished rows."""
    rows = {table: io.BytesIO() for table in TABLES}
    with _raw(source) as reading:
        for table, text_rows in rows.items():
            reading.copy_expert(f"COPY (SELECT * FROM {table}) TO STDOUT", text_rows)
            text_rows.seek(0)
        reading.execute("SELECT DISTINCT date_trunc('month', captured_at)::DATE FROM report_key")
        months = [row[0] for row in reading.fetchall()]
        reading.execute("SELECT id, noun, source, file, started_at, actor FROM import_run")
        runs = reading.fetchall()
    with _raw(target) as writing:
        for month in months:
            writing.execute("SELECT make_month(%s)", [month])
        for run in runs:
            writing.execute(
                "INSERT INTO import_run (id, noun, source, file, started_at, actor)"
                " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                run,
            )
        writing.connection.commit()
        began = time.perf_counter()
        for table, text_rows in rows.items():
            writing.copy_expert(f"COPY {table} FROM STDIN", text_rows)
        writing.connection.commit()
        return time.perf_counter() - began


@contextmanager
def _raw(url: str) -> Iterator[cursor]:
    engine = create_engine(url, poolclass=NullPool)
    connection = engine.raw_connection()
    try:
        yield connection.cursor()
    finally:
        connection.close()


def _clone(url: str, name: str) -> str:
    there = make_url(url)
    engine = create_engine(
        there.set(database="postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {there.database}"))
    return there.set(database=name).render_as_string(hide_password=False)


def _peak_mb(url: str, path: Path) -> float:
    return _timed_peak(url, path)[0]


def _timed_peak(url: str, path: Path) -> tuple[float, float]:
    began = time.perf_counter()
    said = subprocess.run(
        [sys.executable, __file__, "--import", url, path],
        stdout=subprocess.PIPE, text=True, check=True,
    ).stdout  # fmt: skip
    return float(said), time.perf_counter() - began


if __name__ == "__main__":
    if sys.argv[1:2] == ["--import"]:
        bring(sys.argv[2], Path(sys.argv[3]))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    else:
        main()
