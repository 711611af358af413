"""Who is nearest, and where they say they are."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from gridgis.bound import grid_at
from gridgis.errors import (
    InvalidInputError,
    LayerNotFoundError,
    QueueFullError,
    ResponderNotFoundError,
    StoreUnavailableError,
)
from gridgis.model import Location
from gridgis.nearest import Need, Way, Wish
from gridgis_api.answers import answer
from gridgis_api.dependencies import ServiceHere, wgs84
from gridgis_api.errors import BodyTooLargeError, MalformedBodyError, WrongContentTypeError
from gridgis_api.position_batches import take
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.live import PositionsBody, PositionsTaken
from gridgis_api.shapes.nearby import (
    NearestQuery,
    NeedBody,
    Responders,
    TeamBody,
    TeamShape,
    tell_nearby,
    tell_team,
)
from gridgis_api.shapes.people import PositionBody, PositionKept

router = family("responders", "/responders")


@router.get(
    "/nearest",
    response_model=Responders,
    responses=told(InvalidInputError, StoreUnavailableError),
)
def nearest_responders(asked: Annotated[NearestQuery, Query()], service: ServiceHere) -> Response:
    """Find the responders nearest to a point who have the skills, are on duty and free.

    By road: one search outward from the point, against the traffic, with what is closed then. Times
    count the walk to the road and from it. A fresh live position counts, else the home point; each
    answer says which. Where there are no roads the answer is by line, and says why.
    """
    place = wgs84(asked.lon, asked.lat, asked.datum)
    at = asked.at or service.clock.now()
    wish = Wish(explain=asked.explain, routes=asked.routes)
    found = service.finder.nearest(place, asked.need, at, Way(asked.by, asked.mode), wish)
    return answer(tell_nearby(found, asked.need))


@router.post(
    "/team",
    response_model=TeamShape,
    responses=told(
        InvalidInputError,
        LayerNotFoundError,
        MalformedBodyError,
        BodyTooLargeError,
        WrongContentTypeError,
        StoreUnavailableError,
    ),
)
def find_team(body: TeamBody, service: ServiceHere) -> Response:
    """Find the best set of responders for several needs at once; nobody is taken twice.

    The set that is complete soonest; of those, the one with the least travel in all. What could not
    be found is counted by need. Nothing is stored, and nobody is sent.
    """
    place = wgs84(body.lon, body.lat, body.datum)
    at = body.at or service.clock.now()
    needs = [_need(one, service, place, at) for one in body.needs]
    wish = Wish(routes=body.routes)
    team = service.finder.team(place, needs, at, Way(body.by, body.mode), wish)
    return answer(tell_team(team))


def _need(body: NeedBody, service: ServiceHere, place: Location, at: datetime) -> Need:
    grid = None
    if body.own_grid:
        territory = service.territories.current()
        grid = grid_at(territory, place, at, service.settings.near_tolerance_m)
    return Need(
        k=body.count,
        skills=tuple(body.skills),
        kinds=tuple(body.kinds),
        roles=tuple(body.roles),
        area_id=grid,
    )


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
