"""What lies under the figures of every map: the stored base map, and tiles where they are set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gridgis import frames
from gridgis.errors import InvalidInputError, SettingsError
from gridgis_maps import BaseMap, read_tiles

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis.store.connection import Connection
    from gridgis_maps import Tiles

AROUND = 0.3
"""How far beyond the grids the base map is read, of their width and height."""


def base_map(
    connection: Connection,
    grids: gpd.GeoDataFrame,
    outlines: gpd.GeoDataFrame,
    tiles: Tiles | None = None,
) -> BaseMap:
    """Return the base map around the grids: what is stored of water, greens and roads."""
    west, south, east, north = grids.total_bounds.tolist()
    if not np.isfinite(west):
        return BaseMap(outlines=outlines, tiles=tiles)
    wide, high = AROUND * (east - west), AROUND * (north - south)
    bbox = (west - wide, south - high, east + wide, north + high)
    return BaseMap(
        outlines=outlines,
        water=frames.landcover(connection, "water", bbox),
        greens=frames.landcover(connection, "green", bbox),
        roads=frames.roads(connection, bbox).rename(columns={"class": "kind"}),
        tiles=tiles,
    )


def tiles_of(said: str) -> Tiles:
    """Return the tiles that the setting means: a name, an address, or a file's text.

    Raises
    ------
    SettingsError
        It means none; every mistake is named.
    """
    try:
        file = Path(said)
        return read_tiles(file.read_text(encoding="utf-8") if file.is_file() else said)
    except (InvalidInputError, OSError, ValueError) as error:
        msg = f"GRIDGIS_MAP_TILES: {error}"
        raise SettingsError(msg) from error
