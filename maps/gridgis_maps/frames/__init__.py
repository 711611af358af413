"""The frames that a map is made of, and the columns that each must have.

Every geometry is EPSG:4326, lon/lat. The frames are read, never changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gridgis.errors import InvalidInputError
from gridgis_maps.frames.checking import AREA_COLUMNS
from gridgis_maps.frames.checking import LON_LAT as LON_LAT
from gridgis_maps.frames.checking import check as _check
from gridgis_maps.frames.checking import check_grids as _check_grids
from gridgis_maps.frames.checking import need as _need
from gridgis_maps.frames.checking import once as _once

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import geopandas as gpd
    import pandas as pd

    from gridgis_maps.drawing.tiles import Tiles
    from gridgis_maps.numbers.casework import Definition

CELL_COLUMNS = ("households",)
RESPONDER_COLUMNS = ("id", "name", "kind", "organisation", "role", "skills", "position_source")
REACH_COLUMNS = ("households", "p50_s", "p90_s", "households_never", "reached")
REPORT_COLUMNS = ("captured_at", "category_name", "description", "grid_code", "rule")
WARNING_COLUMNS = (
    *("number", "category_name", "since", "until", "observed", "expected", "recurrence_days"),
    *("state", "grid_codes", "worst_grid"),
)
FIGURE_COLUMNS = ("received", "closed", "open", "late_open")
LINE_COLUMNS = ("kind",)
DUPLICATE_COLUMNS = ("group", "keep", "kind", "name", "standard_address", "reason", "lon", "lat")
DISAGREEMENT_COLUMNS = (
    *("kind", "name", "standard_address", "named", "named_code"),
    *("covering", "covering_code", "outside_m", "lon", "lat"),
)
REPAIRED_COLUMNS = ("code", "name")
FINDING_COLUMNS = ("rule", "sentence", "amount_m2")
CHANGE_COLUMNS = ("code", "wrong", "added_m2", "removed_m2", "households", "shift_m")


@dataclass(frozen=True)
class BaseMap:
    """What lies under and around the figures; each may be missing.

    Attributes
    ----------
    outlines
        Areas of the levels above the grid, columns as the grids'.
    water, greens
        Polygons; a column `name` (None) where names are known.
    roads
        Lines; column `kind`, and `name` (None) where names are known.
    tiles
        Tiles of another server below all of it; None: the page loads nothing.
    """

    outlines: gpd.GeoDataFrame | None = None
    water: gpd.GeoDataFrame | None = None
    greens: gpd.GeoDataFrame | None = None
    roads: gpd.GeoDataFrame | None = None
    tiles: Tiles | None = None

    def __post_init__(self) -> None:
        _check(self.outlines, "outlines", AREA_COLUMNS)
        _check(self.water, "water", ())
        _check(self.greens, "greens", ())
        _check(self.roads, "roads", LINE_COLUMNS)


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
        _check_grids(self.grids)
        _check(self.responders, "responders", RESPONDER_COLUMNS)
        _check(self.cells, "cells", CELL_COLUMNS)


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
        _check_grids(self.grids)
        _check(self.stations, "stations", RESPONDER_COLUMNS)
        if list(self.limits_min) != sorted(set(self.limits_min)) or min(self.limits_min) <= 0:
            msg = f"limits_min: {list(self.limits_min)} must be minutes above zero, and rise"
            raise InvalidInputError(msg)
        within = [
            f"{share}_within_{limit:g}_min"
            for limit in self.limits_min
            for share in ("share", "twice_share")
        ]
        _need(self.reach, "reach", (*REACH_COLUMNS, *within))


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
        _check_grids(self.grids)
        _check(self.reports, "reports", REPORT_COLUMNS)
        if self.warnings is not None:
            _need(self.warnings, "warnings", WARNING_COLUMNS)


@dataclass(frozen=True)
class FigureFrames:
    """What a map of the assembly line's figures is made of.

    Attributes
    ----------
    grids
        As for `CoverageFrames`; `workers` (how many are bound to the grid) where it is known.
    figures
        Index: codes of grids, each once; columns of :data:`gridgis.figures.DEFINITIONS`, of one
        period.
    whole
        The same figures of everything together: a median of all is no mean of medians.
    definitions
        What the columns mean, with the names that people read.
    base
        The base map.

    Raises
    ------
    InvalidInputError
        A frame lacks a column, or a grid stands twice.
    UnsupportedCrsError
        The grids are not EPSG:4326.
    """

    grids: gpd.GeoDataFrame
    figures: pd.DataFrame
    whole: Mapping[str, float]
    definitions: Mapping[str, Definition]
    base: BaseMap = field(default_factory=BaseMap)

    def __post_init__(self) -> None:
        _check_grids(self.grids)
        _need(self.figures, "figures", FIGURE_COLUMNS)
        twice = self.figures.index[self.figures.index.duplicated()]
        if len(twice):
            msg = f"figures: grid {twice[0]!r} stands more than once; give those of one period"
            raise InvalidInputError(msg)


@dataclass(frozen=True)
class PlaceFrames:
    """What a map of wrong places is made of.

    Attributes
    ----------
    areas
        The smallest areas that addresses name, columns as the grids of `CoverageFrames`.
    duplicates
        `group`, `keep` (True for one of a group), `kind`, `name`, `standard_address`, `reason`,
        `lon`, `lat` (degrees, NaN when not known where).
    disagreements
        `kind`, `name`, `standard_address`, `named`, `named_code` (the area that the address names),
        `covering`, `covering_code` (that the place lies in, or None), `outside_m`, `lon`, `lat`;
        lines from the place to the named area.
    base
        The base map.

    Raises
    ------
    InvalidInputError
        A frame lacks a column, or two areas have one code.
    UnsupportedCrsError
        A frame is not EPSG:4326.
    """

    areas: gpd.GeoDataFrame
    duplicates: pd.DataFrame
    disagreements: gpd.GeoDataFrame
    base: BaseMap = field(default_factory=BaseMap)

    def __post_init__(self) -> None:
        _check_grids(self.areas)
        _need(self.duplicates, "duplicates", DUPLICATE_COLUMNS)
        _check(self.disagreements, "disagreements", DISAGREEMENT_COLUMNS)


@dataclass(frozen=True)
class RepairFrames:
    """What a map of repairs is made of.

    Attributes
    ----------
    areas
        `code`, `name`; the areas as they are now.
    findings
        `rule` (one of ``invalid``, ``unclosed ring``, ``duplicate``, ``overlap``, ``gap``,
        ``slit``, ``sliver``, ``dangling``, ``missing vertex``, ``outside parent``, ``no grid``, or
        another word),
        `sentence`, `amount_m2`; the spots, of any kind of geometry.
    changes
        `code`, `wrong` (rules, separated by commas), `added_m2`, `removed_m2`, `households` (NA
        unknown), `shift_m`; the ground that the area won or lost, one row an area.
    base
        What lies under them: water, greens, roads; no outlines.

    Raises
    ------
    InvalidInputError
        A frame lacks a column, or two areas have one code.
    UnsupportedCrsError
        A frame is not EPSG:4326.
    """

    areas: gpd.GeoDataFrame
    findings: gpd.GeoDataFrame
    changes: gpd.GeoDataFrame
    base: BaseMap = field(default_factory=BaseMap)

    def __post_init__(self) -> None:
        _check(self.areas, "areas", REPAIRED_COLUMNS)
        _once(self.areas, "areas")
        _check(self.findings, "findings", FINDING_COLUMNS)
        _check(self.changes, "changes", CHANGE_COLUMNS)
        _once(self.changes, "changes")
