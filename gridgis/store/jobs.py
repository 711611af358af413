"""The tables of the job queue: procrastinate's own, in a schema of their own, at its version."""

from __future__ import annotations

from contextlib import closing
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg2 import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url

if TYPE_CHECKING:
    from sqlalchemy import Connection

SCHEMA = "jobs"

_PARTS = "procrastinate"


def is_newest(connection: Connection) -> bool:
    """Say whether the queue's tables are those of the procrastinate that is installed."""
    return _known(connection) == _newest()


def bring_tables(connection: Connection) -> None:
    """Create the queue's tables, or bring them to the version of procrastinate that is installed.

    The connection commits by itself, since a step may need that the one before is committed; the
    schema's comment says which was the last.
    """
    driver: Any = connection.connection.driver_connection
    schema = sql.Identifier(SCHEMA)
    known = _known(connection)
    with closing(driver.cursor()) as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(schema))
        cursor.execute(sql.SQL("SET search_path TO {}").format(schema))
        for step, script in _scripts(known):
            done = sql.SQL("\n; COMMENT ON SCHEMA {} IS {}").format(schema, sql.Literal(step))
            # One transaction, and without parameters: the driver leaves every % as it is.
            cursor.execute(script.read_text(encoding="utf-8") + done.as_string(driver))
        comment = sql.SQL("COMMENT ON SCHEMA {} IS {}")
        cursor.execute(comment.format(schema, sql.Literal(_newest())))


def connection_facts(url: str) -> dict[str, str]:
    """Return how libpq reaches the queue's tables in a store's database: `conninfo`, `options`.

    >>> connection_facts("postgresql+psycopg2://gridgis@/gridgis?host=/run")["conninfo"]
    'postgresql://gridgis@/gridgis?host=%2Frun'
    """
    plain = make_url(url).set(drivername="postgresql")
    known = str(plain.query.get("options", ""))
    return {
        "conninfo": plain.render_as_string(hide_password=False),
        "options": f"{known} -c search_path={SCHEMA}".strip(),
    }


def _known(connection: Connection) -> str | None:
    """Return the last step that made the tables; None: there are none."""
    found: str | None = connection.execute(
        text("SELECT obj_description(to_regnamespace(:name), 'pg_namespace')"), {"name": SCHEMA}
    ).scalar_one_or_none()
    return found


def _scripts(known: str | None) -> list[tuple[str, Path]]:
    """Return what makes the tables, or the steps after the known one, each with its mark."""
    spec = find_spec(_PARTS)
    folder = Path((spec.submodule_search_locations or [""])[0] if spec else "") / "sql"
    if known is None:
        return [(_newest(), folder / "schema.sql")]
    steps = sorted((folder / "migrations").glob("*.sql"), key=lambda path: path.name)
    marked = [(_mark(path.name[: len(_LAST)]), path) for path in steps]
    return [(mark, path) for mark, path in marked if known < mark < _newest()]


# How the name of a step begins: the version, and its place in it.
_LAST = "00.00.00_99"


def _mark(step: str) -> str:
    return f"{_PARTS} {step}"


def _newest() -> str:
    numbers = version(_PARTS).split(".")[:3]
    return _mark(".".join(number.zfill(2) for number in numbers) + _LAST[-3:])
