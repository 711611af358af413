"""The files of archived months: they appear whole and on the disk, and are read by their hash."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from gridgis.errors import ArchiveFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime
    from io import BufferedReader

BATCH_ROWS = 10_000


class ArchivedFile(NamedTuple):
    """The file of one month's `noun` (report or event); its name is inside the archive folder."""

    month: date
    noun: str
    name: str
    row_count: int
    size_bytes: int
    sha256: bytes

    @property
    def said(self) -> str:
        """What the file is, in words."""
        return f"the file of the {self.noun}s of {self.month:%Y-%m}"


def write(
    folder: Path,
    month: date,
    noun: str,
    schema: Any,  # noqa: ANN401 - pyarrow
    parts: Iterable[Any],
) -> ArchivedFile:
    """Write Arrow tables to one file of the folder, which is made when it is not there.

    The name holds the beginning of the content's hash: no other content is ever written over.

    Raises
    ------
    ArchiveFileError
        The folder cannot be written to, or the disk is full.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".gridgis-", dir=folder) as inside:
            unfinished = Path(inside) / "month.parquet"
            rows = _write_parts(unfinished, schema, parts)
            with unfinished.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").digest()
                os.fsync(file.fileno())
                size_bytes = os.fstat(file.fileno()).st_size
            name = f"{noun}-{month:%Y-%m}-{sha256.hex()[:12]}.parquet"
            unfinished.replace(folder / name)
        _flush_names(folder)
    except OSError as error:
        msg = (
            f"{folder} cannot be written to ({error.strerror or error}); {month:%Y-%m} stays in "
            "the database"
        )
        raise ArchiveFileError(msg) from error
    return ArchivedFile(month, noun, name, rows, size_bytes, sha256)


def parts(folder: Path, known: ArchivedFile, at: datetime | None = None) -> Iterator[Any]:
    """Yield a file's rows as Arrow tables; with `at` only those captured then.

    Raises
    ------
    ArchiveFileError
        The file is missing, damaged, or not the one that was archived.
    """
    path = folder / known.name
    try:
        with path.open("rb") as file:
            _require_same(file, path, known)
            with parquet.ParquetFile(file) as read:
                yield from _all(read) if at is None else _captured(read, at)
    except FileNotFoundError as error:
        msg = (
            f"{path}, {known.said}, is missing; put it back from a backup, or set "
            "GRIDGIS_ARCHIVE_DIR to the folder that it lies in"
        )
        raise ArchiveFileError(msg) from error
    except (pa.ArrowException, OSError) as error:
        msg = f"{path}, {known.said}, cannot be read ({error}); put it back from a backup"
        raise ArchiveFileError(msg) from error


def _write_parts(path: Path, schema: Any, parts: Iterable[Any]) -> int:  # noqa: ANN401 - pyarrow
    path.touch(0o600)
    rows = 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in parts:
            writer.write_table(part)
            rows += len(part)
    return rows


def _flush_names(folder: Path) -> None:
    """Bring the folder's list of names to the disk, as fsync does it for a file's content."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _require_same(file: BufferedReader, path: Path, known: ArchivedFile) -> None:
    if hashlib.file_digest(file, "sha256").digest() != known.sha256:
        size_bytes = os.fstat(file.fileno()).st_size
        how = (
            "its content has changed"
            if size_bytes == known.size_bytes
            else f"it has {size_bytes:,} bytes and was archived with {known.size_bytes:,}"
        )
        msg = f"{path}, {known.said}, is damaged: {how}; put it back from a backup"
        raise ArchiveFileError(msg)
    file.seek(0)


def _all(read: Any) -> Iterator[Any]:  # noqa: ANN401 - pyarrow
    for batch in read.iter_batches(batch_size=BATCH_ROWS):
        yield pa.Table.from_batches([batch])


def _captured(read: Any, at: datetime) -> Iterator[Any]:  # noqa: ANN401 - pyarrow
    """Yield the rows of one moment: rows stand by time, so that few groups can hold it."""
    place = read.schema_arrow.get_field_index("captured_at")
    for group in range(read.num_row_groups):
        told = read.metadata.row_group(group).column(place).statistics
        if told is None or told.min <= at <= told.max:
            rows = read.read_row_group(group)
            yield rows.filter(pc.equal(rows["captured_at"], pa.scalar(at)))
