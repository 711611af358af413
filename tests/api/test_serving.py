"""The service as a process: it says when it answers, and ends in order."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from gridgis.errors import SettingsError
from gridgis.settings import Settings
from gridgis_api.serving import listening

if TYPE_CHECKING:
    from collections.abc import Iterator

READY = "gridgis is ready on "


@pytest.fixture
def service(database_url: str) -> Iterator[subprocess.Popen[str]]:
    program = "from gridgis_api.cli.root import main; main()"
    environment = {**os.environ, "GRIDGIS_DATABASE_URL": database_url, "GRIDGIS_PORT": "0"}
    process = subprocess.Popen(
        [sys.executable, "-c", program, "serve"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )
    yield process
    process.kill()
    process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_says_when_it_answers_and_ends_in_order(
    service: subprocess.Popen[str], ending: signal.Signals
) -> None:
    lines = iter(service.stdout.readline, "")
    ready = next(line for line in lines if line.startswith(READY))
    address = ready.removeprefix(READY).strip()
    with httpx.Client(base_url=address, trust_env=False) as client:
        assert client.get("/api/v1/health").json()["status"] == "ok"
        service.send_signal(ending)
        rest, _ = service.communicate(timeout=30)
    assert service.returncode == 0
    assert "Traceback" not in rest


def test_a_port_that_is_taken_is_said_before_anything_slow_begins() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with (
            pytest.raises(SettingsError, match=f"port {port} .*GRIDGIS_PORT"),
            listening(Settings(port=port)),
        ):
            pass
