"""The areas of a plan as those of an edition: with the numbers of their parents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis.model import Layer


def as_edition(areas: gpd.GeoDataFrame, layer: Layer) -> gpd.GeoDataFrame:
    """Return the areas of a plan with parent_id, as :func:`gridgis.store.areas.frame` has it.

    An area's parent is the one with its parent_code on the nearest level above that has it.

    Parameters
    ----------
    areas
        As :meth:`gridgis_boundaries.plans.Plan.areas` gives them; EPSG:4326.
    """
    levels = [level.code for level in layer.levels]
    keys = zip(areas["level"], areas["code"], strict=True)
    by_key = dict(zip(keys, areas["area_id"], strict=True))
    parents = [
        next(
            (by_key[up, parent] for up in _above(levels, level) if (up, parent) in by_key),
            None,
        )
        for level, parent in zip(areas["level"], areas["parent_code"], strict=True)
    ]
    return areas.assign(
        area_id=areas["area_id"].astype("int64"),
        parent_id=pd.Series(parents, dtype="Int64", index=areas.index),
    )


def _above(levels: list[str], level: str) -> list[str]:
    return levels[: levels.index(level)][::-1]
