"""The service as processes: two agree within a second, and lose nothing when they are ended."""

from __future__ import annotations

import signal
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from gridgis.body import responder_id
from gridgis.clock import epoch_ms
from gridgis.store.engine import Store
from tests.api.test_serving import address_of, start
from tests.cities import draw, staff
from tests.lives import Seen, stored

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

__all__ = ["start"]

WANG = responder_id("test", "Wang")
PATH = f"/api/v1/responders/{WANG}"


@pytest.fixture
def town(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    with store.begin() as connection:
        draw(connection, made_at=datetime(2026, 5, 1, tzinfo=UTC))
        staff(connection, "Wang", 104.005, 30.005)
    yield store
    store.close()


def put(address: str, lon: float) -> dict[str, Any]:
    """Send a position by a connection of its own, so that any process may get it."""
    with httpx.Client(base_url=address, trust_env=False) as client:
        response = client.put(f"{PATH}/position", json={"lon": lon, "lat": 30})
        assert response.status_code == 200, response.text
        return dict(response.json())


def longitude(client: httpx.Client) -> float | None:
    last = client.get(PATH).raise_for_status().json()["last"]
    return None if last is None else float(last["location"]["lon"])


@pytest.mark.slow
def test_two_processes_agree_within_a_second_and_end_with_all_written(
    start: Callable[..., subprocess.Popen[str]], town: Store
) -> None:
    service = start("--processes", "2")
    address = address_of(service)
    # Connections that are kept: each leads to one process, and many of them to both.
    clients = [httpx.Client(base_url=address, trust_env=False) for _ in range(12)]
    lags = []
    for step in range(5):
        lon = 104 + step / 100
        put(address, lon)
        began = time.monotonic()
        while Counter(longitude(client) for client in clients) != {lon: len(clients)}:
            assert time.monotonic() < began + 30
        lags.append(time.monotonic() - began)
    assert min(lags) < 1, lags
    for client in clients:
        client.close()
    # The last ones are on their way when it is asked to end: it writes them first.
    last = [put(address, 105 + step / 100) for step in range(20)][-1]
    service.send_signal(signal.SIGTERM)
    rest, _ = service.communicate(timeout=30)
    assert (service.returncode, "lost" in rest) == (0, False)
    at_ms = epoch_ms(datetime.fromisoformat(last["at"]))
    assert stored(town) == {WANG: Seen(105.19, 30, at_ms)}
