"""How far shapes lie from a reference, in metres: by pairs, or to whatever is nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Geod

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.datum.ground import Ground

    Doubles = NDArray[np.float64]

WITHIN_M = 2.0
"""What lies this close to the reference lies in it."""

_ELLIPSOID = Geod(ellps="WGS84")
_METRES_PER_DEGREE = 111_320.0
# Of all pairs together: each is held against the whole of the other outline.
_MOST_CORNERS = 20_000


@dataclass(frozen=True, kw_only=True)
class Residual:
    """How far things lie from a reference: half within `median_m` metres, nine in ten in `p90_m`.

    >>> Residual.of(np.array([1.0, 2.0, 3.0]))
    Residual(median_m=2.0, p90_m=2.8)
    """

    median_m: float
    p90_m: float

    @property
    def rank(self) -> tuple[float, float]:
        """Sorts the better first; where half lie in the reference, nine in ten tell."""
        return max(self.median_m, WITHIN_M), self.p90_m

    @classmethod
    def of(cls, distances_m: Doubles) -> Residual:
        """Return the residual of distances in metres."""
        median_m, p90_m = np.percentile(distances_m, [50, 90])
        return cls(median_m=float(median_m), p90_m=float(p90_m))


def pair_distances_m(given: Ground, reference: Ground) -> Doubles:
    """Return the metres between each thing and the same thing in the reference, row by row.

    Points are held against points, or against filled outlines (0 inside). Of two outlines, each
    corner of the given one is held against the lines of the other: several distances a row.
    """
    if reference.pointlike and not given.pointlike:
        given, reference = reference, given
    at, of_row = shapely.get_coordinates(given.shapes, return_index=True)
    if not given.pointlike:
        step = -(-len(at) // _MOST_CORNERS)
        at, of_row = at[::step], of_row[::step]
    others = reference.shapes if given.pointlike else _lines(reference.shapes)
    to = shapely.shortest_line(shapely.points(at), others[of_row])
    ends = shapely.get_coordinates(to).reshape(-1, 2, 2)
    return _metres(ends[:, 0], ends[:, 1])


def corners(ground: Ground, most: int) -> Doubles:
    """Return its points, or the corners of its outlines: (k, 2) degrees, each once, in order.

    When there are more than `most`, evenly many of the ordered ones: the same whatever the order
    of the rows.
    """
    found = np.unique(shapely.get_coordinates(ground.shapes), axis=0)
    step = -(-len(found) // most)
    return found[::step]


class Target:
    """Something to be near to: points, lines, or filled polygons.

    Parameters
    ----------
    ground
        In WGS 84.
    filled
        Whether a point within a polygon is at 0 m; else it is held against the polygon's line.
    """

    def __init__(self, ground: Ground, *, filled: bool) -> None:
        self._starts, self._ends = _segments(ground)
        middle = (self._starts[:, 1].min() + self._starts[:, 1].max()) / 2
        self._scale = _METRES_PER_DEGREE * np.array([max(np.cos(np.radians(middle)), 0.01), 1.0])
        ends = np.stack([self._starts, self._ends], axis=1) * self._scale
        pieces: NDArray[np.object_] = np.asarray(
            shapely.points(ends[:, 0]) if ground.pointlike else shapely.linestrings(ends)
        )
        self._tree = shapely.STRtree(pieces)
        self._inside = shapely.STRtree(ground.shapes) if filled and not ground.pointlike else None

    def distances_m(self, points: Doubles, east_m: float = 0.0, north_m: float = 0.0) -> Doubles:
        """Return how far each point (k, 2), moved by some metres, is from the nearest of it."""
        moved = points + np.array([east_m, north_m]) / self._scale
        flat = moved * self._scale
        _, nearest = self._tree.query_nearest(shapely.points(flat), all_matches=False)
        start, end = self._starts[nearest] * self._scale, self._ends[nearest] * self._scale
        along = end - start
        length2 = np.maximum((along**2).sum(axis=1), np.finfo(np.float64).tiny)
        part = np.clip(((flat - start) * along).sum(axis=1) / length2, 0.0, 1.0)
        found = _metres(moved, (start + part[:, None] * along) / self._scale)
        if self._inside is not None:
            covered, _ = self._inside.query(shapely.points(moved), predicate="intersects")
            found[covered] = 0.0
        return found


def _lines(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    areal = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004 - a polygon
    return np.where(areal, shapely.boundary(shapes), shapes)


def _segments(ground: Ground) -> tuple[Doubles, Doubles]:
    """Return both ends of all straight pieces, in order; a point is a piece without length."""
    if ground.pointlike:
        found = np.unique(shapely.get_coordinates(ground.shapes), axis=0)
        return found, found
    simple = shapely.get_parts(_lines(ground.shapes))
    at, of_line = shapely.get_coordinates(simple, return_index=True)
    joined = of_line[1:] == of_line[:-1]
    # The way in which a line was drawn does not matter, nor how many neighbours share it.
    pieces = np.concatenate([at[:-1][joined], at[1:][joined]], axis=1)
    turned = pieces[:, [2, 3, 0, 1]]
    backwards = (pieces[:, 0] > pieces[:, 2]) | (
        (pieces[:, 0] == pieces[:, 2]) & (pieces[:, 1] > pieces[:, 3])
    )
    ordered = np.unique(np.where(backwards[:, None], turned, pieces), axis=0)
    return ordered[:, :2], ordered[:, 2:]


def _metres(one: Doubles, other: Doubles) -> Doubles:
    return np.asarray(_ELLIPSOID.inv(one[:, 0], one[:, 1], other[:, 0], other[:, 1])[2])
