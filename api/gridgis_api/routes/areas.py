"""Areas as GeoJSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Path, Query
from starlette.responses import Response

from gridgis.errors import (
    AreaNotFoundError,
    EditionNotFoundError,
    InvalidInputError,
    LayerNotFoundError,
    LevelNotFoundError,
    StoreUnavailableError,
)
from gridgis.outlines import Which, feature
from gridgis_api.dependencies import ServiceHere
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.areas import AreaQuery, Areas, AreasQuery, OneArea
from gridgis_api.shapes.fields import Code, box

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
    """Draw the areas of a layer as GeoJSON, of the edition in force at that time."""
    bbox = None if asked.bbox is None else box(asked.bbox)
    which = Which(asked.layer, asked.level, bbox, asked.simplify_m)
    with service.store.begin() as connection:
        edition, tag = service.outlines.tag(connection, which, asked.at or service.clock.now())
        headers = {**_HEADERS, "ETag": f'"{tag}"'}
        if if_none_match is not None and tag in if_none_match:
            return Response(status_code=304, headers=headers)
        text = service.outlines.text(connection, edition, tag, which)
    return GeoJson(text, 200, headers)


@router.get(
    "/{code}",
    response_model=OneArea,
    response_class=GeoJson,
    responses=told(
        InvalidInputError,
        LayerNotFoundError,
        LevelNotFoundError,
        EditionNotFoundError,
        AreaNotFoundError,
        StoreUnavailableError,
    ),
)
def get_area(
    code: Annotated[Code, Path(examples=["990103007006006"])],
    asked: Annotated[AreaQuery, Query()],
    service: ServiceHere,
) -> Response:
    """Show one area with its shape and all areas above it."""
    with service.store.begin() as connection:
        text = feature(connection, asked.layer, code, asked.at or service.clock.now(), asked.level)
    return GeoJson(text, 200, _HEADERS)
