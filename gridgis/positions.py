"""Responders say where they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from gridgis.clock import aware
from gridgis.errors import InvalidInputError
from gridgis.store import positions

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from gridgis.model import Location
    from gridgis.store.connection import Connection

AHEAD_ALLOWED = timedelta(minutes=5)
"""How far a phone's clock may run ahead."""


@dataclass(frozen=True, slots=True)
class KeptPosition:
    """A position as it came in; `kept` is False when a later one is known already."""

    id: UUID
    location: Location
    at: datetime
    recorded_at: datetime
    kept: bool

    @property
    def accuracy_m(self) -> float | None:
        """How far the position may be off, in metres; None: unknown."""
        return self.location.accuracy_m


def keep(
    connection: Connection,
    responder_id: UUID,
    location: Location,
    at: datetime | None,
    now: datetime,
) -> KeptPosition:
    """Keep where a responder is, measured at `at` (None: now); a later position stays.

    Raises
    ------
    ResponderNotFoundError
        There is no such responder, or they have left.
    InvalidInputError
        The time lies ahead: it would hold back every true position until then.
    """
    measured = now if at is None else aware(at, "at")
    if measured > now + AHEAD_ALLOWED:
        msg = f"at {measured.isoformat()} is more than 5 minutes ahead; set the phone's clock"
        raise InvalidInputError(msg)
    kept = positions.put(connection, responder_id, location, at=measured, recorded_at=now)
    return KeptPosition(responder_id, location, measured, now, kept)
