"""What came out is held against the law of a partition before anybody gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.errors import InvalidGeometryError
from gridgis_boundaries.repair.findings import Spot, listed_codes, spots_frame
from gridgis_boundaries.repair.segments import segments
from gridgis_boundaries.repair.suspects import holes_between, is_narrow
from gridgis_boundaries.sizes import size

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from gridgis_boundaries.repair.layers import AreaLayer
    from gridgis_boundaries.repair.tolerances import Tolerances

    Shapes = NDArray[np.object_]
    Ints = NDArray[np.int64]


def require_partition(layer: AreaLayer, new: Shapes, changed: Ints, tolerances: Tolerances) -> None:
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
    present = np.flatnonzero(~shapely.is_missing(new))
    near = present[shapely.STRtree(new[present]).query(layer.shapes[changed])[1]]
    part = np.union1d(left, near)
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


def bare_ground(layer: AreaLayer, new: Shapes) -> gpd.GeoDataFrame:
    """Return the holes between areas (none of which is None), as ``Report.no_grid`` has them."""
    present = np.flatnonzero(~shapely.is_missing(new))
    shapes = new[present]
    cut = segments(shapes)
    loose = cut.loose
    lines = shapely.linestrings(np.stack((cut.low[loose], cut.high[loose]), axis=1))
    tree = shapely.STRtree(shapes)
    holes = holes_between(lines, tree)
    amounts, widths = layer.ground.area_m2(holes), layer.ground.width_m(holes)
    spots = []
    for hole, amount, width in zip(holes, amounts.tolist(), widths.tolist(), strict=True):
        near = present[np.unique(tree.query(hole, predicate="intersects"))].tolist()
        codes = [layer.codes[at] for at in near if at != layer.parent]
        sentence = f"{size(amount)} without a grid between {listed_codes(codes)}"
        spots.append(Spot("no grid", tuple(codes), sentence, amount, width, hole))
    return spots_frame(layer, spots)
