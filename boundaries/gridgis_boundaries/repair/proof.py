"""What came out is held against the law of a partition before anybody gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.errors import InvalidGeometryError
from gridgis_boundaries.repair.findings import Spot, listed_codes, spots_frame
from gridgis_boundaries.repair.segments import lines_of, segments
from gridgis_boundaries.repair.suspects import holes_between
from gridgis_boundaries.sizes import size

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from gridgis_boundaries.repair.layers import AreaLayer
    from gridgis_boundaries.repair.segments import Segments

    Shapes = NDArray[np.object_]
    Ints = NDArray[np.int64]


def require_partition(layer: AreaLayer, new: Shapes, changed: Ints) -> None:
    """Refuse shapes that are no exact coverage where they changed.

    The others were found to be one among themselves before.

    Raises
    ------
    InvalidGeometryError
        The message names an area and the place.
    """
    left = changed[~shapely.is_missing(new[changed])]
    if not len(changed):
        return
    part = np.union1d(left, _near(layer, new, changed))
    wrong = ~shapely.is_valid(new[part])
    if not wrong.any():
        wrong = ~shapely.is_empty(shapely.coverage_invalid_edges(new[part]))
    if wrong.any():
        at = int(part[np.flatnonzero(wrong)[0]])
        lon, lat = layer.ground.place(new[at])
        msg = (
            f"{layer.codes[at]} near {lon:.6f} {lat:.6f} would not meet its neighbours exactly; "
            "nothing was repaired: draw this area anew"
        )
        raise InvalidGeometryError(msg)


def bare_ground(layer: AreaLayer, old: Segments, new: Shapes, changed: Ints) -> gpd.GeoDataFrame:
    """Return the holes between areas, as ``Report.no_grid`` has them.

    Parameters
    ----------
    old
        The segments of the layer as it came.
    new
        Its shapes now, None where nothing is left.
    changed
        Positions of those that changed.
    """
    present = np.flatnonzero(~shapely.is_missing(new))
    shapes = new[present]
    tree = shapely.STRtree(shapes)
    holes = holes_between(_loose_lines(layer, old, new, changed), tree)
    amounts, widths = layer.ground.area_m2(holes), layer.ground.width_m(holes)
    spots = []
    for hole, amount, width in zip(holes, amounts.tolist(), widths.tolist(), strict=True):
        near = present[np.unique(tree.query(hole, predicate="intersects"))].tolist()
        codes = [layer.codes[at] for at in near if at != layer.parent]
        where = "between" if len(codes) > 1 else "inside"
        sentence = f"{size(amount)} without a grid {where} {listed_codes(codes)}"
        spots.append(Spot("no grid", tuple(codes), sentence, amount, width, hole))
    return spots_frame(layer, spots)


def _loose_lines(layer: AreaLayer, old: Segments, new: Shapes, changed: Ints) -> Shapes:
    """Return the segments that no two areas share now; of what did not change they are known."""
    is_changed = np.zeros(len(new), dtype=bool)
    is_changed[changed] = True
    beside = (old.partner >= 0) & is_changed[old.partner] & ~is_changed[old.area]
    left = changed[~shapely.is_missing(new[changed])]
    near = np.setdiff1d(_near(layer, new, changed), left)
    part = np.union1d(left, near)
    cut = segments(new[part])
    was_loose = np.ones(len(cut.area), dtype=bool)
    # An area that did not change has the same segments in the same order as before.
    was_loose[np.isin(part[cut.area], near)] = (old.loose | beside)[np.isin(old.area, near)]
    own = cut.loose & was_loose
    rest = old.loose & ~np.isin(old.area, part) & ~is_changed[old.area]
    low = np.vstack((cut.low[own], old.low[rest]))
    high = np.vstack((cut.high[own], old.high[rest]))
    return lines_of(np.stack((low, high), axis=1))


def _near(layer: AreaLayer, new: Shapes, changed: Ints) -> Ints:
    """Return the areas near to what changed."""
    present = np.flatnonzero(~shapely.is_missing(new))
    tree = shapely.STRtree(new[present])
    moved = np.concatenate((layer.shapes[changed], new[changed]))
    near: Ints = present[np.unique(tree.query(moved)[1])]
    return near
