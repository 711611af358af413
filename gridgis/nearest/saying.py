"""What responders say of themselves: their status, and when they are on duty against the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from gridgis.clock import aware
from gridgis.door import storable
from gridgis.errors import InvalidInputError
from gridgis.nearest.crowd import STATUSES
from gridgis.store import roster
from gridgis.store.roster import StoredException, StoredStatus

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from gridgis.actor import Actor
    from gridgis.store.connection import Connection

LONGEST_EXCEPTION = timedelta(days=366)
"""Somebody who is away for longer is retired, or has another plan."""


@dataclass(frozen=True, slots=True)
class Said:
    """A status, until when it holds (None: until another is said), and why."""

    status: str
    until: datetime | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            msg = f"status {self.status!r} is unknown; it is one of {', '.join(STATUSES)}"
            raise InvalidInputError(msg)
        if self.reason is not None:
            storable(self.reason, "reason")


@dataclass(frozen=True, slots=True)
class NewException:
    """In [since, until) somebody is, or is not, on duty, whatever the week says; and why."""

    since: datetime
    until: datetime
    on_duty: bool
    reason: str

    def __post_init__(self) -> None:
        if aware(self.since, "since") >= aware(self.until, "until"):
            msg = f"until {self.until.isoformat()} is not after since {self.since.isoformat()}"
            raise InvalidInputError(msg)
        if self.until - self.since > LONGEST_EXCEPTION:
            msg = f"an exception is at most {LONGEST_EXCEPTION.days} days long; change the duty"
            raise InvalidInputError(msg)
        if not storable(self.reason, "reason").strip():
            msg = "reason: say why, so that the plan can be understood later"
            raise InvalidInputError(msg)


def put_status(
    connection: Connection, responder_id: UUID, said: Said, actor: Actor, now: datetime
) -> StoredStatus:
    """Note what a responder is from now on; every status stays for the record.

    Raises
    ------
    ResponderNotFoundError
        There is no such responder, or they have left.
    InvalidInputError
        It would be over already.
    """
    if said.until is not None and aware(said.until, "until") <= now:
        msg = f"until {said.until.isoformat()} is over already; leave it away, or say a later time"
        raise InvalidInputError(msg)
    given = StoredStatus(responder_id, said.status, now, said.until, said.reason, actor.name, seq=0)
    roster.put_status(connection, given, actor)
    return given


def add_exception(
    connection: Connection, responder_id: UUID, new: NewException, actor: Actor, now: datetime
) -> StoredException:
    """Store an exception from a responder's week, and return it with its number.

    Of several that hold at a time the last one counts.

    Raises
    ------
    ResponderNotFoundError
        There is no such responder, or they have left.
    """
    given = StoredException(
        0, responder_id, new.since, new.until, new.on_duty, new.reason, actor.name, now
    )
    return roster.add_exception(connection, given, actor)
