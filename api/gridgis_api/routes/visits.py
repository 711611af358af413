"""Visits and patrols are recorded, listed, counted."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from gridgis.errors import (
    AreaNotFoundError,
    EditionNotFoundError,
    InvalidInputError,
    LayerNotFoundError,
    LevelNotFoundError,
    PlaceNotFoundError,
    ResponderNotFoundError,
    StoreUnavailableError,
    VisitBodyDiffersError,
)
from gridgis.rounds import figures
from gridgis.rounds.visits import NewVisit, record
from gridgis.store import gazetteer
from gridgis.store import visits as store
from gridgis_api.answers import answer
from gridgis_api.cursors import read_cursor, write_cursor
from gridgis_api.dependencies import ActorHere, ServiceHere, wgs84
from gridgis_api.errors import BodyTooLargeError, MalformedBodyError, WrongContentTypeError
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.visits import (
    FiguresQuery,
    FiguresShape,
    VisitBody,
    Visits,
    VisitShape,
    VisitsQuery,
)

router = family("visits", "/visits")


@router.post(
    "",
    status_code=201,
    response_model=VisitShape,
    responses={
        200: {"model": VisitShape, "description": "The same visit was stored before"},
        **told(
            VisitBodyDiffersError,
            ResponderNotFoundError,
            PlaceNotFoundError,
            InvalidInputError,
            MalformedBodyError,
            BodyTooLargeError,
            WrongContentTypeError,
            StoreUnavailableError,
        ),
    },
)
def post_visit(body: VisitBody, service: ServiceHere, actor: ActorHere) -> Response:
    """Record a visit to a place: who, when, from where, and what came of it.

    The same id with the same content may be sent any number of times; with other content it is
    refused. A phone that is too far from the place is no error: the visit is stored and flagged.
    """
    where = body.position
    new = NewVisit(
        id=body.id,
        responder_id=body.responder,
        place=body.place,
        kind=body.kind,
        at=body.at,
        result=body.result,
        note=body.note,
        location=None
        if where is None
        else wgs84(where.lon, where.lat, where.datum, where.accuracy_m),
    )
    territory = service.territories.current()
    with service.store.begin() as connection:
        receipt = record(connection, new, actor, service.clock.now(), territory, service.settings)
    return answer(VisitShape.model_validate(receipt.visit), 201 if receipt.fresh else 200)


@router.get(
    "",
    response_model=Visits,
    responses=told(InvalidInputError, PlaceNotFoundError, StoreUnavailableError),
)
def get_visits(asked: Annotated[VisitsQuery, Query()], service: ServiceHere) -> Response:
    """List recorded visits, newest first, page by page."""
    after = None if asked.cursor is None else read_cursor(asked.cursor)
    with service.store.begin() as connection:
        place = None if asked.place is None else gazetteer.place_called(connection, asked.place).id
        which = store.Filter(
            asked.responder, place, asked.kind, asked.far, asked.since, asked.before
        )
        # One more than asked for: it says whether there is a next page.
        found = store.page(connection, which, after=after, limit=asked.limit + 1)
    page = found[: asked.limit]
    further = None if page == found else write_cursor(page[-1].at, page[-1].id)
    return answer(Visits.model_validate({"visits": page, "next": further}))


@router.get(
    "/figures",
    response_model=FiguresShape,
    responses=told(
        InvalidInputError,
        LayerNotFoundError,
        LevelNotFoundError,
        EditionNotFoundError,
        AreaNotFoundError,
        StoreUnavailableError,
    ),
)
def get_visit_figures(asked: Annotated[FiguresQuery, Query()], service: ServiceHere) -> Response:
    """Say how the standing visits of each area are kept: share made in time, patrol points missed.

    Places belong to the grids in force at that time. A visit counts for every standing visit of its
    place and kind, whatever its result. Days are those of the city.
    """
    at = asked.at or service.clock.now()
    wanted = figures.Asked(at, asked.layer, asked.level, asked.area, asked.since)
    counting = partial(
        figures.figures,
        asked=wanted,
        territory=service.territories.current(),
        settings=service.settings,
    )
    return answer(FiguresShape.model_validate(service.store.ask(counting)))
