"""Single rows of a register corrected or retired; what was before stays in `correction`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Text, cast, func, insert, literal, select, update

from gridgis.errors import ConflictError, InvalidInputError, RowNotFoundError
from gridgis.store import merging
from gridgis.store.tables import correction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import pandas as pd
    from sqlalchemy import Connection, Row

    from gridgis.store.merging import Register


class Correcting(NamedTuple):
    """Why, by whom, in which role, when."""

    reason: str
    actor: str
    role: str
    at: datetime


class Correction(NamedTuple):
    """One correction of a row: what was before, what came after."""

    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    actor: str
    recorded_at: datetime


def find(connection: Connection, register: Register, name: str) -> Row[Any]:
    """Return `key` and `retired_at` of the row that people call so, and hold it for a change.

    Its id, number or code, or ``SOURCE:CODE``.

    Raises
    ------
    RowNotFoundError
        There is none.
    ConflictError
        Several sources have one.
    """
    table = register.table
    called = table.c["number" if "number" in table.c else "code"]
    key = cast(table.c[register.name], Text)
    source = table.c.source if "source" in table.c else literal("")
    chosen = select(key.label("key"), table.c.retired_at, source.label("source")).with_for_update()
    rows = connection.execute(chosen.where((called == name) | (key == name))).all()
    if not rows and ":" in name:
        said, _, code = name.partition(":")
        rows = connection.execute(chosen.where(called == code, source == said)).all()
    if not rows:
        msg = f"there is no row {name} among the {register.noun}"
        raise RowNotFoundError(msg)
    if len(rows) > 1:
        names = ", ".join(f"{row.source}:{name}" for row in rows)
        msg = f"several sources have {name}; say which: {names}"
        raise ConflictError(msg)
    return rows[0]


def replace(
    connection: Connection,
    register: Register,
    row: pd.DataFrame,
    columns: Sequence[str],
    correcting: Correcting,
) -> None:
    """Put these columns of one judged row in the place of the stored ones.

    Raises
    ------
    InvalidInputError
        Nothing would change.
    """
    merged = merging.merge(
        connection,
        register,
        row.assign(import_row=0),
        merging.Merging(
            correcting.actor,
            correcting.role,
            correcting.at,
            None,
            correcting.reason,
            tuple(columns),
        ),
    )
    if not merged.updated:
        msg = "nothing would change: every value given is the one that is stored"
        raise InvalidInputError(msg)


def retire(connection: Connection, register: Register, key: str, correcting: Correcting) -> None:
    """Take a row out of use."""
    table = register.table
    own = cast(table.c[register.name], Text) == key
    stored = merging.as_json(table, register.columns)
    kept = select(
        literal(register.noun),
        literal(key),
        stored,
        func.jsonb_build_object(cast(literal("retired_at"), Text), literal(correcting.at)),
        literal(correcting.reason),
        literal(correcting.actor),
        literal(correcting.role),
        literal(correcting.at),
    ).where(own)
    names = ["noun", "key", "before", "after", "reason", "actor", "role", "recorded_at"]
    connection.execute(insert(correction).from_select(names, kept))
    connection.execute(update(table).where(own).values(retired_at=correcting.at))


def history(connection: Connection, register: Register, key: str) -> list[Correction]:
    """Return a row's corrections, oldest first."""
    rows = connection.execute(
        select(
            correction.c.before,
            correction.c.after,
            correction.c.reason,
            correction.c.actor,
            correction.c.recorded_at,
        )
        .where(correction.c.noun == register.noun, correction.c.key == key)
        .order_by(correction.c.id)
    )
    return [Correction(*row) for row in rows]
