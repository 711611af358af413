"""A file of areas in its own system, so that what repair does not touch keeps its bits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.errors import UnsupportedCrsError
from gridgis.files.systems import require_crs, to_degrees
from gridgis.files.unpacking import PARQUET
from gridgis.files.vectors import open_vector, vector_batches
from gridgis_boundaries.repair.repairing import UNCLOSED

if TYPE_CHECKING:
    from gridgis.files.vectors import VectorBatch

_ROWS = 1 << 16


def open_areas(
    path: str | Path,
    *,
    crs: str | None = None,
    datum: str = "wgs84",
    encoding: str | None = None,
) -> gpd.GeoDataFrame:
    """Return the rows of a vector file in the file's own system, x before y; index 0..n-1.

    Open rings are closed, and their rows are in ``frame.attrs["unclosed"]``. A datum other than WGS
    84 and CGCS2000 is moved to EPSG:4326; Parquet comes in EPSG:4326 too. Parameters and errors as
    in :func:`gridgis.files.vectors.open_vector`.
    """
    name = Path(str(path).partition("|layername=")[0])
    if name.suffix.lower() in PARQUET:
        return open_vector(path, crs=crs, datum=datum, encoding=encoding)
    frames, unclosed, notes, start = [], [], [], 0
    for batch in vector_batches(path, _ROWS, encoding=encoding):
        frame, opened = _frame(batch)
        unclosed += [start + at for at in opened]
        start += len(frame)
        frames.append(frame)
        notes = batch.notes
    whole = pd.concat(frames, ignore_index=True) if frames else gpd.GeoDataFrame(geometry=[])
    whole.attrs.update(notes=list(notes))
    if datum in {"gcj02", "bd09"}:
        whole = to_degrees(whole, crs=crs, datum=datum, file=name.name)
    elif crs is not None:
        whole = whole.set_crs(require_crs(crs), allow_override=True)
    if whole.crs is None:
        msg = f"{name.name} does not say its coordinate system; name it with --crs"
        raise UnsupportedCrsError(msg)
    whole.attrs[UNCLOSED] = unclosed
    return whole


def _frame(batch: VectorBatch) -> tuple[gpd.GeoDataFrame, list[int]]:
    """Return a batch as a frame, and the rows whose rings had to be closed."""
    texts = batch.table.column(batch.geometry).to_numpy(zero_copy_only=False)
    shapes = shapely.from_wkb(texts, on_invalid="ignore")
    there = np.array([text is not None for text in texts], dtype=bool)
    broken = np.flatnonzero(there & shapely.is_missing(shapes))
    if len(broken):
        shapes[broken] = shapely.from_wkb(texts[broken], on_invalid="fix")
    closed = broken[~shapely.is_missing(shapes[broken])].tolist()
    table = batch.table.drop_columns([batch.geometry]).to_pandas()
    return gpd.GeoDataFrame(table, geometry=shapes, crs=batch.crs), closed
