"""What a dispatcher asks of the response plan: how grave it is, who answers for it, who goes.

Only reads, best before the transaction that dispatches: the search for responders may have to read
a newer roster first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.households import households_within
from gridgis.nearest.places import Wanted, nearest_places
from gridgis.polygons import circle
from gridgis.response.dispatching import Scene, asking, choose
from gridgis.response.duties import spot_of
from gridgis.response.levels import propose
from gridgis.response.rules import Party, Response
from gridgis.store import near_places, units

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.model import NearPlace, Report
    from gridgis.nearest.finder import Finder
    from gridgis.response.dispatching import Dispatch
    from gridgis.response.duties import DutyLists
    from gridgis.response.duty import Responsible
    from gridgis.response.levels import Proposed
    from gridgis.response.plans import ResponsePlans
    from gridgis.response.rules import Proposing
    from gridgis.store.connection import Connection

RESPONSIBLE = "responsible"
"""The only party where the plan sends nobody by itself."""


class Desk:
    """Answers for one process, by the plan in force and the list of duties that counts."""

    def __init__(self, finder: Finder, plans: ResponsePlans, duties: DutyLists) -> None:
        self._finder = finder
        self._plans = plans
        self._duties = duties

    def level(
        self, connection: Connection, report: Report, at: datetime, reports: int = 1
    ) -> Proposed:
        """Propose how grave a report is; `reports` are those of its incident, it too."""
        rules = self._plans.at(connection, at).proposing(report.category)
        near = _near(connection, report, rules)
        return propose(rules, report.description, near, reports)

    def responsible(
        self, connection: Connection, report: Report, at: datetime
    ) -> Responsible | None:
        """Return which unit answers for a report, and by which duty; None: the list has a gap."""
        spot = spot_of(connection, report.id, at)
        return self._duties.newest(connection, at).responsible(report.category, spot)

    def team(
        self,
        connection: Connection,
        report: Report,
        level: int,
        at: datetime,
        *,
        at_night: bool = False,
    ) -> Dispatch:
        """Return who goes to a report at a level, and the households that have to leave.

        Where the plan sends nobody, the responsible unit is the only party. Without a location
        nobody is looked for.
        """
        spot = spot_of(connection, report.id, at)
        answers = self._duties.newest(connection, at).responsible(report.category, spot)
        response = self._plans.at(connection, at).response(report.category, level)
        scene = Scene(
            location=report.location,
            at=at,
            areas=spot.tiers,
            at_night=at_night,
            units=_units(connection),
            lead_unit=None if answers is None else answers.unit,
        )
        asked = response or Response(level, (Party(RESPONSIBLE, lead=True),))
        radius_m, here = asked.evacuate_m, report.location
        leaving = None
        if radius_m is not None and here is not None:
            leaving = households_within(connection, circle(here, radius_m))
        return choose(asked, scene, asking(self._finder, scene), leaving)


def _near(connection: Connection, report: Report, rules: Proposing) -> list[NearPlace]:
    """Return the nearest place of each kind that matters, as far as it may."""
    if report.location is None or not rules.near:
        return []
    in_use = set(near_places.kinds_in_use(connection))
    return [
        place
        for kind in rules.kinds
        if kind in in_use
        for place in nearest_places(
            connection, report.location, Wanted(1, (kind,), rules.farthest_m)
        )
    ]


def _units(connection: Connection) -> dict[str, str]:
    """Return what people's organisation is called -> their unit; of several units the first."""
    known: dict[str, str] = {}
    for one in units.everything(connection):
        if one.organisation is not None:
            known.setdefault(one.organisation, one.code)
    return known
