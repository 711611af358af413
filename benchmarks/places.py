"""Hold the search for places against PostGIS: the same million places, the same questions, one run.

A keystroke, with the eight best answers, against a sequential scan by ILIKE, and against pg_trgm
with a GIN index: LIKE with the shortest first, or word similarity with the likest first, whichever
is faster. The bars: 10 x ILIKE and 2 x pg_trgm on three characters, an answer to two, 99 of 100
within 50 ms; the index is built in a minute, and takes 500 bytes a place; `gridgis geocode` finds
5,000 addresses a second, and its memory stays flat.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from asked import DISTURBED, batch, typed
from crowd import crowd
from pyarrow import csv, parquet
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from town import machine, server

from gridgis.demo import make
from gridgis.geocoding.files import geocode_file
from gridgis.geocoding.options import Asked
from gridgis.locate.threads import processors
from gridgis.places.finding import search
from gridgis.places.frames import areas_frame, places_frame
from gridgis.places.index import PlaceIndex

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from gridgis.geocoding.options import Summary

PLACES = int(os.environ.get("PLACES", "1_000_000"))
ADDRESSES = int(os.environ.get("ADDRESSES", "30_000"))
TIMES = 10
"""How often each address stands in the longer file; never twice among the rows that are done
together, where it would be asked once."""

OURS, OF_TRIGRAMS, OF_SCAN = 300, 20, 5
ANSWERS = 8
WRITTEN = ("initials", "pinyin")
"""What stands in no column, so that PostgreSQL cannot look for it."""

SCAN = f"""
    SELECT id FROM place WHERE said ILIKE '%' || :words || '%'
    ORDER BY length(said), id LIMIT {ANSWERS}
"""
LIKE = f"""
    SELECT id FROM place WHERE said LIKE '%' || :words || '%'
    ORDER BY length(said), id LIMIT {ANSWERS}
"""
SIMILAR = f"""
    SELECT id FROM place WHERE :words <% said
    ORDER BY word_similarity(:words, said) DESC, id LIMIT {ANSWERS}
"""


class Taken(NamedTuple):
    """Milliseconds of a kind of question, and how many of them got an answer."""

    median_ms: float
    worst_ms: float
    answered: float


def main() -> None:
    demo = make(1)
    places = crowd(places_frame(demo.places, "demo"), PLACES)
    areas = areas_frame(demo.areas)
    print(f"\n## Finding places ({machine()})\n")
    with tempfile.TemporaryDirectory(prefix="gridgis-bench-") as folder:
        path = Path(folder) / "crowd.places"
        index = _built(places, areas, path)
        asked = typed(places, OURS, 1)
        ours = {kind: _ours(index, texts) for kind, texts in asked.items()}
        _keystrokes(ours, _theirs(places, asked))
        _batches(places, path, Path(folder))


def _built(places: pd.DataFrame, areas: pd.DataFrame, path: Path) -> PlaceIndex:
    # Compiled and read once before, like every other tool.
    PlaceIndex.of(places.iloc[:100], areas)
    began = time.perf_counter()
    built = PlaceIndex.of(places, areas)
    build_s = time.perf_counter() - began
    built.save(path)
    began = time.perf_counter()
    index = PlaceIndex.load(path)
    load_s = time.perf_counter() - began
    rows = len(index)
    print(f"{rows:,} places of {places['source'].nunique()} copies of the demo.\n")
    _table(
        ("the index", "", "bar"),
        [
            ("built in", f"{build_s:.1f} s", f"{60 * rows / 1e6:.3g} s"),
            ("bytes a place", f"{index.size_bytes / rows:.0f}", "500"),
            ("its file", f"{path.stat().st_size / 1e6:.0f} MB", ""),
            ("mapped, and its checksums read, in", f"{load_s:.2f} s", ""),
        ],
    )
    return index


# --- a keystroke --------------------------------------------------------------------------------


def _ours(index: PlaceIndex, texts: list[str]) -> Taken:
    for words in texts[:10]:
        search(index, words, ANSWERS)
    return _taken(lambda words: len(search(index, words, ANSWERS)), texts)


def _taken(ask: Callable[[str], int], texts: list[str]) -> Taken:
    took, answered = [], 0
    for words in texts:
        began = time.perf_counter()
        answered += ask(words) > 0
        took.append((time.perf_counter() - began) * 1000)
    return Taken(float(np.median(took)), float(np.quantile(took, 0.99)), answered / len(texts))


def _theirs(
    places: pd.DataFrame, asked: dict[str, list[str]]
) -> dict[str, tuple[Taken, Taken, Taken]]:
    """Ask PostgreSQL: the scan, then LIKE and likeness with the index."""
    with server() as url:
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            _filled(connection, places)
            kinds = [kind for kind in asked if kind not in WRITTEN]
            scans = {kind: _taken(_asks(connection, SCAN), asked[kind][:OF_SCAN]) for kind in kinds}
            began = time.perf_counter()
            connection.execute(text("CREATE INDEX ON place USING gin (said gin_trgm_ops)"))
            built_s = time.perf_counter() - began
            connection.execute(text("VACUUM ANALYZE place"))
            size = connection.execute(text("SELECT pg_indexes_size('place')")).scalar_one()
            bytes_each = size / len(places)
            print(f"\npg_trgm's index: built in {built_s:.1f} s, {bytes_each:.0f} bytes a place.")
            return {
                kind: (
                    scans[kind],
                    _taken(_asks(connection, LIKE), asked[kind][:OF_TRIGRAMS]),
                    _taken(_asks(connection, SIMILAR), asked[kind][:OF_TRIGRAMS]),
                )
                for kind in kinds
            }


def _filled(connection: Connection, places: pd.DataFrame) -> None:
    """Fill a table with what can be looked for in one column: address, and name if it differs."""
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    connection.execute(text("CREATE TABLE place (id INT, said TEXT)"))
    said = [
        address if address.endswith(name) else f"{address} {name}"
        for address, name in zip(places["standard_address"], places["name"], strict=True)
    ]
    lines = io.BytesIO()
    table = pa.table({"id": np.arange(len(places)), "said": said})
    csv.write_csv(table, lines, csv.WriteOptions(include_header=False))
    lines.seek(0)
    connection.connection.driver_connection.cursor().copy_expert("COPY place FROM STDIN CSV", lines)
    connection.execute(text("VACUUM ANALYZE place"))


def _asks(connection: Connection, question: str) -> Callable[[str], int]:
    asked = text(question)
    return lambda words: len(connection.execute(asked, {"words": words}).all())


def _keystrokes(ours: dict[str, Taken], theirs: dict[str, tuple[Taken, Taken, Taken]]) -> None:
    print(
        f"\nA keystroke, {ANSWERS} answers: median ms, in brackets 99 of 100, and who got none.\n"
    )
    rows = []
    for kind, taken in ours.items():
        told = [_told(one) for one in theirs.get(kind, ())] or ["cannot"] * 3
        ratios = ["", ""]
        if kind in theirs:
            scan, like, similar = theirs[kind]
            # Who answers next to nothing is no rival.
            rival = min(one.median_ms for one in (like, similar) if one.answered >= like.answered)
            ratios = [f"{one / taken.median_ms:.1f} x" for one in (scan.median_ms, rival)]
        rows.append((kind, _told(taken), told[0], ratios[0], told[1], told[2], ratios[1]))
    head = ("what is typed", "gridgis", "ILIKE, scan", "", "trigrams: LIKE", "trigrams: likest", "")
    _table(head, rows)
    print("\nBars: 10 x the scan, 2 x trigrams on three characters, 99 of 100 within 50 ms.")


def _told(taken: Taken) -> str:
    none = "" if taken.answered == 1 else f", {1 - taken.answered:.0%} none"
    return f"{taken.median_ms:.3g} ({taken.worst_ms:.3g}{none})"


# --- a file of addresses ------------------------------------------------------------------------


def _batches(places: pd.DataFrame, path: Path, folder: Path) -> None:
    texts = batch(places, ADDRESSES, 2)
    print(
        f"\n`gridgis geocode`, Parquet in and out: {1 - DISTURBED:.0%} as the list has them, "
        "each of the others disturbed in one of eleven ways.\n"
    )
    rows = []
    for workers, count in ((1, ADDRESSES), (processors(), ADDRESSES * TIMES)):
        table = pd.DataFrame({"id": np.arange(count), "where": (texts * TIMES)[:count]})
        summary = _geocoded(_written(table, folder), path, workers)
        pace = count / summary.seconds
        sure = f"{summary.counts.sure / count:.1%}"
        bar = "5,000" if workers > 1 else ""
        rows.append(
            (f"{workers}", f"{count:,}", f"{summary.seconds:.1f}", f"{pace:,.0f}", bar, sure)
        )
    _table(("processes", "addresses", "seconds", "addresses/s", "bar", "sure"), rows)
    print("\nMemory of the process that reads and writes; each address stands there 512 times:\n")
    # In a process of its own, which has not made the file: nothing that was here before counts.
    peaks = []
    for count in (100_000, 1_000_000):
        where = np.repeat(np.array(texts[: count // 512 + 1], object), 512)[:count]
        file = _written(pd.DataFrame({"id": np.arange(count), "where": where}), folder)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            peaks.append((f"{count:,}", pool.submit(_peak_mb, file, path).result()))
    first = peaks[0][1]
    _table(
        ("rows", "peak, MB", "more than before"),
        [(rows, f"{peak:.0f}", f"{peak / first - 1:+.0%}") for rows, peak in peaks],
    )


def _written(table: pd.DataFrame, folder: Path) -> Path:
    file = folder / "addresses.parquet"
    parquet.write_table(pa.Table.from_pandas(table, preserve_index=False), file)
    return file


def _geocoded(file: Path, path: Path, workers: int) -> Summary:
    out = file.with_name("out.parquet")
    return geocode_file(str(file), path, out, Asked(("where",)), processes=workers)


def _peak_mb(file: Path, path: Path) -> float:
    _geocoded(file, path, processors())
    # Not getrusage: that counts what the process was forked from.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    print(f"| {' | '.join(head)} |")
    print(f"|{' --- |' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
