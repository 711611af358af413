"""What became of each area: kept, split, merged, part of it transferred, new, gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis_boundaries.publishing.pieces import NOBODY

if TYPE_CHECKING:
    import geopandas as gpd


def became(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, shared: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each piece of ground that an old and a new area share.

    =========  ================================================================================
    keep       the area goes on, with this ground
    transfer   ground went from an area that goes on to another that was there before
    split      ground of an area is a new one's
    merge      ground of an area that is no more is another's
    new        ground that nobody had
    gone       ground that nobody has
    =========  ================================================================================

    Where an area that is no more meets a new one, it is a merge when more of the old one is there
    than of the new one, else a split.

    Parameters
    ----------
    old, new
        As :func:`gridgis.store.areas.frame` gives them, with the ids that they have in the store.
    shared
        As :func:`gridgis_boundaries.publishing.pieces.pieces` gives it.

    Returns
    -------
    Columns level, from_area, to_area (Int64, NA: nobody), kind, households, area_m2, share_of_old,
    share_of_new (Float64, NA: unknown). Index 0..n-1.
    """
    ids = [
        pd.array(np.append(frame["area_id"].to_numpy(np.int64), NOBODY), dtype="Int64")
        for frame in (old, new)
    ]
    from_area, to_area = ids[0][shared["old"].to_numpy()], ids[1][shared["new"].to_numpy()]
    old_goes_on = np.isin(from_area, new["area_id"])
    new_was_there = np.isin(to_area, old["area_id"])
    conditions = [
        (shared["old"] == NOBODY).to_numpy(),
        (shared["new"] == NOBODY).to_numpy(),
        np.asarray(from_area == to_area),
        old_goes_on & new_was_there,
        old_goes_on,
        new_was_there,
        (shared["share_of_old"] > shared["share_of_new"]).to_numpy(),
    ]
    kinds = ["new", "gone", "keep", "transfer", "split", "merge", "merge"]
    numbers = ["households", "area_m2", "share_of_old", "share_of_new"]
    table = shared[["level"]].assign(
        from_area=pd.array(from_area, dtype="Int64"),
        to_area=pd.array(to_area, dtype="Int64"),
        kind=np.select(conditions, kinds, default="split"),
        **{name: shared[name].astype("Float64") for name in numbers},
    )
    for side in ("from_area", "to_area"):
        table[side] = table[side].where(table[side] != NOBODY)
    return table.reset_index(drop=True)
