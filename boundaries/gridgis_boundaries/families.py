"""Who an area's parent is, in a frame that says it by codes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd


def with_parents(areas: gpd.GeoDataFrame, levels: Sequence[str]) -> gpd.GeoDataFrame:
    """Return areas with the column parent_id (Int64, NA at the top).

    A frame from the store has it, and is returned as it is. In a plan's, an area's parent is the
    one with its parent_code on the nearest level above that has it.

    Parameters
    ----------
    areas
        Columns level, code, parent_code, area_id.
    levels
        The levels' codes, from the top.
    """
    if "parent_id" in areas:
        return areas
    columns = [areas[name].tolist() for name in ("level", "code", "area_id")]
    ids: dict[str, dict[str, int]] = {level: {} for level in levels}
    for level, code, area_id in zip(*columns, strict=True):
        ids[level][code] = int(area_id)
    above = {level: [ids[one] for one in levels[:at][::-1]] for at, level in enumerate(levels)}
    kin = list(zip(columns[0], areas["parent_code"].tolist(), strict=True))
    known = {
        (level, parent): next((found[parent] for found in above[level] if parent in found), None)
        for level, parent in set(kin)
    }
    return areas.assign(parent_id=pd.array([known[each] for each in kin], dtype="Int64"))
