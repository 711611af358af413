"""One door to files of rows: CSV, Excel, Parquet, OpenStreetMap, and every vector file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.errors import UnreadableFileError
from gridgis.files.delimited import open_delimited
from gridgis.files.osm import OSM, open_osm
from gridgis.files.parquet import open_parquet
from gridgis.files.rows import Reading
from gridgis.files.shapes import open_shapes
from gridgis.files.sheets import open_sheet
from gridgis.files.unpacking import missing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gridgis.files.rows import Rows

_PARQUET = (".parquet", ".geoparquet")
_READERS: dict[tuple[str, ...], Callable[[Path, Reading], Rows]] = {
    (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt"): open_delimited,
    (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"): open_sheet,
    _PARQUET: open_parquet,
    OSM: open_osm,
}


def open_rows(path: Path, reading: Reading | None = None) -> Rows:
    """Open a file of rows; nothing but its head is read before the chunks are asked for.

    Raises
    ------
    UnreadableFileError
        There is no such file, or it is not what its name says.
    """
    if not path.is_file():
        msg = missing(path)
        raise UnreadableFileError(msg)
    if path.stat().st_size == 0:
        msg = f"{path}: the file is empty"
        raise UnreadableFileError(msg)
    name = path.name.lower()
    for endings, reader in _READERS.items():
        if name.endswith(endings):
            return reader(path, reading or Reading())
    return open_shapes(path, reading or Reading())


def is_plain_table(path: Path) -> bool:
    """Return whether a file has rows without shapes: text, a workbook, or a plain Parquet.

    Raises
    ------
    UnreadableFileError
        A Parquet file is damaged.
    """
    name = path.name.lower()
    if name.endswith(_PARQUET):
        return path.is_file() and open_parquet(path, Reading()).geometry is None
    return any(name.endswith(endings) for endings in _READERS if endings != OSM)
