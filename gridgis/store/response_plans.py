"""Response plans as they were imported: append-only, each in force from a time on."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import insert, select, text

from gridgis.errors import ResponsePlanNotFoundError
from gridgis.store.queries import run, run_prepared
from gridgis.store.tables import response_plan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from gridgis.actor import Actor

_LOCK = 7_203_031


class NewResponsePlan(NamedTuple):
    """A plan that is to be in force from a time on; `document` is its YAML."""

    name: str
    document: str
    in_force_from: datetime


class StoredResponsePlan(NamedTuple):
    """A plan as it is stored; `content_hash` is SHA-256 over the document in UTF-8."""

    id: int
    name: str
    content_hash: bytes
    document: str
    in_force_from: datetime
    recorded_at: datetime
    actor: str
    role: str


def put(
    connection: Connection, new: NewResponsePlan, actor: Actor, now: datetime
) -> tuple[StoredResponsePlan, bool]:
    """Store a plan; say whether it is new: where the same is in force then, that one is returned.

    Who comes second waits for the first to end, so that the same is never there twice.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    content_hash = hashlib.sha256(new.document.encode()).digest()
    number = id_at(connection, new.in_force_from)
    if number is not None:
        there = one(connection, number)
        if there.content_hash == content_hash:
            return there, False
    stored = connection.execute(
        insert(response_plan)
        .values(
            name=new.name,
            content_hash=content_hash,
            document=new.document,
            in_force_from=new.in_force_from,
            recorded_at=now,
            actor=actor.name,
            role=actor.role,
        )
        .returning(*response_plan.c)
    ).one()
    return _stored(stored), True


def id_at(connection: Connection, at: datetime) -> int | None:
    """Return the number of the plan in force at a time; None: there is none yet."""
    found = run_prepared(connection, "response_plan_at", {"at": at})
    return int(found[0][0]) if found else None


def one(connection: Connection, number: int) -> StoredResponsePlan:
    """Return a plan by its number.

    Raises
    ------
    ResponsePlanNotFoundError
        There is none.
    """
    row = connection.execute(select(response_plan).where(response_plan.c.id == number)).first()
    if row is None:
        msg = f"there is no response plan {number}; `gridgis response-plan list` shows them"
        raise ResponsePlanNotFoundError(msg)
    return _stored(row)


def everything(connection: Connection) -> Sequence[StoredResponsePlan]:
    """Return all plans, the one that is in force last first."""
    order = response_plan.c.in_force_from.desc(), response_plan.c.id.desc()
    return [_stored(row) for row in connection.execute(select(response_plan).order_by(*order))]


def skills_in_use(connection: Connection) -> frozenset[str]:
    """Return the skills that responders have or categories need."""
    return frozenset(run(connection, "skills_in_use").scalars())


def _stored(row: Any) -> StoredResponsePlan:  # noqa: ANN401 - a row of the table
    return StoredResponsePlan._make(
        bytes(value) if name == "content_hash" else value for name, value in row._mapping.items()
    )
