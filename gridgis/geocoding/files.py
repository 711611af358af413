"""A file of addresses in, the same file with places out, in little memory."""

from __future__ import annotations

import time
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from gridgis.assigning.chunks import with_answers
from gridgis.assigning.points import open_points
from gridgis.assigning.writing import keep_refused, open_output, refused_name, require_output
from gridgis.errors import InvalidInputError, StoreFullError
from gridgis.geocoding.addresses import addresses, require_addresses
from gridgis.geocoding.answering import FIELDS, REASON
from gridgis.geocoding.options import Counts, Summary
from gridgis.geocoding.parts import Parts, manifest_of
from gridgis.geocoding.review import ReviewFile, review_name
from gridgis.geocoding.working import Crew, Step
from gridgis.imports.refusals import RefusedFile
from gridgis.locate.threads import processors
from gridgis.places.index import PlaceIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from gridgis.assigning.chunks import Points
    from gridgis.geocoding.options import Asked

    Tell = Callable[[int, int | None], None]

# More would wait for the one that reads and writes.
_MOST_PROCESSES = 16


def geocode_file(
    file: str,
    places: PlaceIndex | Path,
    out: Path,
    asked: Asked,
    tell: Tell = lambda _done, _total: None,
    processes: int | None = None,
) -> Summary:
    """Write the rows with the places that their addresses mean: the whole file, or nothing.

    Rows keep their order. Those that are not sure are listed in ``OUT.review.csv`` with all that
    could be meant, those that cannot be split into columns in ``OUT.refused.csv``. What is done is
    kept in the folder ``OUT.parts`` until the file is whole: the same call goes on from there.

    Parameters
    ----------
    file
        CSV, Excel, Parquet or any vector file.
    places
        The index that answers, or a file of a saved one.
    out
        A file that ends in .csv, .parquet, .gpkg or .xlsx.
    tell
        Called with the rows that are done, and how many there are if the file says so.
    processes
        How many may work; None: as many as there are processors. Short files take one.

    Raises
    ------
    UnreadableFileError, InvalidInputError, AreaNotFoundError
        What was given cannot be used.
    ConflictError
        ``OUT.parts`` holds what was done for another question, or another run is at work there.
    PartsUnfinishedError
        A process has ended; what is done is kept.
    StoreFullError
        The file cannot be written.
    """
    began = time.perf_counter()
    require_output(out, file)
    if processes is not None and processes < 1:
        msg = f"{processes} processes are none"
        raise InvalidInputError(msg)
    source = open_points(file, asked.reading)
    require_addresses(source, asked.fields)
    with_answers(source, FIELDS)
    saved = places if isinstance(places, Path) else None
    index = PlaceIndex.load(places) if isinstance(places, Path) else copy(places)
    # What is often asked for changes by the hour, and no file has it: all processes answer alike.
    index.note_uses(())
    parts = Parts(out.absolute())
    crew = Crew(
        index,
        asked,
        lambda: parts.file_of(index, saved),
        min(processes or processors(), _MOST_PROCESSES),
    )
    try:
        with parts:
            parts.require_same(manifest_of(file, parts.mark_of(index, saved), asked))
            answered = crew.answered(_steps(source, parts, asked))
            summary = _written(source, out, parts, answered, tell)
    except OSError as error:
        msg = f"{out} cannot be written ({error.strerror or error}); what is done is kept"
        raise StoreFullError(msg) from error
    summary.notes = list(source.notes)
    summary.seconds = time.perf_counter() - began
    return summary


def _steps(source: Points, parts: Parts, asked: Asked) -> Iterator[Step]:
    for number, chunk in enumerate(source.chunks):
        texts = addresses(chunk.table, asked.fields)
        yield Step(number, chunk, texts, parts.read(number, len(texts)))


def _written(
    source: Points,
    out: Path,
    parts: Parts,
    answered: Iterator[tuple[Step, pa.Table]],
    tell: Tell,
) -> Summary:
    """Write the result beside what is done; whole, it takes its place with its lists."""
    summary = Summary()
    unfinished = parts.unfinished / out.name
    columns = [name for name in source.schema.names if name != source.geometry]
    refused = RefusedFile(parts.unfinished / "refused.csv", columns)
    output = open_output(unfinished, with_answers(source, FIELDS), source)
    try:
        with refused, ReviewFile(parts.unfinished / "review.csv") as review:
            for step, answers in answered:
                if step.kept is None:
                    parts.keep(step.number, answers)
                else:
                    summary.earlier += len(answers)
                table = step.chunk.table
                for field in FIELDS:
                    table = table.append_column(field, answers[field.name])
                output.add(table, _degrees(answers["lon"]), _degrees(answers["lat"]))
                review.add(step.chunk.rows, step.addresses, answers)
                refused.add(step.chunk.broken)
                summary.counts = summary.counts.plus(_counted(answers, len(step.chunk.broken)))
                tell(summary.counts.rows, source.total)
    finally:
        output.close()
    summary.review_file = review.keep(review_name(out))
    summary.refused_file = keep_refused(refused, refused_name(out))
    unfinished.replace(out)
    return summary


def _degrees(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.array(pc.fill_null(column, float("nan")).to_numpy(), np.float64)


def _counted(answers: pa.Table, broken: int) -> Counts:
    sure = pc.sum(answers["sure"], min_count=0).as_py()
    doubted = answers[REASON].is_valid()
    unsure = pc.sum(doubted, min_count=0).as_py()
    unknown = pc.sum(pc.and_(doubted, answers["match"].is_null()), min_count=0).as_py()
    return Counts(sure, unsure, len(answers) - sure - unsure, unknown, broken)
