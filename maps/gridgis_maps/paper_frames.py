"""The frames that documents are made of, and the columns that each must have."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from gridgis_maps.frames import BaseMap, _check_grids, _need

if TYPE_CHECKING:
    import geopandas as gpd

WORKER_COLUMNS = ("grid_code", "name", "phone")


def no_workers() -> pd.DataFrame:
    """Return a frame of workers without any."""
    return pd.DataFrame(columns=list(WORKER_COLUMNS), dtype=object)


@dataclass(frozen=True)
class AtlasFrames:
    """What an atlas is made of.

    Attributes
    ----------
    grids
        As for `CoverageFrames`.
    workers
        `grid_code`, `name`, `phone` (None: not known), the first of a grid first.
    base
        The base map. Its `roads` may have a column `name`. The first level of its outlines, from
        the top, that has several areas gets a sheet an area.

    Raises
    ------
    InvalidInputError
        A frame lacks a column, or two grids have one code.
    UnsupportedCrsError
        A frame is not EPSG:4326.
    """

    grids: gpd.GeoDataFrame
    workers: pd.DataFrame = field(default_factory=no_workers)
    base: BaseMap = field(default_factory=BaseMap)

    def __post_init__(self) -> None:
        _check_grids(self.grids)
        _need(self.workers, "workers", WORKER_COLUMNS)
