"""Tasks: what is done to them, how they are now, who has what to do."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - read at run time
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import Field

from gridgis.cases.words import ReasonKind, State, TaskState
from gridgis_api.shapes.cases import (
    CommandBody,
    ReasonedBody,
    TaskShape,
    task_shape,
)
from gridgis_api.shapes.fields import Answer, Code, Given
from gridgis_api.shapes.ground import Point
from gridgis_api.shapes.reports import LocationBody  # noqa: TC001 - read at run time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.cases.model import Case
    from gridgis.model import Event
    from gridgis.store.worklists import ListedTask


class ReturnBody(ReasonedBody):
    """Why it is given back; `not_ours` is a wrong dispatch."""

    kind: ReasonKind = "other"


class ArriveBody(CommandBody):
    """Where whoever arrived stands; it is kept as evidence."""

    location: LocationBody | None = None


class CannotBody(ReasonedBody):
    """Why it cannot be done."""

    kind: ReasonKind = "no_means"


class RateTaskBody(CommandBody):
    """How good a department was that was whistled for."""

    rating: int = Field(strict=True, ge=1, le=5, description="5 is best")


class TaskNow(TaskShape):
    """A task after a command, and its case."""

    report_id: UUID
    case_state: State
    case_version: int
    case_unit: str | None = Field(description="Who leads the case")
    events: list[str] = Field(
        description="What the command did; none: the same request did it before",
        examples=[["accepted", "handling"]],
    )

    @classmethod
    def of(cls, case: Case, number: int, events: Sequence[Event]) -> TaskNow:
        """Return a task as it goes out."""
        task = case.tasks[number - 1]
        return cls.model_construct(
            **task_shape(task).__dict__,
            report_id=case.report_id,
            case_state=case.state,
            case_version=case.version,
            case_unit=case.unit,
            events=[one.kind for one in events],
        )


class ListedTaskShape(TaskShape):
    """A task, with what whoever has it must know."""

    report_id: UUID
    report_number: str | None
    case_state: State
    case_version: int
    category: str | None
    level: int | None
    description: str | None = Field(description="None: its month is archived")
    address: str | None
    location: Point | None
    stage: str | None = Field(description="What is due next", examples=["arrive"])
    due_at: datetime | None = Field(description="By when; None: no limit, or it is paused")
    is_late: bool

    @classmethod
    def at(cls, task: ListedTask, now: datetime) -> ListedTaskShape:
        """Return a listed task as it goes out at a time."""
        plain = {name: getattr(task, name) for name in cls.model_fields if hasattr(task, name)}
        here = None if task.lon is None else Point(lon=task.lon, lat=task.lat or 0.0)
        late = task.due_at is not None and task.due_at < now
        return cls.model_validate({**plain, "location": here, "is_late": late})


class Tasks(Answer):
    """One page of tasks, soonest due first; `next` is the cursor of the page after it."""

    tasks: list[ListedTaskShape]
    next: str | None


class TasksQuery(Given):
    """Whose tasks; without a state those that somebody still has to do."""

    unit: Code | None = None
    responder: UUID | None = Field(None, description="Who was sent")
    state: TaskState | None = None
    limit: int = Field(50, ge=1, le=500)
    cursor: str | None = Field(None, max_length=400, description="`next` of the page before")
