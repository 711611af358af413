"""How the standing visits of an area are kept: the share made in time, and what was missed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from gridgis.coded import When, edition_in_force, find_area
from gridgis.errors import InvalidInputError
from gridgis.model import AreaName
from gridgis.rounds.dates import days_since
from gridgis.rounds.placing import grids_in_force, grids_of, spot
from gridgis.store import layers, visit_plans, visits

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gridgis.locate.territory import Territory
    from gridgis.rounds.placing import PlacedGrid
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis.store.visit_plans import PlannedVisit

PERIOD = timedelta(days=30)
"""What visits are counted over, unless told otherwise."""

PATROL = "patrol"


class Asked(NamedTuple):
    """What figures are asked for.

    Attributes
    ----------
    at
        It picks the edition, the standing visits in use, and the visits made by then.
    layer, level
        Whose areas are listed; level None: the grids.
    area
        Only areas in this one, by its code; None: all.
    since
        Visits are counted from here until `at`; None: 30 days.
    """

    at: datetime
    layer: str = "base"
    level: str | None = None
    area: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """A point of a patrol that was not passed in time; `days_since` None: never."""

    place: str
    place_name: str
    name: str
    every_days: int
    days_since: int | None


@dataclass(frozen=True, slots=True)
class AreaFigures:
    """What became of an area's standing visits.

    Attributes
    ----------
    plans
        Standing visits in use.
    visited, share
        How many of them were made within their days, and their share; None when there are no plans.
    never
        How many were never made at all.
    days_since_max, days_since_median
        Of those that were made, how many days ago the last time was; None when none was.
    missed_patrol_points
        Patrol points that were not passed within their days: never passed ones first, then by days.
    visits, far, without_position
        Recorded visits of the period to any place here, of any plan or none; how many of them from
        too far away; how many by who did not say where they were.
    """

    area: AreaName
    plans: int = 0
    visited: int = 0
    never: int = 0
    days_since_max: int | None = None
    days_since_median: float | None = None
    missed_patrol_points: list[Missed] = field(default_factory=list)
    visits: int = 0
    far: int = 0
    without_position: int = 0

    @property
    def share(self) -> float | None:
        """The share of the plans that were visited in time, 0 to 1."""
        return self.visited / self.plans if self.plans else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of areas, by code; `without_grid` plans have a place that lies in none."""

    at: datetime
    since: datetime
    areas: list[AreaFigures]
    without_grid: int


def figures(
    connection: Connection, asked: Asked, territory: Territory, settings: Settings
) -> Figures:
    """Return the figures of all areas of a level, or of those in one area; empty ones too.

    A place belongs to the grid that covers it in the edition in force at the time, whichever grid
    it was when a visit was recorded. Days are those of the city.

    Raises
    ------
    LayerNotFoundError, LevelNotFoundError, EditionNotFoundError, AreaNotFoundError
        What is asked for does not exist at that time.
    InvalidInputError
        The period ends before it begins; the area's code stands on several levels; the level lies
        below the grids.
    """
    since = asked.since or asked.at - PERIOD
    if since >= asked.at:
        msg = f"since {since.isoformat()} is not before at {asked.at.isoformat()}"
        raise InvalidInputError(msg)
    gathering = _Gathering(_listed(connection, asked, territory), asked, settings)
    today = asked.at.astimezone(settings.zone).date()
    plans = visit_plans.in_use(connection, asked.at, today)
    found = visits.counted(connection, since, asked.at)
    tolerance_m = settings.near_tolerance_m
    at, layer = asked.at, asked.layer
    spots = [spot(one.lon, one.lat) for one in plans]
    lost = 0
    for plan, grid in zip(plans, grids_of(territory, spots, at, layer, tolerance_m), strict=True):
        lost += grid is None
        gathering.plan(grid, plan)
    spots = [spot(one.lon, one.lat) for one in found]
    for one, grid in zip(found, grids_of(territory, spots, at, layer, tolerance_m), strict=True):
        gathering.count(grid, (one.visits, one.far, one.without_position))
    return Figures(asked.at, since, gathering.told(), lost)


@dataclass
class _Bag:
    area: AreaName
    plans: list[tuple[PlannedVisit, int | None]] = field(default_factory=list)
    counts: tuple[int, int, int] = (0, 0, 0)


class _Gathering:
    """Plans and counts, by the areas that are listed."""

    def __init__(self, areas: Iterable[AreaName], asked: Asked, settings: Settings) -> None:
        self._bags = {area.code: _Bag(area) for area in areas}
        self._level = next((bag.area.level for bag in self._bags.values()), None)
        self._zone = settings.zone
        self._today = asked.at.astimezone(settings.zone).date()

    def plan(self, grid: PlacedGrid | None, plan: PlannedVisit) -> None:
        """Put a standing visit to its area."""
        if (bag := self._bag(grid)) is not None:
            days = days_since(plan.last_at, plan.starts_on, self._today, self._zone)
            bag.plans.append((plan, days))

    def count(self, grid: PlacedGrid | None, counts: tuple[int, int, int]) -> None:
        """Add the visits to a place to its area."""
        if (bag := self._bag(grid)) is not None:
            visits, far, without = (a + b for a, b in zip(bag.counts, counts, strict=True))
            bag.counts = (visits, far, without)

    def told(self) -> list[AreaFigures]:
        """Return the figures by code."""
        return [_told(self._bags[code]) for code in sorted(self._bags)]

    def _bag(self, grid: PlacedGrid | None) -> _Bag | None:
        line = [] if grid is None else grid.line
        codes = [area.code for area in line if area.level == self._level]
        return self._bags.get(codes[0]) if codes else None


def _told(bag: _Bag) -> AreaFigures:
    made = [days for plan, days in bag.plans if plan.last_at is not None and days is not None]
    late = [(plan, days) for plan, days in bag.plans if is_overdue(plan, days)]
    visits, far, without_position = bag.counts
    return AreaFigures(
        area=bag.area,
        plans=len(bag.plans),
        visited=len(bag.plans) - len(late),
        never=sum(plan.last_at is None for plan, _ in bag.plans),
        days_since_max=max(made, default=None),
        days_since_median=median(made) if made else None,
        missed_patrol_points=[
            Missed(
                plan.place,
                plan.place_name,
                plan.name,
                plan.every_days,
                None if plan.last_at is None else days,
            )
            for plan, days in sorted(late, key=_longest_first)
            if plan.kind == PATROL
        ],
        visits=visits,
        far=far,
        without_position=without_position,
    )


def is_overdue(plan: PlannedVisit, days: int | None) -> bool:
    """Say whether a standing visit was not made within its days."""
    return days is None or days > plan.every_days


def _longest_first(one: tuple[PlannedVisit, int | None]) -> tuple[bool, int, str]:
    plan, days = one
    return plan.last_at is not None, -(days or 0), plan.plan


def _listed(connection: Connection, asked: Asked, territory: Territory) -> list[AreaName]:
    """Return the areas of the level that are asked for, each once."""
    edition_in_force(connection, asked.layer, asked.level, When(asked.at))
    known = layers.find(connection, asked.layer, asked.at).layer
    grid_level = next(one for one in known.levels if one.is_grid)
    ranks = {one.code: one.rank for one in known.levels}
    level = asked.level or grid_level.code
    if ranks[level] > grid_level.rank:
        msg = f"level {level!r} lies below the grids; ask for {grid_level.code!r} or above"
        raise InvalidInputError(msg)
    within: AreaName | None = None
    if asked.area is not None:
        _, found = find_area(connection, asked.layer, asked.area, When(asked.at))
        if ranks[found.level] > ranks[level]:
            msg = f"area {asked.area!r} is a {found.level}, which has no {level} in it"
            raise InvalidInputError(msg)
        within = AreaName(found.level, found.code, found.name)
    lines = [grid.line for grid in grids_in_force(territory, asked.at, asked.layer)]
    inside = [line for line in lines if within is None or within in line]
    return list(dict.fromkeys(area for line in inside for area in line if area.level == level))
