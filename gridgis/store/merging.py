"""Rows of a register brought in by chunks: new ones added, equal ones left, changed ones judged.

``incoming`` is a temporary table of one transaction, with the columns of the table that it feeds.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Column,
    MetaData,
    Table,
    Text,
    and_,
    cast,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql

from gridgis.store.copying import copy_rows
from gridgis.store.tables import correction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import pandas as pd
    from sqlalchemy import ColumnElement, Connection

_OWN = ("import_id", "retired_at")


class Register(NamedTuple):
    """A table that is fed by rows: what its rows are called by, and how corrections name them."""

    noun: str
    table: Table
    key: tuple[str, ...]
    name: str

    @property
    def columns(self) -> list[str]:
        """The columns that a file says something of."""
        made = {column.name for column in self.table.columns if column.identity is not None}
        return [c.name for c in self.table.columns if c.name not in {*_OWN, *made}]


class Merging(NamedTuple):
    """By whom, when, under which import rows come in.

    With a `reason` changed rows replace the stored ones, in all `columns` or in these only.
    """

    actor: str
    role: str
    at: datetime
    import_id: int | None
    reason: str | None
    columns: tuple[str, ...] | None = None


class Merged(NamedTuple):
    """What became of the rows; `differing` are the import rows of those that were left out."""

    added: int
    updated: int
    same: int
    differing: list[int]


def merge(
    connection: Connection, register: Register, rows: pd.DataFrame, merging: Merging
) -> Merged:
    """Bring rows in; a changed one replaces the stored one, which stays in `correction`.

    Without a reason changed rows are left out.

    Parameters
    ----------
    rows
        The register's columns and `import_row`, each key once; shapes as hexadecimal EWKB, arrays
        and multiranges as PostgreSQL writes them, attributes as JSON text.
    """
    incoming = _incoming(connection, register)
    copy_rows(connection, incoming.name, rows[["import_row", *register.columns]])
    connection.execute(text("ANALYZE incoming"))
    pair = and_(*(incoming.c[name] == register.table.c[name] for name in register.key))
    names = merging.columns or register.columns
    differs = or_(*(incoming.c[name].is_distinct_from(register.table.c[name]) for name in names))
    changed = list(connection.execute(select(incoming.c.import_row).where(pair, differs)).scalars())
    if changed and merging.reason is not None:
        _replace(connection, register, incoming, and_(pair, differs), merging)
    added = _add(connection, register, incoming, pair, merging)
    incoming.drop(connection, checkfirst=False)
    replaced = len(changed) if merging.reason is not None else 0
    return Merged(
        added=added,
        updated=replaced,
        same=len(rows) - added - len(changed),
        differing=[] if replaced else changed,
    )


def as_json(table: Table, names: Sequence[str]) -> ColumnElement[Any]:
    """Return columns as JSON that lose nothing: shapes as EWKT with all their digits."""
    members: list[object] = []
    for name in names:
        column = table.c[name]
        exact = func.ST_AsEWKT(column, 17) if isinstance(column.type, Geometry) else column
        members += [cast(literal(name), Text), exact]
    return func.jsonb_build_object(*members)


def _incoming(connection: Connection, register: Register) -> Table:
    table = Table(
        "incoming",
        MetaData(),
        Column("import_row", BigInteger),
        # A type of its own for each column: GeoAlchemy2 writes the column's nullability into it.
        *(Column(name, copy.copy(register.table.c[name].type)) for name in register.columns),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    table.create(connection, checkfirst=False)
    return table


def _replace(
    connection: Connection,
    register: Register,
    incoming: Table,
    changed: ColumnElement[bool],
    merging: Merging,
) -> None:
    table = register.table
    columns = merging.columns or register.columns
    before = as_json(table, register.columns)
    kept = select(
        literal(register.noun),
        cast(table.c[register.name], Text),
        before,
        before.op("||")(as_json(incoming, columns)),
        literal(merging.reason),
        literal(merging.actor),
        literal(merging.role),
        literal(merging.at),
    ).where(changed)
    names = ["noun", "key", "before", "after", "reason", "actor", "role", "recorded_at"]
    connection.execute(insert(correction).from_select(names, kept))
    connection.execute(
        update(table).where(changed).values({name: incoming.c[name] for name in columns})
    )


def _add(
    connection: Connection,
    register: Register,
    incoming: Table,
    pair: ColumnElement[bool],
    merging: Merging,
) -> int:
    new = (
        select(*(incoming.c[name] for name in register.columns), literal(merging.import_id))
        .where(~exists().where(pair))
        .order_by(incoming.c.import_row)
    )
    statement = (
        postgresql.insert(register.table)
        .from_select([*register.columns, "import_id"], new)
        .on_conflict_do_nothing()
    )
    return connection.execute(statement).rowcount
