"""How a command over HTTP reaches a case: who gives it, what they know of the case, its answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Header

from gridgis.cases.commands import TaskCommand
from gridgis.cases.table import row_of
from gridgis.cases.workflow import Known
from gridgis.door import storable
from gridgis.errors import (
    ArchivedError,
    CaseChangedError,
    CaseRefusedError,
    InvalidInputError,
    ReportNotFoundError,
    StoreUnavailableError,
)
from gridgis_api.answers import answer
from gridgis_api.dependencies import ActorHere, ServiceHere, wgs84
from gridgis_api.errors import BodyTooLargeError, MalformedBodyError, WrongContentTypeError
from gridgis_api.problems import told
from gridgis_api.shapes.cases import CaseNow, PartyBody
from gridgis_api.shapes.reports import LocationBody
from gridgis_api.shapes.tasks import TaskNow

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from fastapi import APIRouter
    from starlette.responses import Response

    from gridgis.actor import Actor
    from gridgis.cases.commands import Command
    from gridgis.cases.workflow import Changed
    from gridgis.errors import GridgisError
    from gridgis_api.service import Service
    from gridgis_api.shapes.cases import CommandBody

_LONGEST_KEY = 200
_TAG = re.compile(r'"(\d{1,9})"')

REFUSALS = (
    ReportNotFoundError,
    CaseRefusedError,
    CaseChangedError,
    ArchivedError,
    InvalidInputError,
    MalformedBodyError,
    BodyTooLargeError,
    WrongContentTypeError,
    StoreUnavailableError,
)
"""What every transition may answer instead."""


class Doing:
    """Somebody does something to cases."""

    __slots__ = ("actor", "known", "service")

    def __init__(self, service: Service, actor: Actor, known: Known) -> None:
        self.service = service
        self.actor = actor
        self.known = known

    def case(self, report_id: UUID, command: type[Command], body: CommandBody) -> Response:
        """Give a case a command; the answer is the case as it is now."""
        return self.give(report_id, command(**said(body)), body)

    def give(self, report_id: UUID, command: Command, body: CommandBody) -> Response:
        """Give a case a command that is made already."""
        return _case_now(self._changed(report_id, command, body))

    def task(
        self, report_id: UUID, number: int, command: type[TaskCommand], body: CommandBody
    ) -> Response:
        """Give a task a command; the answer is the task as it is now, and its case."""
        done = self._changed(report_id, command(task=number, **said(body)), body)
        shape = TaskNow.of(done.case, number, done.events)
        return answer(shape, headers=tag(shape.version))

    def _changed(self, report_id: UUID, command: Command, body: CommandBody) -> Changed:
        return self.service.workflow.change(
            report_id, command, self.actor, at=body.at, known=self.known
        )


async def doing_of(
    service: ServiceHere,
    actor: ActorHere,
    if_match: Annotated[
        str | None,
        Header(
            description='The version that you know, as `ETag` gave it: `"7"`. When it is another '
            "by now, nothing is done: 409, with the present state, version, unit and who did that.",
            examples=['"7"'],
        ),
    ] = None,
    idempotency_key: Annotated[
        str | None,
        Header(
            description="A word of your own for this request: sent again with the same word, the "
            "same command to the same case is done once",
            examples=["3f0c-1"],
        ),
    ] = None,
) -> Doing:
    """Return who acts, and what they say that they know."""
    key = idempotency_key
    if key is not None:
        storable(key, "Idempotency-Key", _LONGEST_KEY)
    return Doing(service, actor, Known(_version(if_match), key or None))


DoingHere = Annotated[Doing, Depends(doing_of)]


def transition(
    router: APIRouter, path: str, command: type[Command], *more: type[GridgisError]
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Return what makes a function the route of a command, described by its row of the table."""
    step = row_of(command)
    shape = TaskNow if issubclass(command, TaskCommand) else CaseNow
    who = ", ".join(sorted(step.roles))
    what = "task" if shape is TaskNow else "case"
    states = ", ".join(sorted(step.sources))
    within = f", and the case {', '.join(sorted(step.within))}" if step.within else ""
    rule = (
        f"By: {who}. While the {what} is {states}{within}; else, or for another role, 409 "
        "`CaseRefusedError`, whose sentence says what is in the way."
    )

    def add(endpoint: Callable[..., Response]) -> Callable[..., Response]:
        first, _, rest = (endpoint.__doc__ or "").strip().partition("\n\n")
        endpoint.__doc__ = "\n\n".join(part for part in (first, rest, rule) if part)
        router.post(path, response_model=shape, responses=told(*REFUSALS, *more))(endpoint)
        return endpoint

    return add


def said(body: CommandBody) -> dict[str, Any]:
    """Return the fields of a command as a body says them, in the core's words."""
    return {name: _in_core(getattr(body, name)) for name in type(body).model_fields if name != "at"}


def tag(version: int) -> dict[str, str]:
    """Return the header that tells a version."""
    return {"ETag": f'"{version}"'}


def _case_now(done: Changed) -> Response:
    return answer(CaseNow.of(done.case, done.events), headers=tag(done.case.version))


def _in_core(value: object) -> object:
    if isinstance(value, LocationBody):
        return wgs84(value.lon, value.lat, value.datum, value.accuracy_m)
    if isinstance(value, PartyBody):
        return value.party
    if isinstance(value, list):
        return tuple(_in_core(one) for one in value)
    return value


def _version(if_match: str | None) -> int | None:
    """Return the version that a tag names; None: any.

    >>> _version('"7"'), _version("*"), _version(None)
    (7, None, None)
    """
    if if_match is None or if_match.strip() == "*":
        return None
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        msg = 'If-Match: write one version as its ETag does, with its quotation marks, like "7"'
        raise InvalidInputError(msg)
    return int(found[1])
