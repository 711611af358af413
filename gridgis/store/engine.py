"""Reach the database: one engine, its transactions, its prepared queries."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, text

from gridgis.store import migrate
from gridgis.store.translating import translated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection
    from sqlalchemy.pool import ConnectionPoolEntry


class Store:
    """The database, as a source of transactions.

    The URL is SQLAlchemy's: ``postgresql+psycopg2://user@/database?host=/socket/folder``, or plain
    ``postgresql://``.
    """

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        self.url = url.replace("postgresql://", "postgresql+psycopg2://", 1)
        self._engine = create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            pool_pre_ping=True,
            pool_use_lifo=True,
        )
        event.listen(self._engine, "connect", _set_session)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a transaction: committed at the end of the block, rolled back on any error.

        Raises
        ------
        StoreError
            Whatever the database refuses, in gridgis's own words.
        """
        with translated(), self._engine.begin() as connection:
            yield connection

    def require_newest(self) -> None:
        """Refuse tables of another version.

        Raises
        ------
        SchemaOutdatedError
            The tables are older or newer than this version.
        """
        with self.begin() as connection:
            migrate.require_newest(connection)

    def versions(self) -> dict[str, str]:
        """Return the versions of `postgresql`, `postgis` and the tables' `schema`."""
        with self.begin() as connection:
            row = connection.execute(
                text("SELECT current_setting('server_version') AS p, postgis_lib_version() AS g")
            ).one()
            schema = migrate.revision(connection) or "none"
        return {"postgresql": row.p.split()[0], "postgis": row.g, "schema": schema}

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()


def _set_session(connection: Any, _record: ConnectionPoolEntry) -> None:  # noqa: ANN401 - the driver's own
    # The server may be anybody's: what the queries rely on is set here.
    with connection.cursor() as cursor:
        cursor.execute("SET timezone TO 'UTC'; SET jit TO off")
    connection.commit()
