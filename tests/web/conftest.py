"""A browser, and a service whose pages it can open."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import geopandas as gpd
import httpx
import pytest
import shapely
import uvicorn
from sqlalchemy import text

from gridgis.actor import Actor
from gridgis.clock import SystemClock
from gridgis.imports import Importer, ImportOptions
from gridgis.settings import Settings
from gridgis.store.engine import Store
from gridgis.store.months import Months
from gridgis_api.app import create_app
from gridgis_api.service import Service
from tests.cities import draw, file_under, staff
from tests.conftest import clone_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from playwright.sync_api import Browser, Page
    from sqlalchemy import Connection

DESK = {"width": 1400, "height": 900}
PHONE = {"width": 390, "height": 844}

HOSTILE = "<img src=x onerror=document.title=1>毒瘤<b>小区</b>"
"""A name that somebody put into the register of places."""

# Kind, name, road, number, compound, building, former name, longitude, latitude.
PLACES = [
    ("compound", "建兰丽苑", "花溪路", "12", "", "", "兰棉厂家属院", 104.0118, 30.0118),
    ("building", "建兰丽苑11号楼", "花溪路", "12", "建兰丽苑", "11", "", 104.0122, 30.0131),
    ("building", "建兰丽苑2号楼", "花溪路", "12", "建兰丽苑", "2", "", 104.0113, 30.0112),
    ("number", "花溪路40号", "花溪路", "40", "", "", "", 104.0148, 30.0118),
    ("compound", "春风里", "春风路", "3", "", "", "", 104.005, 30.005),
    ("compound", "春风里", "明月路", "8", "", "", "", 104.025, 30.005),
    ("compound", HOSTILE, "暗巷", "1", "", "", "", 104.015, 30.005),
]


class OpenHome(Protocol):
    """Open the home page in a browser of its own and wait until the map is drawn."""

    def __call__(
        self, language: str = "en-US", viewport: dict[str, int] | None = None, path: str = "/"
    ) -> Page: ...


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an app on a free port; yield its address."""
    config = uvicorn.Config(app, port=0, log_level="warning", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def home_url(server_url: str, template: str, index_dir: Path) -> Iterator[str]:
    """The address of a service with nine grids and a campus; the tests share its reports."""
    with clone_of(server_url, template) as database_url:
        store = Store(database_url, pool_size=8)
        with store.begin() as connection:
            _settle(connection)
        _name_places(store)
        service = Service(store, Months(store), SystemClock(), Settings(index_dir=index_dir))
        with serving(create_app(service)) as url:
            _hand_in(url)
            # The first search builds the index, and compiles its kernels where none are kept.
            httpx.get(f"{url}/api/v1/addresses?q=x", timeout=120, trust_env=False)
            yield url
        store.close()


def _settle(connection: Connection) -> None:
    made_at = SystemClock().now()
    grids = draw(connection, made_at=made_at).ids
    # An exclusive grid: the north-east quarter of the grid in the middle.
    campus = {"campus": shapely.multipolygons([shapely.box(104.015, 30.015, 104.02, 30.02)])}
    draw(connection, name="university", priority=10, made_at=made_at, shapes=campus)
    staff(connection, "Fire station", 104.005, 30.005, "fire", "gas", kind="facility")
    staff(connection, "Gas crew", 104.025, 30.025, "gas", kind="team")
    staff(connection, "Wang Haiyan", 104.012, 30.012, "patrol")
    staff(connection, "Sun Min", 104.013, 30.013, "patrol", area_id=grids["E"])
    facts = "role = 'full-time', phone = '139 0000 0001'"
    connection.execute(text(f"UPDATE responder SET {facts} WHERE number = 'Sun Min'"))  # noqa: S608
    file_under(connection, "gas", "gas")
    file_under(connection, "rubbish", "patrol")


def _name_places(store: Store) -> None:
    columns = ["kind", "name", "road", "house number", "compound", "building", "former_names"]
    facts = [dict(zip(columns, row, strict=False)) for row in PLACES]
    frame = gpd.GeoDataFrame(
        [{"code": str(at), **row} for at, row in enumerate(facts)],
        geometry=[shapely.Point(row[-2:]) for row in PLACES],
        crs="EPSG:4326",
    )
    importer = Importer(store, Actor("Li Na", "dispatcher"), SystemClock())
    assert importer.frame("places", frame, ImportOptions(source="town"), "p").refusals == []


def _hand_in(url: str) -> None:
    for words, lon in [("Street light broken", 104.005), ("Rubbish not collected", 104.025)]:
        body = {"category": "rubbish", "description": words}
        body |= {"location": {"lon": lon, "lat": 30.025}}
        httpx.post(f"{url}/api/v1/reports", json=body, trust_env=False).raise_for_status()


@pytest.fixture
def api(home_url: str) -> Iterator[httpx.Client]:
    """The same service, asked by a leader without a browser."""
    leader = {"Gridgis-Actor": "Chen;role=leader"}
    with httpx.Client(base_url=f"{home_url}/api/v1/", headers=leader, trust_env=False) as client:
        yield client


@contextmanager
def opening(browser: Browser, url: str) -> Iterator[OpenHome]:
    """Yield what makes pages of a service, each in a context of its own."""
    contexts = []

    def make(
        language: str = "en-US", viewport: dict[str, int] | None = None, path: str = ""
    ) -> Page:
        context = browser.new_context(
            base_url=url + path, locale=language, viewport=viewport or DESK
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def new_page(browser: Browser, home_url: str) -> Iterator[OpenHome]:
    """Pages that were not opened yet, so that a test can stand between them and the service."""
    with opening(browser, home_url) as make:
        yield make


@pytest.fixture
def open_home(new_page: OpenHome) -> OpenHome:
    def open_it(
        language: str = "en-US", viewport: dict[str, int] | None = None, path: str = "/"
    ) -> Page:
        page = new_page(language, viewport)
        page.goto(path)
        page.locator("#switch-list input").first.wait_for(state="attached")
        return page

    return open_it
