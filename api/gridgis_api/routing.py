"""Routers whose routes are described by their functions' docstrings."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, get_type_hints

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from starlette.requests import Request
    from starlette.responses import Response


class DescribedRoute(APIRoute):
    """A route: the docstring's first line is its summary, the rest its description."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401 - FastAPI's own
        first, _, rest = inspect.cleandoc(endpoint.__doc__ or "").partition("\n\n")
        options["summary"] = first.rstrip(".")
        options["description"] = rest or first
        super().__init__(path, endpoint, **options)


class DirectRoute(DescribedRoute):
    """A route that is asked so often that resolving its parameters would cost more than answering.

    Its endpoint is a coroutine of the query's shape and the request; the description is the same.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler: it reads the query by its shape, and nothing else."""
        endpoint: Callable[[BaseModel, Request], Awaitable[Response]] = self.endpoint
        shape = _query_shape(endpoint)

        async def handle(request: Request) -> Response:
            try:
                asked = shape.model_validate(dict(request.query_params))
            except ValidationError as error:
                found = [{**one, "loc": ("query", *one["loc"])} for one in error.errors()]
                raise RequestValidationError(found) from error
            return await endpoint(asked, request)

        return handle


def _query_shape(endpoint: Callable[..., Any]) -> type[BaseModel]:
    shapes = get_type_hints(endpoint).values()
    return next(one for one in shapes if isinstance(one, type) and issubclass(one, BaseModel))


def family(name: str, prefix: str = "") -> APIRouter:
    """Return an empty router for one family of routes, under its heading of the description."""
    return APIRouter(prefix=prefix, tags=[name], route_class=DescribedRoute)
