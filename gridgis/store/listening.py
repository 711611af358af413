"""Hear what the database tells: a connection of its own that waits for notifications."""

from __future__ import annotations

import select
import socket
import threading
from typing import TYPE_CHECKING, Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# After a lost connection.
_AGAIN_S = 1.0


class Listener:
    """A thread that calls `heard` when a channel speaks, and every `poll_s` in any case.

    Without a connection it tries again and calls all the same: the caller finds out by itself.
    """

    def __init__(
        self, url: str, channels: Sequence[str], heard: Callable[[], None], *, poll_s: float
    ) -> None:
        self._url = url
        self._channels = channels
        self._heard = heard
        self._poll_s = poll_s
        self._ended = threading.Event()
        # A way to end the wait: a thread that sleeps in select hears nothing else.
        self._wake_read, self._wake_write = socket.socketpair()
        name = f"listen {' '.join(channels)}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening and give the connection back."""
        self._ended.set()
        self._wake_write.send(b"x")
        self._thread.join()
        self._wake_read.close()
        self._wake_write.close()

    def _run(self) -> None:
        engine = create_engine(self._url, poolclass=NullPool)
        while not self._ended.is_set():
            try:
                with engine.connect() as connection:
                    self._listen(connection.connection.driver_connection)
            except (SQLAlchemyError, psycopg2.Error, OSError):
                self._heard()
                self._ended.wait(_AGAIN_S)
        engine.dispose()

    def _listen(self, driver: Any) -> None:  # noqa: ANN401 - the driver's own
        driver.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        with driver.cursor() as cursor:
            for channel in self._channels:
                cursor.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        while not self._ended.is_set():
            # What was told before this connection listened is found by asking once.
            self._heard()
            select.select([driver, self._wake_read], [], [], self._poll_s)
            driver.poll()
            driver.notifies.clear()
