"""What people look at before they act: the open cases, the tasks, what stands around one case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from gridgis.errors import TaskNotFoundError
from gridgis.store.queries import run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection


class AskedRating(NamedTuple):
    """What the resident was asked in a round, and answered; None: not yet, or never."""

    round: int
    asked_at: str
    expires_at: str
    answered_at: str | None
    contacted: bool | None
    solved: bool | None
    satisfaction: int | None
    words: str | None


class Around(NamedTuple):
    """What stands around a case.

    Attributes
    ----------
    family
        Of its category: it says whose words its states are called by.
    incident_reports
        How many reports the incident has, this one too; 0: there is none.
    merged
        The reports that were merged into it, in the order of their receipt.
    people, units
        Id of a responder -> name; code of a unit -> name.
    """

    number: str | None
    description: str | None
    address: str | None
    family: str | None
    incident_id: int | None
    incident_reports: int
    merged: Sequence[UUID]
    people: Mapping[str, str]
    units: Mapping[str, str]
    ratings: Sequence[AskedRating]


class Worker(NamedTuple):
    """Somebody who works in a grid."""

    id: UUID
    name: str
    organisation: str | None


class WhichCases(NamedTuple):
    """Which open cases to list; None: all. `area` is a code of any level."""

    state: str | None = None
    unit: str | None = None
    tier: str | None = None
    level: int | None = None
    category: str | None = None
    area: str | None = None
    late: bool | None = None


class CasePlace(NamedTuple):
    """Where a page of cases ends: `due_at` None: among those without a limit."""

    due_at: datetime | None
    received_at: datetime
    report_id: UUID


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A line of the queue; `is_late`: one of its clocks, or of its tasks', has run out."""

    report_id: UUID
    number: str | None
    description: str | None
    address: str | None
    category: str | None
    family: str | None
    channel: str | None
    received_at: datetime
    state: str
    state_since: datetime
    version: int
    outcome: str | None
    level: int | None
    tier: str
    unit: str | None
    due_at: datetime | None
    is_late: bool
    grid: str | None
    grid_name: str | None

    @property
    def place(self) -> CasePlace:
        """Where a page ends that ends here."""
        return CasePlace(self.due_at, self.received_at, self.report_id)


class WhichTasks(NamedTuple):
    """Which tasks to list; without a state those that somebody still has to do."""

    unit: str | None = None
    responder: UUID | None = None
    state: str | None = None


class TaskPlace(NamedTuple):
    """Where a page of tasks ends: `due_at` None: among those without a limit."""

    due_at: datetime | None
    sent_at: datetime
    report_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class ListedTask:
    """A task with what whoever has it must know; `stage` is what is due next, by `due_at`.

    `lon` and `lat` are the report's, EPSG:4326, in degrees.
    """

    report_id: UUID
    number: int
    version: int
    state: str
    unit: str
    part: str | None
    is_lead: bool
    is_whistled: bool
    responders: Sequence[UUID]
    round: int
    sent_at: datetime
    accepted_at: datetime | None
    arrived_at: datetime | None
    ended_at: datetime | None
    reason: str | None
    reason_kind: str | None
    arrived_lon: float | None
    arrived_lat: float | None
    arrived_m: float | None
    rating: int | None
    captured_at: datetime
    category: str | None
    level: int | None
    case_state: str
    case_version: int
    stage: str | None
    due_at: datetime | None
    report_number: str | None
    description: str | None
    address: str | None
    lon: float | None
    lat: float | None

    @property
    def place(self) -> TaskPlace:
        """Where a page ends that ends here."""
        return TaskPlace(self.due_at, self.sent_at, self.report_id, self.number)


def around(connection: Connection, report_id: UUID) -> Around:
    """Return what stands around a report's case; there must be one."""
    row = run(connection, "case_around", {"report_id": report_id}).one()
    return Around(
        number=row.number,
        description=row.description,
        address=row.address,
        family=row.family,
        incident_id=row.incident_id,
        incident_reports=row.incident_reports,
        merged=[UUID(one) for one in row.merged or ()],
        people=row.people or {},
        units=row.units or {},
        ratings=[AskedRating(*one) for one in row.ratings or ()],
    )


def workers_of_holder(connection: Connection, report_id: UUID) -> list[Worker]:
    """Return the workers of the grid that holds a report, whoever should go first at first."""
    rows = run(connection, "workers_of_holder", {"report_id": report_id})
    return [Worker._make(row) for row in rows]


def open_cases(
    connection: Connection,
    which: WhichCases,
    at: datetime,
    *,
    after: CasePlace | None,
    limit: int,
) -> list[OpenCase]:
    """Return up to `limit` open cases after a place, soonest due first."""
    asked: dict[str, Any] = {
        **which._asdict(),
        "at": at,
        "after_due": None if after is None else after.due_at,
        "after_received": None if after is None else after.received_at,
        "after_id": None if after is None else after.report_id,
        "page": limit,
    }
    return [OpenCase(**row._mapping) for row in run(connection, "open_cases", asked)]


def tasks(
    connection: Connection, which: WhichTasks, *, after: TaskPlace | None, limit: int
) -> list[ListedTask]:
    """Return up to `limit` tasks after a place, soonest due first."""
    asked: dict[str, Any] = {
        **which._asdict(),
        "report_id": None,
        "number": None,
        "after_due": None if after is None else after.due_at,
        "after_sent": None if after is None else after.sent_at,
        "after_id": None if after is None else after.report_id,
        "after_number": None if after is None else after.number,
        "page": limit,
    }
    return _listed(connection, asked)


def task(connection: Connection, report_id: UUID, number: int) -> ListedTask:
    """Return one task of a report, whatever its state.

    Raises
    ------
    TaskNotFoundError
        There is no such report, or it has no task of that number.
    """
    nothing = dict.fromkeys((*WhichTasks._fields, *(f"after_{n}" for n in _PLACES)))
    found = _listed(connection, {**nothing, "report_id": report_id, "number": number, "page": 1})
    if not found:
        msg = f"there is no task {number} of a report {report_id}"
        raise TaskNotFoundError(msg)
    return found[0]


_PLACES = ("due", "sent", "id", "number")


def _listed(connection: Connection, asked: Mapping[str, Any]) -> list[ListedTask]:
    return [ListedTask(**row._mapping) for row in run(connection, "tasks_listed", asked)]
