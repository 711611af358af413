"""Reach the database: one engine, its transactions, its prepared queries."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from gridgis.store import migrate
from gridgis.store.translating import translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine
    from sqlalchemy.pool import ConnectionPoolEntry


Answer = TypeVar("Answer")


class Store:
    """The database, as a source of transactions.

    The URL is SQLAlchemy's: ``postgresql+psycopg2://user@/database?host=/socket/folder``, or plain
    ``postgresql://``. Archived months are read from the `archive_folder`.
    """

    def __init__(
        self, url: str, *, pool_size: int = 16, archive_folder: Path | None = None
    ) -> None:
        self.url = url.replace("postgresql://", "postgresql+psycopg2://", 1)
        self.archive_folder = archive_folder
        # Every connection knows it, so that whoever asks needs not.
        known = {"archive_folder": archive_folder}
        self._engine = _engine(self.url, pool_size, pool_pre_ping=True, execution_options=known)
        # Questions skip what only writing needs: BEGIN, COMMIT, and the ping before them.
        self._asking = _engine(self.url, pool_size, isolation_level="AUTOCOMMIT")

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

    def ask(self, question: Callable[[Connection], Answer]) -> Answer:
        """Return a question's answer, outside of any transaction; it must write nothing.

        Each of its statements sees its own moment; where two must agree, use :meth:`begin`. A
        connection that was lost since the last question is made anew, and the question put again.

        Raises
        ------
        StoreError
            Whatever the database refuses, in gridgis's own words.
        """
        with translated():
            try:
                with self._asking.connect() as connection:
                    return question(connection)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            with self._asking.connect() as connection:
                return question(connection)

    @contextmanager
    def alone(self, lock: int) -> Iterator[None]:
        """Keep other processes out of the same work, over several transactions.

        The lock has a connection of its own, so that the smallest pool is large enough; it is free
        again when this process ends, however it ends.
        """
        engine = create_engine(self.url, poolclass=NullPool)
        with translated(), engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": lock})
            yield

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
        self._asking.dispose()


def _engine(url: str, pool_size: int, **options: object) -> Engine:
    engine = create_engine(
        url, pool_size=pool_size, max_overflow=0, pool_timeout=10, pool_use_lifo=True, **options
    )
    event.listen(engine, "connect", _set_session)
    return engine


def _set_session(connection: Any, _record: ConnectionPoolEntry) -> None:  # noqa: ANN401 - the driver's own
    # The server may be anybody's: what the queries rely on is set here.
    with connection.cursor() as cursor:
        cursor.execute("SET timezone TO 'UTC'; SET jit TO off")
    connection.commit()
