"""The shortest way to what is asked most: which grid is a point in, and: here is a report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request

from gridgis_api.dependencies import actor_of
from gridgis_api.routes.ground import located_answer
from gridgis_api.routes.reports import post_report
from gridgis_api.shapes.ground import LocateQuery
from gridgis_api.shapes.reports import ReportBody

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from gridgis_api.service import Service

LOCATE = ("GET", "/api/v1/locate")
REPORTS = ("POST", "/api/v1/reports")


class Hot:
    """The ASGI layer that answers two routes before any route is looked for.

    The routes stand behind it as described, and answer whatever is not plain: what must be refused
    for its form, or the first question of all, which waits for the grids to be read.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        asked = (scope["method"], scope["path"]) if scope["type"] == "http" else None
        response = None
        if asked == LOCATE:
            response = _located(scope)
        elif asked == REPORTS:
            # The guard hands the whole body over at once.
            message = await receive()
            response = await _received(scope, message["body"])
            receive = _again(message, receive)
        if response is None:
            await self._app(scope, receive, send)
        else:
            await response(scope, receive, send)


def _located(scope: Scope) -> Response | None:
    service: Service = scope["app"].state.service
    territory = service.territories.newest
    query = scope["query_string"].decode("latin-1")
    try:
        asked = LocateQuery.model_validate(dict(parse_qsl(query, keep_blank_values=True)))
    except ValidationError:
        return None
    return None if territory is None else located_answer(service, territory, asked)


async def _received(scope: Scope, body: bytes) -> Response | None:
    try:
        report = ReportBody.model_validate(json.loads(body))
    except (ValueError, RecursionError):
        return None
    actor = await actor_of(Request(scope), Headers(scope=scope).get("gridgis-actor"))
    return await run_in_threadpool(post_report, report, scope["app"].state.service, actor)


def _again(message: Message, receive: Receive) -> Receive:
    """Return a channel that begins with a message that was taken from it."""
    waiting = [message]

    async def channel() -> Message:
        return waiting.pop() if waiting else await receive()

    return channel
