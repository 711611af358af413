"""What was found in a file of roads, as a frame of points that a map can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.roads.reading.ways import Finding


def findings_frame(findings: Sequence[Finding]) -> gpd.GeoDataFrame:
    """Return findings as points, EPSG:4326; one that is about the whole file has none.

    Columns kind, sentence, way, geometry; index 0..n-1.
    """
    table = pd.DataFrame(findings, columns=["kind", "sentence", "way", "lon", "lat"])
    points = np.full(len(table), None, dtype=object)
    somewhere = table["lon"].notna().to_numpy()
    points[somewhere] = shapely.points(table.loc[somewhere, ["lon", "lat"]].to_numpy(float))
    return gpd.GeoDataFrame(table[["kind", "sentence", "way"]], geometry=points, crs="EPSG:4326")
