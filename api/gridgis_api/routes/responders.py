"""Who is nearest, and where they say they are."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from gridgis.errors import (
    InvalidInputError,
    QueueFullError,
    ResponderNotFoundError,
    StoreUnavailableError,
)
from gridgis.nearest import Need
from gridgis.nearest import nearest as ask
from gridgis_api.answers import answer
from gridgis_api.dependencies import ServiceHere, wgs84
from gridgis_api.errors import BodyTooLargeError, MalformedBodyError, WrongContentTypeError
from gridgis_api.position_batches import take
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.live import PositionsBody, PositionsTaken
from gridgis_api.shapes.people import NearestQuery, PositionBody, PositionKept, Responders

router = family("responders", "/responders")


@router.get(
    "/nearest",
    response_model=Responders,
    responses=told(InvalidInputError, StoreUnavailableError),
)
def nearest_responders(asked: Annotated[NearestQuery, Query()], service: ServiceHere) -> Response:
    """Find the responders nearest to a point who have the skills and are on duty.

    A fresh live position counts, else the home point; each answer says which. Distances are in
    metres on the ellipsoid, as the crow flies.
    """
    place = wgs84(asked.lon, asked.lat, asked.datum)
    need = Need(asked.k, tuple(asked.skill), asked.within_m)
    at = asked.at or service.clock.now()
    found = service.store.ask(
        partial(ask, location=place, need=need, at=at, settings=service.settings)
    )
    return answer(Responders.model_validate({"responders": found}))


@router.put(
    "/{responder_id}/position",
    response_model=PositionKept,
    responses=told(
        InvalidInputError,
        ResponderNotFoundError,
        MalformedBodyError,
        BodyTooLargeError,
        WrongContentTypeError,
        QueueFullError,
        StoreUnavailableError,
    ),
)
def put_position(responder_id: UUID, body: PositionBody, service: ServiceHere) -> Response:
    """Say where a responder is; an older position never replaces a newer one.

    It counts at once, and is in the database within `GRIDGIS_POSITION_WINDOW_S`.
    """
    place = wgs84(body.lon, body.lat, body.datum, body.accuracy_m)
    kept = service.live.put(responder_id, place, body.at)
    return answer(PositionKept.model_validate(kept))


@router.post(
    "/positions",
    response_model=PositionsTaken,
    responses=told(
        InvalidInputError,
        MalformedBodyError,
        BodyTooLargeError,
        WrongContentTypeError,
        QueueFullError,
        StoreUnavailableError,
    ),
)
def post_positions(body: PositionsBody, service: ServiceHere) -> Response:
    """Say where many responders are, at most `GRIDGIS_POSITION_BATCH` in one call.

    Each is answered by its place in the list; one that cannot be taken does not spoil the others.
    """
    return answer(take(body.positions, service.live, service.settings, service.clock.now()))
