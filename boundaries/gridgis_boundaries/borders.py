"""The borders between areas: what two of them share, and where their segments lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridgis_boundaries.planes import segment_m

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


def borders(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the border that each two areas share.

    A border is made of segments between the same two nodes, to the last bit, as a partition's
    edges are; those that touch in points only share none.

    Parameters
    ----------
    areas
        Polygons or MultiPolygons, EPSG:4326, that do not overlap.

    Returns
    -------
    pandas.DataFrame
        One row a pair that shares a border: left < right (positions), length_m. In their order.
    """
    start, end, owner = _segments(areas.geometry.to_numpy())
    # Of two neighbours one runs along a segment against the other: both directions get one key.
    turned = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low, high = np.where(turned[:, None], end, start), np.where(turned[:, None], start, end)
    order = np.lexsort((owner, high[:, 1], high[:, 0], low[:, 1], low[:, 0]))
    low, high, owner = low[order], high[order], owner[order]
    same = ((low[1:] == low[:-1]) & (high[1:] == high[:-1])).all(axis=1)
    shared = np.flatnonzero(same & (owner[1:] != owner[:-1]))
    keys, pair = np.unique(owner[shared] * len(areas) + owner[shared + 1], return_inverse=True)
    lengths_m = np.bincount(pair, segment_m(low[shared], high[shared]), len(keys))
    left, right = np.divmod(keys, max(len(areas), 1))
    return pd.DataFrame({"left": left, "right": right, "length_m": lengths_m})


def _segments(
    shapes: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return the starts and ends of all rings' segments, and whose they are."""
    parts, shape = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[:-1] == ring[1:]
    return vertices[:-1][joined], vertices[1:][joined], shape[part[ring[:-1][joined]]]
