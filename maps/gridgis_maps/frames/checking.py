"""What every frame of a map must have: its columns, EPSG:4326, and each code once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.errors import InvalidInputError, UnsupportedCrsError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

LON_LAT = 4326

AREA_COLUMNS = ("code", "name", "level", "parent_code", "parent_name", "households")


def check_grids(grids: gpd.GeoDataFrame) -> None:
    """Refuse grids that lack a column, or of which two share a code."""
    check(grids, "grids", AREA_COLUMNS)
    once(grids, "grids")


def once(areas: gpd.GeoDataFrame, name: str) -> None:
    """Refuse areas of which two share a code."""
    twice = areas.loc[areas["code"].duplicated(), "code"]
    if len(twice):
        msg = f"{name}: code {twice.iloc[0]!r} stands more than once; merge its parts first"
        raise InvalidInputError(msg)


def check(frame: gpd.GeoDataFrame | None, name: str, columns: tuple[str, ...]) -> None:
    """Refuse shapes that lack a column or are not EPSG:4326; None is no frame at all."""
    if frame is None:
        return
    need(frame, name, columns)
    if frame.active_geometry_name is None:
        msg = f"{name}: a column of geometries is needed"
        raise InvalidInputError(msg)
    if frame.crs is None or frame.crs.to_epsg() != LON_LAT:
        msg = f"{name}: coordinates must be EPSG:4326 (lon/lat), not {frame.crs}; convert them"
        raise UnsupportedCrsError(msg)


def need(frame: pd.DataFrame, name: str, columns: tuple[str, ...]) -> None:
    """Refuse a table that lacks a column."""
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        msg = f"{name}: column {missing[0]!r} is missing; a map needs {', '.join(columns)}"
        raise InvalidInputError(msg)
