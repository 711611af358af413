"""Figures as files: tables for everybody, shapes for those by areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from gridgis.errors import InvalidInputError
from gridgis.exports.shaping import GEOMETRY
from gridgis.exports.writing import require_table_name, writing
from gridgis.files.vector_writing import require_writable, write_vector

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

_SHAPES = (".geojson", ".json", ".gpkg", ".fgb")
_TEXTS = ("code", "name", "period", "small")


def require_figure_file(path: Path, *, by_area: bool) -> None:
    """Refuse a path to which no figures can be written.

    Raises
    ------
    InvalidInputError
        The ending is unknown, or one of shapes, which only areas have; or the folder is not there.
    """
    if path.suffix.lower() not in _SHAPES:
        require_table_name(path, also=_SHAPES if by_area else ())
    elif not by_area:
        msg = f"{path}: only figures by area have shapes; write .csv, .xlsx or .parquet"
        raise InvalidInputError(msg)
    else:
        require_writable(path)


def write_figures(frame: pd.DataFrame, path: Path, zone: ZoneInfo) -> None:
    """Write figures as the kind of file that the ending names; tables have no shapes.

    Times are those of the city; in files of shapes they are text.

    Raises
    ------
    InvalidInputError
        As :func:`require_figure_file` says.
    StoreFullError
        The table cannot be written.
    """
    require_figure_file(path, by_area=isinstance(frame, gpd.GeoDataFrame))
    if isinstance(frame, gpd.GeoDataFrame) and path.suffix.lower() in _SHAPES:
        write_vector(shaped_figures(frame, zone), path, layer="figures")
        return
    with writing(path, "figures") as table:
        table.add(_plain(frame, zone))


def shaped_figures(frame: gpd.GeoDataFrame, zone: ZoneInfo) -> gpd.GeoDataFrame:
    """Return figures by areas with times as text of the city, as files of shapes want them."""
    table = frame.copy()
    for name in ("since", "before"):
        table[name] = [at.astimezone(zone).isoformat() for at in table[name]]
    return table


def _plain(frame: pd.DataFrame, zone: ZoneInfo) -> pd.DataFrame:
    table = pd.DataFrame(frame.drop(columns=GEOMETRY, errors="ignore"))
    for name in _TEXTS:
        table[name] = table[name].astype("string")
    for name in ("since", "before"):
        table[name] = pd.to_datetime(table[name], utc=True).dt.as_unit("us").dt.tz_convert(zone)
    return table
