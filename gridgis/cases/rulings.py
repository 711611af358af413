"""What rules cases, read once for each response plan and each state of the calendars."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gridgis.cases.ruling import Ruling
from gridgis.clocks.known import usual
from gridgis.response.plan import NO_PLAN
from gridgis.response.plans import ResponsePlans
from gridgis.store import calendars

if TYPE_CHECKING:
    from gridgis.settings import Settings
    from gridgis.store.cases import Marks
    from gridgis.store.connection import Connection


class Rulings:
    """Gives what rules cases; the same object as long as nothing was brought in."""

    def __init__(self, settings: Settings, plans: ResponsePlans | None = None) -> None:
        self._plans = plans or ResponsePlans()
        self._usual = usual(settings.zone)
        self._known: dict[Marks, Ruling] = {}

    def of(self, connection: Connection, marks: Marks) -> Ruling:
        """Return what rules cases when these are the marks of plans and calendars."""
        found = self._known.get(marks)
        if found is None:
            number = marks.response_plan
            plan = NO_PLAN if number is None else self._plans.by_id(connection, number)
            newest = {} if marks.calendar is None else calendars.newest(connection)
            found = replace(Ruling(self._usual), plan=plan, calendars=newest)
            # Earlier states do not come back.
            self._known = {marks: found}
        return found
