"""The frames that a monthly report is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from gridgis.clock import aware
from gridgis.errors import InvalidInputError
from gridgis_maps.frames.base import BaseMap
from gridgis_maps.frames.casework import FIGURE_COLUMNS
from gridgis_maps.frames.checking import check, check_grids, need
from gridgis_maps.frames.reports import REPORT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import geopandas as gpd

    from gridgis_maps.frames.coverage import CoverageFrames, ReachFrames
    from gridgis_maps.numbers.casework import Definition

GROUP_COLUMNS = ("code", "name", *FIGURE_COLUMNS, "received_before")
WARNING_COLUMNS = (
    *("grids", "category_name", "since", "until"),
    *("observed", "expected", "recurrence_days", "state"),
)
LENGTHS = ("now", "before", "last_year")


def no_warnings() -> pd.DataFrame:
    """Return a frame of early warnings without any."""
    return pd.DataFrame(columns=list(WARNING_COLUMNS), dtype=object)


@dataclass(frozen=True)
class Month:
    """The month that is told of.

    Attributes
    ----------
    names
        The names of it, of the month before, and of the same one last year: 2025-06.
    since, before
        [since, before), aware; of a month that is not over, until now.
    days
        How long each of the three is, of as much as is counted.
    over
        Whether it is over.
    """

    names: tuple[str, str, str]
    since: datetime
    before: datetime
    days: Mapping[str, float]
    over: bool = True

    def __post_init__(self) -> None:
        aware(self.since, "since")
        aware(self.before, "before")
        if set(self.days) != set(LENGTHS):
            msg = f"days: of {', '.join(LENGTHS)}, not of {', '.join(self.days)}"
            raise InvalidInputError(msg)


@dataclass(frozen=True)
class MonthlyFrames:
    """What a monthly report of an area is made of.

    Attributes
    ----------
    month
        Which one.
    grids
        As for `CoverageFrames`, with `workers` (how many are bound to the grid) where it is known:
        all grids of the edition, for a hot spot is one among all.
    own
        The codes of those in the area.
    whole
        Figures of :data:`gridgis.figures.DEFINITIONS` of the area's cases, with those of the month
        before (``X_before``) and of the same month last year (``X_last_year``).
    by_category, by_part
        `code`, `name`, the figures and ``X_before``: a row a category, and one for each area of the
        level below.
    by_grid
        Likewise; index: the codes of the area's grids.
    part_name
        What an area of the level below is called.
    definitions
        What the columns mean.
    reports
        As for `HotspotFrames`: those captured in the month, of all grids.
    coverage
        As the coverage map has them, of the area's grids; who can come from elsewhere, too.
    warnings
        `grids` (names), `category_name` (None: all together), `since`, `until` (dates), `observed`,
        `expected`, `recurrence_days`, `state` (``suggested``, ``taken``, ``dismissed``).
    fewest
        A share or a length that stands on fewer cases is marked.
    base
        The base map.

    Raises
    ------
    InvalidInputError
        A frame lacks a column, or two grids have one code.
    UnsupportedCrsError
        A frame is not EPSG:4326.
    """

    month: Month
    grids: gpd.GeoDataFrame
    own: Sequence[str]
    whole: Mapping[str, float]
    by_category: pd.DataFrame
    by_part: pd.DataFrame
    by_grid: pd.DataFrame
    part_name: str
    definitions: Mapping[str, Definition]
    reports: gpd.GeoDataFrame
    coverage: CoverageFrames | ReachFrames
    warnings: pd.DataFrame = field(default_factory=no_warnings)
    fewest: int = 5
    base: BaseMap = field(default_factory=BaseMap)

    def __post_init__(self) -> None:
        check_grids(self.grids)
        check(self.reports, "reports", REPORT_COLUMNS)
        need(self.by_category, "by_category", GROUP_COLUMNS)
        need(self.by_part, "by_part", GROUP_COLUMNS)
        need(self.by_grid, "by_grid", (*FIGURE_COLUMNS, "received_before"))
        need(self.warnings, "warnings", WARNING_COLUMNS)
