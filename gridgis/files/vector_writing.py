"""Write frames of shapes: the whole file or nothing, with all digits of every coordinate."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyogrio
import shapely

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    import geopandas as gpd

WRITABLE = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".fgb": "FlatGeobuf",
    ".parquet": "Parquet",
    ".csv": "CSV",
}
"""Endings of the files that can be written, and their kinds."""

_OPTIONS = {"GeoJSON": {"COORDINATE_PRECISION": 17, "RFC7946": "NO"}}


def write_vector(frame: gpd.GeoDataFrame, path: Path, *, layer: str = "areas") -> None:
    """Write a frame, EPSG:4326, as the kind of file that its ending names.

    CSV begins with a byte order mark, so that Excel reads it as UTF-8, and has the shapes as WKT in
    the column `wkt`. Columns of dicts become JSON text.

    Raises
    ------
    InvalidInputError
        The ending is unknown, or the folder is not there.
    """
    kind = require_writable(path)
    table = frame.copy()
    # What a person was told of the reading goes into no file; pandas would write it to Parquet.
    table.attrs = {}
    for column in [name for name in table.columns if name != table.geometry.name]:
        if table[column].map(lambda value: isinstance(value, dict | list)).any():
            table[column] = table[column].map(_as_text)
    with tempfile.TemporaryDirectory(prefix=".gridgis-", dir=path.parent) as folder:
        # In the same folder, so that the finished file takes its place in one step.
        unfinished = Path(folder) / path.name
        if kind == "Parquet":
            table.to_parquet(unfinished)
        elif kind == "CSV":
            _write_csv(table, unfinished)
        else:
            pyogrio.write_dataframe(
                table, unfinished, layer=layer, driver=kind, **_OPTIONS.get(kind, {})
            )
        unfinished.replace(path)


def require_writable(path: Path) -> str:
    """Return the kind of file that the ending of `path` names.

    Raises
    ------
    InvalidInputError
        The ending is unknown, or the folder is not there.
    """
    kind = WRITABLE.get(path.suffix.lower())
    if kind is None:
        msg = f"{path}: write to a file that ends in {', '.join(WRITABLE)}"
        raise InvalidInputError(msg)
    if not path.absolute().parent.is_dir():
        msg = f"{path}: there is no folder {path.absolute().parent}"
        raise InvalidInputError(msg)
    return kind


def _write_csv(table: gpd.GeoDataFrame, path: Path) -> None:
    wkt = shapely.to_wkt(table.geometry.to_numpy(), rounding_precision=-1)
    rows = pd.DataFrame(table.drop(columns=table.geometry.name)).assign(wkt=wkt)
    rows.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _as_text(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
