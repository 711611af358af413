"""Parquet and GeoParquet, batch by batch."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from pyarrow import parquet
from pyproj import CRS
from pyproj.exceptions import CRSError

from gridgis.errors import UnreadableFileError, UnsupportedCrsError
from gridgis.files.rows import Rows, named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gridgis.files.rows import Reading


def open_parquet(path: Path, reading: Reading) -> Rows:
    """Open a Parquet file; a GeoParquet's main geometry becomes the rows' shape."""
    try:
        file = parquet.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        msg = f"{path}: not a Parquet file, or a damaged one ({error})"
        raise UnreadableFileError(msg) from error
    geometry, crs = find_geometry(file.schema_arrow, path)
    columns = [name for name in named(file.schema_arrow.names, path.name) if name != geometry]
    return Rows(
        columns=columns,
        chunks=_chunks(file, path, geometry, reading.chunk_rows),
        total=file.metadata.num_rows,
        geometry=geometry,
        crs=crs,
    )


def geo_metadata(column: str) -> bytes:
    """Return what makes Parquet with WKB in a column GeoParquet; longitude, then latitude."""
    crs = CRS.from_user_input("OGC:CRS84").to_json_dict()
    told = {"encoding": "WKB", "geometry_types": [], "crs": crs}
    return json.dumps(
        {"version": "1.0.0", "primary_column": column, "columns": {column: told}}
    ).encode()


def _chunks(
    file: parquet.ParquetFile, path: Path, geometry: str | None, size: int
) -> Iterator[pd.DataFrame]:
    first = 1
    with file:
        try:
            for batch in file.iter_batches(batch_size=size):
                # Whole numbers stay whole beside missing ones.
                chunk = batch.to_pandas(integer_object_nulls=True, ignore_metadata=True)
                chunk.index = pd.RangeIndex(first, first + len(chunk))
                if geometry is not None:
                    chunk[geometry] = shapely.from_wkb(np.asarray(chunk[geometry], dtype=object))
                first += len(chunk)
                yield chunk
        except (pa.ArrowInvalid, OSError, shapely.GEOSException) as error:
            msg = f"{path}: damaged after row {first - 1:,} ({error})"
            raise UnreadableFileError(msg) from error


def find_geometry(schema: pa.Schema, path: Path) -> tuple[str | None, CRS | None]:
    """Return the main column of shapes and its system, as far as the file says.

    Raises
    ------
    UnreadableFileError
        Shapes are not described as GeoParquet asks.
    UnsupportedCrsError
        Their coordinate system is unknown.
    """
    said = (schema.metadata or {}).get(b"geo")
    if said is None:
        return None, None
    try:
        meta = json.loads(said)
        name = str(meta["primary_column"])
        crs = meta["columns"][name].get("crs", "OGC:CRS84")
        return name, None if crs is None else CRS.from_user_input(crs)
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{path}: its geometry columns are not described as GeoParquet asks ({error})"
        raise UnreadableFileError(msg) from error
    except CRSError as error:
        msg = f"{path}: its coordinate system is unknown; say it with --crs"
        raise UnsupportedCrsError(msg) from error
