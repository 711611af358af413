"""Cells in grids: which holds which, which are neighbours, what lies divided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import Delaunay, QhullError

from gridgis_boundaries.borders import borders
from gridgis_boundaries.planes import plane_under, put

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_CORNERS = 3


def spots(cells: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return the point that stands for each cell (EPSG:4326): itself, or one on its ground."""
    shapes = cells.geometry.to_numpy()
    found: NDArray[np.object_] = shapely.point_on_surface(shapes)
    return found


def positions_in(grids: gpd.GeoDataFrame, points: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the position of the grid that covers each point (EPSG:4326), -1 where none does.

    On a shared border the lowest code, ordered by bytes, as for reports. None and empty points
    have -1.
    """
    codes = [str(code).encode() for code in grids["code"]]
    rank = np.argsort(sorted(range(len(codes)), key=codes.__getitem__))
    shapes = grids.geometry.to_numpy()
    shapely.prepare(shapes)
    point, grid = shapely.STRtree(shapes).query(points, predicate="covered_by")
    order = np.lexsort((rank[grid], point))[::-1]
    # Backwards, so that of several grids the lowest code is written last.
    found = np.full(len(points), -1, dtype=np.int64)
    found[point[order]] = grid[order]
    return found


def neighbours(cells: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Return the pairs of neighbouring cells, shape (n, 2), the lower position first.

    Cells that share a border are neighbours (rook's rule). Where no two do, as with points and
    buildings, those are that a Delaunay triangulation of their points joins, which are those whose
    Voronoi cells meet. Fewer than three cells, or all on a line, are neighbours in their order.
    """
    shared = borders(cells)
    if len(shared):
        return shared[["left", "right"]].to_numpy(np.int64)
    points = shapely.get_coordinates(spots(cells))
    if len(points) == 0:
        return np.empty((0, 2), dtype=np.int64)
    flat = shapely.get_coordinates(put(plane_under(shapely.MultiPoint(points)), spots(cells)))
    try:
        corners = Delaunay(flat).simplices if len(flat) >= _CORNERS else None
    except QhullError:
        corners = None
    order = np.lexsort(flat.T)
    joined = np.column_stack((order[:-1], order[1:])).astype(np.int64)
    if corners is not None:
        joined = corners[:, [0, 1, 1, 2, 0, 2]].reshape(-1, 2).astype(np.int64)
    pairs: NDArray[np.int64] = np.unique(np.sort(joined, axis=1), axis=0)
    return pairs


def cut_edges(pairs: NDArray[np.int64], grid: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the pairs of neighbouring cells that lie in different grids.

    Their number is the discrete length of all borders between grids: DeFord, Duchin and Solomon,
    "Recombination: a family of Markov chains for redistricting", Harvard Data Science Review 3.1
    (2021), doi:10.1162/99608f92.eb30390f. A cell outside of all grids (-1) is cut from none.

    Parameters
    ----------
    pairs
        As :func:`neighbours` gives them.
    grid
        The grid's position of each cell, or -1.
    """
    left, right = grid[pairs].T
    cut: NDArray[np.int64] = pairs[(left != right) & (left >= 0) & (right >= 0)]
    return cut


@dataclass(frozen=True)
class Units:
    """What cells belong to, such as compounds: the units' names, and each cell's, -1 for none."""

    names: pd.Index[str]
    of_cell: NDArray[np.int64]

    @classmethod
    def of(cls, names: pd.Series[str]) -> Units:
        """Return the units by the name that each cell has; None for cells of none."""
        of_cell, found = pd.factorize(names, sort=True)
        return cls(pd.Index(found), of_cell.astype(np.int64))


def splits(units: Units, grid: NDArray[np.int64], households: NDArray[np.float64]) -> pd.DataFrame:
    """Return the units that lie in several grids, such as compounds or the parents of before.

    A unit in n grids is split n - 1 times; as splits of counties are counted: Becker and Solomon,
    "Redistricting algorithms" (2020), arXiv:2011.09504.

    Parameters
    ----------
    units
        As many cells as the other two.
    grid
        The grid's position of each cell; -1, outside of all, does not count.
    households
        Of each cell.

    Returns
    -------
    pandas.DataFrame
        Index: the unit. grids (number), households, apart (households outside of the grid that has
        most of them).
    """
    counted = (units.of_cell >= 0) & (grid >= 0)
    size = int(grid.max(initial=0)) + 1
    keys, held = np.unique(units.of_cell[counted] * size + grid[counted], return_inverse=True)
    amounts = np.bincount(held, households[counted], minlength=len(keys))
    unit = keys // size
    grids = np.bincount(unit, minlength=len(units.names))
    most = np.zeros(len(units.names))
    np.maximum.at(most, unit, amounts)
    total = np.bincount(unit, amounts, minlength=len(units.names))
    found = pd.DataFrame(
        {"grids": grids, "households": total, "apart": total - most}, index=units.names
    )
    return found[grids > 1]
