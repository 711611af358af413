"""Points moved at random within a ring, so that nobody finds the door where something happened.

Source: P. A. Zandbergen, Ensuring confidentiality of geocoded health data: assessing geographic
masking strategies for individual-level data, Advances in Medicine 2014, 567049,
https://doi.org/10.1155/2014/567049 (donut masking).
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.distance import has_place

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

INNER_M, OUTER_M = 100.0, 400.0
MOST_TRIES = 200

_WGS84 = pyproj.Geod(ellps="WGS84")
_FINEST = 2.0**53


def donut(
    points: gpd.GeoSeries,
    ids: pd.Series[str],
    *,
    seed: int,
    ring_m: tuple[float, float] = (INNER_M, OUTER_M),
    within: gpd.GeoSeries | None = None,
) -> gpd.GeoSeries:
    """Return each point moved by a random distance and bearing, uniform on the ring's area.

    The distance is ``sqrt(inner² + u (outer² − inner²))`` with u uniform in [0, 1), on the
    ellipsoid; the bearing is uniform. Both hang on the seed and the point's id alone: a point moves
    to the same spot on every page, so that the mean of many pages does not tell where it was.
    Whoever knows the seed can move the points back: it is to be kept secret.

    Parameters
    ----------
    points
        Points, EPSG:4326, lon/lat; None or empty stays None.
    ids
        What tells the points apart for ever, on the same index.
    seed
        A whole number from 0 to below 2^512.
    ring_m
        The inner and the outer radius in metres: no point comes to lie nearer than the inner one.
    within
        The area that each point must stay in, on the same index; EPSG:4326. A point for which no
        spot is found in 200 tries, or whose area is missing, becomes None.

    Raises
    ------
    InvalidInputError
        The radii do not rise from above zero.
    """
    inner_m, outer_m = ring_m
    if not 0 < inner_m < outer_m:
        msg = f"ring_m: the radii must rise from above zero, not {inner_m:g} to {outer_m:g}"
        raise InvalidInputError(msg)
    moved = np.full(len(points), None, dtype=object)
    waiting = np.flatnonzero(has_place(points))
    spots, names = points.array, ids.to_numpy()
    for attempt in range(MOST_TRIES):
        if not len(waiting):
            break
        drawn = _uniform(names[waiting], seed, attempt)
        reach_m = np.sqrt(inner_m**2 + drawn[:, 0] * (outer_m**2 - inner_m**2))
        here = shapely.get_coordinates(np.asarray(spots[waiting]))
        bearing_deg = 360 * drawn[:, 1]
        # A bit farther than asked, so that rounding brings no point nearer than the inner radius.
        lon, lat, _ = _WGS84.fwd(here[:, 0], here[:, 1], bearing_deg, reach_m * (1 + 1e-9))
        found = shapely.points(lon, lat)
        kept = _inside(within, waiting, found)
        moved[waiting[kept]] = found[kept]
        waiting = waiting[~kept]
    return gpd.GeoSeries(moved, index=points.index, crs=points.crs)


def moved_within(
    reports: gpd.GeoDataFrame, grids: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, *, seed: int
) -> gpd.GeoSeries:
    """Return where reports are shown to everybody: moved as `donut` does, within their street.

    Parameters
    ----------
    reports
        `id` (text), `grid_code`; points, None without a place.
    grids
        `code`, `parent_code`.
    streets
        `code`; areas. A grid without a street among them has no area to stay in, so that the
        reports of it become None.
    seed
        As for `donut`.
    """
    street_of = grids.set_index("code")["parent_code"]
    shape_of = streets.drop_duplicates("code").set_index("code").geometry
    shapes = reports["grid_code"].map(street_of).map(shape_of)
    within = gpd.GeoSeries(shapes.where(shapes.notna(), None), index=reports.index, crs=streets.crs)
    return donut(reports.geometry, reports["id"], seed=seed, within=within)


def _inside(
    within: gpd.GeoSeries | None, rows: NDArray[np.int64], found: NDArray[np.object_]
) -> NDArray[np.bool_]:
    if within is None:
        return np.ones(len(rows), dtype=bool)
    return np.asarray(shapely.covers(np.asarray(within.array[rows]), found))


def _uniform(ids: NDArray[np.object_], seed: int, attempt: int) -> NDArray[np.float64]:
    """Return two numbers in [0, 1) for each id, by a keyed hash: (rows, 2)."""
    key = seed.to_bytes(64, "big")
    drawn = [
        blake2b(f"{attempt}:{one}".encode("utf-8", "replace"), digest_size=16, key=key).digest()
        for one in ids
    ]
    whole = np.frombuffer(b"".join(drawn), dtype=">u8").reshape(-1, 2)
    # The highest 53 bits, all that a double holds: a number never rounds up to 1.
    return (whole >> np.uint64(11)).astype("float64") / _FINEST
