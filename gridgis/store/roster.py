"""Who can act, when, and what they say of themselves: what memory is built from, and its mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, insert, select, update

from gridgis.errors import ResponderNotFoundError, RowNotFoundError
from gridgis.store import positions
from gridgis.store.queries import run
from gridgis.store.tables import duty_exception, responder, responder_status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from gridgis.actor import Actor

CHANNEL = "gridgis_roster"
"""Where the database tells that responders or their duty have changed."""

TASKS = "gridgis_tasks"
"""Where it tells that somebody has more or fewer tasks to do."""


class LiveState(NamedTuple):
    """The marks of responders and areas, and the last numbers of positions and statuses."""

    roster: UUID
    territory: UUID
    positions: int
    statuses: int


class RosterRow(NamedTuple):
    """A responder; `duty` as PostgreSQL writes ranges of minutes, None: always."""

    id: UUID
    kind: str
    name: str
    organisation: str | None
    role: str | None
    skills: list[str]
    phone: str | None
    area_id: int | None
    area_level: str | None
    area_code: str | None
    area_name: str | None
    duty: str | None
    capacity: int
    lon: float | None
    lat: float | None


class StoredException(NamedTuple):
    """Somebody is, or is not, on duty in [since, until), whatever the week says."""

    id: int
    responder_id: UUID
    since: datetime
    until: datetime
    on_duty: bool
    reason: str
    actor: str
    recorded_at: datetime


class StoredStatus(NamedTuple):
    """What a responder says of himself; `until` None: until they say otherwise."""

    responder_id: UUID
    status: str
    since: datetime
    until: datetime | None
    reason: str | None
    actor: str
    seq: int


def state(connection: Connection) -> LiveState:
    """Return what tells whether memory is the newest."""
    return LiveState._make(run(connection, "live_state").one())


def loads(connection: Connection) -> dict[UUID, int]:
    """Return how many tasks each responder has to do; those without any are left out."""
    return {row.responder_id: row.tasks for row in run(connection, "task_loads")}


def rows(connection: Connection, at: datetime) -> list[RosterRow]:
    """Return all responders who have not left, by id; areas are named by the edition in force."""
    return [RosterRow._make(row) for row in run(connection, "roster", {"at": at})]


def exceptions(
    connection: Connection, ending_after: datetime, responder_id: UUID | None = None
) -> list[StoredException]:
    """Return the exceptions that end after that time, of one responder or of all, oldest first."""
    asked = {"ending_after": ending_after, "responder_id": responder_id}
    return [StoredException._make(row) for row in run(connection, "duty_exceptions", asked)]


def add_exception(connection: Connection, given: StoredException, actor: Actor) -> StoredException:
    """Store an exception and return it with its number.

    Raises
    ------
    ResponderNotFoundError
        There is no such responder, or they have left.
    """
    _require(connection, given.responder_id)
    values = {
        "responder_id": given.responder_id,
        "span": func.tstzrange(given.since, given.until, "[)"),
        "on_duty": given.on_duty,
        "reason": given.reason,
        "actor": actor.name,
        "role": actor.role,
        "recorded_at": given.recorded_at,
    }
    made = connection.execute(insert(duty_exception).values(values).returning(duty_exception.c.id))
    return given._replace(id=int(made.scalar_one()), actor=actor.name)


def withdraw_exception(
    connection: Connection, responder_id: UUID, number: int, actor: Actor, at: datetime
) -> None:
    """Let an exception count no more; it stays for the record.

    Raises
    ------
    RowNotFoundError
        The responder has no such exception.
    """
    table = duty_exception
    done = connection.execute(
        update(table)
        .where(table.c.id == number, table.c.responder_id == responder_id)
        .where(table.c.withdrawn_at.is_(None))
        .values(withdrawn_at=at, withdrawn_by=actor.name)
    )
    if not done.rowcount:
        msg = f"responder {responder_id} has no duty exception {number}"
        raise RowNotFoundError(msg)


def put_status(connection: Connection, given: StoredStatus, actor: Actor) -> None:
    """Note what a responder says of himself, and tell the others.

    Raises
    ------
    ResponderNotFoundError
        There is no such responder, or they have left.
    """
    positions.hold(connection)
    values = {**given._asdict(), "actor": actor.name, "role": actor.role}
    if run(connection, "put_status", values).one_or_none() is None:
        raise _nobody(given.responder_id)


def statuses_after(connection: Connection, seq: int) -> list[StoredStatus]:
    """Return the statuses that were said after the one with this number, in their order."""
    columns = (responder_status.c[name] for name in StoredStatus._fields)
    later = select(*columns).where(responder_status.c.seq > seq).order_by(responder_status.c.seq)
    return [StoredStatus._make(row) for row in connection.execute(later)]


def require_here(connection: Connection, people: Sequence[UUID]) -> None:
    """Refuse to send somebody who is not there, or has left.

    Raises
    ------
    ResponderNotFoundError
        Somebody is not; the sentence says who.
    """
    if not people:
        return
    columns = responder.c
    rows = connection.execute(
        select(columns.id, columns.name, columns.retired_at).where(columns.id.in_(people))
    ).all()
    known = {row.id: row for row in rows}
    for person in people:
        if person not in known:
            raise _nobody(person)
        gone = known[person]
        if gone.retired_at is not None:
            msg = f"{gone.name} ({person}) left on {gone.retired_at:%Y-%m-%d}; send somebody else"
            raise ResponderNotFoundError(msg)


def _require(connection: Connection, responder_id: UUID) -> None:
    there = select(responder.c.id).where(
        responder.c.id == responder_id, responder.c.retired_at.is_(None)
    )
    if connection.execute(there).one_or_none() is None:
        raise _nobody(responder_id)


def _nobody(responder_id: UUID) -> ResponderNotFoundError:
    return ResponderNotFoundError(f"there is no responder {responder_id}")
