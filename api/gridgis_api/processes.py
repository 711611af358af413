"""Several processes that answer on one port: each maps the same engine's file."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from typing import TYPE_CHECKING

from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from gridgis.clock import SystemClock
from gridgis.places.grammar import adopt
from gridgis.store.engine import Store
from gridgis.store.months import Months
from gridgis_api.app import create_app
from gridgis_api.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket

    from fastapi import FastAPI
    from uvicorn import Config

    from gridgis.settings import Settings

_LOOKS_EACH_S = 0.1
_ANSWERS_WITHIN_S = 1.0


class Processes(Multiprocess):
    """Starts the processes, replaces one that dies, and says when all answer for the first time."""

    def __init__(
        self, config: Config, sockets: list[socket], when_ready: Callable[[], None]
    ) -> None:
        super().__init__(config, sockets)
        self._when_ready = when_ready

    def init_processes(self) -> None:
        """Start the processes and wait until all answer."""
        super().init_processes()
        while not self.should_exit.wait(_LOOKS_EACH_S):
            if all(one.is_ready(_ANSWERS_WITHIN_S) for one in self.processes):
                self._when_ready()
                return
            self.handle_signals()
            self.keep_subprocess_alive()

    def failed(self) -> bool:
        """Say whether the work ended because a process could not start."""
        return any(one.exitcode == STARTUP_FAILURE for one in self.processes)


def app_of_process(settings: Settings) -> FastAPI:
    """Return the app of one process; it ends when the one that started it has ended."""
    adopt(settings.address_grammar)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    store = Store(
        str(settings.database_url),
        pool_size=settings.pool_size,
        archive_folder=settings.archive_folder,
    )
    return create_app(Service(store, Months(store), SystemClock(), settings))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
