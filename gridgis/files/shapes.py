"""Vector files as rows with a shape."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import pandas as pd

from gridgis.errors import UnreadableFileError
from gridgis.files.rows import Rows, named
from gridgis.files.vectors import vector_chunks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd

    from gridgis.files.rows import Reading


def open_shapes(path: Path, reading: Reading) -> Rows:
    """Open a vector file; its shapes come in EPSG:4326, longitude first."""
    frames = vector_chunks(
        path,
        reading.chunk_rows,
        crs=reading.crs,
        datum=reading.datum,
        encoding=reading.encoding,
    )
    first = next(frames, None)
    if first is None:
        msg = f"{path}: the file has no rows"
        raise UnreadableFileError(msg)
    geometry = str(first.geometry.name)
    return Rows(
        columns=[name for name in named(list(first.columns), path.name) if name != geometry],
        chunks=_chunks(chain([first], frames), geometry),
        geometry=geometry,
        placed=True,
        notes=list(first.attrs.get("notes", [])),
    )


def _chunks(frames: Iterator[gpd.GeoDataFrame], geometry: str) -> Iterator[pd.DataFrame]:
    for frame in frames:
        chunk = pd.DataFrame(frame)
        chunk[geometry] = frame.geometry.to_numpy()
        chunk.index = chunk.index + 1
        yield chunk
