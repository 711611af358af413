"""Parquet as it is, batch by batch: no value becomes a Python object on the way."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from gridgis.assigning.chunks import Chunk, Points
from gridgis.errors import UnreadableFileError
from gridgis.files.parquet import find_geometry
from gridgis.files.rows import named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gridgis.files import Reading

    # Row groups, and the number of their first row.
    _Where = tuple[list[int], int]

# Pages are read through a window: else a row group's columns are in memory as a whole.
_WINDOW_BYTES = 1 << 20


def open_points(path: Path, reading: Reading, row_groups: Sequence[int] | None = None) -> Points:
    """Open a Parquet file, or some of its row groups; rows are numbered in the whole file.

    Raises
    ------
    UnreadableFileError
        It is not a Parquet file, or a damaged one.
    """
    file = open_file(path)
    schema = pa.schema(map(_without_view, file.schema_arrow), file.schema_arrow.metadata)
    geometry, crs = find_geometry(schema, path)
    named([name for name in schema.names if name != geometry] or ["-"], path.name)
    sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
    groups = list(range(len(sizes))) if row_groups is None else list(row_groups)
    first = 1 + sum(sizes[: groups[0]]) if groups else 1
    return Points(
        path.name,
        schema,
        _chunks(file, schema, path, (groups, first), reading.chunk_rows),
        sum(sizes[group] for group in groups),
        geometry,
        crs,
    )


def open_file(path: Path) -> parquet.ParquetFile:
    """Open a Parquet file.

    Raises
    ------
    UnreadableFileError
        It is not one, or it is not whole.
    """
    with _reading(path, "not a Parquet file, or not a whole one"):
        return parquet.ParquetFile(path, pre_buffer=False, buffer_size=_WINDOW_BYTES)


def _chunks(
    file: parquet.ParquetFile, schema: pa.Schema, path: Path, where: _Where, rows: int
) -> Iterator[Chunk]:
    groups, first = where
    with file:
        batches = file.iter_batches(batch_size=rows, row_groups=groups)
        while True:
            with _reading(path, f"damaged after row {first - 1:,}"):
                batch = next(batches, None)
            if batch is None:
                return
            table = pa.Table.from_batches([batch]).cast(schema)
            yield Chunk(table, np.arange(first, first + len(batch)))
            first += len(batch)


def _without_view(field: pa.Field) -> pa.Field:
    """Return a column of views as one of plain texts or bytes: few functions take views."""
    if pa.types.is_string_view(field.type):
        return field.with_type(pa.string())
    return field.with_type(pa.binary()) if pa.types.is_binary_view(field.type) else field


@contextmanager
def _reading(path: Path, trouble: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        msg = f"{path}: {trouble} ({str(error).splitlines()[0]})"
        raise UnreadableFileError(msg) from error
