"""Routers whose routes are described by their functions' docstrings."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

if TYPE_CHECKING:
    from collections.abc import Callable


class DescribedRoute(APIRoute):
    """A route: the docstring's first line is its summary, the rest its description."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401 - FastAPI's own
        first, _, rest = inspect.cleandoc(endpoint.__doc__ or "").partition("\n\n")
        options["summary"] = first.rstrip(".")
        options["description"] = rest or first
        super().__init__(path, endpoint, **options)


def family(name: str, prefix: str = "") -> APIRouter:
    """Return an empty router for one family of routes, under its heading of the description."""
    return APIRouter(prefix=prefix, tags=[name], route_class=DescribedRoute)
