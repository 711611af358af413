"""What became of the ground and the households of each area between two sets of areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis_boundaries.history.ground import (
    OUTSIDE,
    Pieces,
    disjoint,
    largest_of,
    pieces,
    ranks,
    valid,
)
from gridgis_boundaries.history.housing import Shares, TwoSets, shares

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


def overlay(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, cells: gpd.GeoDataFrame | None = None
) -> pd.DataFrame:
    """Return the pieces of ground that old areas and new areas share.

    Parameters
    ----------
    old, new
        The areas of one level (polygons, EPSG:4326, longitude first), columns code, households
        (Int64) and, where known, population.
    cells
        The smallest cells as :func:`gridgis.frames.cells` gives them (Point or Polygon).

    Returns
    -------
    One row a piece of more than 0.01 m²: `old` and `new` (positions in the frames, -1: outside of
    all), `area_m2`, `households`, `population` (NaN: unknown). By old, then new.

    The pieces of an old area add up to its area. Ground that two new areas cover belongs to the
    lower code, as the engine answers. Households are those of the cells, by the share of each that
    lies in the piece; those of a sliver too small for a row go with the largest piece of their old
    area. An old area without cells that says its households shares them out by area. An old area
    without ground has no row.

    >>> import geopandas as gpd, shapely
    >>> def grids(*cuts):
    ...     boxes = [shapely.box(west, 30, east, 30.01) for west, east in zip(cuts, cuts[1:])]
    ...     frame = {"code": list("ABC")[: len(boxes)], "households": [300] * len(boxes)}
    ...     return gpd.GeoDataFrame(frame, geometry=boxes, crs=4326)
    >>> found = overlay(grids(104, 104.02, 104.04), grids(104, 104.01, 104.04))
    >>> found[["old", "new", "area_m2", "households"]].round().astype(int)
       old  new  area_m2  households
    0    0    0  1069521         150
    1    0    1  1069521         150
    2    1    1  2139042         300
    """
    sides = TwoSets(disjoint(old), disjoint(new), ranks(old), ranks(new))
    ground = pieces(valid(old), sides.new)
    found = pd.DataFrame({"old": ground.old, "new": ground.new, "area_m2": ground.area_m2})
    if cells is None or not len(cells):
        return found.assign(
            households=_by_area(ground, old, "households").fillna(0.0),
            population=_by_area(ground, old, "population"),
        )
    where = shares(cells.geometry.to_numpy(), sides, ground)
    return found.assign(
        households=_from_cells(ground, old, cells, where, "households").fillna(0.0),
        population=_from_cells(ground, old, cells, where, "population"),
    )


def cell_shares(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, cells: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Return which share of each cell lies in which old and which new area.

    Parameters as in :func:`overlay`. Columns: cell, old, new (positions, -1: outside of all) and
    share; by cell. Cells outside of all areas have no row.
    """
    sides = TwoSets(disjoint(old), disjoint(new), ranks(old), ranks(new))
    found = shares(cells.geometry.to_numpy(), sides, pieces(valid(old), sides.new))
    return pd.DataFrame(found._asdict())


def _from_cells(
    ground: Pieces, old: gpd.GeoDataFrame, cells: gpd.GeoDataFrame, where: Shares, column: str
) -> pd.Series[float]:
    """Return what the cells bring to each piece; NaN where no cell says anything."""
    stated = _stated(cells, column)[where.cell]
    known = ~np.isnan(stated)
    at = _rows(ground, where, len(old))[known]
    amount = (stated * where.share)[known]
    total = np.bincount(at, amount, len(ground.old))
    told = np.zeros(len(old) + 1, bool)
    told[where.old[known]] = True
    by_area = _by_area(ground, old, column)
    has_cells = told[ground.old] | (np.bincount(at, minlength=len(total)) > 0)
    return pd.Series(np.where(has_cells, total, by_area))


def _rows(ground: Pieces, where: Shares, count: int) -> NDArray[np.int64]:
    """Return the piece that each share of a cell belongs to.

    What lies in a sliver that is no row goes with the largest piece of its old area, or of its new
    one when there is no old one.
    """
    width = int(max(ground.new.max(initial=0), where.new.max(initial=0))) + 2
    keys = (ground.old + 1) * width + ground.new + 1
    wanted = (where.old + 1) * width + where.new + 1
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    missing = keys[at] != wanted
    of_old = largest_of(ground.old + 1, ground.area_m2, count + 1)
    of_new = largest_of(ground.new + 1, ground.area_m2, width)
    instead = np.where(where.old != OUTSIDE, of_old[where.old + 1], of_new[where.new + 1])
    return np.where(missing, instead, at)


def _by_area(ground: Pieces, old: gpd.GeoDataFrame, column: str) -> pd.Series[float]:
    """Share out what the old areas say by area; NaN outside of them and where they say nothing."""
    stated = np.append(_stated(old, column), np.nan)
    whole_m2 = np.bincount(ground.old + 1, ground.area_m2, len(old) + 1)
    return pd.Series(stated[ground.old] * ground.area_m2 / whole_m2[ground.old + 1])


def _stated(frame: gpd.GeoDataFrame, column: str) -> NDArray[np.float64]:
    if column not in frame:
        return np.full(len(frame), np.nan)
    known = frame[column].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return np.asarray(known, np.float64)
