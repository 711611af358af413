"""Service, worker and PostgreSQL are killed at random under load; no case suffers."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sqlalchemy import text

from gridgis.cases.verifying import verify
from gridgis.clock import FixedClock, SystemClock
from gridgis.clocks.sweeping import sweep
from gridgis.errors import StoreError
from gridgis.store import embedded, migrate
from gridgis.store.engine import Store
from tests.conftest import PROVE, new_folder
from tests.desks import office, somebody
from tests.flows.dispatcher import PLAN, serve_apart, sweep_apart

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gridgis.settings import Settings

KILLS = 50 if PROVE else 3
REPORTS = 60
VICTIMS = ("postgresql", "service", "worker")


@pytest.fixture
def folder() -> Iterator[Path]:
    made = new_folder()
    yield made
    shutil.rmtree(made, ignore_errors=True)


class Apart:
    """Two services and two workers; one that was killed is replaced."""

    def __init__(self, url: str, reports: list, journal: Path) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.flows.dispatcher"])
        self._calls = {
            "service": (serve_apart, (url, reports, journal)),
            "worker": (sweep_apart, (url,)),
        }
        self.running = [(kind, *self._start(kind)) for kind in ("service", "worker") * 2]
        self.wait()

    def _start(self, kind: str) -> tuple[Any, Any]:
        begun = self._context.Event()
        target, args = self._calls[kind]
        process = self._context.Process(target=target, args=(*args, begun), daemon=True)
        process.start()
        return process, begun

    def wait(self) -> None:
        for _, _, begun in self.running:
            assert begun.wait(60)

    def kill(self, kind: str) -> None:
        place = next(place for place, one in enumerate(self.running) if one[0] == kind)
        _, process, _ = self.running.pop(place)
        process.kill()
        process.join()
        self.running.append((kind, *self._start(kind)))

    def end(self) -> None:
        for _, process, _ in self.running:
            process.kill()
            process.join()


def rows(store: Store, question: str) -> list[tuple]:
    with store.begin() as connection:
        return [tuple(row) for row in connection.execute(text(question))]


def until_it_answers(store: Store) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            rows(store, "SELECT 1")
        except StoreError:
            assert time.monotonic() < deadline, "PostgreSQL does not come back"
            time.sleep(0.05)
        else:
            return


@pytest.mark.slow
def test_whoever_is_killed_what_was_acknowledged_is_there_once(
    folder: Path, settings: Settings
) -> None:
    rng = np.random.default_rng(11)
    journal = folder / "journal"
    with embedded.lease(folder / "data") as url:
        migrate.upgrade(url)
        store = Store(url, pool_size=4)
        town = office(store, FixedClock(SystemClock().now()), settings, PLAN)
        reports = []
        for _ in range(REPORTS):
            # Some are late already, others become late while this goes on.
            town.clock.at = SystemClock().now() - timedelta(seconds=rng.uniform(60, 125))
            reports.append(town.report())
        apart = Apart(url, reports, journal)
        for turn in range(KILLS):
            time.sleep(rng.uniform(0.1, 0.7))
            victim = VICTIMS[turn % 3]
            if victim == "postgresql":
                os.kill(embedded.status(folder / "data").postmaster or 0, signal.SIGKILL)
                until_it_answers(store)
            else:
                apart.kill(victim)
        apart.wait()
        time.sleep(0.5)
        apart.end()
        until_it_answers(store)
        _judge(store, settings, journal)
        store.close()


def _judge(store: Store, settings: Settings, journal: Path) -> None:
    said = [line.split() for line in journal.read_text(encoding="utf-8").splitlines()]
    keys = {
        word: {key for one, key in said if one == word} for word in ("asked", "done", "refused")
    }
    found = rows(store, "SELECT facts ->> 'key' FROM event WHERE facts ->> 'key' IS NOT NULL")
    # Before a key stands the command that it was sent with.
    written = [key.rsplit(maxsplit=1)[-1] for (key,) in found]
    assert len(written) == len(set(written)), "each is there once"
    assert keys["done"] <= set(written), "whatever was acknowledged is there"
    assert keys["refused"].isdisjoint(written)
    assert set(written) <= keys["asked"]
    assert len(keys["done"]) > KILLS * 10
    ended = SystemClock().now() + timedelta(days=1)
    sweep(store, somebody("service"), ended)
    twice = """
        SELECT report_id, kind, facts -> 'task', facts -> 'stage', facts -> 'round', count(*)
        FROM event WHERE kind IN ('warned', 'escalated') GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1
    """
    assert rows(store, twice) == []
    (escalated,) = rows(store, "SELECT count(*) FROM event WHERE kind = 'escalated'")
    marked = rows(store, "SELECT count(*) FROM clock WHERE escalated_at IS NOT NULL")
    assert marked == [escalated]
    assert escalated[0] > REPORTS
    waiting = "SELECT count(*) FROM clock WHERE stopped_at IS NULL AND escalated_at IS NULL"
    assert rows(store, waiting) == [(0,)]
    with store.begin() as connection:
        verdict = verify(connection, settings)
    assert (verdict.differences, verdict.cases) == ([], REPORTS)
