"""What links are signed with: made once, and never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from gridgis.store.tables import secret

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

SECRET_BYTES = 32


def known(connection: Connection, name: str) -> bytes | None:
    """Return a secret, or None when it was not made yet."""
    asked = select(secret.c.value).where(secret.c.name == name)
    value = connection.execute(asked).scalar_one_or_none()
    return None if value is None else bytes(value)


def known_or_made(
    connection: Connection, name: str, at: datetime, random: Callable[[int], bytes]
) -> bytes:
    """Return a secret; the first who asks makes it, of two at one moment one.

    `random` gives so many bytes that nobody can foresee, as :func:`os.urandom` does.
    """
    found = known(connection, name)
    if found is not None:
        return found
    made = postgresql.insert(secret).values(name=name, value=random(SECRET_BYTES), made_at=at)
    connection.execute(made.on_conflict_do_nothing())
    kept = known(connection, name)
    assert kept is not None  # noqa: S101 - somebody has made it by now
    return kept
