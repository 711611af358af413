"""How many reports a grid has, for itself, for its area and for its households."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis_maps.numbers.plane import plane_amid

if TYPE_CHECKING:
    import geopandas as gpd

M2_PER_KM2 = 1_000_000
SHOWN = "grid"
OUTSIDE = "outside"
NO_LOCATION = "no_location"
ELSEWHERE = "elsewhere"


def report_figures(grids: gpd.GeoDataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """Return each grid's reports, and their density by area and by households.

    Parameters
    ----------
    grids
        Columns `code`, `households` (NaN when unknown); geometry areas, EPSG:4326, lon/lat.
    reports
        Columns `grid_code` (None without a grid).

    Returns
    -------
    pd.DataFrame
        Index of `grids`; columns `count`, `area_km2`, `per_km2`, `per_1000_households`, and
        `masked` (False: nothing is, see `disclosure.published`).
    """
    count = count_by_grid(grids["code"], reports["grid_code"])
    area_km2 = area_m2(grids.geometry) / M2_PER_KM2
    return pd.DataFrame(
        {
            "count": count,
            "area_km2": area_km2,
            "per_km2": rate(count, area_km2),
            "per_1000_households": rate(count, grids["households"], per=1000),
            "masked": False,
        },
        index=grids.index,
    )


def count_by_grid(grid_codes: pd.Series[str], report_codes: pd.Series[str]) -> pd.Series[int]:
    """Return the number of reports of each grid; 0 for a grid without any.

    Reports without a grid, or in a grid that is not asked for, are not counted: see `whereabouts`.

    >>> count_by_grid(pd.Series(["A", "B"]), pd.Series(["B", None, "B", "C"])).tolist()
    [0, 2]
    """
    counts = report_codes.value_counts()
    return grid_codes.map(counts).fillna(0).astype("int64")


def whereabouts(grid_codes: pd.Series[str], reports: pd.DataFrame) -> dict[str, int]:
    """Return how many reports are on the map, and why the others are not.

    ``grid`` counts those in a grid of the map, ``no_location`` those without a place, ``outside``
    those that no grid covers, ``elsewhere`` those in a grid that the map does not show. Together
    they are all the reports.

    >>> asked = pd.DataFrame({"grid_code": ["A", None, None, "Z"],
    ...     "rule": ["covers", "outside", "no_location", "near"]})
    >>> whereabouts(pd.Series(["A"]), asked)
    {'grid': 1, 'outside': 1, 'no_location': 1, 'elsewhere': 1}
    """
    shown = reports["grid_code"].isin(grid_codes) & reports["grid_code"].notna()
    placeless = ~shown & (reports["rule"] == NO_LOCATION)
    outside = ~shown & ~placeless & reports["grid_code"].isna()
    elsewhere = ~(shown | placeless | outside)
    return {
        SHOWN: int(shown.sum()),
        OUTSIDE: int(outside.sum()),
        NO_LOCATION: int(placeless.sum()),
        ELSEWHERE: int(elsewhere.sum()),
    }


def rate(
    count: pd.Series[int] | pd.Series[float], base: pd.Series[float], per: float = 1.0
) -> pd.Series[float]:
    """Return ``count / base * per``; NaN where the base is zero, negative or unknown.

    >>> rate(pd.Series([3, 3, 3]), pd.Series([500, 0, None]), per=1000).tolist()
    [6.0, nan, nan]
    """
    divisor = pd.to_numeric(base, errors="coerce").astype("float64")
    return count / divisor.where(divisor > 0) * per


def area_m2(areas: gpd.GeoSeries) -> pd.Series[float]:
    """Return each area's square metres, on a Lambert azimuthal equal-area plane amid them.

    The plane keeps the ellipsoid's areas; edges are straight on it. A missing or empty shape has
    0 m2.

    Parameters
    ----------
    areas
        Polygons or MultiPolygons, EPSG:4326, lon/lat.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> round(float(area_m2(gpd.GeoSeries([box(103.80, 36.05, 103.81, 36.06)], crs=4326))[0]))
    999761
    """
    if areas.is_empty.all() or areas.isna().all():
        return pd.Series(0.0, index=areas.index)
    square_metres = areas.to_crs(plane_amid(areas)).area
    return pd.Series(np.nan_to_num(square_metres), index=areas.index)
