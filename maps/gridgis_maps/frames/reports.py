"""The frames that a map of reports is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gridgis_maps.frames.base import BaseMap
from gridgis_maps.frames.checking import check, check_grids, need

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

REPORT_COLUMNS = ("captured_at", "category_name", "description", "grid_code", "rule")
WARNING_COLUMNS = (
    *("number", "category_name", "since", "until", "observed", "expected", "recurrence_days"),
    *("state", "grid_codes", "worst_grid"),
)


@dataclass(frozen=True)
class HotspotFrames:
    """What a hotspot map, a timeline or a comparison of two periods is made of.

    Attributes
    ----------
    grids
        As for `CoverageFrames`.
    reports
        `captured_at` (aware), `category_name`, `description` (what a resident wrote: trusted by
        nobody), `grid_code` (None without a grid), `rule`; points, None without a place. Where they
        are known: `edition_id` (on whose grids it counts), `restated` (another one answered).
    base
        The base map.
    moved
        Where a public page shows the reports, on their index: see `numbers.donut.moved_within`.
        None: it shows none of them.
    warnings
        Early warnings of the period, the newest first: `number`, `category_name` (None: all),
        `since`, `until` (dates), `observed`, `expected`, `recurrence_days`, `state` (``suggested``,
        ``taken``, ``dismissed``), `grid_codes` (list of str), `worst_grid`. None: nobody looked.

    Raises
    ------
    InvalidInputError
        A frame lacks a column, or two grids have one code.
    UnsupportedCrsError
        A frame is not EPSG:4326.
    """

    grids: gpd.GeoDataFrame
    reports: gpd.GeoDataFrame
    base: BaseMap = field(default_factory=BaseMap)
    moved: gpd.GeoSeries | None = None
    warnings: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        check_grids(self.grids)
        check(self.reports, "reports", REPORT_COLUMNS)
        if self.warnings is not None:
            need(self.warnings, "warnings", WARNING_COLUMNS)
