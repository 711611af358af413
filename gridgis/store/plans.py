"""Plans: drafts of the next edition, as a log of operations over the edition before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sqlalchemy import insert, select, update

from gridgis.errors import PlanNotFoundError
from gridgis.store.tables import (
    identity_override,
    layer,
    plan,
    plan_entry,
    plan_exception,
    plan_step,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from gridgis.actor import Actor


class NewPlan(NamedTuple):
    """A plan that begins: of which layer, over which edition."""

    layer_id: int
    base_edition_id: int
    name: str
    document: str | None = None
    wished_from: datetime | None = None
    rebased_from: int | None = None
    redraws: Sequence[str] = ()


class StoredPlan(NamedTuple):
    """A plan as it is stored; `version` is how many entries its log has.

    `state` is draft, in_review, approved, published or withdrawn. `content_hash` is that of what
    was submitted, SHA-256; `edition` is what the plan became; `redraws` are the levels above the
    grids whose borders may move.
    """

    id: int
    layer: str
    layer_id: int
    base_edition: int
    name: str
    state: str
    version: int
    document: str | None
    wished_from: datetime | None
    content_hash: bytes | None
    made_at: datetime
    made_by: str
    rebased_from: int | None
    edition: int | None
    redraws: Sequence[str]


class StoredEntry(NamedTuple):
    """One line of a plan's log: an edit with its operation, an undo or a redo.

    `touched` are the codes of the areas that it changed.
    """

    seq: int
    kind: Literal["edit", "undo", "redo"]
    operation: Mapping[str, Any]
    touched: Sequence[str]
    actor: str
    role: str
    at: datetime


class Step(NamedTuple):
    """A plan went from one state (None: it was made) to another."""

    from_state: str | None
    to_state: str
    actor: str
    role: str
    reason: str | None
    at: datetime


class PlanException(NamedTuple):
    """A finding that somebody takes responsibility for: its rule and areas, how it read, why."""

    rule: str
    areas: tuple[str, ...]
    finding: str
    reason: str
    actor: str
    role: str
    recorded_at: datetime


class SaidIdentity(NamedTuple):
    """Somebody says which area (None: a new one) an area of a plan or draft is, and why."""

    level: str
    code: str
    area_id: int | None
    reason: str
    actor: str
    role: str
    recorded_at: datetime


def make(connection: Connection, new: NewPlan, actor: Actor, at: datetime) -> int:
    """Store a plan, a draft without any entry, and return its number."""
    number: int = connection.execute(
        insert(plan)
        .values(**new._asdict(), state="draft", made_at=at, made_by=actor.name)
        .returning(plan.c.id)
    ).scalar_one()
    record(connection, number, Step(None, "draft", actor.name, actor.role, None, at))
    return number


def listing(
    connection: Connection, layer_code: str | None = None, state: str | None = None
) -> list[StoredPlan]:
    """Return the plans, of one layer or in one state, newest first."""
    question = _plans().order_by(plan.c.id.desc())
    if layer_code is not None:
        question = question.where(layer.c.code == layer_code)
    if state is not None:
        question = question.where(plan.c.state == state)
    return [StoredPlan._make(row) for row in connection.execute(question)]


def find(connection: Connection, number: int, *, hold: bool = False) -> StoredPlan:
    """Return a plan; `hold` keeps others from changing it until the transaction ends.

    Raises
    ------
    PlanNotFoundError
        There is no such plan.
    """
    question = _plans().where(plan.c.id == number)
    if hold:
        question = question.with_for_update(of=plan)
    row = connection.execute(question).one_or_none()
    if row is None:
        msg = f"there is no plan {number}; `gridgis plan list` shows those that exist"
        raise PlanNotFoundError(msg)
    return StoredPlan._make(row)


def entries(connection: Connection, number: int, *, after: int = 0) -> list[StoredEntry]:
    """Return the log of a plan from the entry after `after` on."""
    columns = plan_entry.c
    rows = connection.execute(
        select(
            columns.seq,
            columns.kind,
            columns.operation,
            columns.touched,
            columns.actor,
            columns.role,
            columns.at,
        )
        .where(columns.plan_id == number, columns.seq > after)
        .order_by(columns.seq)
    )
    return [StoredEntry._make(row) for row in rows]


def append(connection: Connection, number: int, new: Sequence[StoredEntry]) -> None:
    """Write the next entries of a held plan."""
    if not new:
        return
    rows = [
        {**one._asdict(), "operation": dict(one.operation), "touched": list(one.touched)}
        for one in new
    ]
    connection.execute(insert(plan_entry), [{**row, "plan_id": number} for row in rows])
    connection.execute(update(plan).where(plan.c.id == number).values(version=new[-1].seq))


def change(connection: Connection, number: int, **values: object) -> None:
    """Change facts of a held plan, such as its state, which :func:`record` tells of."""
    connection.execute(update(plan).where(plan.c.id == number).values(**values))


def record(connection: Connection, number: int, step: Step) -> None:
    """Write that a plan went from one state to another."""
    connection.execute(insert(plan_step).values(plan_id=number, **step._asdict()))


def steps(connection: Connection, number: int) -> list[Step]:
    """Return the states that a plan went through, oldest first."""
    columns = plan_step.c
    rows = connection.execute(
        select(
            columns.from_state,
            columns.to_state,
            columns.actor,
            columns.role,
            columns.reason,
            columns.at,
        )
        .where(columns.plan_id == number)
        .order_by(columns.id)
    )
    return [Step._make(row) for row in rows]


def accept(connection: Connection, number: int, accepted: Sequence[PlanException]) -> None:
    """Store that somebody takes responsibility for findings of a plan.

    Raises
    ------
    AlreadyThereError
        One of them is accepted already.
    """
    rows = [{**one._asdict(), "areas": list(one.areas), "plan_id": number} for one in accepted]
    connection.execute(insert(plan_exception), rows)


def exceptions(connection: Connection, number: int) -> list[PlanException]:
    """Return the findings of a plan that somebody takes responsibility for, oldest first."""
    columns = plan_exception.c
    rows = connection.execute(
        select(
            columns.rule,
            columns.areas,
            columns.finding,
            columns.reason,
            columns.actor,
            columns.role,
            columns.recorded_at,
        )
        .where(columns.plan_id == number)
        .order_by(columns.id)
    )
    return [PlanException._make(row)._replace(areas=tuple(row.areas)) for row in rows]


def say_identity(
    connection: Connection,
    said: SaidIdentity,
    *,
    number: int | None = None,
    edition_id: int | None = None,
) -> None:
    """Store which area an area of a plan (`number`) or of a draft (`edition_id`) is."""
    connection.execute(
        insert(identity_override).values(**said._asdict(), plan_id=number, edition_id=edition_id)
    )


def overrides(
    connection: Connection, *, number: int | None = None, edition_id: int | None = None
) -> list[SaidIdentity]:
    """Return what people said last of each identity in a plan or a draft."""
    columns = identity_override.c
    mine = columns.edition_id == edition_id if number is None else columns.plan_id == number
    rows = connection.execute(
        select(
            columns.level,
            columns.code,
            columns.area_id,
            columns.reason,
            columns.actor,
            columns.role,
            columns.recorded_at,
        )
        .where(mine)
        .order_by(columns.id)
    )
    said = {(row.level, row.code): SaidIdentity._make(row) for row in rows}
    return list(said.values())


def _plans() -> Any:  # noqa: ANN401 - a select of many columns
    columns = plan.c
    return select(
        columns.id,
        layer.c.code,
        columns.layer_id,
        columns.base_edition_id,
        columns.name,
        columns.state,
        columns.version,
        columns.document,
        columns.wished_from,
        columns.content_hash,
        columns.made_at,
        columns.made_by,
        columns.rebased_from,
        columns.edition_id,
        columns.redraws,
    ).join(layer, columns.layer_id == layer.c.id)
