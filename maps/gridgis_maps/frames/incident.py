"""The frames that the page of one case is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gridgis.clock import aware
from gridgis_maps.frames.base import BaseMap
from gridgis_maps.frames.checking import check, check_grids, need

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd
    import pandas as pd
    from shapely import MultiPolygon, Point, Polygon

PARTY_COLUMNS = (
    *("unit", "people", "leads", "state", "sent_at", "accepted_at", "arrived_at"),
    *("distance_m", "travel_s", "by", "way"),
)
EVENT_COLUMNS = ("at", "who", "what")
LIMIT_COLUMNS = ("name", "within", "due_at", "stopped_at")
EXIT_COLUMNS = ("name",)


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
        check_grids(self.grids)
        check(self.parties, "parties", PARTY_COLUMNS)
        check(self.exits, "exits", EXIT_COLUMNS)
        need(self.events, "events", EVENT_COLUMNS)
        need(self.limits, "limits", LIMIT_COLUMNS)
