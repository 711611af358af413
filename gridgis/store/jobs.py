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
_KNOWN = f"{_PARTS} "


def bring_tables(connection: Connection) -> None:
    """Create the queue's tables, or bring them to the version of procrastinate that is installed.

    The version stands in the schema's comment.
    """
    installed = version(_PARTS)
    said = connection.execute(
        text("SELECT obj_description(to_regnamespace(:name), 'pg_namespace')"), {"name": SCHEMA}
    ).scalar_one_or_none()
    if said == _KNOWN + installed:
        return
    driver: Any = connection.connection.driver_connection
    name = sql.Identifier(SCHEMA)
    with closing(driver.cursor()) as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
        cursor.execute(sql.SQL("SET LOCAL search_path TO {}").format(name))
        for script in _scripts(said, installed):
            # Without parameters the driver leaves every % as it is.
            cursor.execute(script.read_text(encoding="utf-8"))
        comment = sql.Literal(_KNOWN + installed)
        cursor.execute(sql.SQL("COMMENT ON SCHEMA {} IS {}").format(name, comment))
        cursor.execute("SET LOCAL search_path TO DEFAULT")


def connection_facts(url: str) -> dict[str, str]:
    """Return how libpq reaches the queue's tables in a store's database: `conninfo`, `options`.

    >>> connection_facts("postgresql+psycopg2://gridgis@/gridgis?host=/run")["conninfo"]
    'postgresql://gridgis@/gridgis?host=/run'
    """
    plain = make_url(url).set(drivername="postgresql")
    known = str(plain.query.get("options", ""))
    return {
        "conninfo": plain.render_as_string(hide_password=False),
        "options": f"{known} -c search_path={SCHEMA}".strip(),
    }


def _scripts(said: str | None, installed: str) -> list[Path]:
    """Return what makes the tables, or the steps from the version that was said to this one."""
    spec = find_spec(_PARTS)
    folder = Path((spec.submodule_search_locations or [""])[0] if spec else "") / "sql"
    if said is None:
        return [folder / "schema.sql"]
    first, last = _padded(said.removeprefix(_KNOWN)), _padded(installed)
    steps = sorted((folder / "migrations").glob("*.sql"), key=lambda path: path.name)
    return [path for path in steps if first < path.name[: len(first)] <= last]


def _padded(number: str) -> str:
    """Return a version as the steps' names begin with it.

    >>> _padded("3.10.0")
    '03.10.00'
    """
    return ".".join(part.zfill(2) for part in number.split(".")[:3])
