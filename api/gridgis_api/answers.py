"""Answers as JSON, written straight from their shape: it was checked when it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

# Reports and phone numbers are nobody else's: no cache keeps them.
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def answer(
    shape: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a shape as a JSON response."""
    return Response(
        shape.model_dump_json(by_alias=True),
        status,
        {**HEADERS, **headers} if headers else HEADERS,
        "application/json",
    )
