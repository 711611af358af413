"""One part of a data set: read, answered, written, and only then there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from gridgis.assigning import parquets
from gridgis.assigning.files import Job
from gridgis.assigning.options import Counts
from gridgis.assigning.parts import COUNTS, FACTS
from gridgis.assigning.writing import ParquetOutput
from gridgis.errors import StoreFullError
from gridgis.imports.refusals import RefusedFile
from gridgis.locate.threads import CHUNK_POINTS

if TYPE_CHECKING:
    from gridgis.assigning.answering import Answerer
    from gridgis.assigning.options import Asked
    from gridgis.assigning.parts import Part
    from gridgis.imports.refusals import Refusal

FILE = "file"
"""The first column of a list of refused rows: rows are numbered in each file."""


def do_part(part: Part, answerer: Answerer, out: Path) -> Counts:
    """Write one part into the result's folder, where it appears when it is whole.

    Raises
    ------
    InvalidInputError, UnreadableFileError
        The part's file cannot be used.
    StoreFullError
        The result cannot be written.
    """
    # So many at a time are answered by one thread: a worker has as many as it was given.
    rows = min(answerer.asked.reading.chunk_rows, CHUNK_POINTS)
    reading = replace(answerer.asked.reading, chunk_rows=rows)
    source = parquets.open_points(Path(part.file), reading, part.row_groups)
    job = Job(source, answerer)
    # Two workers may do the same part, when one was taken for dead.
    unfinished = unfinished_folder(out) / f"{uuid4().hex}.parquet"
    try:
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        counts = _written(job, unfinished, part, out)
        final = out / part.out
        final.parent.mkdir(parents=True, exist_ok=True)
        unfinished.replace(final)
    except OSError as error:
        msg = f"{out / part.out} cannot be written ({error.strerror or error})"
        raise StoreFullError(msg) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return counts


def unfinished_folder(out: Path) -> Path:
    """Return where parts lie that are under way."""
    return out / FACTS / "unfinished"


def refused_file(out: Path, part: Part) -> Path:
    """Return where a part's refused rows are listed."""
    return out / FACTS / "refused" / f"{part.out}.csv"


def require_columns(part: Part, answerer: Answerer, asked: Asked) -> list[str]:
    """Return the columns of refused rows, when the part's file can be asked about.

    Raises
    ------
    InvalidInputError, UnsupportedCrsError
        It has no coordinates, not the columns that were named, or one of a new column's name.
    """
    source = parquets.open_points(Path(part.file), asked.reading, ())
    job = Job(source, answerer)
    source.chunks.close()  # type: ignore[attr-defined]
    return refused_columns(job)


def refused_columns(job: Job) -> list[str]:
    """Return the columns that a list of refused rows has beside the reason."""
    points = job.points
    return [FILE, *(name for name in points.schema.names if name != points.geometry)]


def _written(job: Job, path: Path, part: Part, out: Path) -> Counts:
    listed = refused_file(out, part)
    unfinished = path.with_suffix(".csv")
    output = ParquetOutput(path, job.schema, job.points)
    counts = Counts()
    try:
        with RefusedFile(unfinished, refused_columns(job)) as refused:
            for done in job.done(1):
                output.add(done.table, done.lon, done.lat)
                refused.add(_with_file(one, part) for one in done.refused)
                counts = counts.plus(done.counts)
        output.tell({COUNTS: json.dumps(counts).encode()})
    finally:
        output.close()
    listed.unlink(missing_ok=True)
    if refused.rows:
        listed.parent.mkdir(parents=True, exist_ok=True)
        unfinished.replace(listed)
    return counts


def _with_file(refusal: Refusal, part: Part) -> Refusal:
    return refusal._replace(values={FILE: part.file, **refusal.values})
