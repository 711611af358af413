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


# The parent of those at the top, as a number that no area has.
_NOBODY = np.iinfo(np.int64).min


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


def are_named(areas: gpd.GeoDataFrame, codes: Iterable[str]) -> NDArray[np.bool_]:
    """Say which areas have one of these codes."""
    # A set is far quicker than `isin`, which turns all codes into Arrow's strings first.
    wanted = set(codes)
    return np.fromiter((code in wanted for code in areas["code"]), dtype=np.bool_, count=len(areas))


def concerned(
    areas: gpd.GeoDataFrame, only: Iterable[str]
) -> tuple[gpd.GeoDataFrame, frozenset[str]]:
    """Return the areas that a finding about `only` (codes) can depend on, in their order.

    They are: these areas; those of their levels that touch them; the children of all of these; and
    their parents. The codes are those of the first two, all of whose children are there.
    """
    chosen = are_named(areas, only)
    shapes, levels = areas.geometry.to_numpy(), areas["level"].to_numpy(dtype=object)
    near = chosen.copy()
    for level in dict.fromkeys(levels[chosen]):
        here = np.flatnonzero(levels == level)
        touched = shapely.STRtree(shapes[here]).query(shapes[chosen & (levels == level)])[1]
        near[here[touched]] = True
    own = areas["area_id"].to_numpy(dtype=np.int64)
    above = areas["parent_id"].to_numpy(dtype=np.int64, na_value=_NOBODY)
    parents = above[near]
    children = np.isin(above, own[near])
    found = areas[near | children | np.isin(own, parents[parents != _NOBODY])]
    return found, frozenset(areas["code"][near])
