"""One door to files of points: CSV, Parquet, Excel, and every vector file."""

from __future__ import annotations

import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from gridgis.assigning import delimited, parquets
from gridgis.assigning.chunks import Chunk, Points, cut
from gridgis.errors import UnreadableFileError
from gridgis.files.rows import named
from gridgis.files.sheets import open_sheet
from gridgis.files.unpacking import missing
from gridgis.files.vectors import vector_batches
from gridgis.imports.values import missing as is_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gridgis.files import Reading
    from gridgis.files.vectors import VectorBatch

GEOMETRY = "geometry"
"""What the column of shapes is called where the file has no name for it."""


def open_points(file: str, reading: Reading) -> Points:
    """Open a file of points; ``FILE|layername=NAME`` picks a layer of a GeoPackage.

    Raises
    ------
    UnreadableFileError
        There is no such file, or it is not what its name says.
    """
    path = Path(file.partition("|layername=")[0])
    if not path.is_file():
        more = "; --cluster local:N takes folders of Parquet" if path.is_dir() else ""
        msg = f"{missing(path)}{more}"
        raise UnreadableFileError(msg)
    if path.stat().st_size == 0:
        msg = f"{path}: the file is empty"
        raise UnreadableFileError(msg)
    name = path.name.lower()
    for endings, opened in _READERS.items():
        if name.endswith(endings):
            return opened(path, reading)
    return _shapes(file, path, reading)


def _sheet(path: Path, reading: Reading) -> Points:
    """Open a workbook; it is in memory as a whole, since that is how workbooks are read."""
    rows = open_sheet(path, reading)
    frames = list(rows.chunks)
    columns: dict[str, list[object]] = {name: [] for name in rows.columns}
    numbers: list[int] = []
    for frame in frames:
        numbers += frame.index.tolist()
        for name in columns:
            columns[name] += frame[name].tolist()
    table = pa.table({name: _column(values) for name, values in columns.items()})
    chunks = cut(table, np.array(numbers, np.int64), reading.chunk_rows)
    return Points(path.name, table.schema, chunks, len(table), notes=rows.notes)


def _column(values: list[object]) -> pa.Array:
    """Return cells as one column; as text where they are of several kinds."""
    cells = [None if is_missing(value) else value for value in values]
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {int, float}:
        return pa.array(cells, pa.float64())
    if len(kinds) <= 1 and not kinds & {datetime.time, datetime.timedelta}:
        return pa.array(cells)
    return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())


def _shapes(file: str, path: Path, reading: Reading) -> Points:
    batches = vector_batches(file, reading.chunk_rows, encoding=reading.encoding)
    first = next(batches, None)
    if first is None:
        msg = f"{path}: the file has no rows"
        raise UnreadableFileError(msg)
    names = list(first.table.schema.names)
    own = first.geometry
    # What GDAL calls a column that has no name of its own.
    geometry = GEOMETRY if own == "wkb_geometry" and GEOMETRY not in names else own
    renamed = [geometry if name == own else name for name in names]
    named([name for name in renamed if name != geometry] or ["-"], path.name)
    schema = pa.schema(
        [kind.with_name(name) for kind, name in zip(first.table.schema, renamed, strict=True)]
    )
    return Points(
        path.name,
        schema,
        _vector_chunks(chain([first], batches), schema),
        geometry=geometry,
        crs=first.crs,
        notes=list(first.notes),
    )


def _vector_chunks(batches: Iterator[VectorBatch], schema: pa.Schema) -> Iterator[Chunk]:
    first = 1
    for batch in batches:
        table = pa.Table.from_batches([batch.table]).rename_columns(schema.names).cast(schema)
        yield Chunk(table, np.arange(first, first + len(table)))
        first += len(table)


_READERS: dict[tuple[str, ...], Callable[[Path, Reading], Points]] = {
    (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt"): delimited.open_points,
    (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"): _sheet,
    (".parquet", ".geoparquet"): parquets.open_points,
}
