"""What lies under and around the figures of a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridgis_maps.frames.checking import AREA_COLUMNS, check

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis_maps.drawing.tiles import Tiles

LINE_COLUMNS = ("kind",)


@dataclass(frozen=True)
class BaseMap:
    """What lies under and around the figures; each may be missing.

    Attributes
    ----------
    outlines
        Areas of the levels above the grid, columns as the grids'.
    water, greens
        Polygons; a column `name` (None) where names are known.
    roads
        Lines; column `kind`, and `name` (None) where names are known.
    tiles
        Tiles of another server below all of it; None: the page loads nothing.
    """

    outlines: gpd.GeoDataFrame | None = None
    water: gpd.GeoDataFrame | None = None
    greens: gpd.GeoDataFrame | None = None
    roads: gpd.GeoDataFrame | None = None
    tiles: Tiles | None = None

    def __post_init__(self) -> None:
        check(self.outlines, "outlines", AREA_COLUMNS)
        check(self.water, "water", ())
        check(self.greens, "greens", ())
        check(self.roads, "roads", LINE_COLUMNS)
