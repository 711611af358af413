"""The pages: the home page at ``/``, the API's description at ``/docs``, their files below."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fastapi.responses import FileResponse, PlainTextResponse
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    import os

    from fastapi import FastAPI
    from starlette.responses import Response
    from starlette.types import Scope

ASSETS = Path(__file__).parent / "assets"
HASHED = "built"  # Vite puts the files here whose names change with their content

NOT_BUILT = "the pages are not built; run script/bootstrap\n"

# Nothing from elsewhere, and no script in the page itself: a resident's words stay words.
HEADERS = {
    "Content-Security-Policy": "; ".join(
        [
            "default-src 'self'",
            "img-src 'self' data:",
            "style-src 'self' 'unsafe-inline'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


class _Assets(StaticFiles):
    """The built files; those whose name carries their hash may be kept for ever."""

    async def check_config(self) -> None:
        """Let a missing folder answer 404 like a missing file; the pages say what to do."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        answer = super().file_response(full_path, stat_result, scope, status_code)
        hashed = Path(full_path).parent.name == HASHED
        answer.headers["Cache-Control"] = FOR_EVER if hashed else ASK_AGAIN
        answer.headers.update(HEADERS)
        return answer


def mount(app: FastAPI, assets: Path = ASSETS) -> None:
    """Serve the pages from the app.

    The app must leave ``/docs`` free: make it with ``docs_url=None, redoc_url=None``.
    Where the pages were not built, each says so with status 503.

    >>> from fastapi import FastAPI
    >>> app = FastAPI(docs_url=None, redoc_url=None)
    >>> mount(app)
    """

    def home() -> Response:
        return _page(assets / "index.html")

    def docs() -> Response:
        return _page(assets / "docs.html")

    for path, page in (("/", home), ("/docs", docs)):
        app.add_api_route(path, page, methods=["GET", "HEAD"], include_in_schema=False)
    app.mount("/assets", _Assets(directory=assets, check_dir=False), name="assets")


def _page(file: Path) -> Response:
    if not file.is_file():
        return PlainTextResponse(NOT_BUILT, status_code=503, headers={"Cache-Control": "no-store"})
    return FileResponse(
        file, media_type="text/html", headers={**HEADERS, "Cache-Control": ASK_AGAIN}
    )
