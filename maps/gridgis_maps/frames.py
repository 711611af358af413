"""The frames that a map is made of, and the columns that each must have.

Every geometry is EPSG:4326, lon/lat. The frames are read, never changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gridgis.clock import aware
from gridgis.errors import InvalidInputError, UnsupportedCrsError

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd
    import pandas as pd
    from shapely import MultiPolygon, Point, Polygon

LON_LAT = 4326

AREA_COLUMNS = ("code", "name", "level", "parent_code", "parent_name", "households")
CELL_COLUMNS = ("households",)
RESPONDER_COLUMNS = ("id", "name", "kind", "organisation", "role", "skills", "position_source")
REPORT_COLUMNS = ("captured_at", "category_name", "description", "grid_code", "rule")
LINE_COLUMNS = ("kind",)
DUPLICATE_COLUMNS = ("group", "keep", "kind", "name", "standard_address", "reason", "lon", "lat")
DISAGREEMENT_COLUMNS = (
    *("kind", "name", "standard_address", "named", "named_code"),
    *("covering", "covering_code", "outside_m", "lon", "lat"),
)
REPAIRED_COLUMNS = ("code", "name")
FINDING_COLUMNS = ("rule", "sentence", "amount_m2")
PIECE_COLUMNS = ("kind", "from_code", "to_code", "share", "new_share")
COUNT_COLUMNS = ("code", "reports")
PARTY_COLUMNS = (
    *("unit", "people", "leads", "state", "sent_at", "accepted_at", "arrived_at"),
    *("distance_m", "travel_s", "by", "way"),
)
EVENT_COLUMNS = ("at", "who", "what")
LIMIT_COLUMNS = ("name", "within", "due_at", "stopped_at")
EXIT_COLUMNS = ("name",)
CHANGE_COLUMNS = ("code", "wrong", "added_m2", "removed_m2", "households", "shift_m")


@dataclass(frozen=True)
class BaseMap:
    """What lies under and around the figures; each may be missing.

    Attributes
    ----------
    outlines
        Areas of the levels above the grid, columns as the grids'.
    water, greens
        Polygons. `roads`: lines, column `kind`.
    """

    outlines: gpd.GeoDataFrame | None = None
    water: gpd.GeoDataFrame | None = None
    greens: gpd.GeoDataFrame | None = None
    roads: gpd.GeoDataFrame | None = None

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

    def __post_init__(self) -> None:
        _check_grids(self.grids)
        _check(self.responders, "responders", RESPONDER_COLUMNS)
        _check(self.cells, "cells", CELL_COLUMNS)


@dataclass(frozen=True)
class HotspotFrames:
    """What a hotspot map, a timeline or a comparison of two periods is made of.

    Attributes
    ----------
    grids
        As for `CoverageFrames`.
    reports
        `captured_at` (aware), `category_name`, `description` (what a resident wrote: trusted by
        nobody), `grid_code` (None without a grid), `rule`; points, None without a place.
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
    reports: gpd.GeoDataFrame
    base: BaseMap = field(default_factory=BaseMap)

    def __post_init__(self) -> None:
        _check_grids(self.grids)
        _check(self.reports, "reports", REPORT_COLUMNS)


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


@dataclass(frozen=True)
class EditionFrames:
    """What a comparison of two editions is made of.

    Attributes
    ----------
    old, new
        The grids of the edition before and after, as for `CoverageFrames`.
    pieces
        The ground that both share, one row a piece: `kind` (``keep`` where one and the same grid
        has it on both sides), `from_code`, `to_code` (None outside), `share`, `new_share` (of the
        old and of the new grid; NaN outside).
    old_counts, new_counts
        `code`, `reports`: the reports of one period, restated on either edition. A code that is no
        grid's counts what lies in none.
    base
        The base map of the new edition.

    Raises
    ------
    InvalidInputError
        A frame lacks a column, or two grids of an edition have one code.
    UnsupportedCrsError
        A frame is not EPSG:4326.
    """

    old: gpd.GeoDataFrame
    new: gpd.GeoDataFrame
    pieces: pd.DataFrame
    old_counts: pd.DataFrame
    new_counts: pd.DataFrame
    base: BaseMap = field(default_factory=BaseMap)

    def __post_init__(self) -> None:
        _check_grids(self.old)
        _check_grids(self.new)
        _need(self.pieces, "pieces", PIECE_COLUMNS)
        _need(self.old_counts, "old_counts", COUNT_COLUMNS)
        _need(self.new_counts, "new_counts", COUNT_COLUMNS)


@dataclass(frozen=True)
class Incident:
    """One case, as a page tells it.

    Attributes
    ----------
    number, category, description, address
        What was reported; what somebody wrote is trusted by nobody.
    level, state
        In words.
    received_at
        When its clocks began; aware. Minutes are told from it.
    location, accuracy_m
        Point in EPSG:4326, lon/lat, and within how many metres it is true; None: nobody knows.
    grid_code
        The grid that is responsible; None without one.
    zone
        What is evacuated: Polygon or MultiPolygon in EPSG:4326; None: nothing.
    radius_m
        Of the zone, when it is a circle around the location.
    households, population
        Estimates inside the zone; None: nobody counted.
    """

    number: str
    category: str
    description: str
    received_at: datetime
    address: str | None = None
    level: str = ""
    state: str = ""
    location: Point | None = None
    accuracy_m: float | None = None
    grid_code: str | None = None
    zone: Polygon | MultiPolygon | None = None
    radius_m: float | None = None
    households: float | None = None
    population: float | None = None

    def __post_init__(self) -> None:
        aware(self.received_at, "received_at")


@dataclass(frozen=True)
class IncidentFrames:
    """What the page of one case is made of.

    Attributes
    ----------
    case
        What was reported, where, and what had to be evacuated.
    grids
        The grids of the edition, as for `CoverageFrames`; the page shows those around.
    parties
        One row a task: `unit`, `people` (in words), `leads` (bool), `state` (in words), `sent_at`,
        `accepted_at`, `arrived_at` (aware, NaT: not), `distance_m` and `travel_s` (as reckoned when
        sent; NaN unknown), `by` (``road``, ``line`` or None), `way` (what the line is: ``road``,
        ``line`` or None without one); lines to the location, None when not known from where.
    events
        `at` (aware), `who`, `what` (in words), oldest first.
    limits
        `name` (in words), `within` (as the plan writes it), `due_at` (NaT while it is paused),
        `stopped_at` (NaT while it runs); the marks first.
    exits
        `name`; lines of the ways out of the zone. None: nobody knows.
    base
        The base map.

    Raises
    ------
    InvalidInputError
        A frame lacks a column, or two grids have one code.
    UnsupportedCrsError
        A frame is not EPSG:4326.
    """

    case: Incident
    grids: gpd.GeoDataFrame
    parties: gpd.GeoDataFrame
    events: pd.DataFrame
    limits: pd.DataFrame
    exits: gpd.GeoDataFrame | None = None
    base: BaseMap = field(default_factory=BaseMap)

    def __post_init__(self) -> None:
        _check_grids(self.grids)
        _check(self.parties, "parties", PARTY_COLUMNS)
        _check(self.exits, "exits", EXIT_COLUMNS)
        _need(self.events, "events", EVENT_COLUMNS)
        _need(self.limits, "limits", LIMIT_COLUMNS)


def _check_grids(grids: gpd.GeoDataFrame) -> None:
    _check(grids, "grids", AREA_COLUMNS)
    _once(grids, "grids")


def _once(areas: gpd.GeoDataFrame, name: str) -> None:
    twice = areas.loc[areas["code"].duplicated(), "code"]
    if len(twice):
        msg = f"{name}: code {twice.iloc[0]!r} stands more than once; merge its parts first"
        raise InvalidInputError(msg)


def _check(frame: gpd.GeoDataFrame | None, name: str, columns: tuple[str, ...]) -> None:
    if frame is None:
        return
    _need(frame, name, columns)
    if frame.active_geometry_name is None:
        msg = f"{name}: a column of geometries is needed"
        raise InvalidInputError(msg)
    if frame.crs is None or frame.crs.to_epsg() != LON_LAT:
        msg = f"{name}: coordinates must be EPSG:4326 (lon/lat), not {frame.crs}; convert them"
        raise UnsupportedCrsError(msg)


def _need(frame: pd.DataFrame, name: str, columns: tuple[str, ...]) -> None:
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        msg = f"{name}: column {missing[0]!r} is missing; a map needs {', '.join(columns)}"
        raise InvalidInputError(msg)
