"""How compact the areas are; each measure is a series on the areas' index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridgis_boundaries.planes import length_m, on_planes
from gridgis_boundaries.sizes import area_m2

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


def ground_m2(areas: gpd.GeoDataFrame) -> pd.Series[float]:
    """Return the ground of each area (polygons, EPSG:4326) in m²; an empty one has 0."""
    return pd.Series(area_m2(areas.geometry), index=areas.index, name="area_m2")


def perimeter_m(areas: gpd.GeoDataFrame) -> pd.Series[float]:
    """Return the length of each area's border (polygons, EPSG:4326) in m, holes included."""
    return pd.Series(length_m(areas.geometry), index=areas.index, name="perimeter_m")


def polsby_popper(areas: gpd.GeoDataFrame) -> pd.Series[float]:
    r"""Return Polsby and Popper's measure of each area (polygons, EPSG:4326), 0 to 1.

    .. math:: 4 \pi A / P^2

    The ground as a share of that of a circle with the same perimeter: 1 for a circle, π/4 for a
    square. Holes count in the perimeter. An area without ground has NaN. Polsby and Popper, "The
    third criterion", Yale Law & Policy Review 9 (1991) 301-353.
    """
    share = _ratio(4 * np.pi * area_m2(areas.geometry), length_m(areas.geometry) ** 2)
    return pd.Series(share, index=areas.index, name="polsby_popper")


def reock(areas: gpd.GeoDataFrame) -> pd.Series[float]:
    r"""Return Reock's measure of each area (polygons, EPSG:4326), 0 to 1.

    .. math:: A / (\pi r^2)

    with r the radius of the smallest circle around it: 1 for a circle, 2/π for a square. Parts that
    lie apart share one circle. An area without ground has NaN. Reock, "Measuring compactness as a
    requirement of legislative apportionment", Midwest Journal of Political Science 5 (1961) 70-74,
    doi:10.2307/2109043.
    """
    flat = on_planes(areas.geometry)
    radius_m = shapely.minimum_bounding_radius(flat)
    share = _ratio(shapely.area(flat), np.pi * radius_m**2)
    return pd.Series(share, index=areas.index, name="reock")


def hull_ratio(areas: gpd.GeoDataFrame) -> pd.Series[float]:
    r"""Return the ground of each area (polygons, EPSG:4326) as a share of its convex hull, 0 to 1.

    .. math:: A / A(\mathrm{hull})

    1 for any convex shape, however long. An area without ground has NaN. Niemi et al., "Measuring
    compactness and the role of a compactness standard", Journal of Politics 52 (1990) 1155-1181,
    doi:10.2307/2131686.
    """
    flat = on_planes(areas.geometry)
    share = _ratio(shapely.area(flat), shapely.area(shapely.convex_hull(flat)))
    return pd.Series(share, index=areas.index, name="hull_ratio")


def parts(areas: gpd.GeoDataFrame) -> pd.Series[int]:
    """Return of how many parts each area is: 1 is contiguous; parts that touch in a point are two.

    An empty area has 0.
    """
    counts = shapely.get_num_geometries(areas.geometry.to_numpy())
    return pd.Series(counts, index=areas.index, name="parts")


def _ratio(amount: NDArray[np.float64], of: NDArray[np.float64]) -> NDArray[np.float64]:
    share = np.full(len(amount), np.nan)
    np.divide(amount, of, out=share, where=of > 0)
    return share
