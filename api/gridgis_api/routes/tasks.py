"""Tasks: who has what to do, and what they say of it."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from gridgis.cases import commands as c
from gridgis.errors import InvalidInputError, StoreUnavailableError, TaskNotFoundError
from gridgis.store import worklists
from gridgis.store.worklists import TaskPlace, WhichTasks
from gridgis_api.answers import answer
from gridgis_api.cursors import moment_of, moment_or_none, read_parts, write_parts
from gridgis_api.dependencies import ServiceHere
from gridgis_api.doing import DoingHere, tag, transition
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.cases import CommandBody, ReasonedBody
from gridgis_api.shapes.tasks import (
    ArriveBody,
    CannotBody,
    ListedTaskShape,
    RateTaskBody,
    ReturnBody,
    Tasks,
    TasksQuery,
)

router = family("tasks", "/tasks")

_MOST = 2**15 - 1
_ONE = "/{report_id}/{number}"

Number = Annotated[int, Path(ge=1, le=_MOST, description="The task's number in its case, from 1")]


@router.get("", response_model=Tasks, responses=told(InvalidInputError, StoreUnavailableError))
def get_tasks(asked: Annotated[TasksQuery, Query()], service: ServiceHere) -> Response:
    """List who has what to do, soonest due first, page by page.

    Of a unit, of a responder, or of all; without a state those that somebody still has to do.
    """
    which = WhichTasks(asked.unit, asked.responder, asked.state)
    after = None if asked.cursor is None else _place(asked.cursor)
    # One more than asked for: it says whether there is a next page.
    found = service.store.ask(
        partial(worklists.tasks, which=which, after=after, limit=asked.limit + 1)
    )
    page = found[: asked.limit]
    further = None if page == found else write_parts(*page[-1].place)
    now = service.clock.now()
    return answer(Tasks(tasks=[ListedTaskShape.at(one, now) for one in page], next=further))


@router.get(
    _ONE,
    response_model=ListedTaskShape,
    responses=told(InvalidInputError, TaskNotFoundError, StoreUnavailableError),
)
def get_task(report_id: UUID, number: Number, service: ServiceHere) -> Response:
    """Show a task; `ETag` is its version."""
    found = service.store.ask(partial(worklists.task, report_id=report_id, number=number))
    return answer(ListedTaskShape.at(found, service.clock.now()), headers=tag(found.version))


@transition(router, f"{_ONE}/accept", c.Accept)
def accept_task(report_id: UUID, number: Number, body: CommandBody, doing: DoingHere) -> Response:
    """Take a task."""
    return doing.task(report_id, number, c.Accept, body)


@transition(router, f"{_ONE}/return", c.Return)
def return_task(report_id: UUID, number: Number, body: ReturnBody, doing: DoingHere) -> Response:
    """Give a task back to the dispatcher, who sends somebody else or refuses."""
    return doing.task(report_id, number, c.Return, body)


@transition(router, f"{_ONE}/recall", c.Recall)
def recall_task(report_id: UUID, number: Number, body: ReasonedBody, doing: DoingHere) -> Response:
    """Call a task off."""
    return doing.task(report_id, number, c.Recall, body)


@transition(router, f"{_ONE}/arrive", c.Arrive)
def arrive_at_task(report_id: UUID, number: Number, body: ArriveBody, doing: DoingHere) -> Response:
    """Be there; the position, and how far it is from the report, are kept as evidence."""
    return doing.task(report_id, number, c.Arrive, body)


@transition(router, f"{_ONE}/begin", c.Begin)
def begin_task(report_id: UUID, number: Number, body: CommandBody, doing: DoingHere) -> Response:
    """Begin to work."""
    return doing.task(report_id, number, c.Begin, body)


@transition(router, f"{_ONE}/done", c.Finish)
def finish_task(report_id: UUID, number: Number, body: CommandBody, doing: DoingHere) -> Response:
    """Be done; when the lead and all others are, the case goes back to the desk."""
    return doing.task(report_id, number, c.Finish, body)


@transition(router, f"{_ONE}/cannot", c.Cannot)
def give_task_up(report_id: UUID, number: Number, body: CannotBody, doing: DoingHere) -> Response:
    """Say that a task cannot be done."""
    return doing.task(report_id, number, c.Cannot, body)


@transition(router, f"{_ONE}/rate", c.RateTask)
def rate_task(report_id: UUID, number: Number, body: RateTaskBody, doing: DoingHere) -> Response:
    """Rate a department that was whistled for, 1 to 5."""
    return doing.task(report_id, number, c.RateTask, body)


def _place(cursor: str) -> TaskPlace:
    return TaskPlace(*read_parts(cursor, moment_or_none, moment_of, UUID, _number))


def _number(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _MOST:
        raise ValueError
    return number
