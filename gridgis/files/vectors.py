"""Vector files as frames of shapes in WGS 84, whole or in chunks."""

from __future__ import annotations

import json
import shutil
import tempfile
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError
from pyproj import CRS

from gridgis.errors import UnreadableFileError
from gridgis.files.dbf import find_dbf_encoding
from gridgis.files.drawings import DRAWINGS, areas_of_drawing, drawing_in_ascii
from gridgis.files.encodings import find_encoding
from gridgis.files.rings import closed_rings
from gridgis.files.systems import to_degrees
from gridgis.files.unpacking import GEOJSON, PARQUET, glob_text, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gridgis.files.control_points import ControlFit

Chunk = TypeVar("Chunk")
OnInvalid = Literal["ignore", "fix"]

# They hold layers, and a person says which.
_LAYERED = (".gpkg", ".gdb", ".kml", ".kmz")
_KML = (".kml", ".kmz")
# How a globe shows a placemark; nothing of the placemark itself.
_KML_STYLE = [
    *("timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility"),
    *("drawOrder", "icon", "snippet"),
]
_GDAL_ERRORS = (DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError)


@dataclass
class _Source:
    """A plain file, how to read it, and what a person should know of it."""

    path: Path
    name: str
    layer: str | None = None
    encoding: str | None = None
    notes: list[str] = field(default_factory=list)


class VectorBatch(NamedTuple):
    """Rows of a file; `geometry` names the column of WKB, whose system is `crs`, if it says so."""

    table: pa.RecordBatch
    geometry: str
    crs: CRS | None
    notes: list[str]


def open_vector(
    path: str | Path,
    *,
    crs: str | ControlFit | None = None,
    datum: str = "wgs84",
    encoding: str | None = None,
    swap_axes: bool = False,
    close_rings: bool = False,
) -> gpd.GeoDataFrame:
    """Return all rows of a vector file as a frame, EPSG:4326, longitude first; index 0..n-1.

    GeoJSON (also .gz, also a bare geometry), GeoPackage, FileGDB (the folder), KML and KMZ
    (``FILE|layername=NAME`` picks a layer of these), Shapefile, DXF, FlatGeobuf and GeoParquet,
    each also alone in a .zip. A bare collection has one row a shape; a drawing one row an area, see
    :func:`gridgis.files.drawings.areas_of_drawing`. A row without a shape has None. What a person
    should know of the reading is in ``frame.attrs["notes"]``, and where everything lay in the
    file's own coordinates in ``frame.attrs["incoming"]``.

    Parameters
    ----------
    crs
        Coordinate system, such as EPSG:4490, a PROJ string or WKT, or a fit of control points; it
        goes before what the file says.
    datum
        wgs84, cgcs2000, gcj02 or bd09.
    encoding
        Encoding of the texts of a GeoJSON, a DXF or a shapefile; None: found by strict trial.
    swap_axes
        Whether the file writes the northing or the latitude first.
    close_rings
        Whether rings that are not closed are closed, with a note.

    Raises
    ------
    UnreadableFileError
        The file is missing, damaged, not what its name says, its texts fit no encoding, or a ring
        is not closed.
    UnsupportedCrsError
        The coordinate system is missing or cannot be used.
    """
    frame = vector_as_it_is(path, encoding=encoding, close_rings=close_rings)
    name = Path(str(path).partition("|layername=")[0]).name
    return to_degrees(frame, crs=crs, datum=datum, file=name, swap_axes=swap_axes)


def vector_as_it_is(
    path: str | Path, *, encoding: str | None = None, close_rings: bool = False
) -> gpd.GeoDataFrame:
    """Return all rows of a vector file in the file's own system (None: it says none), x before y.

    Kinds, rows, parameters and errors as in :func:`open_vector`; every coordinate keeps its double.
    ``frame.attrs["closed"]`` lists the positions of rows whose rings were closed.
    """
    with _opened(path, encoding) as source, _gdal(source):
        if source.path.suffix.lower() in PARQUET:
            frame, closed = _whole_parquet(source)
        else:
            frame, closed = _whole(source)
    frame = closed_rings(frame, closed, close=close_rings, file=source.name)
    frame.attrs["notes"] = [*source.notes, *frame.attrs.get("notes", [])]
    return frame


def vector_chunks(
    path: str | Path,
    rows: int,
    *,
    crs: str | None = None,
    datum: str = "wgs84",
    encoding: str | None = None,
) -> Iterator[gpd.GeoDataFrame]:
    """Yield a vector file in frames of at most `rows` rows, EPSG:4326; the index counts from 0 on.

    Parameters and errors as in :func:`open_vector`; an error may come after some chunks.
    """
    with _opened(path, encoding) as source:
        chunks = _chunks(source, rows)
        start = 0
        while (chunk := _next(chunks, source)) is not None:
            chunk.index = pd.RangeIndex(start, start + len(chunk))
            chunk.attrs["notes"] = source.notes
            start += len(chunk)
            yield to_degrees(chunk, crs=crs, datum=datum, file=source.name)


def vector_batches(
    path: str | Path, rows: int, *, encoding: str | None = None
) -> Iterator[VectorBatch]:
    """Yield a vector file as it is, in batches of at most `rows` rows: nothing is converted.

    Errors as in :func:`open_vector`; one may come after some batches.
    """
    with _opened(path, encoding) as source:
        batches = _raw(source, rows)
        while (batch := _next(batches, source)) is not None:
            yield batch


def _whole(source: _Source) -> tuple[gpd.GeoDataFrame, NDArray[np.object_]]:
    """Return all rows, and their shapes once more with every ring closed."""
    frame = _read(source, "ignore")
    _require_shapes(frame, source)
    closed = frame.geometry
    if frame.geometry.isna().any():
        closed = _read(source, "fix").geometry
    suffix = source.path.suffix.lower()
    if suffix in DRAWINGS:
        frame = areas_of_drawing(frame)
        closed = frame.geometry
    elif suffix in _KML:
        frame = frame.drop(columns=[name for name in _KML_STYLE if name in frame])
    elif suffix in GEOJSON and _is_bare_collection(frame):
        frame, closed = frame.explode(ignore_index=True), closed.explode(ignore_index=True)
    return frame, closed.to_numpy()


def _is_bare_collection(frame: gpd.GeoDataFrame) -> bool:
    bare = len(frame) == 1 and frame.columns.tolist() == [frame.geometry.name]
    return bare and frame.geom_type.tolist() == ["GeometryCollection"]


def _read(source: _Source, on_invalid: OnInvalid) -> gpd.GeoDataFrame:
    frame: gpd.GeoDataFrame = pyogrio.read_dataframe(
        source.path, layer=source.layer, encoding=source.encoding, on_invalid=on_invalid
    )
    return frame


def _whole_parquet(source: _Source) -> tuple[gpd.GeoDataFrame, NDArray[np.object_]]:
    chunks = list(_parquet_chunks(source, 1 << 16))
    frame = pd.concat(chunks) if chunks else gpd.GeoDataFrame(geometry=[], crs="EPSG:4326")
    if not frame.geometry.isna().any():
        return frame, frame.geometry.to_numpy()
    closed = [part.geometry.to_numpy() for part in _parquet_chunks(source, 1 << 16, "fix")]
    return frame, np.concatenate(closed)


def _raw(source: _Source, rows: int) -> Iterator[VectorBatch]:
    if source.path.suffix.lower() in DRAWINGS:
        msg = f"{source.name} is a drawing, of which only areas are read; export its points"
        raise UnreadableFileError(msg)
    with pyogrio.open_arrow(
        source.path,
        layer=source.layer,
        encoding=source.encoding,
        batch_size=rows,
        use_pyarrow=True,
    ) as (meta, batches):
        column = meta["geometry_name"] or "wkb_geometry"
        if column not in batches.schema.names:
            _require_shapes(None, source)
        crs = CRS.from_user_input(meta["crs"]) if meta["crs"] else None
        for batch in batches:
            yield VectorBatch(batch, column, crs, source.notes)


def _chunks(source: _Source, rows: int) -> Iterator[gpd.GeoDataFrame]:
    suffix = source.path.suffix.lower()
    if suffix in PARQUET:
        return _parquet_chunks(source, rows)
    if suffix in DRAWINGS:
        return _drawing_chunks(source, rows)
    if suffix == ".shp":
        return _shapefile_chunks(source, rows)
    return _arrow_chunks(source, rows)


def _next(chunks: Iterator[Chunk], source: _Source) -> Chunk | None:
    with _gdal(source):
        return next(chunks, None)


@contextmanager
def _opened(path: str | Path, encoding: str | None) -> Iterator[_Source]:
    text, _, layer = str(path).partition("|layername=")
    name = Path(text).name
    with unpacked(Path(text)) as plain, tempfile.TemporaryDirectory(prefix="gridgis-") as folder:
        source = _Source(plain, name, layer or None)
        if plain.suffix.lower() in GEOJSON:
            source.path = _in_utf8(source, encoding, Path(folder))
        elif plain.suffix.lower() == ".shp":
            source.encoding, notes = find_dbf_encoding(_beside(plain, ".dbf"), encoding)
            source.notes += notes
        elif plain.suffix.lower() in DRAWINGS:
            source.path, found = drawing_in_ascii(plain, encoding, Path(folder))
            source.notes += [f"texts read as {found}"] if found not in {None, "utf-8"} else []
        elif plain.suffix.lower() in _LAYERED and layer == "":
            _require_one_layer(source)
        yield source


@contextmanager
def _gdal(source: _Source) -> Iterator[None]:
    """Turn GDAL's errors into ours, and its warnings into notes."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            yield
        except (*_GDAL_ERRORS, pa.ArrowException, shapely.GEOSException, OSError) as error:
            # What follows speaks to programmers, of drivers.
            reason = str(error).splitlines()[0].partition("; It might help")[0]
            msg = f"{source.name} cannot be read: {reason}"
            raise UnreadableFileError(msg) from error
        finally:
            # Open rings are told by row elsewhere, in a person's words.
            warned = {str(warning.message) for warning in said}
            source.notes += sorted(text for text in warned if "Non closed ring" not in text)


def _in_utf8(source: _Source, encoding: str | None, folder: Path) -> Path:
    """Return a GeoJSON file in UTF-8: the same, or a copy."""
    found = find_encoding(source.path, encoding)
    if found in {"utf-8", "utf-8-sig"}:
        return source.path
    source.notes.append(f"texts read as {found}")
    copy = folder / "utf8.geojson"
    with source.path.open(encoding=found) as old, copy.open("w", encoding="utf-8") as new:
        shutil.copyfileobj(old, new)
    return copy


def _beside(shp: Path, suffix: str) -> Path:
    return next(
        other
        for other in shp.parent.glob(f"{glob_text(shp.stem)}.*")
        if other.suffix.lower() == suffix
    )


def _require_one_layer(source: _Source) -> None:
    with _gdal(source):
        layers = [name for name, kind in pyogrio.list_layers(source.path) if kind is not None]
    if len(layers) > 1:
        msg = (
            f"{source.name} holds several layers ({', '.join(layers)}); "
            f"pick one like '{source.name}|layername={layers[0]}'"
        )
        raise UnreadableFileError(msg)


def _require_shapes(frame: object, source: _Source) -> None:
    if not isinstance(frame, gpd.GeoDataFrame):
        msg = f"{source.name} holds rows without shapes"
        raise UnreadableFileError(msg)


def _shapefile_chunks(source: _Source, rows: int) -> Iterator[gpd.GeoDataFrame]:
    total = pyogrio.read_info(source.path)["features"]
    for start in range(0, total, rows):
        frame = pyogrio.read_dataframe(
            source.path,
            encoding=source.encoding,
            skip_features=start,
            max_features=rows,
            on_invalid="ignore",
        )
        _require_shapes(frame, source)
        yield frame


def _drawing_chunks(source: _Source, rows: int) -> Iterator[gpd.GeoDataFrame]:
    areas, _ = _whole(source)
    source.notes += areas.attrs["notes"]
    for start in range(0, len(areas), rows):
        yield areas.iloc[start : start + rows]


def _arrow_chunks(source: _Source, rows: int) -> Iterator[gpd.GeoDataFrame]:
    with pyogrio.open_arrow(source.path, layer=source.layer, batch_size=rows, use_pyarrow=True) as (
        meta,
        batches,
    ):
        column = meta["geometry_name"] or "wkb_geometry"
        crs = CRS.from_user_input(meta["crs"]) if meta["crs"] else None
        for batch in batches:
            if column not in batch.schema.names:
                _require_shapes(None, source)
            yield _frame(batch, column, crs)


def _parquet_chunks(
    source: _Source, rows: int, on_invalid: OnInvalid = "ignore"
) -> Iterator[gpd.GeoDataFrame]:
    with pq.ParquetFile(source.path) as file:
        geo = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"{}"))
        column = geo.get("primary_column")
        facts: dict[str, Any] = geo.get("columns", {}).get(column, {})
        if facts.get("encoding") != "WKB":
            msg = f"{source.name} holds no shapes that can be read (GeoParquet with WKB is wanted)"
            raise UnreadableFileError(msg)
        # Without the key GeoParquet means longitude and latitude; with null, that it is unknown.
        said = facts.get("crs", "OGC:CRS84")
        crs = None if said is None else CRS.from_user_input(said)
        for batch in file.iter_batches(batch_size=rows):
            yield _frame(batch, column, crs, on_invalid)


def _frame(
    batch: pa.RecordBatch, column: str, crs: CRS | None, on_invalid: OnInvalid = "ignore"
) -> gpd.GeoDataFrame:
    shapes = shapely.from_wkb(
        batch.column(column).to_numpy(zero_copy_only=False), on_invalid=on_invalid
    )
    table = batch.drop_columns([column]).to_pandas()
    return gpd.GeoDataFrame(table, geometry=shapes, crs=crs)
