"""The shortest way to the question that is asked most: which grid is a point in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from pydantic import ValidationError

from gridgis_api.routes.ground import located_answer
from gridgis_api.shapes.ground import LocateQuery

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from gridgis_api.service import Service

PATH = "/api/v1/locate"


class Hot:
    """The ASGI layer that answers `GET locate` before any route is looked for.

    The route stands behind it as described, and answers whatever is not a plain question: one that
    must be refused, or the first of all, which waits for the grids to be read.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        if scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "GET":
            service: Service = scope["app"].state.service
            territory = service.territories.newest
            query = scope["query_string"].decode("latin-1")
            try:
                asked = LocateQuery.model_validate(dict(parse_qsl(query, keep_blank_values=True)))
            except ValidationError:
                territory = None
            if territory is not None:
                await located_answer(service, territory, asked)(scope, receive, send)
                return
        await self._app(scope, receive, send)
