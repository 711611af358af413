"""Water and greens: what a map shows between the roads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.demo.terrain import (
    LEFT_FOOT_M,
    LENGTH_M,
    RIGHT_FOOT_M,
    RIVER_HALF_WIDTH_M,
    Floats,
    Valley,
    to_lonlat,
    to_metres,
)

if TYPE_CHECKING:
    from gridgis.demo.fabric import Fabric
    from gridgis.demo.landuse import LandUse
    from gridgis.demo.names import Names

_HILL_M2 = 60_000.0
_PARK_SETBACK_M = 7.0


def make_water(valley: Valley, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Draw the river, as wide as it likes between its embankments, and an island's worth of bays.

    Returns
    -------
    Columns kind ("river"), name, name_en, geometry (Polygon, EPSG:4326); index 0..n-1.
    """
    along = np.arange(-400.0, LENGTH_M + 401.0, 40.0)
    banks = [np.column_stack([along, side * _half_width(along, rng)]) for side in (-1.0, 1.0)]
    ring = np.concatenate([banks[0], banks[1][::-1]])
    river = shapely.Polygon(valley.lonlat(ring))
    table = pd.DataFrame({"kind": ["river"], "name": ["云川"], "name_en": ["Yun River"]})
    return gpd.GeoDataFrame(table, geometry=np.array([river]), crs=4326)


def _half_width(along: Floats, rng: np.random.Generator) -> Floats:
    width = np.full_like(along, RIVER_HALF_WIDTH_M)
    for wavelength, amplitude in ((2_900.0, 22.0), (1_100.0, 12.0), (460.0, 6.0)):
        width += amplitude * np.sin(2 * np.pi * along / wavelength + rng.uniform(0, 2 * np.pi))
    return width


def make_greens(fabric: Fabric, landuse: LandUse, titles: Names) -> gpd.GeoDataFrame:
    """Draw parks on their blocks and the hills beyond the roads at their feet.

    Returns
    -------
    Columns kind ("park" or "hill"), name, name_en, geometry (Polygon, EPSG:4326); index 0..n-1.
    """
    parks = np.flatnonzero(landuse.use == "park")
    area_m2 = shapely.area(shapely.transform(fabric.blocks, to_metres))
    high = (fabric.centre_uv[:, 1] > LEFT_FOOT_M) | (fabric.centre_uv[:, 1] < RIGHT_FOOT_M)
    hills = np.flatnonzero(high & (area_m2 > _HILL_M2))
    rows = []
    for kind, ending, ending_en, blocks in (
        ("park", "公园", "Park", parks),
        ("hill", "山", "Hill", hills),
    ):
        for _ in blocks:
            zh, en = titles.stem()
            rows.append((kind, zh + ending, f"{en} {ending_en}"))
    table = pd.DataFrame(rows, columns=["kind", "name", "name_en"])
    lawns = shapely.buffer(fabric.land[parks], -_PARK_SETBACK_M, join_style="mitre")
    shapes = np.concatenate([shapely.transform(lawns, to_lonlat), fabric.blocks[hills]])
    return gpd.GeoDataFrame(table, geometry=shapes, crs=4326)
