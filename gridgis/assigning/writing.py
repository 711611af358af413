"""Write points with their grids, chunk by chunk, as the kind of file that the ending names."""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely
from pyarrow import parquet
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
from pyproj import CRS

from gridgis.errors import InvalidInputError, StoreFullError
from gridgis.exports.shaping import GEOMETRY
from gridgis.exports.sheets import SheetTable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from gridgis.assigning.chunks import Points
    from gridgis.imports.refusals import RefusedFile

    Doubles = NDArray[np.float64]

LAYER = "points"
LON_LAT = "EPSG:4326"


class Output(Protocol):
    """A file under way."""

    def add(self, table: pa.Table, lon: Doubles, lat: Doubles) -> None:
        """Append rows, which are at these degrees in EPSG:4326 (NaN: nowhere)."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


class _Csv:
    """CSV with a byte order mark, so that Excel reads it as UTF-8; shapes as WKT."""

    def __init__(self, path: Path, schema: pa.Schema, points: Points) -> None:
        self._geometry = points.geometry
        self._schema = pa.schema([_flat(field, self._geometry, path) for field in schema])
        self._file = path.open("wb")
        names = [pa.array([name]) for name in schema.names]
        self._file.write(codecs.BOM_UTF8 + csv_lines(names))

    def add(self, table: pa.Table, lon: Doubles, lat: Doubles) -> None:
        """Append rows."""
        del lon, lat
        flat = flat_table(table, self._schema, self._geometry).combine_chunks()
        self._file.write(csv_lines(flat.columns))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class ParquetOutput:
    """Parquet, with the types and the shapes of what came in."""

    def __init__(self, path: Path, schema: pa.Schema, points: Points) -> None:
        if points.geometry is not None and b"geo" not in (schema.metadata or {}):
            geo = _geo(points.geometry, points.crs)
            schema = schema.with_metadata({**(schema.metadata or {}), b"geo": geo})
        self._schema = schema
        # A dictionary of numbers or shapes, which hardly repeat, costs time and space.
        texts = [
            one.name for one in schema if _is_text(one.type) or pa.types.is_dictionary(one.type)
        ]
        self._writer = parquet.ParquetWriter(
            path, schema, compression="zstd", use_dictionary=texts or False
        )

    def add(self, table: pa.Table, lon: Doubles, lat: Doubles) -> None:
        """Append rows."""
        del lon, lat
        self._writer.write_table(table.replace_schema_metadata(self._schema.metadata))

    def tell(self, facts: dict[bytes, bytes]) -> None:
        """Write facts into the file's own metadata."""
        self._writer.add_key_value_metadata(facts)

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()


class _GeoPackage:
    """GeoPackage with one layer: the shapes of what came in, or points where the rows are."""

    def __init__(self, path: Path, schema: pa.Schema, points: Points) -> None:
        self._path = path
        self._own = points.geometry
        self._geometry = points.geometry or "geom"
        if self._own is None and self._geometry in schema.names:
            msg = f"the column {self._geometry!r} would be the GeoPackage's shapes; rename it"
            raise InvalidInputError(msg)
        crs = points.crs if points.geometry is not None else CRS.from_user_input(LON_LAT)
        self._crs = None if crs is None else crs.to_wkt()
        self._schema = pa.schema([_flat(field, self._own, path, wkt=False) for field in schema])
        # GDAL's own number of a row has that name, and would take the column for it.
        taken = "fid" in {name.lower() for name in schema.names}
        self._options = {"FID": "gpkg_fid"} if taken else {}
        self._started = False

    def add(self, table: pa.Table, lon: Doubles, lat: Doubles) -> None:
        """Append rows."""
        flat = table.cast(self._schema)
        if self._own is None:
            flat = flat.append_column(self._geometry, pa.array(_wkb(lon, lat), pa.binary()))
        try:
            pyogrio.write_arrow(
                flat,
                self._path,
                layer=LAYER,
                driver="GPKG",
                geometry_name=self._geometry,
                geometry_type="Unknown" if self._own else "Point",
                crs=self._crs,
                append=self._started,
                layer_options=self._options,
            )
        except (DataSourceError, DataLayerError, FeatureError) as error:
            msg = f"{self._path.name} cannot be written: {str(error).splitlines()[0]}"
            raise StoreFullError(msg) from error
        self._started = True

    def close(self) -> None:
        """Nothing is open between chunks."""


class _Sheet:
    """A workbook: what is text stays text; shapes as WKT where a cell holds them."""

    def __init__(self, path: Path, schema: pa.Schema, points: Points) -> None:
        self._geometry = points.geometry
        self._schema = pa.schema([_flat(field, self._geometry, path) for field in schema])
        self._sheet = SheetTable(path, LAYER)

    def add(self, table: pa.Table, lon: Doubles, lat: Doubles) -> None:
        """Append rows."""
        del lon, lat
        flat = flat_table(table, self._schema, self._geometry)
        frame = flat.to_pandas(integer_object_nulls=True, ignore_metadata=True)
        if self._geometry == GEOMETRY:
            frame[GEOMETRY] = shapely.from_wkt(frame[GEOMETRY].to_numpy(object))
        self._sheet.add(frame)

    def close(self) -> None:
        """Write the workbook."""
        self._sheet.close()


_KINDS: dict[str, Callable[[Path, pa.Schema, Points], Output]] = {
    ".csv": _Csv,
    ".parquet": ParquetOutput,
    ".gpkg": _GeoPackage,
    ".xlsx": _Sheet,
}
ENDINGS = tuple(_KINDS)
"""Endings of the files that can be written."""


def open_output(path: Path, schema: pa.Schema, points: Points) -> Output:
    """Begin a file with these columns; `points` says where the shapes are, and their system."""
    return _KINDS[path.suffix.lower()](path, schema, points)


def require_output(out: Path, points: str) -> None:
    """Refuse a path to which no points can be written.

    Raises
    ------
    InvalidInputError
        The ending is unknown, the folder is not there, or it is the file that is read.
    """
    if out.suffix.lower() not in ENDINGS:
        msg = f"{out}: write to a file that ends in {', '.join(ENDINGS)}"
        raise InvalidInputError(msg)
    if not out.absolute().parent.is_dir():
        msg = f"{out}: there is no folder {out.absolute().parent}"
        raise InvalidInputError(msg)
    given = Path(points.partition("|layername=")[0])
    if out.exists() and given.exists() and out.samefile(given):
        msg = f"{out} is the file that is read; write to another one"
        raise InvalidInputError(msg)


def refused_name(out: Path) -> Path:
    """Return where the refused rows of a result are listed.

    >>> refused_name(Path("out.csv")).name
    'out.csv.refused.csv'
    """
    return out.with_name(f"{out.name}.refused.csv")


def keep_refused(refused: RefusedFile, final: Path) -> Path | None:
    """Put the list of refused rows into its place; without any, an older one goes."""
    if refused.path is None or not refused.rows:
        final.unlink(missing_ok=True)
        return None
    refused.path.replace(final)
    return final


def flat_table(table: pa.Table, schema: pa.Schema, geometry: str | None) -> pa.Table:
    """Return a table with values that text can hold; shapes as WKT."""
    if geometry is not None:
        shapes = shapely.from_wkb(
            table[geometry].to_numpy(zero_copy_only=False), on_invalid="ignore"
        )
        wkt = pa.array(shapely.to_wkt(shapes, rounding_precision=-1), pa.string())
        table = table.set_column(table.schema.get_field_index(geometry), geometry, wkt)
    return table.cast(schema)


def csv_lines(columns: Sequence[pa.Array]) -> bytes:
    r"""Return columns as lines of CSV; a value is quoted only where it must be.

    >>> csv_lines([pa.array([1, None]), pa.array(["a, b", "c"])])
    b'1,"a, b"\r\n,c\r\n'
    """
    quoted = [_quoted(column) for column in columns]
    rows = pc.binary_join_element_wise(*quoted, ",", null_handling="replace", null_replacement="")
    lines = pc.binary_join_element_wise(rows, "\r\n", "")
    whole = lines.chunks if isinstance(lines, pa.ChunkedArray) else [lines]
    return b"".join(_texts(chunk) for chunk in whole)


def _quoted(column: pa.ChunkedArray) -> pa.ChunkedArray:
    written = column.cast(pa.string())
    if not _is_text(column.type):
        return written
    chunks = written.chunks if isinstance(written, pa.ChunkedArray) else [written]
    if not any(mark in _texts(chunk) for chunk in chunks for mark in _MUST_BE_QUOTED):
        return written
    special = pc.match_substring_regex(written, '[",\r\n]')
    doubled = pc.replace_substring(written, '"', '""')
    return pc.if_else(special, pc.binary_join_element_wise('"', doubled, '"', ""), written)


_MUST_BE_QUOTED = (b'"', b",", b"\r", b"\n")


def _texts(column: pa.Array) -> bytes:
    """Return the texts of a column without anything between: so they lie in memory."""
    _, offsets, texts = column.buffers()
    if texts is None or not len(column):
        return b""
    ends = np.frombuffer(offsets, np.int32)
    first, end = int(ends[column.offset]), int(ends[column.offset + len(column)])
    return bytes(texts.slice(first, end - first))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _flat(field: pa.Field, geometry: str | None, path: Path, *, wkt: bool = True) -> pa.Field:
    """Return a column as tables of text, GDAL's too, can hold it."""
    kind = field.type
    if field.name == geometry:
        return field.with_type(pa.string() if wkt else pa.binary())
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        msg = (
            f"the column {field.name!r} holds {kind}, which a {path.suffix} file cannot; "
            "write a .parquet file"
        )
        raise InvalidInputError(msg)
    if pa.types.is_null(kind) or pa.types.is_decimal(kind):
        kind = pa.string()
    return pa.field(field.name, kind)


def _wkb(lon: Doubles, lat: Doubles) -> NDArray[np.object_]:
    found = np.full(len(lon), None, object)
    there = np.isfinite(lon)
    found[there] = shapely.to_wkb(shapely.points(lon[there], lat[there]))
    return found


def _geo(geometry: str, crs: CRS | None) -> bytes:
    facts: dict[str, object] = {
        "encoding": "WKB",
        "geometry_types": [],
        "crs": None if crs is None else crs.to_json_dict(),
    }
    told = {"version": "1.0.0", "primary_column": geometry, "columns": {geometry: facts}}
    return json.dumps(told).encode()
