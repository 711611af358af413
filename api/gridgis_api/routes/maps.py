"""Maps, each one HTML file that opens without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Query
from starlette.responses import HTMLResponse, Response

from gridgis.errors import (
    ArchiveFileError,
    EditionNotFoundError,
    InvalidInputError,
    LayerNotFoundError,
    PageError,
    StoreUnavailableError,
)
from gridgis_api.dependencies import ServiceHere
from gridgis_api.map_pages import Maker
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.maps import CoverageQuery, HotspotsQuery
from gridgis_maps import Period

if TYPE_CHECKING:
    from gridgis_maps import Page

router = family("maps", "/maps")

# All that the page needs is inside it; whatever a resident wrote can reach nobody.
_HEADERS = {
    "Content-Security-Policy": "; ".join(
        [
            "default-src 'none'",
            "script-src 'unsafe-inline'",
            "style-src 'unsafe-inline'",
            "img-src data: blob:",
            "font-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PROBLEMS = told(
    InvalidInputError,
    LayerNotFoundError,
    EditionNotFoundError,
    PageError,
    ArchiveFileError,
    StoreUnavailableError,
)


@router.get("/coverage.html", response_class=HTMLResponse, responses=_PROBLEMS)
def coverage_map(asked: Annotated[CoverageQuery, Query()], service: ServiceHere) -> Response:
    """Draw the grids by distance to their nearest responder, as one HTML file."""
    with service.store.begin() as connection:
        maker = Maker(connection, service.clock, service.settings)
        page = maker.coverage(
            layer=asked.layer,
            skill=asked.skill,
            when=asked.when(service.clock.now()),
            lang=asked.lang,
        )
    return _html(page)


@router.get("/hotspots.html", response_class=HTMLResponse, responses=_PROBLEMS)
def hotspots_map(asked: Annotated[HotspotsQuery, Query()], service: ServiceHere) -> Response:
    """Draw the grids by their reports of a period, as one HTML file."""
    period = Period(asked.since, asked.before) if asked.since or asked.before else None
    with service.store.begin() as connection:
        maker = Maker(connection, service.clock, service.settings)
        page = maker.hotspots(
            layer=asked.layer,
            category=asked.category,
            period=period,
            when=asked.when(service.clock.now()),
            lang=asked.lang,
        )
    return _html(page)


def _html(page: Page) -> Response:
    return HTMLResponse(page.html, headers=_HEADERS)
