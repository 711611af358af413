"""Layers, categories, and which grid answers for a point."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from gridgis.errors import InvalidInputError, LayerNotFoundError, StoreUnavailableError
from gridgis.locate.order import responsible_first
from gridgis.locate.territory import Territory
from gridgis.store import categories as category_store
from gridgis.store import layers as layer_store
from gridgis_api.answers import HEADERS, answer
from gridgis_api.dependencies import ServiceHere, wgs84
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.service import Service
from gridgis_api.shapes.ground import Categories, Layers, Located, LocateQuery, located

router = family("grids")


@router.get(
    "/locate",
    response_model=Located,
    responses=told(InvalidInputError, LayerNotFoundError, StoreUnavailableError),
)
async def locate(asked: Annotated[LocateQuery, Query()], service: ServiceHere) -> Response:
    """Find which grid answers for a point, on each layer, and by which rule.

    The responsible grid comes first: exclusive layers by priority, then the base layer, which is
    always listed. Every answer says how far the nearest boundary is, and which other grids the
    position's accuracy reaches.
    """
    # Usually it is answered by gridgis_api.hot, before any route is looked for.
    territory = await run_in_threadpool(service.territories.current)
    return located_answer(service, territory, asked)


def located_answer(service: Service, territory: Territory, asked: LocateQuery) -> Response:
    """Return the answer to a question about a point.

    Raises
    ------
    InvalidInputError, LayerNotFoundError
        The point is not on the earth, or there is no such layer.
    """
    place = wgs84(asked.lon, asked.lat, asked.datum, asked.accuracy_m)
    at = asked.at or service.clock.now()
    answers = territory.locate(
        place, at, layer=asked.layer, near_tolerance_m=service.settings.near_tolerance_m
    )
    given = responsible_first(territory.named(answers))
    return Response(located(place, at, given), 200, HEADERS, "application/json")


@router.get("/layers", response_model=Layers, responses=told(StoreUnavailableError))
def layers(service: ServiceHere) -> Response:
    """List the layers with their levels and the edition in force, exclusive layers first."""
    with service.store.begin() as connection:
        known = layer_store.listing(connection, service.clock.now())
    return answer(Layers.model_validate({"layers": known}))


@router.get("/categories", response_model=Categories, responses=told(StoreUnavailableError))
def categories(service: ServiceHere) -> Response:
    """List the categories of reports with the skills that they need."""
    with service.store.begin() as connection:
        known = category_store.everything(connection)
    return answer(Categories.model_validate({"categories": known}))
