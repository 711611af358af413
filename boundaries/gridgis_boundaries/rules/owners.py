"""Which areas are judged by themselves, and which of them an edit can concern."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    from numpy.typing import NDArray

    from gridgis.model import Layer
    from gridgis_boundaries.rules.findings import Finding


def by_themselves(
    areas: gpd.GeoDataFrame, layer: Layer, unequal: list[Finding]
) -> NDArray[np.bool_]:
    """Return which areas are judged by their own shapes: grids, and those without children.

    An area that equals the union of those below meets its neighbours as they do; one of `unequal`
    does not.
    """
    grids = [level.code for level in layer.levels if level.is_grid]
    childless = ~areas["area_id"].isin(areas["parent_id"].dropna())
    doubtful = areas["code"].isin([code for finding in unequal for code in finding.areas])
    return np.asarray(areas["level"].isin(grids) | childless | doubtful, dtype=np.bool_)


def concerned(areas: gpd.GeoDataFrame, only: Iterable[str]) -> gpd.GeoDataFrame:
    """Return the areas that a finding about `only` (codes) can depend on, in their order.

    They are: these areas; those of their levels that touch them; the children of all of these; and
    their parents.
    """
    chosen = np.asarray(areas["code"].isin(list(only)), dtype=np.bool_)
    shapes, levels = areas.geometry.to_numpy(), areas["level"].to_numpy()
    near = chosen.copy()
    for level in np.unique(levels[chosen]):
        here = np.flatnonzero(levels == level)
        touched = shapely.STRtree(shapes[here]).query(shapes[chosen & (levels == level)])[1]
        near[here[touched]] = True
    children = np.asarray(areas["parent_id"].isin(areas["area_id"][near]), dtype=np.bool_)
    parents = np.asarray(areas["area_id"].isin(areas["parent_id"][near].dropna()), dtype=np.bool_)
    return areas[near | children | parents]
