"""Who works in which grid, for what is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis import frames

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gridgis_api.kinds.maker import Maker

ROLES = ("full-time", "part-time", "chief", "police", "building-head")
"""In the order in which people are named."""


def workers_of(maker: Maker, grids: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the workers bound to some grids: grid_code, name, phone (None), role (None).

    By role, full-time ones first, then by name.
    """
    bound = frames.bound_workers(maker.connection)
    codes = dict(zip(grids["area_id"], grids["code"], strict=True))
    rank = {role: at for at, role in enumerate(ROLES)}
    found = bound.assign(
        grid_code=bound["area_id"].map(codes), rank=bound["role"].map(rank).fillna(len(ROLES))
    )
    return (
        found.loc[found["grid_code"].notna(), ["grid_code", "name", "phone", "role", "rank"]]
        .sort_values(["rank", "name"], kind="stable")
        .drop(columns="rank")
        .reset_index(drop=True)
    )
