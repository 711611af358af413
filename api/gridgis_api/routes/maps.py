"""Maps, each one HTML file that opens without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Query
from starlette.responses import HTMLResponse, Response

from gridgis.errors import (
    AreaNotFoundError,
    EditionNotFoundError,
    InvalidInputError,
    LayerNotFoundError,
    PageError,
    SettingsError,
    StoreUnavailableError,
)
from gridgis_api.dependencies import ServiceHere
from gridgis_api.kinds import KINDS, Kind
from gridgis_api.kinds.maker import Maker
from gridgis_api.kinds.query import MapQuery
from gridgis_api.problems import told
from gridgis_api.routing import family

if TYPE_CHECKING:
    from collections.abc import Sequence

router = family("maps", "/maps")

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PROBLEMS = (
    InvalidInputError,
    LayerNotFoundError,
    AreaNotFoundError,
    EditionNotFoundError,
    PageError,
    SettingsError,
    StoreUnavailableError,
)


def _policy(hosts: Sequence[str]) -> str:
    """Return the policy of a page that carries all it needs, but for the tiles of these hosts.

    Whatever a resident wrote can reach nobody.
    """
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'unsafe-inline'",
            "style-src 'unsafe-inline'",
            " ".join(["img-src data: blob:", *hosts]),
            "font-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )


def _offer(kind: Kind) -> None:
    """Add the route of a kind; FastAPI reads its question from the annotations."""

    def answer(asked: MapQuery, service: ServiceHere) -> Response:
        with service.store.begin() as connection:
            maker = Maker(connection, service.clock, service.settings, service)
            page = kind.page(maker, asked)
        policy = {"Content-Security-Policy": _policy(page.hosts)}
        return HTMLResponse(page.html, headers=_HEADERS | policy)

    answer.__name__ = f"{kind.name.replace('-', '_')}_map"
    answer.__doc__ = f"{kind.summary.rstrip('.')}, as one HTML file."
    answer.__annotations__["asked"] = Annotated[kind.query, Query()]
    router.get(
        f"/{kind.name}.html",
        response_class=HTMLResponse,
        responses=told(*_PROBLEMS, *kind.refusals),
    )(answer)


def _offer_document(kind: Kind) -> None:
    """Add the route of a kind's text document, beside that of its page."""

    def answer(asked: MapQuery, service: ServiceHere) -> Response:
        with service.store.begin() as connection:
            maker = Maker(connection, service.clock, service.settings, service)
            made = kind.document(maker, asked)
        name = {"Content-Disposition": f'attachment; filename="{kind.name}.docx"'}
        return Response(made, headers=_HEADERS | name, media_type=DOCX)

    answer.__name__ = f"{kind.name.replace('-', '_')}_document"
    answer.__doc__ = f"{kind.summary.rstrip('.')}, as a text document."
    answer.__annotations__["asked"] = Annotated[kind.query, Query()]
    router.get(
        f"/{kind.name}.docx",
        response_class=Response,
        responses={
            200: {"content": {DOCX: {"schema": {"type": "string", "format": "binary"}}}},
            **told(*_PROBLEMS, *kind.refusals),
        },
    )(answer)


for one in KINDS:
    _offer(one)
    if one.docx is not None:
        _offer_document(one)
