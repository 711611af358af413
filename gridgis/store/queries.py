"""The SQL files: each is one query, named after the function that calls it."""

from __future__ import annotations

import re
from contextlib import closing
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg2
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, CursorResult, TextClause


class Part(NamedTuple):
    """Some rows of an answer, and what their columns are called."""

    names: list[str]
    rows: Sequence[Any]


_PARAMETER = re.compile(r"(?<![:\w]):([a-z]\w*)")


@cache
def source(name: str) -> str:
    """Return the text of ``sql/NAME.sql``."""
    return (files("gridgis.store") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


@cache
def query(name: str) -> TextClause:
    """Return the query of ``sql/NAME.sql`` with its named parameters."""
    return text(source(name))


def run(
    connection: Connection, name: str, parameters: Mapping[str, object] | None = None
) -> CursorResult[Any]:
    """Run the query of ``sql/NAME.sql``."""
    return connection.execute(query(name), parameters or {})


def run_in_parts(
    connection: Connection, name: str, parameters: Mapping[str, object], part_rows: int
) -> Iterator[Part]:
    """Run the query of ``sql/NAME.sql`` by a server-side cursor; without any row, one empty part.

    Parameters that the query does not have are left out.
    """
    statement = query(name)
    wanted = set(statement.compile().params)
    result = connection.execute(
        statement,
        {key: value for key, value in parameters.items() if key in wanted},
        execution_options={"stream_results": True, "max_row_buffer": part_rows},
    )
    names = list(result.keys())
    empty = True
    for rows in result.partitions(part_rows):
        empty = False
        yield Part(names, rows)
    if empty:
        yield Part(names, [])


def run_prepared(connection: Connection, name: str, parameters: Mapping[str, object]) -> list[Any]:
    """Run a hot query as a prepared statement: planning it would cost more than answering it.

    Every parameter must be cast in the file (``CAST(:lon AS DOUBLE PRECISION)``), since a prepared
    statement has nothing else to learn its type from. Returns the rows as named tuples.
    """
    prepare, execute, order = _prepared(name)
    driver = connection.connection
    # Keyed by the driver's connection: the statement lives as long as that does.
    known: set[str] = driver.info.setdefault("prepared", set())
    # The driver's own cursor: SQLAlchemy's would cost a third of the answer.
    try:
        with closing(driver.cursor()) as cursor:
            if name not in known:
                cursor.execute(prepare)
                known.add(name)
            cursor.execute(execute, [parameters[key] for key in order])
            return list(cursor.fetchall())
    except psycopg2.Error as error:
        lost = bool(driver.driver_connection is None or driver.driver_connection.closed)
        if lost:
            connection.invalidate(error)
        raise DBAPIError(execute, None, error, connection_invalidated=lost) from error


@cache
def marked(name: str) -> str:
    """Return the text of ``sql/NAME.sql`` with its parameters as the driver marks them."""
    body = "\n".join(line.split("--")[0] for line in source(name).splitlines())
    return _PARAMETER.sub(r"%(\1)s", body.replace("%", "%%"))


@cache
def _prepared(name: str) -> tuple[str, str, list[str]]:
    order: list[str] = []

    def number(match: re.Match[str]) -> str:
        if match[1] not in order:
            order.append(match[1])
        return f"${order.index(match[1]) + 1}"

    body = "\n".join(line.split("--")[0] for line in source(name).splitlines())
    prepare = f"PREPARE {name} AS {_PARAMETER.sub(number, body)}"
    marks = ", ".join(["%s"] * len(order))
    return prepare, f"EXECUTE {name} ({marks})", order
