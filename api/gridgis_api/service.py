"""What the routes work with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gridgis.cases.rulings import Rulings
from gridgis.cases.workflow import Workflow
from gridgis.intake import Intake, Known
from gridgis.locate.territories import Territories
from gridgis.nearest.finder import Finder
from gridgis.nearest.live import Live
from gridgis.outlines import Outlines
from gridgis.places.gazetteer import Gazetteer
from gridgis.response.desk import Desk
from gridgis.response.duties import DutyLists
from gridgis.response.plans import ResponsePlans
from gridgis.roads.networks import Networks
from gridgis.seeking import Seeker
from gridgis_boundaries.planning import Planning
from gridgis_boundaries.rules.standards import Standards

if TYPE_CHECKING:
    from gridgis.clock import Clock
    from gridgis.settings import Settings
    from gridgis.store.engine import Store
    from gridgis.store.months import Months


@dataclass(frozen=True)
class Service:
    """One running service: its database, its known months, its clock, its settings."""

    store: Store
    months: Months
    clock: Clock
    settings: Settings

    @cached_property
    def territories(self) -> Territories:
        """The grids in memory."""
        return Territories(self.store, self.settings.index_folder)

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The places in memory."""
        return Gazetteer(self.store, self.settings.index_folder)

    @cached_property
    def seeker(self) -> Seeker:
        """Who looks for the places that the words of reports mean."""
        return Seeker(self.gazetteer, self.settings)

    @cached_property
    def intake(self) -> Intake:
        """The door for single reports."""
        return Intake(
            self.store,
            self.territories,
            self.months,
            self.clock,
            self.settings,
            Known(self.finder, self.seeker, self.rulings),
        )

    @cached_property
    def rulings(self) -> Rulings:
        """What rules cases: the response plan in force, the calendars."""
        return Rulings(self.settings, self.response_plans)

    @cached_property
    def workflow(self) -> Workflow:
        """The door for every change of a case."""
        return Workflow(self.store, self.rulings, self.clock)

    @cached_property
    def roads(self) -> Networks:
        """The roads in memory, and what is closed."""
        return Networks(self.store, self.clock, self.settings)

    @cached_property
    def finder(self) -> Finder:
        """Who knows which responders are near."""
        return Finder(lambda: self.live.crowd, self.roads, self.settings)

    @cached_property
    def live(self) -> Live:
        """The responders in memory."""
        return Live(self.store, self.settings, self.clock)

    @cached_property
    def response_plans(self) -> ResponsePlans:
        """The response plans, those that were used last in memory."""
        return ResponsePlans()

    @cached_property
    def desk(self) -> Desk:
        """Who proposes how grave a report is, and who goes."""
        return Desk(self.finder, self.response_plans, DutyLists())

    @cached_property
    def planning(self) -> Planning:
        """The plans, those that were used last in memory."""
        return Planning(self.store, self.clock, Standards.of(self.settings))

    @cached_property
    def outlines(self) -> Outlines:
        """The areas as GeoJSON, remembered."""
        return Outlines()
