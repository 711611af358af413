"""Who is whose neighbour: grids that share an edge, or points within a band of metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

SHARED_EDGE = "shared_edge"
BAND = "band"


@dataclass(frozen=True)
class Weights:
    """Binary weights: 1 for a neighbour, 0 for anybody else and for the grid itself.

    Attributes
    ----------
    matrix
        (n, n), symmetric, of ones, without a diagonal; rows in the order of what was given.
    kind
        ``shared_edge`` or ``band``.
    band_m
        Metres of the band; NaN for shared edges.
    """

    matrix: csr_array[Any]
    kind: str
    band_m: float = float("nan")

    @property
    def n(self) -> int:
        """How many grids there are."""
        return int(self.matrix.shape[0])

    @property
    def neighbours(self) -> NDArray[np.int64]:
        """How many neighbours each grid has."""
        return np.diff(self.matrix.indptr).astype(np.int64)

    @property
    def isolated(self) -> NDArray[np.int64]:
        """The positions of the grids that have no neighbour."""
        return np.flatnonzero(self.neighbours == 0)

    def among(self, kept: NDArray[np.bool_]) -> Weights:
        """Return the weights of some of the grids among themselves."""
        return Weights(csr_array(self.matrix[kept][:, kept]), self.kind, self.band_m)


def shared_edge_weights(areas: gpd.GeoSeries) -> Weights:
    """Make neighbours of areas that share a line, however short; a corner alone is not enough.

    Edges are compared by their exact coordinates, as a partition's borders have them. Where a
    vertex is missing on one side, edges still count that lie exactly on each other. Borders that
    only lie near each other do not: repair such a layer first.

    Parameters
    ----------
    areas
        Polygons or MultiPolygons, EPSG:4326, lon/lat, that do not overlap; a missing or empty one
        has no neighbour.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> row = gpd.GeoSeries([box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 1, 3, 2)], crs=4326)
    >>> shared_edge_weights(row).neighbours.tolist()
    [1, 1, 0]
    """
    edges, owner = _edges(np.asarray(areas.array, dtype=object))
    # Two pairs sort sooner than four numbers.
    order = np.lexsort(edges.view(np.complex128).T)
    edges, owner = edges[order], owner[order]
    same = (edges[1:] == edges[:-1]).all(axis=1)
    pairs = [_lone_pairs(edges, owner, same)]
    apart = 1
    while same.any():
        first = np.flatnonzero(same)
        pairs.append(np.column_stack([owner[first], owner[first + apart]]))
        # Where areas overlap, more than two may have one edge: look one further.
        apart += 1
        same = same[:-1] & (edges[apart:] == edges[:-apart]).all(axis=1)
    return Weights(_binary(np.concatenate(pairs), len(areas)), SHARED_EDGE)


def band_weights(points_m: NDArray[np.float64], band_m: float) -> Weights:
    """Make neighbours of points that are at most so many metres from each other.

    Parameters
    ----------
    points_m
        (n, 2) metres on a plane; NaN for a point that nobody knows, which has no neighbour.
    band_m
        The band in metres, > 0; a point exactly as far is a neighbour.

    Raises
    ------
    InvalidInputError
        The band is not a positive number of metres.

    Examples
    --------
    >>> points_m = np.array([[10, 10], [20, 10], [40, 10], [15, 20], [30, 20], [30, 30.0]])
    >>> band_weights(points_m, 15).neighbours.tolist()
    [2, 3, 1, 3, 4, 1]
    """
    if not (np.isfinite(band_m) and band_m > 0):
        msg = f"band_m: {band_m} must be metres above zero"
        raise InvalidInputError(msg)
    spots = np.asarray(points_m, dtype=np.float64).reshape(-1, 2)
    known = np.flatnonzero(np.isfinite(spots).all(axis=1))
    pairs = np.empty((0, 2), dtype=np.int64)
    if len(known) > 1:
        pairs = known[cKDTree(spots[known]).query_pairs(band_m, output_type="ndarray")]
    return Weights(_binary(pairs, len(spots)), BAND, float(band_m))


def _edges(shapes: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the edges of all rings, (lon, lat, lon, lat) from the lesser end, and their owners."""
    parts, of_part = shapely.get_parts(shapes, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    corners, of_corner = shapely.get_coordinates(rings, return_index=True)
    inside = np.flatnonzero(
        (of_corner[1:] == of_corner[:-1]) & (corners[1:] != corners[:-1]).any(axis=1)
    )
    ends = np.stack([corners[inside], corners[inside + 1]], axis=1)
    turned = (ends[:, 0, 0] > ends[:, 1, 0]) | (
        (ends[:, 0, 0] == ends[:, 1, 0]) & (ends[:, 0, 1] > ends[:, 1, 1])
    )
    ends[turned] = ends[turned][:, ::-1]
    return ends.reshape(-1, 4), of_part[of_ring[of_corner[inside]]].astype(np.int64)


def _lone_pairs(
    edges: NDArray[np.float64], owner: NDArray[np.int64], same: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return whose edges lie on each other though none has both of their ends."""
    matched = np.zeros(len(edges), dtype=bool)
    matched[1:] |= same
    matched[:-1] |= same
    lone, whose = edges[~matched], owner[~matched]
    lines = np.asarray(shapely.linestrings(lone.reshape(-1, 2, 2)), dtype=object)
    one, other = shapely.STRtree(lines).query(lines, predicate="intersects")
    strangers = whose[one] < whose[other]
    one, other = one[strangers], other[strangers]
    # Interiors that meet along a line: exact, where an intersection's length would be rounded.
    along = shapely.relate_pattern(lines[one], lines[other], "1********")
    return np.column_stack([whose[one[along]], whose[other[along]]])


def _binary(pairs: NDArray[np.int64], n: int) -> csr_array[Any]:
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    rows = np.concatenate([pairs[:, 0], pairs[:, 1]])
    columns = np.concatenate([pairs[:, 1], pairs[:, 0]])
    matrix = csr_array((np.ones(len(rows)), (rows, columns)), shape=(n, n))
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix
