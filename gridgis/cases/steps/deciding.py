"""A decision under way: the case as it is after the events so far."""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING, NoReturn

from gridgis.cases.folding import apply
from gridgis.errors import CaseRefusedError
from gridgis.model import Event

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.actor import Actor
    from gridgis.cases.model import Case, Task
    from gridgis.cases.ruling import Ruling
    from gridgis.model import Location


class Deciding:
    """Somebody decides at a time, by what rules the case then."""

    def __init__(
        self, case: Case, actor: Actor, times: tuple[datetime, datetime], ruling: Ruling
    ) -> None:
        self.case = case
        self.actor = actor
        self.at, self.recorded_at = times
        self.ruling = ruling
        self.events: list[Event] = []

    def write(self, kind: str, **facts: object) -> None:
        """Add an event, and let the case follow; facts that are None are left out."""
        said = {
            "version": self.case.version + 1,
            **{name: value for name, value in facts.items() if value is not None},
        }
        event = Event(kind, self.at, self.recorded_at, self.actor.name, self.actor.role, said)
        self.events.append(event)
        self.case = apply(self.case, event)

    def move(self, kind: str, to: str, **facts: object) -> None:
        """Add an event that takes the case from its state to another one."""
        self.write(kind, **{"from": self.case.state, "to": to}, **facts)

    def move_task(self, kind: str, task: Task, to: str, **facts: object) -> None:
        """Add an event that takes a task from its state to another one."""
        said = {"task": task.number, "task_version": task.version + 1}
        self.write(kind, **said, task_from=task.state, task_to=to, **facts)

    def end(self, kind: str, to: str, **facts: object) -> None:
        """Add the event that ends the case; who still has a task is called off first."""
        for task in self.case.at_work:
            self.move_task("recalled", task, "recalled", reason=f"the case is {to}")
        self.move(kind, to, **facts)

    def not_before(self, *moments: datetime | None) -> None:
        """Let what follows count from these moments on: an offline phone tells of the past."""
        self.at = max(self.at, *(one for one in moments if one is not None))

    def clocks(self, *stages: str, task: int = 0) -> dict[str, object]:
        """Return the clocks that are to start, as facts of an event; none: no facts."""
        found = [self.ruling.clock(self.case, stage, task=task) for stage in stages]
        return self.running([one for one in found if one is not None])

    def running(self, started: list[dict[str, object]]) -> dict[str, object]:
        """Return started clocks as facts of an event, with the calendar that they count by."""
        if not started:
            return {}
        return {"clocks": started, "calendar": self.ruling.plan.calendar}

    def refuse(self, why: str) -> NoReturn:
        """Refuse the command: ``report ...`` and why."""
        raise refused(self.case, why)


def refused(case: Case, why: str) -> CaseRefusedError:
    """Return the error that refuses a command to a case: ``report ...`` and why."""
    said = f"report {case.report_id} {why}"
    return CaseRefusedError(said, state=case.state, version=case.version, unit=case.unit)


def distance_m(one: Location, other: Location) -> float:
    """Return how far two locations are apart, in metres on the plane that touches at the first.

    >>> from gridgis.model import Location
    >>> round(distance_m(Location(104.0, 38.0), Location(104.0, 38.001)), 1)
    111.0
    """
    # Only here: the engine takes a second to read, and most commands measure nothing.
    from gridgis.locate.metres import (  # noqa: PLC0415
        metres_per_degree_lat,
        metres_per_degree_lon,
    )

    east = (other.lon - one.lon) * metres_per_degree_lon(one.lat)
    north = (other.lat - one.lat) * metres_per_degree_lat(one.lat)
    return hypot(east, north)


def told(location: Location | None) -> dict[str, float | None] | None:
    """Return a location as an event keeps it."""
    if location is None:
        return None
    return {"lon": location.lon, "lat": location.lat, "accuracy_m": location.accuracy_m}
