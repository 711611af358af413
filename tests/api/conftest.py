"""A running service on a toy town, and somebody who asks it over real HTTP."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest
import uvicorn
from sqlalchemy import text

from gridgis.actor import Actor
from gridgis.body import responder_id
from gridgis.clock import FixedClock, SystemClock
from gridgis.response.plans import import_plan
from gridgis.settings import Settings
from gridgis.store import units
from gridgis.store.engine import Store
from gridgis.store.months import Months
from gridgis.store.units import NewDuty, StoredUnit
from gridgis_api.app import create_app
from gridgis_api.service import Service
from tests.api.casework import PLAN, Person
from tests.cities import draw, file_under, settle, staff
from tests.conftest import clone_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

    from starlette.types import ASGIApp


NINE_O_CLOCK = datetime(2026, 5, 1, 1, tzinfo=UTC)
"""Friday, 1 May 2026, 09:00 in the town."""

CAMPUS = """
. . .
. X .
. . .
"""


@contextmanager
def served(app: ASGIApp) -> Iterator[httpx.Client]:
    """Serve an app on a free port and yield a client that talks to it."""
    config = uvicorn.Config(
        app, port=0, log_level="error", ws="none", proxy_headers=False, lifespan="on"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def town(server_url: str, template: str, index_dir: Path) -> Iterator[Service]:
    """Nine grids with a campus in the middle, two workers and a fire station."""
    clock = FixedClock(NINE_O_CLOCK)
    with clone_of(server_url, template) as url:
        store = Store(url, pool_size=8)
        with store.begin() as connection:
            draw(connection, made_at=clock.now())
            campus = draw(connection, CAMPUS, name="campus", priority=10, made_at=clock.now())
            file_under(connection, "gas", "gas")
            file_under(connection, "road")
            file_under(connection, "lecture", layer_id=campus.layer_id)
            staff(connection, "Wang", 104.005, 30.005, "gas")
            staff(connection, "Zhao", 104.025, 30.005, "gas", "road")
            staff(connection, "Station 1", 104.015, 30.025, "fire", kind="facility")
        # A position is in the database before it is answered: no test waits for it.
        settings = Settings(
            timezone="Asia/Shanghai", index_dir=index_dir, position_window_s=0, position_burst=20
        )
        yield Service(store, Months(store), clock, settings)
        store.close()


@pytest.fixture(scope="session")
def town_client(town: Service) -> Iterator[httpx.Client]:
    with served(create_app(town)) as client:
        yield client


@pytest.fixture
def service(town: Service) -> Iterator[Service]:
    """The town on a new morning: nothing was reported yet."""
    town.clock.at = NINE_O_CLOCK
    # Roads that another story had are gone by now.
    town.roads.refresh()
    yield town
    with town.store.begin() as connection:
        connection.execute(
            text(
                "TRUNCATE position, position_history, responder_status, duty_exception, report_key"
                " CASCADE"
            )
        )
    town.live.refresh()


@pytest.fixture
def places(service: Service) -> Iterator[None]:
    """Compounds, their buildings and a school in the town, and the service knows them."""
    with service.store.begin() as connection:
        settle(connection)
    service.gazetteer.refresh()
    yield
    with service.store.begin() as connection:
        connection.execute(text("TRUNCATE place CASCADE"))
    service.gazetteer.refresh()


@pytest.fixture
def li_na(client: httpx.Client) -> Person:
    """The dispatcher."""
    return Person(client, "李娜", "dispatcher")


@pytest.fixture
def worker(client: httpx.Client) -> Person:
    """Whoever was sent."""
    return Person(client, "Wang", "worker")


@pytest.fixture
def chen(client: httpx.Client) -> Person:
    """The leader."""
    return Person(client, "Chen", "leader")


@pytest.fixture
def ruled(service: Service) -> Iterator[None]:
    """The town has a response plan, a road office, and a worker of grid A."""
    now, who = service.clock.now(), Actor("Chen", "leader")
    with service.store.begin() as connection:
        import_plan(connection, PLAN, who, now, None)
        units.put(connection, [StoredUnit("gas-works", "Gas Works"), StoredUnit("roads", "Roads")])
        units.put_duties(connection, [NewDuty("road", "roads")], "duties.xlsx", who, now)
        grid = connection.execute(text("SELECT area_id FROM area_version WHERE code = 'A'"))
        staff(connection, "Sun", 104.004, 30.004, area_id=grid.scalar_one())
    service.live.refresh()
    yield
    with service.store.begin() as connection:
        connection.execute(text("DELETE FROM responder WHERE number = 'Sun'"))
        connection.execute(text("TRUNCATE response_plan, unit, responsibility_list CASCADE"))
    service.live.refresh()


@pytest.fixture
def clock(service: Service) -> FixedClock:
    """The town's clock, at nine."""
    return service.clock


@pytest.fixture
def client(town_client: httpx.Client, service: Service) -> httpx.Client:  # noqa: ARG001 - it cleans
    return town_client


@pytest.fixture
def wang() -> UUID:
    """The gas worker in the south-west."""
    return responder_id("test", "Wang")


@pytest.fixture(scope="session")
def empty_service(untouched_store: Store, index_dir: Path) -> Iterator[httpx.Client]:
    """A service without any grid, for questions that are refused anyway."""
    service = Service(
        untouched_store, Months(untouched_store), SystemClock(), Settings(index_dir=index_dir)
    )
    with served(create_app(service)) as client:
        yield client


def assert_problem(response: httpx.Response, status: int, code: str) -> str:
    """Check that an answer is a problem document, and return its sentence."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    told = response.json()
    assert told["status"] == status
    assert told["code"] == code
    assert told["type"].startswith("/problems/")
    assert told["title"]
    return str(told["detail"])
