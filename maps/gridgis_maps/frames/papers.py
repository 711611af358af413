"""The frames that documents are made of, and the columns that each must have."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from gridgis.errors import InvalidInputError
from gridgis_maps.frames.base import BaseMap
from gridgis_maps.frames.checking import LON_LAT, check, check_grids, need

if TYPE_CHECKING:
    from datetime import datetime

WORKER_COLUMNS = ("grid_code", "name", "phone")
BOARD_COLUMNS = ("code", "boundary", "link", "phone")
LANDMARK_COLUMNS = ("name", "kind")
PATH_COLUMNS = ("level", "code", "name")
RUNNER_UP_COLUMNS = ("code", "name", "distance_m")
UNIT_COLUMNS = ("name", "part", "phone")
HISTORY_COLUMNS = ("made_at", "edition", "grid", "rule", "boundary_distance_m", "decided_by")


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


@dataclass(frozen=True)
class Judged:
    """A report, and which grid answered for it by the newest assignment on one layer.

    Attributes
    ----------
    number
        The report's number, or its id.
    captured_at, received_at
        Aware.
    category, description, address
        As given; the last two are trusted by nobody, and may be empty.
    lon, lat, accuracy_m
        EPSG:4326 degrees and metres; None: not known.
    layer, edition
        The layer's name; the edition in force at capture, in words.
    rule
        ``covers``, ``near``, ``outside`` or ``no_location``.
    grid_code
        None without a grid.
    boundary_distance_m
        To the grid's own boundary; outside, to the nearest grid; None without a location.
    made_at
        When it was decided; aware.
    """

    number: str
    captured_at: datetime
    received_at: datetime
    category: str
    description: str
    address: str
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    layer: str
    edition: str
    rule: str
    grid_code: str | None
    boundary_distance_m: float | None
    made_at: datetime

    @property
    def located(self) -> bool:
        """Whether it has a location."""
        return self.lon is not None and self.lat is not None


@dataclass(frozen=True)
class JurisdictionFrames:
    """What the paper on one report's jurisdiction is made of.

    Attributes
    ----------
    judged
        The report and its newest assignment.
    grids
        As for `CoverageFrames`; of the edition that answered.
    path
        `level` (in words), `code`, `name`: from the top to the grid; empty without a grid.
    runners_up
        `code`, `name`, `distance_m`: other grids that the position's accuracy reaches.
    units
        `name`, `part` (in words: lead, co-handler), `phone` (None): who is responsible now.
    history
        `made_at` (aware), `edition`, `grid`, `rule`, `boundary_distance_m` (NaN without),
        `decided_by` (None: by itself): every assignment on the layer, the oldest first.
    base
        The base map.

    Raises
    ------
    InvalidInputError
        A frame lacks a column, or two grids have one code.
    UnsupportedCrsError
        A frame is not EPSG:4326.
    """

    judged: Judged
    grids: gpd.GeoDataFrame
    path: pd.DataFrame
    runners_up: pd.DataFrame
    units: pd.DataFrame
    history: pd.DataFrame
    base: BaseMap = field(default_factory=BaseMap)

    def __post_init__(self) -> None:
        check_grids(self.grids)
        need(self.path, "path", PATH_COLUMNS)
        need(self.runners_up, "runners_up", RUNNER_UP_COLUMNS)
        need(self.units, "units", UNIT_COLUMNS)
        need(self.history, "history", HISTORY_COLUMNS)
