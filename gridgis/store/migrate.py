"""Bring the database's tables to this version."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from gridgis.errors import SchemaOutdatedError
from gridgis.store import jobs
from gridgis.store.translating import translated

if TYPE_CHECKING:
    from sqlalchemy import Connection

# One migration at a time, whichever process starts first.
MIGRATION_LOCK = 7_203_001


def upgrade(url: str) -> tuple[str | None, str]:
    """Create or update the tables of the database at `url`; return the old and new revision.

    Raises
    ------
    StoreUnavailableError
        The database cannot be reached.
    StoreError
        A migration failed; the tables are as they were.
    """
    engine = create_engine(url, poolclass=NullPool)
    try:
        with translated(), engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            before = revision(connection)
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if not jobs.is_newest(connection):
                with engine.connect() as other:
                    jobs.bring_tables(other.execution_options(isolation_level="AUTOCOMMIT"))
            after = revision(connection)
    finally:
        engine.dispose()
    return before, after or ""


def revision(connection: Connection) -> str | None:
    """Return the revision of the database's tables, or None when there are none."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """Return the revision that this version of gridgis needs.

    >>> newest() >= "0001"
    True
    """
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return head or ""


def require_newest(connection: Connection) -> None:
    """Refuse to work on tables of another version.

    Raises
    ------
    SchemaOutdatedError
        The tables are older or newer than this version.
    """
    there, needed = revision(connection), newest()
    if there != needed:
        msg = (
            f"the database's tables are at revision {there or 'none'} and this version needs "
            f"{needed}; run `gridgis db migrate`"
        )
        raise SchemaOutdatedError(msg)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("gridgis.store") / "migrations"))
    return config
