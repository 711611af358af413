"""The service as a process: it says when it answers, and ends in order."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psutil
import pytest

from gridgis.errors import SettingsError
from gridgis.settings import Settings
from gridgis.store.engine import Store
from gridgis_api.serving import listening
from tests.cities import draw
from tests.conftest import PROVE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

READY = "gridgis is ready on "

# Starting processes takes most of the suite's time: every pair is of the proof.
PAIRS = [(signal.SIGINT, "1")]
ENDINGS = [*PAIRS, (signal.SIGTERM, "2"), (signal.SIGINT, "2"), (signal.SIGTERM, "1")]


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a service on a free port, with these options."""
    with ExitStack() as stack:
        yield lambda *options: stack.enter_context(_started(database_url, tmp_path, *options))


@contextmanager
def _started(database_url: str, index_dir: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    program = "from gridgis_api.cli.root import main; main()"
    environment = {
        **os.environ,
        "GRIDGIS_DATABASE_URL": database_url,
        "GRIDGIS_PORT": "0",
        "GRIDGIS_INDEX_DIR": str(index_dir),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", program, "serve", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def address_of(service: subprocess.Popen[str]) -> str:
    """Wait until the service answers, and return where."""
    lines = iter(service.stdout.readline, "")
    ready = next(line for line in lines if line.startswith(READY))
    return ready.removeprefix(READY).strip()


def children_of(service: subprocess.Popen[str]) -> list[psutil.Process]:
    """Return the processes that answer; one may be dying just now."""
    found = []
    for child in psutil.Process(service.pid).children():
        with suppress(psutil.NoSuchProcess):
            if "resource_tracker" not in " ".join(child.cmdline()):
                found.append(child)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("ending", "processes"), ENDINGS if PROVE else PAIRS)
def test_it_says_when_it_answers_and_ends_in_order(
    start: Callable[..., subprocess.Popen[str]], ending: signal.Signals, processes: str
) -> None:
    service = start("--processes", processes)
    with httpx.Client(base_url=address_of(service), trust_env=False) as client:
        assert client.get("/api/v1/health").json()["status"] == "ok"
        children = children_of(service)
        service.send_signal(ending)
        rest, _ = service.communicate(timeout=30)
    assert service.returncode == 0
    assert "Traceback" not in rest
    assert len(children) == (0 if processes == "1" else 2)
    assert psutil.wait_procs(children, timeout=30)[1] == []


@pytest.mark.slow
def test_processes_share_one_engine_and_a_dead_one_is_replaced(
    start: Callable[..., subprocess.Popen[str]], database_url: str, tmp_path: Path
) -> None:
    store = Store(database_url)
    with store.begin() as connection:
        draw(connection, made_at=datetime(2026, 5, 1, tzinfo=UTC))
    store.close()
    service = start("--processes", "2")
    address = address_of(service)
    first, second = children_of(service)
    # One of them lets reports follow the new edition first: the engine is a newer one after that.
    ask_all_until(address, lambda: shared_by(first, second, tmp_path))
    first.kill()
    ask_all_until(address, lambda: set(children_of(service)) - {first, second})
    (third,) = set(children_of(service)) - {second}
    ask_all_until(address, lambda: shared_by(second, third, tmp_path))
    # Even when the one that started them cannot say goodbye, none goes on.
    service.kill()
    assert psutil.wait_procs([second, third], timeout=30)[1] == []


def shared_by(one: psutil.Process, other: psutil.Process, folder: Path) -> bool:
    """Say whether both have the same one file of a folder mapped."""
    return len(mapped(one, folder)) == 1 and mapped(one, folder) == mapped(other, folder)


def mapped(process: psutil.Process, folder: Path) -> set[str]:
    """Return the files of a folder that a process has mapped."""
    return {part.path for part in process.memory_maps() if Path(part.path).is_relative_to(folder)}


def ask_all_until(address: str, arrived: Callable[[], object]) -> None:
    """Ask many things at once, again and again, so that every process gets something to do."""
    until = time.monotonic() + 60
    # A connection that is kept would always lead to the same process.
    anew = {"base_url": address, "headers": {"Connection": "close"}, "trust_env": False}
    with ThreadPoolExecutor(16) as pool, httpx.Client(**anew) as client:
        while not arrived():
            assert time.monotonic() < until, "it did not come to that"
            list(pool.map(lambda _: _ask(client), range(32)))
            # A process that is just starting needs the processors too.
            time.sleep(0.1)


def _ask(client: httpx.Client) -> None:
    # A process that was killed takes its connections along.
    with suppress(httpx.TransportError):
        client.get("/api/v1/locate", params={"lon": 104, "lat": 30}).raise_for_status()


def test_a_port_that_is_taken_is_said_before_anything_slow_begins() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with (
            pytest.raises(SettingsError, match=f"port {port} .*GRIDGIS_PORT"),
            listening(Settings(port=port)),
        ):
            pass
