"""How areas lie in their parents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis_boundaries.rules.coverage import whole
from gridgis_boundaries.rules.findings import Finding
from gridgis_boundaries.sizes import area_m2, place, size

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd
    from numpy.typing import NDArray


def parents_hold_children(areas: gpd.GeoDataFrame, tolerance_m2: float) -> list[Finding]:
    """Return each area (EPSG:4326) that sticks out of its parent by more than the tolerance."""
    child, parent = _pairs(areas)
    shapes, codes = areas.geometry.to_numpy(), areas["code"].to_numpy()
    shapely.prepare(shapes[np.unique(parent)])
    loose = ~shapely.covers(shapes[parent], shapes[child])
    child, parent = child[loose], parent[loose]
    outside = shapely.difference(shapes[child], shapes[parent])
    found = []
    for at, amount in enumerate(area_m2(outside).tolist()):
        if amount > tolerance_m2:
            own, above = str(codes[child[at]]), str(codes[parent[at]])
            sentence = f"{own} lies outside its parent {above} by {size(amount)}"
            where = place(outside[at])
            found.append(Finding("inside parent", where, (own, above), amount, sentence))
    return found


def parents_equal_children(
    areas: gpd.GeoDataFrame, tolerance_m2: float, *, only: Collection[str] | None = None
) -> list[Finding]:
    """Return each parent (EPSG:4326) that has ground which none of its children covers.

    With no child outside its parent, the parent is then the union of its children. `only` are the
    codes of the parents to judge, all of whose children are there; None: all.
    """
    child, parent = _pairs(areas)
    shapes, codes = areas.geometry.to_numpy(), areas["code"].to_numpy()
    found = []
    for position in np.unique(parent):
        if only is not None and codes[position] not in only:
            continue
        union = whole(shapes[child[parent == position]])
        if shapely.equals_identical(shapely.normalize(union), shapely.normalize(shapes[position])):
            continue
        bare = shapely.difference(shapes[position], union)
        amount = float(area_m2([bare])[0])
        if amount > tolerance_m2:
            code = str(codes[position])
            sentence = f"{code} has {size(amount)} that none of its children covers"
            found.append(Finding("union of children", place(bare), (code,), amount, sentence))
    return found


def _pairs(areas: gpd.GeoDataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the positions of each child and of its parent, where both are among the areas."""
    by_id = {area_id: at for at, area_id in enumerate(areas["area_id"].tolist())}
    parents = [by_id.get(parent, -1) for parent in areas["parent_id"].tolist()]
    parent = np.array(parents, dtype=np.int64)
    child = np.flatnonzero(parent >= 0)
    return child, parent[child]
