"""The gate before every route: this machine's own names, small JSON bodies, no silent breakage.

There is no sign-in yet, so the service listens on loopback. A page of another site, open in the
same browser, could still reach it; therefore the Host header must be a name of this machine (which
also stops DNS rebinding), and a request that writes must not come from another origin.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.datastructures import Headers

from gridgis.errors import GridgisError, InvalidInputError
from gridgis_api.errors import (
    BodyTooLargeError,
    HostRefusedError,
    OriginRefusedError,
    UnexpectedError,
    WrongContentTypeError,
)
from gridgis_api.problems import problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 1_000_000
"""Bytes of one request's body."""

STREAMED = frozenset({"/api/v1/reports/batch"})
"""Routes that read their body by themselves, piece by piece, and judge its kind and size."""

YAML = frozenset({"/api/v1/response-plan"})
"""Routes whose body may be YAML: a page of another site cannot send that either, unasked."""

FORMS = "/rate/"
"""Below it are pages whose plain forms send themselves; the origin is judged all the same."""

OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_log = logging.getLogger("gridgis.api")


class Guard:
    """The ASGI layer around the app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answered = False

        async def sending(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, await _checked(scope, receive), sending)
        except GridgisError as error:
            if answered:
                raise
            await problem(error)(scope, receive, send)
        except Exception as error:
            number = uuid4().hex[:12]
            _log.exception("unexpected error %s at %s %s", number, scope["method"], scope["path"])
            if answered:
                raise
            told = UnexpectedError(
                f"something broke inside ({type(error).__name__}); the log has it as {number}"
            )
            await problem(told, facts={"id": number})(scope, receive, send)


async def _checked(scope: Scope, receive: Receive) -> Receive:
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if _name_of(f"//{host}") not in OWN_NAMES:
        raise HostRefusedError
    if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
        msg = "the address has a NUL byte (%00); take it out"
        raise InvalidInputError(msg)
    if scope["method"] not in WRITING:
        return receive
    _require_same_origin(headers, host)
    if scope["path"] in STREAMED:
        return receive
    body = await _whole(headers, receive)
    kind = headers.get("content-type", "")
    if body and not _fits(scope["path"], kind):
        raise WrongContentTypeError
    return _replay(body, receive)


def _require_same_origin(headers: Headers, host: str) -> None:
    origin = headers.get("origin")
    own = {f"http://{host}", f"https://{host}"}
    if (origin is not None and origin not in own) or headers.get("sec-fetch-site") == "cross-site":
        raise OriginRefusedError


async def _whole(headers: Headers, receive: Receive) -> bytes:
    """Return the whole body; a body that is too large is refused before it is read to its end."""
    declared = headers.get("content-length", "0")
    if declared.isdigit() and int(declared[:20]) > LARGEST_BODY:
        raise BodyTooLargeError
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise BodyTooLargeError
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting = [body]

    async def replayed() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replayed


def _name_of(address: str) -> str | None:
    """Return the host's name in an address, without its port.

    >>> _name_of("//[::1]:8000"), _name_of("//evil.example:8000"), _name_of("//[")
    ('::1', 'evil.example', None)
    """
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _fits(path: str, content_type: str) -> bool:
    """Judge whether a route takes a body of that kind."""
    if path.startswith(FORMS):
        return content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded"
    return _is_json(content_type) or (path in YAML and is_yaml(content_type))


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )


def is_yaml(content_type: str) -> bool:
    """Return whether a body is declared as YAML.

    >>> is_yaml("application/yaml; charset=utf-8"), is_yaml("text/plain")
    (True, False)
    """
    kind = content_type.partition(";")[0].strip().lower()
    return kind in {"application/yaml", "application/x-yaml", "text/yaml"}
