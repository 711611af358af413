"""The frames that documents are made of, and the columns that each must have."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from gridgis.errors import InvalidInputError
from gridgis_maps.frames import BaseMap
from gridgis_maps.frames.checking import LON_LAT, check, check_grids, need

WORKER_COLUMNS = ("grid_code", "name", "phone")
BOARD_COLUMNS = ("code", "boundary", "link", "phone")
LANDMARK_COLUMNS = ("name", "kind")


def no_workers() -> pd.DataFrame:
    """Return a frame of workers without any."""
    return pd.DataFrame(columns=[*WORKER_COLUMNS, "role"], dtype=object)


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
        check_grids(self.grids)
        need(self.workers, "workers", WORKER_COLUMNS)


def no_landmarks() -> gpd.GeoDataFrame:
    """Return a frame of landmarks without any."""
    return gpd.GeoDataFrame({"name": [], "kind": []}, geometry=[], crs=LON_LAT)


@dataclass(frozen=True)
class SignFrames:
    """What public notices are made of.

    Attributes
    ----------
    grids
        As for `CoverageFrames`; all of the edition, the neighbours too.
    boards
        One row a notice: `code` (of a grid), `boundary` (in words, None without), `link` (what its
        QR code opens; None: the code says the contacts), `phone` (on duty, None without).
    workers
        As for `AtlasFrames`, with `role` (None: not said).
    landmarks
        `name`, `kind`; points, the foremost first.
    base
        The base map. Its `roads` may have a column `name`.

    Raises
    ------
    InvalidInputError
        A frame lacks a column, two grids have one code, or a notice is of no grid.
    UnsupportedCrsError
        A frame is not EPSG:4326.
    """

    grids: gpd.GeoDataFrame
    boards: pd.DataFrame
    workers: pd.DataFrame = field(default_factory=no_workers)
    landmarks: gpd.GeoDataFrame = field(default_factory=no_landmarks)
    base: BaseMap = field(default_factory=BaseMap)

    def __post_init__(self) -> None:
        check_grids(self.grids)
        need(self.boards, "boards", BOARD_COLUMNS)
        need(self.workers, "workers", (*WORKER_COLUMNS, "role"))
        check(self.landmarks, "landmarks", LANDMARK_COLUMNS)
        unknown = self.boards.loc[~self.boards["code"].isin(self.grids["code"]), "code"]
        if len(unknown):
            msg = f"boards: {unknown.iloc[0]!r} is no grid of this edition"
            raise InvalidInputError(msg)
