"""Write tables part by part: the file appears when it is whole."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from pyarrow import parquet

from gridgis.errors import InvalidInputError, StoreFullError
from gridgis.exports.shaping import FORMULA_MARKS, FREE_TEXTS, GEOMETRY
from gridgis.exports.sheets import SheetTable
from gridgis.files.parquet import geo_metadata
from gridgis.files.points import points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray


class Table(Protocol):
    """A file under way."""

    def add(self, part: pd.DataFrame) -> None:
        """Append rows with typed columns; all parts have the same."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


class CsvTable:
    """CSV with a byte order mark, so that Excel reads it as UTF-8; shapes as WKT."""

    def __init__(self, path: Path, noun: str) -> None:
        del noun
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._started = False

    def add(self, part: pd.DataFrame) -> None:
        """Append rows; a resident's text that begins like a formula gets an apostrophe."""
        plain = part.copy()
        for name in FREE_TEXTS.intersection(part.columns):
            risky = plain[name].str.startswith(FORMULA_MARKS).fillna(value=False).astype(bool)
            plain[name] = plain[name].mask(risky, "'" + plain[name])
        for name in plain.select_dtypes("datetimetz").columns:
            plain[name] = [None if pd.isna(at) else at.isoformat() for at in plain[name]]
        if GEOMETRY in plain:
            plain[GEOMETRY] = shapely.to_wkt(
                plain[GEOMETRY].to_numpy(object), rounding_precision=-1
            )
        plain.to_csv(self._file, index=False, header=not self._started, lineterminator="\r\n")
        self._started = True

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class ParquetTable:
    """Parquet; with shapes GeoParquet in longitude and latitude."""

    def __init__(self, path: Path, noun: str) -> None:
        del noun
        self._path = path
        self._writer: parquet.ParquetWriter | None = None

    def add(self, part: pd.DataFrame) -> None:
        """Append rows."""
        plain = part.copy()
        if GEOMETRY in plain:
            plain[GEOMETRY] = shapely.to_wkb(plain[GEOMETRY].to_numpy(object))
        schema = pa.schema([(str(name), _arrow_type(plain, str(name))) for name in plain.columns])
        table = pa.Table.from_pandas(plain, schema=schema, preserve_index=False)
        if self._writer is None:
            meta = {b"geo": geo_metadata(GEOMETRY)} if GEOMETRY in plain else None
            self._writer = parquet.ParquetWriter(
                self._path, schema.with_metadata(meta), compression="zstd"
            )
        self._writer.write_table(table.replace_schema_metadata(self._writer.schema.metadata))

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.close()


class GeoPackageTable:
    """GeoPackage with one layer, named after the noun; `lon` and `lat` become points."""

    def __init__(self, path: Path, noun: str) -> None:
        self._path = path
        self._noun = noun
        self._started = False

    def add(self, part: pd.DataFrame) -> None:
        """Append rows."""
        shapes = _shapes(part)
        frame = gpd.GeoDataFrame(
            part.drop(columns=[GEOMETRY, "lon", "lat"], errors="ignore"),
            geometry=shapes,
            crs="EPSG:4326",
        )
        pyogrio.write_dataframe(
            frame,
            self._path,
            layer=self._noun,
            driver="GPKG",
            append=self._started,
            geometry_type="Point" if "lon" in part else "Unknown",
        )
        self._started = True

    def close(self) -> None:
        """Nothing is open between parts."""


_KINDS: dict[str, type[CsvTable | ParquetTable | GeoPackageTable | SheetTable]] = {
    ".csv": CsvTable,
    ".parquet": ParquetTable,
    ".gpkg": GeoPackageTable,
    ".xlsx": SheetTable,
}


def require_table_name(path: Path, only: str | None = None, also: Sequence[str] = ()) -> None:
    """Refuse a path to which no table, or none of the only kind, can be written.

    `also` are endings that the caller writes by itself; they are told with the others.

    Raises
    ------
    InvalidInputError
        The ending is unknown, or the folder is not there.
    """
    kinds = [only] if only else list(_KINDS)
    if path.suffix.lower() not in kinds:
        endings = dict.fromkeys([*kinds, *also])
        msg = f"{path}: write to a file that ends in {', '.join(endings)}"
        raise InvalidInputError(msg)
    if not path.absolute().parent.is_dir():
        msg = f"{path}: there is no folder {path.absolute().parent}"
        raise InvalidInputError(msg)


@contextmanager
def writing(path: Path, noun: str) -> Iterator[Table]:
    """Open a table of the kind that the ending names; at the end of the block it takes its place.

    Raises
    ------
    StoreFullError
        The file cannot be written: the disk is full, or the folder closed.
    """
    with whole_file(path) as unfinished:
        table = _KINDS[path.suffix.lower()](unfinished, noun)
        try:
            yield table
        finally:
            table.close()


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a path to write to; when the block ends well the file takes its place in one step.

    Raises
    ------
    StoreFullError
        The file cannot be written: the disk is full, or the folder closed.
    """
    try:
        # In the same folder: a file cannot move to another disk in one step.
        with tempfile.TemporaryDirectory(prefix=".gridgis-", dir=path.absolute().parent) as folder:
            unfinished = Path(folder) / path.name
            yield unfinished
            unfinished.replace(path)
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror or error}); it is as it was"
        raise StoreFullError(msg) from error


def _shapes(part: pd.DataFrame) -> NDArray[np.object_]:
    if GEOMETRY in part:
        return part[GEOMETRY].to_numpy(object)
    if "lon" not in part:
        return np.full(len(part), None, dtype=object)
    return points(part["lon"], part["lat"])


def _arrow_type(part: pd.DataFrame, name: str) -> pa.DataType:
    if name == GEOMETRY:
        return pa.binary()
    dtype = part[name].dtype
    if dtype == "float64":
        return pa.float64()
    if dtype == "Int64":
        return pa.int64()
    if isinstance(dtype, pd.DatetimeTZDtype):
        return pa.timestamp("us", tz=str(dtype.tz))
    return pa.string()
