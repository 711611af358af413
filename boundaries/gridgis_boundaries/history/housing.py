"""Where the cells lie in two sets of areas at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gridgis_boundaries.history.ground import OUTSIDE
from gridgis_boundaries.sizes import area_m2

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis_boundaries.history.ground import Pieces

ROUNDING = 1e-6
"""A share this near to 0 or 1 is rounding and no cut."""


class Shares(NamedTuple):
    """Shares of cells: position of the cell, of the old and of the new area, and the share."""

    cell: NDArray[np.int64]
    old: NDArray[np.int64]
    new: NDArray[np.int64]
    share: NDArray[np.float64]

    def rows(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> Shares:
        """Return some of the rows."""
        return Shares(self.cell[which], self.old[which], self.new[which], self.share[which])

    def and_those(self, others: Shares) -> Shares:
        """Return these rows and others."""
        return Shares(
            np.concatenate((self.cell, others.cell)),
            np.concatenate((self.old, others.old)),
            np.concatenate((self.new, others.new)),
            np.concatenate((self.share, others.share)),
        )


class TwoSets(NamedTuple):
    """Two sets of disjoint shapes, and the order of the codes in each."""

    old: NDArray[np.object_]
    new: NDArray[np.object_]
    old_ranks: NDArray[np.int64]
    new_ranks: NDArray[np.int64]


def shares(cells: NDArray[np.object_], sides: TwoSets, ground: Pieces) -> Shares:
    """Return which share of each cell lies in which old and which new area, by cell.

    A cell (Point or Polygon, EPSG:4326) without area lies whole where the closed area covers it,
    of several in the lowest code. The shares of a cell add up to 1 unless some of it lies outside
    of all areas, old and new.
    """
    flat = shapely.area(cells) == 0
    spots = _spots(np.flatnonzero(flat), cells, sides, ground)
    grounds = _grounds(np.flatnonzero(~flat), cells, sides)
    both = spots.and_those(grounds)
    both = both.rows((both.old != OUTSIDE) | (both.new != OUTSIDE))
    return both.rows(np.lexsort((both.new, both.old, both.cell)))


def inside(
    cells: NDArray[np.object_], areas: NDArray[np.object_], order: NDArray[np.int64]
) -> Shares:
    """Return which share of each cell lies in which of disjoint areas, by cell; `old` is `new`.

    `order` are the places of the areas' codes. What lies in none is :data:`OUTSIDE`; the shares of
    each cell add up to 1.
    """
    flat = shapely.area(cells) == 0
    tree = shapely.STRtree(areas)
    cell, area = tree.query(shapely.point_on_surface(cells[flat]), predicate="intersects")
    cell = np.flatnonzero(flat)[cell]
    first = np.lexsort((order[area], cell))
    cell, at = np.unique(cell[first], return_index=True)
    cut, other = tree.query(cells[~flat], predicate="intersects")
    cut = np.flatnonzero(~flat)[cut]
    part_m2 = area_m2(shapely.intersection(cells[cut], areas[other]))
    share = part_m2 / area_m2(cells)[cut]
    whole = Shares(cell, area[first][at], area[first][at], np.ones(len(cell)))
    found = whole.and_those(Shares(cut, other, other, share).rows(share > ROUNDING))
    rest = 1.0 - np.bincount(found.cell, found.share, len(cells)).astype(np.float64)
    bare = np.flatnonzero(rest > ROUNDING * 10)
    nobody = np.full(len(bare), OUTSIDE)
    found = found.and_those(Shares(bare, nobody, nobody, rest[bare]))
    total = np.bincount(found.cell, found.share, len(cells))
    found = found._replace(share=found.share / total[found.cell])
    return found.rows(np.lexsort((found.new, found.cell)))


def _spots(
    which: NDArray[np.int64], cells: NDArray[np.object_], sides: TwoSets, ground: Pieces
) -> Shares:
    points = shapely.point_on_surface(cells[which])
    old = np.full(len(points), OUTSIDE)
    point, area = shapely.STRtree(sides.old).query(points, predicate="intersects")
    order = np.lexsort((sides.old_ranks[area], point))
    points_found, at = np.unique(point[order], return_index=True)
    old[points_found] = area[order][at]
    new = np.full(len(points), OUTSIDE)
    point, area = shapely.STRtree(sides.new).query(points, predicate="intersects")
    # On a new border: of the areas that took ground of the point's old area, the lowest code.
    known = np.isin(old[point] * len(sides.new) + area, ground.old * len(sides.new) + ground.new)
    order = np.lexsort((sides.new_ranks[area], ~known, point))
    points_found, at = np.unique(point[order], return_index=True)
    new[points_found] = area[order][at]
    return Shares(which, old, new, np.ones(len(which)))


def _grounds(which: NDArray[np.int64], cells: NDArray[np.object_], sides: TwoSets) -> Shares:
    shapes = cells[which]
    old, new = _whole(shapes, sides.old), _whole(shapes, sides.new)
    whole = (old != OUTSIDE) & (new != OUTSIDE)
    simple = Shares(which[whole], old[whole], new[whole], np.ones(int(whole.sum())))
    cut = _cut(shapes[~whole], sides)
    return simple.and_those(cut._replace(cell=which[~whole][cut.cell]))


def _whole(shapes: NDArray[np.object_], areas: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the area that covers each shape, :data:`OUTSIDE` when none does alone."""
    inside = np.full(len(shapes), OUTSIDE)
    shape, area = shapely.STRtree(areas).query(shapes, predicate="covered_by")
    inside[shape] = area
    return inside


def _cut(shapes: NDArray[np.object_], sides: TwoSets) -> Shares:
    whole_m2 = area_m2(shapes)
    cell, old = shapely.STRtree(sides.old).query(shapes, predicate="intersects")
    in_old = shapely.intersection(shapes[cell], sides.old[old])
    part, new = shapely.STRtree(sides.new).query(in_old, predicate="intersects")
    in_both_m2 = area_m2(shapely.intersection(in_old[part], sides.new[new]))
    lost_m2 = area_m2(in_old) - np.bincount(part, in_both_m2, len(in_old))
    cell_new, only_new = shapely.STRtree(sides.new).query(shapes, predicate="intersects")
    in_new_m2 = area_m2(shapely.intersection(shapes[cell_new], sides.new[only_new]))
    keys = cell_new * len(sides.new) + only_new
    at = np.searchsorted(keys[(order := np.argsort(keys))], cell[part] * len(sides.new) + new)
    gained_m2 = in_new_m2 - np.bincount(order[at], in_both_m2, len(keys))
    cells = np.concatenate((cell[part], cell, cell_new))
    amount_m2 = np.concatenate((in_both_m2, lost_m2, gained_m2))
    found = Shares(
        cells,
        np.concatenate((old[part], old, np.full(len(keys), OUTSIDE))),
        np.concatenate((new, np.full(len(cell), OUTSIDE), only_new)),
        amount_m2 / whole_m2[cells],
    )
    kept = found.rows(found.share > ROUNDING)
    total = np.bincount(kept.cell, kept.share, len(shapes))
    full = np.abs(total - 1) < ROUNDING * 10
    return kept._replace(share=kept.share / np.where(full, total, 1.0)[kept.cell])
