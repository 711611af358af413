"""A responder now, their status, and the exceptions from their duty plan."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path
from starlette.responses import Response

from gridgis.errors import (
    InvalidInputError,
    ResponderNotFoundError,
    RowNotFoundError,
    StoreUnavailableError,
)
from gridgis.nearest import saying
from gridgis.nearest.shown import shown
from gridgis.store import roster
from gridgis_api.answers import answer
from gridgis_api.dependencies import ActorHere, ServiceHere
from gridgis_api.errors import BodyTooLargeError, MalformedBodyError, WrongContentTypeError
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.live import (
    ExceptionBody,
    Exceptions,
    ExceptionShape,
    ResponderDetail,
    StatusBody,
    StatusShape,
)

router = family("responders", "/responders")

ExceptionNumber = Annotated[int, Path(ge=1, le=2**63 - 1)]

_WRITING = (
    InvalidInputError,
    ResponderNotFoundError,
    MalformedBodyError,
    BodyTooLargeError,
    WrongContentTypeError,
    StoreUnavailableError,
)


@router.get(
    "/{responder_id}",
    response_model=ResponderDetail,
    responses=told(InvalidInputError, ResponderNotFoundError, StoreUnavailableError),
)
def get_responder(responder_id: UUID, service: ServiceHere) -> Response:
    """Show a responder now: on duty, status, where they are and how old that is, load.

    A live position that is older than `GRIDGIS_POSITION_MAX_AGE_S` gives way to the duty point;
    `position.source` says which, and `last` is what was sent last.
    """
    found = shown(service.live.crowd, responder_id, service.clock.now(), service.settings)
    return answer(ResponderDetail.model_validate(found))


@router.put("/{responder_id}/status", response_model=StatusShape, responses=told(*_WRITING))
def put_status(
    responder_id: UUID, body: StatusBody, service: ServiceHere, actor: ActorHere
) -> Response:
    """Say whether a responder is free, busy, off or out of reach.

    With `until` they are free again from then on.
    """
    said = saying.Said(body.status, body.until, body.reason)
    with service.store.begin() as connection:
        done = saying.put_status(connection, responder_id, said, actor, service.clock.now())
    service.live.refresh()
    return answer(StatusShape.model_validate(done))


@router.post(
    "/{responder_id}/exceptions",
    response_model=ExceptionShape,
    status_code=201,
    responses=told(*_WRITING),
)
def post_exception(
    responder_id: UUID, body: ExceptionBody, service: ServiceHere, actor: ActorHere
) -> Response:
    """Say that a responder is off, or on duty, for a time, whatever the week's plan says."""
    new = saying.NewException(body.since, body.until, body.on_duty, body.reason)
    with service.store.begin() as connection:
        done = saying.add_exception(connection, responder_id, new, actor, service.clock.now())
    service.live.refresh()
    return answer(ExceptionShape.model_validate(done), status=201)


@router.get(
    "/{responder_id}/exceptions",
    response_model=Exceptions,
    responses=told(InvalidInputError, ResponderNotFoundError, StoreUnavailableError),
)
def get_exceptions(responder_id: UUID, service: ServiceHere) -> Response:
    """List the exceptions from a responder's duty plan that are not over."""
    now = service.clock.now()
    shown(service.live.crowd, responder_id, now, service.settings)
    found = service.store.ask(lambda c: roster.exceptions(c, now, responder_id))
    return answer(Exceptions.model_validate({"exceptions": found}))


@router.delete(
    "/{responder_id}/exceptions/{exception_id}",
    status_code=204,
    responses=told(InvalidInputError, RowNotFoundError, StoreUnavailableError),
)
def delete_exception(
    responder_id: UUID, exception_id: ExceptionNumber, service: ServiceHere, actor: ActorHere
) -> Response:
    """Withdraw an exception: it counts no more, and stays for the record."""
    with service.store.begin() as connection:
        roster.withdraw_exception(
            connection, responder_id, exception_id, actor, service.clock.now()
        )
    service.live.refresh()
    return Response(status_code=204)
