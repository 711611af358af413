"""What the service does by itself, over the queue in PostgreSQL."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import procrastinate
import psutil
import pytest
import typer
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from typer.testing import CliRunner

from gridgis.clock import SystemClock
from gridgis.errors import InvalidInputError
from gridgis.settings import Settings
from gridgis.store import migrate
from gridgis_api.cli import jobs
from gridgis_api.jobs import JOBS, Worker
from tests.cities import move, staff
from tests.lives import away, history, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridgis.store.engine import Store

DAY = timedelta(days=1)


@pytest.fixture
def old_positions(store: Store) -> Iterator[None]:
    """Three positions in one minute, eight days ago, and one of last year."""
    minute = SystemClock().now().replace(second=0, microsecond=0)
    with store.begin() as connection:
        wang = staff(connection, "Wang", 104.0, 30.0)
        for age in (8 * DAY, 8 * DAY - timedelta(seconds=10), 8 * DAY - timedelta(seconds=20)):
            move(connection, wang, 104.0, 30.0, minute - age)
        move(connection, wang, 104.0, 30.0, minute - 200 * DAY)
    return


def said(*words: str) -> str:
    result = CliRunner().invoke(_app(), words, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def _app() -> typer.Typer:
    app = typer.Typer()
    app.add_typer(jobs.app, name="jobs")
    return app


def defer(store: Store, name: str) -> None:
    """Ask for a job now, as the clock does."""
    with store.begin() as connection:
        connection.execute(text("SET LOCAL search_path TO jobs"))
        connection.execute(
            text(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
                " VALUES ('default', :name, '{\"timestamp\": 0}')"
            ),
            {"name": name},
        )


def rows(store: Store, statement: str) -> list[Any]:
    with store.begin() as connection:
        connection.execute(text("SET LOCAL search_path TO jobs"))
        return list(connection.execute(text(statement)).scalars())


def kept(store: Store, which: str) -> int:
    """How many of some positions are left in the history."""
    with store.begin() as connection:
        asked = text(f"SELECT count(*) FROM position_history WHERE {which}")  # noqa: S608 - ours
        return int(connection.execute(asked).scalar_one())


@pytest.mark.usefixtures("old_positions")
def test_a_job_can_be_done_by_hand(
    store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    listed = said("jobs", "list")
    assert all(job.name in listed and job.cron in listed for job in JOBS.values())
    assert "2 positions older than 7 days went" in said("jobs", "run", "coarsen-positions")
    assert "0 months and 1 positions older than 90" in said("jobs", "run", "delete-positions")
    assert len(history(store)) == 1
    with pytest.raises(InvalidInputError, match="coarsen-positions, delete-positions"):
        said("jobs", "run", "sweep")


@pytest.mark.slow
@pytest.mark.usefixtures("old_positions")
def test_the_service_does_them_and_goes_on_when_the_database_was_away(
    store: Store, database_url: str
) -> None:
    with closing(Worker(store, Settings(), SystemClock())) as worker:
        worker.start()
        until(lambda: rows(store, "SELECT count(*) FROM procrastinate_workers") == [1])
        defer(store, "coarsen-positions")
        # It may be the minute in which the clock asks for one of them as well.
        until(lambda: kept(store, "at > now() - interval '30 days'") == 1)
        with away(database_url):
            pass
        until(lambda: _answers(store))
        defer(store, "delete-positions")
        until(lambda: kept(store, "at < now() - interval '90 days'") == 0)
        assert len(history(store)) == 1
        # What is done leaves nothing behind. A sweep that was under way when the database went
        # away is forgotten two minutes later, and the next ones go on.
        left = "SELECT task_name FROM procrastinate_jobs WHERE task_name LIKE '%-positions'"
        until(lambda: rows(store, left) == [])
    assert rows(store, "SELECT count(*) FROM procrastinate_workers") == [0]


def _answers(store: Store) -> bool:
    try:
        return rows(store, "SELECT 1") == [1]
    except Exception:  # noqa: BLE001 - it is away
        return False


def test_a_worker_that_never_began_ends_at_once(store: Store) -> None:
    with closing(Worker(store, Settings(), SystemClock())):
        pass
    assert rows(store, "SELECT count(*) FROM procrastinate_workers") == [0]


def test_the_queue_is_brought_to_its_version_by_its_own_steps(
    store: Store, untouched_store: Store
) -> None:
    steps = Path(procrastinate.__file__).parent / "sql" / "migrations"
    engine = create_engine(store.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection, connection.connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA jobs CASCADE")
        cursor.execute("CREATE SCHEMA jobs")
        cursor.execute("SET search_path TO jobs")
        for step in sorted(steps.glob("*.sql")):
            if step.name < "03.03":
                cursor.execute(step.read_text(encoding="utf-8"))
        cursor.execute("COMMENT ON SCHEMA jobs IS 'procrastinate 03.02.00_99'")
    engine.dispose()
    assert _made(store) != _made(untouched_store)
    migrate.upgrade(store.url)
    assert _made(store) == _made(untouched_store)


def _made(store: Store) -> list[Any]:
    """The functions, columns and version of the queue."""
    return rows(
        store,
        "SELECT proname || pg_get_function_arguments(oid) FROM pg_proc"
        " WHERE pronamespace = 'jobs'::regnamespace"
        " UNION SELECT table_name || '.' || column_name || ' ' || data_type"
        " FROM information_schema.columns WHERE table_schema = 'jobs'"
        " UNION SELECT obj_description('jobs'::regnamespace, 'pg_namespace') ORDER BY 1",
    )


def test_waiting_for_jobs_costs_next_to_nothing(store: Store) -> None:
    with closing(Worker(store, Settings(), SystemClock())) as worker:
        worker.start()
        until(lambda: rows(store, "SELECT count(*) FROM procrastinate_workers") == [1])
        own = psutil.Process(os.getpid())
        began = sum(own.cpu_times()[:2])
        Event().wait(1)
        assert sum(own.cpu_times()[:2]) - began < 0.5
