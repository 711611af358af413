"""Links by which a resident rates a case without an account: signed, for one round, for a time.

A link is a text that says which report, which round and until when, and a signature over it by a
key that only the database has. Nothing in it can be changed without the key, and nothing about the
person stands in it.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer

from gridgis.errors import RatingExpiredError, RatingLinkError
from gridgis.store import ratings, secrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridgis.store.connection import Connection

KEY, SALT = "links", "rating"
"""The secret that signs links, and what tells those to rate from others."""

LONGEST_TOKEN = 300


class Link(NamedTuple):
    """What a link says: about which report, in which round somebody was asked, and until when."""

    report_id: UUID
    round: int
    expires_at: datetime


def link(
    connection: Connection,
    what: Link,
    at: datetime,
    random: Callable[[int], bytes] = os.urandom,
) -> str:
    """Return the token of a link to rate a report; it fits into an address as it is.

    The same question has the same token; a fraction of a second of its end is left out. The key is
    made when the first link is, of bytes that `random` gives.
    """
    key = secrets.known_or_made(connection, KEY, at, random)
    who = urlsafe_b64encode(what.report_id.bytes).rstrip(b"=").decode()
    token: str = _signer(key).dumps([who, what.round, int(what.expires_at.timestamp())])
    return token


def newest_link(connection: Connection, report_id: UUID, at: datetime) -> str | None:
    """Return the link by which a report can be rated now; None: nobody asked, or it was answered.

    Whoever tells the resident that the case is closed gives it to them; a case that is closed asks
    by itself, see :mod:`gridgis.cases.steps.ending`.
    """
    asked = ratings.open_question(connection, report_id, at)
    return None if asked is None else link(connection, Link(report_id, *asked), at)


def read(connection: Connection, token: str, at: datetime) -> Link:
    """Return what a link says.

    Raises
    ------
    RatingLinkError
        It was not given out so: a letter was changed, or is missing.
    RatingExpiredError
        It is too old.
    """
    found = opened(connection, token)
    require_in_time(found.expires_at, at)
    return found


def opened(connection: Connection, token: str) -> Link:
    """Return what a link says, however old it is.

    Raises
    ------
    RatingLinkError
        It was not given out so.
    """
    key = secrets.known(connection, KEY)
    if key is None or len(token) > LONGEST_TOKEN:
        raise RatingLinkError
    try:
        who, round_, expires_s = _signer(key).loads(token)
        report_id = UUID(bytes=urlsafe_b64decode(f"{who}=="))
        return Link(report_id, round_, datetime.fromtimestamp(expires_s, UTC))
    except (BadData, ValueError) as error:
        raise RatingLinkError from error


def require_in_time(expires_at: datetime, at: datetime) -> None:
    """Refuse what comes too late.

    Raises
    ------
    RatingExpiredError
        It does.
    """
    if at > expires_at:
        msg = (
            f"the link was good until {expires_at:%Y-%m-%d %H:%M} UTC; report the matter again if "
            "it is not solved"
        )
        raise RatingExpiredError(msg)


def _signer(key: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=SALT)
