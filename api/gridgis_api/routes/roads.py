"""Roads: where they come from, what closes them, and what makes them slower."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query
from starlette.responses import Response

from gridgis.errors import (
    ConflictError,
    InvalidGeometryError,
    InvalidInputError,
    RowNotFoundError,
    StoreUnavailableError,
)
from gridgis.polygons import read_polygon
from gridgis.roads.closures import Wish, make
from gridgis.roads.modes import mask_of
from gridgis.roads.networks import lines_of
from gridgis.store import closures as closure_store
from gridgis.store import roads as road_store
from gridgis_api.answers import answer
from gridgis_api.dependencies import ActorHere, ServiceHere
from gridgis_api.errors import BodyTooLargeError, MalformedBodyError, WrongContentTypeError
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.roads import (
    ClosureBody,
    Closures,
    ClosureShape,
    ClosuresQuery,
    RoadSources,
    closure_shape,
)

router = family("roads", "/roads")


@router.get("", response_model=RoadSources, responses=told(StoreUnavailableError))
def get_roads(service: ServiceHere) -> Response:
    """List where the roads come from, and what their import found."""
    with service.store.begin() as connection:
        known = road_store.sources(connection)
    return answer(RoadSources.model_validate({"sources": known}))


@router.get(
    "/closures", response_model=Closures, responses=told(InvalidInputError, StoreUnavailableError)
)
def get_closures(asked: Annotated[ClosuresQuery, Query()], service: ServiceHere) -> Response:
    """List the closures and changes of speed that act now or later."""
    now = service.clock.now()
    with service.store.begin() as connection:
        found = closure_store.standing(connection, now, past=asked.past)
    network = service.roads.current() if asked.lines else None
    shapes = [
        closure_shape(one, now, None if network is None else lines_of(network, one))
        for one in found
    ]
    return answer(Closures(closures=shapes))


@router.post(
    "/closures",
    status_code=201,
    response_model=ClosureShape,
    responses=told(
        InvalidInputError,
        InvalidGeometryError,
        MalformedBodyError,
        BodyTooLargeError,
        WrongContentTypeError,
        StoreUnavailableError,
    ),
)
def post_closure(body: ClosureBody, service: ServiceHere, actor: ActorHere) -> Response:
    """Close roads, or change their speed: by name, by polygon, for a time or until it is ended.

    What is closed in a polygon is every road that touches it. It acts from now on unless
    `valid_from` says otherwise: on the answers of this service before this one is given, on those
    of its other processes a moment later.
    """
    drawn = None if body.polygon is None else read_polygon(body.polygon, body.datum)
    wish = Wish(
        body.reason,
        body.factor,
        mask_of(body.modes),
        body.ways,
        drawn,
        body.valid_from,
        body.valid_to,
    )
    now = service.clock.now()
    closure = make(wish, uuid4(), actor, now)
    with service.store.begin() as connection:
        closure_store.add(connection, closure)
    service.roads.refresh()
    return answer(closure_shape(closure, now), 201)


@router.delete(
    "/closures/{closure_id}",
    status_code=204,
    responses=told(InvalidInputError, RowNotFoundError, ConflictError, StoreUnavailableError),
)
def delete_closure(closure_id: UUID, service: ServiceHere) -> Response:
    """End a closure now; its row stays for the record."""
    with service.store.begin() as connection:
        closure_store.end(connection, closure_id, service.clock.now())
    service.roads.refresh()
    return Response(status_code=204)
