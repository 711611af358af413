"""Areas as GeoJSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Path, Query
from starlette.responses import Response

from gridgis.bound import responders_of
from gridgis.coded import find_area
from gridgis.errors import (
    AreaNotFoundError,
    EditionNotFoundError,
    InvalidInputError,
    LayerNotFoundError,
    LevelNotFoundError,
    StoreUnavailableError,
)
from gridgis.outlines import Which, feature
from gridgis_api.answers import answer
from gridgis_api.dependencies import ServiceHere
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.areas import AreaQuery, Areas, AreasQuery, OneArea
from gridgis_api.shapes.fields import Code, box
from gridgis_api.shapes.people import AreaResponders, AreaRespondersQuery

router = family("grids", "/areas")


class GeoJson(Response):
    """GeoJSON that was written already."""

    media_type = "application/geo+json"


_HEADERS = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
_PROBLEMS = told(
    InvalidInputError,
    LayerNotFoundError,
    LevelNotFoundError,
    EditionNotFoundError,
    StoreUnavailableError,
)
_PROBLEMS_OF_ONE = told(
    InvalidInputError,
    LayerNotFoundError,
    LevelNotFoundError,
    EditionNotFoundError,
    AreaNotFoundError,
    StoreUnavailableError,
)

AreaCode = Annotated[Code, Path(examples=["990103007006006"])]


@router.get(
    "",
    response_model=Areas,
    response_class=GeoJson,
    responses={304: {"description": "As it was: the tag is the same"}, **_PROBLEMS},
)
def get_areas(
    asked: Annotated[AreasQuery, Query()],
    service: ServiceHere,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Draw the areas of a layer as GeoJSON, of one edition."""
    bbox = None if asked.bbox is None else box(asked.bbox)
    which = Which(asked.layer, asked.level, bbox, asked.simplify_m)
    with service.store.begin() as connection:
        edition, tag = service.outlines.tag(connection, which, asked.when(service.clock.now()))
        headers = {**_HEADERS, "ETag": f'"{tag}"'}
        if if_none_match is not None and tag in if_none_match:
            return Response(status_code=304, headers=headers)
        text = service.outlines.text(connection, edition, tag, which)
    return GeoJson(text, 200, headers)


@router.get(
    "/{code}",
    response_model=OneArea,
    response_class=GeoJson,
    responses=_PROBLEMS_OF_ONE,
)
def get_area(
    code: AreaCode,
    asked: Annotated[AreaQuery, Query()],
    service: ServiceHere,
) -> Response:
    """Show one area with its shape and all areas above it."""
    with service.store.begin() as connection:
        when = asked.when(service.clock.now())
        text = feature(connection, asked.layer, code, when, asked.level)
    return GeoJson(text, 200, _HEADERS)


@router.get("/{code}/responders", response_model=AreaResponders, responses=_PROBLEMS_OF_ONE)
def get_area_responders(
    code: AreaCode, asked: Annotated[AreaRespondersQuery, Query()], service: ServiceHere
) -> Response:
    """Say who works in an area: of a grid, who is my worker.

    Those who are bound to the area itself: chief, full-time, part-time, police, building heads, in
    this order. Those bound to an area above are told by that area.
    """
    when = asked.when(service.clock.now())
    with service.store.begin() as connection:
        _, area = find_area(connection, asked.layer, code, when, asked.level)
    found = responders_of(service.live.crowd, area, when.moment, service.settings, asked.role)
    return answer(AreaResponders.model_validate({"area": area, "responders": found}))
