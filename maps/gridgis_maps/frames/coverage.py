"""The frames that a map of coverage is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gridgis.errors import InvalidInputError
from gridgis_maps.frames.base import BaseMap
from gridgis_maps.frames.checking import check, check_grids, need

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import geopandas as gpd
    import pandas as pd

CELL_COLUMNS = ("households",)
RESPONDER_COLUMNS = ("id", "name", "kind", "organisation", "role", "skills", "position_source")
REACH_COLUMNS = ("households", "p50_s", "p90_s", "households_never", "reached")


@dataclass(frozen=True)
class CoverageFrames:
    """What a coverage map is made of.

    Attributes
    ----------
    grids
        `code`, `name`, `level`, `parent_code`, `parent_name`, `households` (NaN when unknown);
        areas.
    responders
        `id`, `name`, `kind`, `organisation`, `role`, `skills` (list of str), `position_source`
        (``live`` or ``home``); points.
    cells
        `households`; points or areas. None when the city has not delivered them.
    for_want_of_roads
        Whether travel times were wanted and no roads are known: the page says so.
    base
        The base map.

    Raises
    ------
    InvalidInputError
        A frame lacks a column, or two grids have one code.
    UnsupportedCrsError
        A frame is not EPSG:4326.
    """

    grids: gpd.GeoDataFrame
    responders: gpd.GeoDataFrame
    cells: gpd.GeoDataFrame | None = None
    base: BaseMap = field(default_factory=BaseMap)
    for_want_of_roads: bool = False

    def __post_init__(self) -> None:
        check_grids(self.grids)
        check(self.responders, "responders", RESPONDER_COLUMNS)
        check(self.cells, "cells", CELL_COLUMNS)


@dataclass(frozen=True)
class ReachFrames:
    """What a map of coverage by travel time is made of.

    Attributes
    ----------
    grids
        As for `CoverageFrames`.
    stations
        Who counts as a station, columns as the responders'; points.
    reach
        How well each grid is covered; index: the grids' codes; columns of
        :func:`gridgis.reach.coverage.coverage` for the limits: `households`, `p50_s`, `p90_s`,
        `households_never`, `reached`, and for each limit M `share_within_M_min` and
        `twice_share_within_M_min`.
    whole
        The same numbers of all grids together.
    limits_min
        The limits in minutes, rising.
    mode, by, at
        How they come (car, fire, bicycle, foot), who counts (roster, present), and the hour.
    nowhere
        How many more are able, but nobody knows where they are.
    base
        The base map.

    Raises
    ------
    InvalidInputError
        A frame lacks a column, two grids have one code, or the limits do not rise from above zero.
    UnsupportedCrsError
        A frame is not EPSG:4326.
    """

    grids: gpd.GeoDataFrame
    stations: gpd.GeoDataFrame
    reach: pd.DataFrame
    whole: Mapping[str, float]
    limits_min: Sequence[float]
    mode: str
    by: str
    at: datetime
    nowhere: int = 0
    base: BaseMap = field(default_factory=BaseMap)

    def __post_init__(self) -> None:
        check_grids(self.grids)
        check(self.stations, "stations", RESPONDER_COLUMNS)
        if list(self.limits_min) != sorted(set(self.limits_min)) or min(self.limits_min) <= 0:
            msg = f"limits_min: {list(self.limits_min)} must be minutes above zero, and rise"
            raise InvalidInputError(msg)
        within = [
            f"{share}_within_{limit:g}_min"
            for limit in self.limits_min
            for share in ("share", "twice_share")
        ]
        need(self.reach, "reach", (*REACH_COLUMNS, *within))
