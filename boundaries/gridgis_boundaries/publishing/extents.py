"""What a layer is declared to cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis import shapes
from gridgis.errors import InvalidGeometryError

if TYPE_CHECKING:
    import geopandas as gpd
    import shapely


def extent_of(frame: gpd.GeoDataFrame) -> shapely.MultiPolygon:
    """Return what polygons (EPSG:4326, longitude first) cover together.

    Raises
    ------
    InvalidGeometryError
        There is none, or one of the rows is no polygon.
    """
    fit = shapes.fit(frame.geometry.to_numpy())
    if fit.refused or not len(fit.shapes):
        row, reason = min(fit.refused.items(), default=(-1, "there are no rows"))
        msg = f"this is no extent: row {row + 1}: {reason}"
        raise InvalidGeometryError(msg)
    return shapes.union(fit.shapes)
