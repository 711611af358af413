"""Run the service: open the store, listen on loopback, say when it answers, end cleanly."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import uvicorn

from gridgis.clock import SystemClock
from gridgis.errors import GridgisError, SettingsError
from gridgis.locate import warming as grids
from gridgis.nearest import warming as responders
from gridgis.places import warming as places
from gridgis.reach import warming as reach
from gridgis.store.months import Months
from gridgis.store.opening import open_store
from gridgis_api.app import create_app
from gridgis_api.jobs import Worker
from gridgis_api.processes import Processes, app_of_process
from gridgis_api.service import Service
from gridgis_maps.numbers.local import warming as permuting
from gridgis_maps.numbers.scan import warming as scanning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from gridgis.settings import Settings
    from gridgis.store.engine import Store

    Say = Callable[[str], None]

_ENGINES = (grids, places, responders, reach, scanning, permuting)
# Requests that are under way get this long to end after Ctrl-C.
PATIENCE_S = 5
# A process that has not answered for so long is replaced; on a busy machine one starts slowly.
STARTS_WITHIN_S = 30


def serve(
    settings: Settings, say: Say = print, *, before: Callable[[Store], None] | None = None
) -> None:
    """Serve until Ctrl-C or SIGTERM; the embedded database ends with the service.

    `before` may fill the store before anybody asks it. `say` is told what happens, and
    ``gridgis is ready on http://127.0.0.1:8000`` once it answers.

    Raises
    ------
    SettingsError
        The port is taken.
    StoreError
        The database cannot be used.
    GridgisError
        One of several processes cannot start.
    """
    with (
        listening(settings) as sock,
        _ended_by_signals(),
        open_store(settings, progress=say) as store,
    ):
        if not all(engine.is_warm() for engine in _ENGINES):
            say("compiling the engine for this machine (once; a minute)")
        for engine in _ENGINES:
            engine.warm()
        if before is not None:
            before(store)
        with closing(Worker(store, settings, SystemClock())) as worker:

            def ready() -> None:
                say(f"gridgis is ready on {_address(settings, sock)}")
                # Not sooner: jobs have time, and whoever starts a service waits for it.
                worker.start()

            _answer(settings, store, sock, ready)


def _answer(
    settings: Settings, store: Store, sock: socket.socket, when_ready: Callable[[], None]
) -> None:
    """Answer until a signal ends it, by this process or by several others."""
    if settings.processes == 1:
        app = create_app(Service(store, Months(store), SystemClock(), settings))
        _Server(_config(app), when_ready).run(sockets=[sock])
        return
    known = settings.model_copy(update={"database_url": store.url})
    processes = Processes(
        _config(partial(app_of_process, known), factory=True, workers=settings.processes),
        [sock],
        when_ready,
    )
    processes.run()
    if processes.failed():
        msg = "a process of the service could not start; what it said stands above"
        raise GridgisError(msg)


def _config(app: Callable[..., Any], **several: Any) -> uvicorn.Config:  # noqa: ANN401 - uvicorn's own
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        ws="none",
        # A header must not say that a request comes from this machine.
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=PATIENCE_S,
        timeout_worker_healthcheck=STARTS_WITHIN_S,
        **several,
    )


class _Server(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, config: uvicorn.Config, when_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_ready = when_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._when_ready()


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """Hold the settings' address and port before anything slow begins.

    Raises
    ------
    SettingsError
        The port is taken, or may not be used.
    """
    family = socket.AF_INET6 if settings.host == "::1" else socket.AF_INET
    try:
        sock = socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        msg = (
            f"port {settings.port} on {settings.host} cannot be used ({reason}); "
            "set GRIDGIS_PORT to another one, or to 0 for any free one"
        )
        raise SettingsError(msg) from error
    with sock:
        yield sock


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the block in order, so that the database is stopped as well.

    uvicorn ends its own work and raises the signal again afterwards, which would end the process
    on the spot.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {
        number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _address(settings: Settings, sock: socket.socket) -> str:
    name = "[::1]" if settings.host == "::1" else settings.host
    return f"http://{name}:{sock.getsockname()[1]}"
