"""Which row of a frame of grids answers for each point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.locate.index import GridIndex

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


def rows_answering(
    grids: gpd.GeoDataFrame,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    *,
    near_tolerance_m: float,
    engine: GridIndex | None = None,
) -> NDArray[np.int64]:
    """Return the row of `grids` that covers each point, or is near enough; their number for none.

    Parameters
    ----------
    grids
        Columns code and geometry (polygons, EPSG:4326).
    lon, lat
        Degrees, EPSG:4326.
    near_tolerance_m
        A point that no grid covers goes to the nearest within so many metres.
    engine
        What answers for these grids; None: it is built.
    """
    index = engine or GridIndex.from_frame(grids[["code", "geometry"]])
    places = {code: at for at, code in enumerate(grids["code"])}
    position = np.array([*(places[code] for code in index.grids["code"]), len(places)], np.int64)
    rows = index.rows_covering(lon, lat)
    # Of grids of one edition, rows of the index are rows of that edition.
    missed = np.flatnonzero(rows < 0)
    if near_tolerance_m > 0 and len(missed):
        for one in index.answers(lon[missed], lat[missed], near_tolerance_m=near_tolerance_m):
            rows[missed[one.points]] = one.answers.grid
    return position[rows]
