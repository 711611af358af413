"""In which datum is this file? Held against another that is known to be in WGS 84."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from gridgis.datum.fitting import TOLERANCE_M, fit_grounds
from gridgis.datum.ground import read_ground
from gridgis.errors import InvalidInputError
from gridgis.files import Reading, open_rows
from gridgis.files.points import points
from gridgis.files.systems import to_degrees
from gridgis.files.tables import is_plain_table
from gridgis.files.vectors import open_vector
from gridgis.imports.columns import find_columns
from gridgis.imports.refusals import Judging
from gridgis.imports.values import codes, numbers

if TYPE_CHECKING:
    from gridgis.datum.ground import Ground
    from gridgis.datum.verdict import DatumFit

_DEGREES = {
    "lon": ("经度", "lon", "longitude", "lng", "x"),
    "lat": ("纬度", "lat", "latitude", "y"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """A file and how to read it: a table with columns of degrees, or any vector file.

    `path` may pick a layer: ``FILE.gpkg|layername=NAME``. `lon` and `lat` are columns of a table,
    found by their names unless told. `key` is the column by which rows are matched. Of `reading`
    the datum is left aside, since it is what is asked for.
    """

    path: str
    lon: str | None = None
    lat: str | None = None
    key: str | None = None
    reading: Reading = field(default_factory=Reading)

    @property
    def name(self) -> str:
        """Return the file's name."""
        return Path(self.path).name


def fit_files(file: Source, reference: Source, *, tolerance_m: float = TOLERANCE_M) -> DatumFit:
    """Find the datum of a file; rows are matched when both have a key.

    The file is read as an import without a datum would read it, so the answer is what the import
    must be told. See :func:`gridgis.datum.fit_datum`.

    Raises
    ------
    UnreadableFileError
        A file is missing, or not what its name says.
    UnsupportedCrsError
        A file does not say its coordinate system, or one that cannot be used.
    InvalidInputError
        A column is not there, a file is empty or mixes points and outlines, coordinates lie off the
        earth, or rows cannot be matched.
    """
    matched = file.key is not None and reference.key is not None
    given = _read(file)
    try:
        right = _read(reference)
    except InvalidInputError as error:
        # The options of the reference have names of their own.
        raise type(error)(str(error).replace(" --", " --reference-")) from error
    return fit_grounds(given, right, matched=matched, tolerance_m=tolerance_m)


def _read(source: Source) -> Ground:
    table = is_plain_table(Path(source.path))
    frame = _read_table(source) if table else _read_shapes(source)
    if source.key is not None:
        if source.key not in frame.columns:
            names = ", ".join(str(name) for name in frame.columns if name != frame.geometry.name)
            msg = f"{source.name}: there is no column {source.key!r}; the file has {names}"
            raise InvalidInputError(msg)
        keys = codes(frame[source.key], source.key, Judging(frame))
        frame = frame.set_geometry(frame.geometry.where(keys.notna(), None)).set_index(keys)
    return read_ground(frame.geometry, source.name)


def _read_shapes(source: Source) -> gpd.GeoDataFrame:
    reading = source.reading
    frame = open_vector(source.path, crs=reading.crs, encoding=reading.encoding)
    return frame.set_index(frame.index + 1)


def _read_table(source: Source) -> gpd.GeoDataFrame:
    rows = open_rows(Path(source.path), source.reading)
    try:
        column = find_columns(rows.columns, _DEGREES, {"lon": source.lon, "lat": source.lat})
    except InvalidInputError as error:
        msg = f"{source.name}: {error}"
        raise InvalidInputError(msg) from error
    if len(column) < len(_DEGREES):
        msg = (
            f"{source.name}: no columns are called lon and lat; name them with --lon and --lat, "
            f"the file has {', '.join(rows.columns)}"
        )
        raise InvalidInputError(msg)
    table = pd.concat([pd.DataFrame(columns=rows.columns), *rows.chunks])
    judging = Judging(table)
    lon, lat = (numbers(table[column[name]], name, judging) for name in _DEGREES)
    located = gpd.GeoDataFrame(table, geometry=points(lon, lat), crs="EPSG:4326")
    crs = source.reading.crs
    return to_degrees(located, crs=crs, datum="wgs84", file=source.name)
