"""A file of points in, the same file with grids out, in little memory."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from gridgis.assigning.answering import Answerer
from gridgis.assigning.chunks import with_answers
from gridgis.assigning.datums import FinderByDatum
from gridgis.assigning.options import Asked, Counts, Summary
from gridgis.assigning.points import open_points
from gridgis.assigning.positions import Finder
from gridgis.assigning.writing import keep_refused, open_output, refused_name, require_output
from gridgis.exports.writing import whole_file
from gridgis.imports.refusals import RefusedFile
from gridgis.locate.threads import processors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from gridgis.assigning.chunks import Chunk, Points
    from gridgis.imports.refusals import Refusal
    from gridgis.locate.index import GridIndex

    Tell = Callable[[int, int | None], None]

# Each chunk keeps a processor busy; more of them in memory would not make it quicker.
_MOST_THREADS = 8


class Done(NamedTuple):
    """Some rows with their grids, and where they are: degrees in EPSG:4326, NaN nowhere."""

    table: pa.Table
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    counts: Counts
    refused: list[Refusal]


class Job:
    """The assigning of one file of points.

    Raises
    ------
    InvalidInputError, UnsupportedCrsError
        As :class:`gridgis.assigning.positions.Finder`; or a column of a new one's name is there.
    """

    def __init__(self, points: Points, answerer: Answerer) -> None:
        self.points = points
        asked = answerer.asked
        self._finder = (
            Finder(points, asked)
            if asked.datum_column is None
            else FinderByDatum(points, asked, asked.datum_column)
        )
        self._answerer = answerer
        self.schema = with_answers(points, answerer.fields)

    def done(self, threads: int) -> Iterator[Done]:
        """Yield the chunks with their grids, in the file's order."""
        if threads == 1:
            # Another thread would work on the next chunk while this one is written.
            yield from map(self._do, self.points.chunks)
            return
        with ThreadPoolExecutor(threads) as pool:
            begun = islice(self.points.chunks, threads)
            waiting = deque(pool.submit(self._do, chunk) for chunk in begun)
            while waiting:
                first = waiting.popleft().result()
                chunk = next(self.points.chunks, None)
                if chunk is not None:
                    waiting.append(pool.submit(self._do, chunk))
                yield first

    def _do(self, chunk: Chunk) -> Done:
        positions = self._finder.find(chunk)
        columns, counts = self._answerer.answer(positions)
        table = chunk.table
        for field, column in zip(self._answerer.fields, columns, strict=True):
            table = table.append_column(field, column)
        refused = sorted([*chunk.broken, *positions.refused], key=lambda one: one.row)
        counts = counts._replace(broken=len(chunk.broken))
        return Done(table, positions.lon, positions.lat, counts, refused)


def assign_file(
    points: str,
    index: GridIndex,
    out: Path,
    asked: Asked | None = None,
    tell: Tell = lambda _done, _total: None,
) -> Summary:
    """Write the points with their grids: the whole file, in the points' order, or nothing.

    Rows that cannot be read keep their place without a location; ``OUT.refused.csv`` says why, and
    lists the rows that could not be split into columns, too.

    Parameters
    ----------
    points
        CSV, Parquet, Excel or any vector file.
    out
        A file that ends in .csv, .parquet, .gpkg or .xlsx.
    tell
        Called with the rows that are done, and how many there are if the file says so.

    Raises
    ------
    UnreadableFileError, UnsupportedCrsError, InvalidInputError
        What was given cannot be used.
    StoreFullError
        The file cannot be written.
    """
    asked = asked or Asked()
    began = time.perf_counter()
    require_output(out, points)
    source = open_points(points, asked.reading)
    job = Job(source, Answerer(index, asked))
    summary = Summary()
    with whole_file(out) as unfinished:
        refused = RefusedFile(
            unfinished.with_name("refused.csv"),
            [name for name in source.schema.names if name != source.geometry],
        )
        output = open_output(unfinished, job.schema, source)
        try:
            with refused:
                for done in job.done(min(processors(), _MOST_THREADS)):
                    output.add(done.table, done.lon, done.lat)
                    refused.add(done.refused)
                    summary.counts = summary.counts.plus(done.counts)
                    tell(summary.counts.rows, source.total)
        finally:
            output.close()
        summary.refused_file = keep_refused(refused, refused_name(out))
    summary.notes = list(source.notes)
    summary.seconds = time.perf_counter() - began
    return summary
