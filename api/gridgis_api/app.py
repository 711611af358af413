"""The service as one ASGI app."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI

from gridgis_api import pages
from gridgis_api.guard import Guard
from gridgis_api.hot import Hot
from gridgis_api.problems import add_handlers
from gridgis_api.routes import (
    addresses,
    areas,
    case_checks,
    case_steps,
    case_wishes,
    cases,
    clocks,
    counts,
    duty,
    early_warnings,
    editions,
    figures,
    ground,
    health,
    incidents,
    maps,
    places,
    plan_papers,
    plan_steps,
    plans,
    ratings,
    reach,
    records,
    reports,
    responders,
    response_plan,
    roads,
    rounds,
    tasks,
    unlocated,
    visits,
)
from gridgis_api.routes.health import VERSION
from gridgis_api.shapes.problem import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from gridgis_api.service import Service

PREFIX = "/api/v1"

DESCRIPTION = """
Reports find their grid and the nearest able responders.

Coordinates are degrees, longitude first, WGS 84 unless `datum` says otherwise. Times are ISO 8601
with a zone; `at` is the time for which something is asked. Distances are metres. Errors are problem
documents (RFC 9457): `detail` is one sentence for people, `code` one word for programs.
"""

TAGS = [
    {"name": "reports", "description": "Something seen, at a place and a time, by somebody"},
    {"name": "cases", "description": "What becomes of a report: taken up, sent, verified, closed"},
    {"name": "tasks", "description": "What each unit has to do for a case"},
    {"name": "early warnings", "description": "More reports than the past explains: suggestions"},
    {"name": "incidents", "description": "Several reports of one happening"},
    {"name": "ratings", "description": "What the resident says after the case, by a signed link"},
    {"name": "grids", "description": "Layers, their areas, and which grid answers for a point"},
    {"name": "plans", "description": "Redrawing: drafts of the next edition, review, publishing"},
    {"name": "responders", "description": "Who can act, and where they are"},
    {"name": "response", "description": "Who must come to what, how soon, and who is responsible"},
    {"name": "clocks", "description": "By when something must be done, and why"},
    {"name": "places", "description": "Named and addressed spots, and the households around"},
    {"name": "roads", "description": "The road network, and what closes it"},
    {"name": "visits", "description": "Rounds of a day; visits and patrols as they were made"},
    {"name": "reach", "description": "How far one comes, coverage, and the way out of a zone"},
    {"name": "figures", "description": "What came in, how long it took, and what came of it"},
    {"name": "maps", "description": "One HTML file each, which opens without a network"},
    {"name": "records", "description": "Correcting and retiring single rows"},
    {"name": "service", "description": "The service itself"},
]


class App(FastAPI):
    """The app; its description knows the shape of problems, which no route returns by itself."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI description."""
        told = super().openapi()
        told["components"]["schemas"].setdefault("Problem", Problem.model_json_schema())
        return told


def create_app(service: Service) -> FastAPI:
    """Return the app: the API below /api/v1, the pages, and the guard before everything."""
    app = _app()
    app.state.service = service
    pages.mount(app)
    add_handlers(app)
    app.add_middleware(Hot)
    app.add_middleware(Guard)
    return app


def describe() -> dict[str, Any]:
    """Return the API's OpenAPI description; no service needs to run for it."""
    return _app().openapi()


def _app() -> FastAPI:
    app = App(
        title="gridgis",
        summary="Govern a city by grids",
        description=DESCRIPTION,
        version=VERSION,
        openapi_tags=TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        generate_unique_id_function=lambda route: route.name,
    )
    # The first to be tried are those that are asked most.
    rooms = (
        *(
            ground,
            unlocated,
            counts,
            case_steps,
            tasks,
            case_wishes,
            case_checks,
            cases,
            reports,
            addresses,
        ),
        *(responders, duty, areas, editions),
        *(places, roads, reach, visits, rounds, plans, plan_papers, plan_steps, response_plan),
        *(clocks, incidents, early_warnings, ratings, figures, maps, records, health),
    )
    for room in rooms:
        app.include_router(room.router, prefix=PREFIX)
    app.include_router(ratings.page)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # A thread without a database connection would only wait for one, and give up too early.
    current_default_thread_limiter().total_tokens = app.state.service.settings.pool_size
    # Grids, places, responders and roads that change are heard of from now on.
    service: Service = app.state.service
    service.territories.listen()
    service.gazetteer.listen()
    service.live.listen()
    service.roads.listen()
    yield
    service.roads.close()
    service.live.close()
    service.gazetteer.close()
    service.territories.close()
