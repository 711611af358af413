"""What all tests share: the real data, a database server of their own, tiny cities."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import hypothesis
import pytest
from playwright.sync_api import sync_playwright
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from gridgis.actor import Actor
from gridgis.clock import FixedClock
from gridgis.settings import Settings
from gridgis.store import embedded, migrate
from gridgis.store.embedded.building import SUPERUSER
from gridgis.store.engine import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
PROVE = os.environ.get("GRIDGIS_PROVE") == "1"
"""Whether the proofs run at their full counts (script/prove)."""

# Speed is shown in benchmarks: a busy machine makes no test fail.
hypothesis.settings.register_profile("suite", deadline=None, max_examples=100 if PROVE else 40)
hypothesis.settings.load_profile("suite")

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

IN_MEMORY, ON_DISK = Path("/dev/shm"), Path("/tmp")  # noqa: S108 - each makes a folder of its own
ROOM_BYTES = 4 << 30

_SERVER = "GRIDGIS_TEST_SERVER"


def pytest_configure(config: pytest.Config) -> None:
    """Give all processes of one run one server, and no setting of the person who runs it."""
    if hasattr(config, "workerinput"):
        return
    for name in [name for name in os.environ if name.startswith("GRIDGIS_")]:
        if name != "GRIDGIS_PROVE":
            del os.environ[name]
    os.environ[_SERVER] = str(new_folder())


def new_folder() -> Path:
    """Make a folder for a database; in memory where it has room, since a clone is 300 files.

    Unlike pytest's own folders, the account that PostgreSQL runs under may enter it.
    """
    roomy = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM_BYTES
    folder = Path(tempfile.mkdtemp(prefix="gg-", dir=IN_MEMORY if roomy else ON_DISK))
    folder.chmod(0o755)
    return folder


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(_SERVER), ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first: a long one that came last would end the run late.

    Processes take whole files in this order, since script/test turns xdist's own off.
    """
    weights: Counter[Path] = Counter()
    for item in items:
        weights[item.path] += 100 if item.get_closest_marker("slow") else 1
    items.sort(key=lambda item: -weights[item.path])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; one for each process, since Playwright knows only one."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real data; without it the test says so."""
    if not (SHARED / "data").is_dir():
        pytest.skip("skipped for want of data: ../shared/data is not there")
    return SHARED


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The address of an embedded server that ends with the run; its database is left empty."""
    folder = Path(os.environ[_SERVER])
    with embedded.lease(folder / "data") as url:
        _need_no_disk(url)
        yield url


def _need_no_disk(url: str) -> None:
    """What a run stores may go with a power cut: nobody waits until it is on the disk."""
    with _server(make_url(url).set(username=SUPERUSER).render_as_string()) as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} TO off")
        connection.execute(text("SELECT pg_reload_conf()"))


@pytest.fixture(scope="session")
def template(server_url: str) -> str:
    """The name of a database with all migrations and no rows: tests clone it."""
    name = "template_gridgis"
    with _server(server_url) as connection:
        # Whichever process is first makes it, the others wait.
        connection.execute(text("SELECT pg_advisory_lock(1)"))
        there = connection.execute(
            text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}
        ).scalar()
        if not there:
            connection.exec_driver_sql(f"CREATE DATABASE {name}_making")
            migrate.upgrade(_named(server_url, f"{name}_making"))
            connection.exec_driver_sql(f"ALTER DATABASE {name}_making RENAME TO {name}")
        connection.execute(text("SELECT pg_advisory_unlock(1)"))
    return name


@contextmanager
def clone_of(server_url: str, template: str) -> Iterator[str]:
    """Yield the address of a fresh clone of a database, dropped at the end."""
    name = f"clone_{uuid4().hex}"
    with _server(server_url) as connection:
        connection.execute(text("SELECT pg_advisory_lock(2)"))
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        connection.execute(text("SELECT pg_advisory_unlock(2)"))
    try:
        yield _named(server_url, name)
    finally:
        with _server(server_url) as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(server_url: str, template: str) -> Iterator[str]:
    """The address of a fresh database with all tables and no rows."""
    with clone_of(server_url, template) as url:
        yield url


@pytest.fixture
def archive_folder(tmp_path: Path) -> Path:
    """The folder of archived months; whoever archives first makes it."""
    return tmp_path / "archive"


@pytest.fixture
def store(database_url: str, archive_folder: Path) -> Iterator[Store]:
    """A fresh database with all tables and no rows."""
    opened = Store(database_url, pool_size=8, archive_folder=archive_folder)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def untouched_store(server_url: str, template: str) -> Iterator[Store]:
    """One database with all tables, for tests that write nothing into it."""
    with clone_of(server_url, template) as url:
        opened = Store(url)
        yield opened
        opened.close()


@pytest.fixture
def settings(index_dir: Path) -> Settings:
    return Settings(timezone="Asia/Shanghai", index_dir=index_dir)


@pytest.fixture(scope="session")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the engine's files go: never into the folder of the person who runs the tests."""
    return tmp_path_factory.mktemp("index")


@pytest.fixture
def clock() -> FixedClock:
    """Friday, 1 May 2026, 09:00 in the city."""
    return FixedClock(datetime(2026, 5, 1, 1, tzinfo=UTC))


@pytest.fixture
def actor() -> Actor:
    return Actor("Li Na", "dispatcher")


@contextmanager
def _server(url: str) -> Iterator:
    engine = create_engine(
        _named(url, "postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)
