"""Who lives and works in the areas: the band of households, the stations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis_boundaries.planes import length_m
from gridgis_boundaries.rules.findings import Finding
from gridgis_boundaries.sizes import place

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis.model import Layer
    from gridgis_boundaries.rules.standards import Band

_SHOWN = 4


def unknown_households(areas: gpd.GeoDataFrame, layer: Layer) -> list[Finding]:
    """Return the grids whose households are not known, as one finding together.

    Where no grid states any, the layer does not count households, and nothing is found.
    """
    grid = _grid(layer)
    if "households" not in areas:
        return []
    is_grid = areas["level"].to_numpy(dtype=object) == grid
    unknown = is_grid & np.asarray(areas["households"].isna())
    if not unknown.any() or np.array_equal(unknown, is_grid):
        return []
    codes = tuple(areas["code"][unknown])
    named = ", ".join(codes[:_SHOWN]) + (", …" if len(codes) > _SHOWN else "")
    sentence = f"nobody knows how many households {len(codes)} {grid}s have: {named}"
    return [Finding("unknown households", None, codes, float(len(codes)), sentence, "areas")]


def households(areas: gpd.GeoDataFrame, layer: Layer, band: Band) -> list[Finding]:
    """Return each grid with fewer or more households than the band; ends of the band are inside."""
    if "households" not in areas:
        return []
    counts = areas["households"].to_numpy(dtype=np.float64, na_value=np.nan)
    is_grid = areas["level"].to_numpy(dtype=object) == _grid(layer)
    # Unknown households compare as neither.
    outside = np.flatnonzero(is_grid & ((counts < band.fewest) | (counts > band.most)))
    codes, shapes, found = areas["code"].to_numpy(), areas.geometry.to_numpy(), []
    for at in outside:
        code, amount, shape = str(codes[at]), int(counts[at]), shapes[at]
        sentence = f"{code} has {amount:,} households; {band.fewest} to {band.most} are standard"
        found.append(
            Finding("households", place(shape), (code,), float(amount), sentence, "households")
        )
    return found


def stations(areas: gpd.GeoDataFrame, stationed: gpd.GeoDataFrame) -> list[Finding]:
    """Return each area with a station (Point, EPSG:4326) that stands outside of it, and how far.

    A station on the border stands inside. `stationed` has the columns name, area_id and geometry.
    """
    at = {int(area_id): position for position, area_id in enumerate(areas["area_id"])}
    standing = stationed[stationed["area_id"].isin(list(at)) & stationed.geometry.notna()]
    own = np.array([at[int(area_id)] for area_id in standing["area_id"]], dtype=np.int64)
    shapes, spots = areas.geometry.to_numpy()[own], standing.geometry.to_numpy()
    away = np.flatnonzero(~shapely.covers(shapes, spots))
    ways = shapely.shortest_line(spots[away], shapes[away])
    found = []
    for position, distance_m in zip(away, length_m(ways).tolist(), strict=True):
        code, spot = str(areas["code"].iloc[own[position]]), spots[position]
        sentence = f"{standing['name'].iloc[position]} stands {distance_m:,.0f} m outside {code}"
        where = (float(spot.x), float(spot.y))
        found.append(Finding("station", where, (code,), distance_m, sentence, "m"))
    return found


def _grid(layer: Layer) -> str:
    return next(level.code for level in layer.levels if level.is_grid)
