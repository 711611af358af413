"""What rules cases, read once for each response plan and each state of the calendars."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gridgis.cases.ruling import Ruling
from gridgis.clocks.calendars import Calendar
from gridgis.response.plan import NO_PLAN
from gridgis.response.plans import ResponsePlans
from gridgis.store import calendars

if TYPE_CHECKING:
    from gridgis.settings import Settings
    from gridgis.store.cases import Marks
    from gridgis.store.connection import Connection

_MORNING, _AFTERNOON = (9 * 60, 12 * 60), (14 * 60, 18 * 60)
_NIGHT = (22 * 60, 6 * 60)
_WORKDAYS, _WEEK = 5, 7


class Rulings:
    """Gives what rules cases; the same object as long as nothing was brought in."""

    def __init__(self, settings: Settings, plans: ResponsePlans | None = None) -> None:
        self._plans = plans or ResponsePlans()
        self._usual = usual_calendar(settings.zone.key)
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


def usual_calendar(zone: str) -> Calendar:
    """Return the calendar that counts before any was brought in: Monday to Friday, 9-12, 14-18.

    >>> usual_calendar("Asia/Shanghai").code
    'usual'
    """
    week = tuple((_MORNING, _AFTERNOON) if day < _WORKDAYS else () for day in range(_WEEK))
    return Calendar("usual", "usual", ZoneInfo(zone), week, _NIGHT)
