"""Reports in bulk over HTTP: the body goes to a file as it comes, then in by chunks."""

from __future__ import annotations

import tempfile
import zlib
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic import ValidationError

from gridgis.body import canonical_json
from gridgis.errors import GridgisError, InvalidInputError
from gridgis.files import CHUNK_ROWS, Reading, Rows, open_rows
from gridgis.imports import Importer, ImportOptions
from gridgis.imports.batch import MOST_ROWS, READY_COLUMNS, BatchReports, ReadyReports, require_name
from gridgis_api.dependencies import wgs84
from gridgis_api.errors import BatchTooLargeError, MalformedBodyError, WrongBatchTypeError
from gridgis_api.refusals import sentences
from gridgis_api.shapes.reports import ReportBody

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.requests import Request

    from gridgis.actor import Actor
    from gridgis.imports import Summary
    from gridgis_api.service import Service
    from gridgis_api.shapes.reports import BatchQuery

LARGEST_BATCH = 4_000_000_000
"""Bytes of one batch when it is unpacked."""

_KINDS = {"text/csv": ".csv", "application/x-ndjson": ".ndjson", "application/jsonl": ".ndjson"}


@asynccontextmanager
async def spooled(request: Request) -> AsyncIterator[Path]:
    """Yield the request's body as a file, unpacked; its ending says what it is.

    Raises
    ------
    WrongBatchTypeError
        It is neither CSV nor NDJSON, or packed in another way than gzip.
    BatchTooLargeError
        Unpacked, it is larger than :data:`LARGEST_BATCH`.
    MalformedBodyError
        It says that it is gzip, and is not, or not whole.
    """
    kind = _KINDS.get(request.headers.get("content-type", "").partition(";")[0].strip().lower())
    packed = request.headers.get("content-encoding", "identity").strip().lower()
    if kind is None or packed not in {"identity", "gzip"}:
        raise WrongBatchTypeError
    unpacker = zlib.decompressobj(wbits=31) if packed == "gzip" else None
    with tempfile.TemporaryDirectory(prefix="gridgis-batch-") as folder:
        path = Path(folder) / f"batch{kind}"
        size = 0
        with path.open("wb") as file:
            async for piece in request.stream():
                for part in _unpacked(piece, unpacker):
                    size += file.write(part)
                    if size > LARGEST_BATCH:
                        raise BatchTooLargeError
        if unpacker is not None and not unpacker.eof:
            msg = "the body says that it is gzip, and ends in the middle; nothing was stored"
            raise MalformedBodyError(msg)
        yield path


def _unpacked(piece: bytes, unpacker: Any | None) -> Iterator[bytes]:  # noqa: ANN401 - zlib's own
    """Yield a piece in parts of bounded size: a small body may unpack to a very large one."""
    if unpacker is None:
        yield piece
        return
    try:
        while piece:
            yield unpacker.decompress(piece, 1 << 20)
            piece = unpacker.unconsumed_tail
    except zlib.error as error:
        msg = f"the body says that it is gzip, and cannot be unpacked ({error})"
        raise MalformedBodyError(msg) from error


def bring(service: Service, path: Path, asked: BatchQuery, actor: Actor) -> Summary:
    """Store the reports of a spooled body; rows that cannot be used are refused one by one.

    Raises
    ------
    UnreadableFileError
        A CSV whose rows cannot be told apart.
    InvalidInputError
        A CSV without a column that is needed.
    BatchTooLargeError
        More than :data:`MOST_ROWS` rows; those before are stored.
    """
    settings = service.settings
    options = ImportOptions(
        source=asked.source,
        zone=settings.zone,
        near_tolerance_m=settings.near_tolerance_m,
        seeker=service.seeker if asked.locate else None,
    )
    importer = Importer(service.store, actor, service.clock, territories=service.territories)
    if path.suffix == ".csv":
        rows = open_rows(path, Reading())
        rows.chunks = _bounded(rows.chunks)
        return importer.rows(BatchReports(service.territories), rows, options, "batch.csv")
    rows = Rows(columns=list(READY_COLUMNS), chunks=iter(()))
    rows.chunks = _bounded(_chunks(path, asked.source, rows))
    return importer.rows(ReadyReports(service.territories), rows, options, "batch.ndjson")


def _bounded(chunks: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    count = 0
    for chunk in chunks:
        count += len(chunk)
        if count > MOST_ROWS:
            msg = (
                f"a batch has at most {MOST_ROWS:,} rows; those before row {count - len(chunk):,} "
                "are stored; send the rest in further batches"
            )
            raise BatchTooLargeError(msg)
        yield chunk


def _chunks(path: Path, source: str, rows: Rows) -> Iterator[pd.DataFrame]:
    """Yield the lines of an NDJSON file as frames; a line that cannot be used is put aside."""
    kept: list[tuple[object, ...]] = []
    numbers: list[int] = []
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                kept.append(_ready(line, source))
                numbers.append(number)
            except ValidationError as error:
                rows.broken.append((number, _reason(error), {"line": _shown(line)}))
            except GridgisError as error:
                rows.broken.append((number, str(error), {"line": _shown(line)}))
            if len(kept) + len(rows.broken) >= CHUNK_ROWS:
                yield _frame(kept, numbers)
                kept, numbers = [], []
    if kept or rows.broken:
        yield _frame(kept, numbers)


def _ready(line: bytes, source: str) -> tuple[object, ...]:
    body = ReportBody.model_validate_json(line)
    if body.source is not None and body.source != source:
        msg = f"source is {body.source!r}, and this batch is of {source!r}; send it in another one"
        raise InvalidInputError(msg)
    if body.captured_at is None:
        msg = "captured_at is missing: sent again, the report would be another one"
        raise InvalidInputError(msg)
    require_name(body.id, body.number)
    place = body.location
    where = None if place is None else wgs84(place.lon, place.lat, place.datum, place.accuracy_m)
    reporter = body.reporter
    return (
        None if body.id is None else str(body.id),
        body.captured_at,
        body.number,
        body.category,
        body.description,
        body.address,
        None if reporter is None else reporter.name,
        None if reporter is None else reporter.contact,
        None if where is None else where.lon,
        None if where is None else where.lat,
        None if where is None else where.accuracy_m,
        canonical_json(body.attributes),
    )


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return f"the line is not JSON: {first['ctx']['error']}"
    # As a body, so that the words are those of a single report.
    return sentences([{**first, "loc": ("body", *first["loc"])}])[0]["detail"]


def _frame(kept: list[tuple[object, ...]], numbers: list[int]) -> pd.DataFrame:
    frame = pd.DataFrame(kept, index=numbers, columns=list(READY_COLUMNS), dtype=object)
    doubles = {name: frame[name].astype("float64") for name in ("lon", "lat", "accuracy_m")}
    moments = pd.to_datetime(frame["captured_at"], utc=True).dt.as_unit("us")
    return frame.assign(captured_at=moments, **doubles)


def _shown(line: bytes) -> str:
    return line[:200].decode("utf-8", errors="replace").strip()
