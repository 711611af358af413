"""Publishing while reports come in, and while somebody pulls the plug."""

from __future__ import annotations

import multiprocessing
import threading
import time
from itertools import cycle
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np
import pytest
from sqlalchemy import text

from gridgis.clock import SystemClock
from gridgis.intake import Intake
from gridgis.locate.territories import Territories
from gridgis.model import Location, NewReport
from gridgis.store import layers
from gridgis.store.engine import Store
from gridgis.store.months import Months
from gridgis_boundaries.publishing import publish
from tests.boundaries.conftest import toy_layer
from tests.cities import STEP
from tests.conftest import PROVE
from tests.flows.publisher import CHEN, DRAWINGS, bring, publish_apart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridgis.settings import Settings

WRITERS = 8
PUBLISHES = 40 if PROVE else 5
KILLS = 100 if PROVE else 6


@pytest.fixture
def town(database_url: str) -> Iterator[Store]:
    """Four grids of four squares each, in force since ever."""
    store = Store(database_url, pool_size=WRITERS + 4)
    with store.begin() as connection:
        layers.add(connection, toy_layer())
    _publish(store, DRAWINGS[0])
    yield store
    store.close()


def _publish(store: Store, drawing: str) -> None:
    edition = bring(store, drawing)
    with store.begin() as connection:
        publish(connection, edition, actor=CHEN, clock=SystemClock())


def somewhere(rng: np.random.Generator) -> Location:
    lon, lat = rng.uniform(0.001, 4 * STEP - 0.001, 2).tolist()
    return Location(104 + lon, 30 + lat)


def write(intake: Intake, seed: int, until: threading.Event, failed: list[Exception]) -> None:
    """Report something at random places until told to stop."""
    rng = np.random.default_rng(seed)
    try:
        while not until.is_set():
            report = NewReport(uuid4(), None, None, "A lamp is broken", somewhere(rng))
            intake.receive(report, CHEN)
    except Exception as error:  # noqa: BLE001 - told by the assertion below
        failed.append(error)


def counted(store: Store, statement: str) -> int:
    with store.begin() as connection:
        return int(connection.execute(text(statement)).scalar_one())


WRONG_EDITION = """
    SELECT count(*) FROM assignment
    INNER JOIN report ON assignment.report_id = report.id
    INNER JOIN edition ON assignment.edition_id = edition.id
    WHERE NOT edition.valid @> report.captured_at
"""
WRONG_GRID = """
    SELECT count(*) FROM assignment
    INNER JOIN report ON assignment.report_id = report.id
    INNER JOIN area_version AS grid USING (edition_id, area_id)
    WHERE NOT ST_Covers(grid.geom, report.location)
"""
WRONG_HOLDER = """
    SELECT count(*) FROM report
    LEFT JOIN holder ON report.id = holder.report_id
    LEFT JOIN edition ON edition.valid @> clock_timestamp()
    LEFT JOIN area_version AS grid
        ON edition.id = grid.edition_id AND holder.area_id = grid.area_id
    WHERE grid.area_id IS NULL OR NOT ST_Covers(grid.geom, report.location)
"""
IN_FORCE = "SELECT id FROM edition WHERE valid @> clock_timestamp()"


@pytest.mark.slow
def test_eight_writers_never_notice_that_the_map_changes(town: Store, settings: Settings) -> None:
    """Each answer is of the edition in force at its capture; each open report has one holder."""
    failed: list[Exception] = []
    ended = threading.Event()
    intake = Intake(town, Territories(town, None), Months(town), SystemClock(), settings)
    writers = [
        threading.Thread(target=write, args=(intake, seed, ended, failed))
        for seed in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    drawings = cycle(DRAWINGS[1:] + DRAWINGS[:1])
    for _ in range(PUBLISHES):
        _publish(town, next(drawings))
    ended.set()
    for writer in writers:
        writer.join()
    assert failed == []
    reports = counted(town, "SELECT count(*) FROM report")
    assert reports > 20 * PUBLISHES
    assert counted(town, "SELECT count(*) FROM holder") == reports
    assert counted(town, "SELECT count(*) FROM assignment") == reports
    assert counted(town, "SELECT count(DISTINCT edition_id) FROM assignment") > 2
    assert [counted(town, one) for one in (WRONG_EDITION, WRONG_GRID, WRONG_HOLDER)] == [0, 0, 0]
    assert counted(town, "SELECT count(*) FROM event WHERE kind = 'transferred'") == counted(
        town, "SELECT count(*) FROM publication_receipt WHERE noun = 'report'"
    )


@pytest.mark.slow
def test_a_publisher_that_is_killed_leaves_the_old_edition_or_the_new_one(
    town: Store, settings: Settings
) -> None:
    """The plug is pulled at a random moment; what is there is whole, and the next one publishes."""
    rng = np.random.default_rng(6)
    intake = Intake(town, Territories(town, None), Months(town), SystemClock(), settings)
    for _ in range(60):
        intake.receive(NewReport(uuid4(), None, None, "A lamp", somewhere(rng)), CHEN)
    apart = multiprocessing.get_context("forkserver")
    apart.set_forkserver_preload(["tests.flows.publisher"])
    outcomes = {"old": 0, "new": 0}
    drawings = cycle(DRAWINGS[1:] + DRAWINGS[:1])
    longest_s = 0.0
    for turn in range(KILLS):
        edition, before = bring(town, next(drawings)), counted(town, IN_FORCE)
        begun = apart.Event()
        publisher = apart.Process(target=publish_apart, args=(town.url, edition, begun))
        publisher.start()
        assert begun.wait(60)
        started = time.monotonic()
        # The first one may end, and says how long it takes.
        publisher.join(None if turn == 0 else rng.uniform(0, longest_s))
        longest_s = max(longest_s, time.monotonic() - started)
        publisher.kill()
        publisher.join()
        publisher.close()
        _wait_until_alone(town)
        now = counted(town, IN_FORCE)
        assert now in {before, edition}
        outcomes["new" if now == edition else "old"] += 1
        assert counted(town, WRONG_HOLDER) == 0, "holders follow the map, all or none"
        whole = f"SELECT count(*) FROM lineage WHERE edition_id = {edition}"  # noqa: S608 - a number
        assert (counted(town, whole) > 0) == (now == edition)
        if now != edition:
            with town.begin() as connection:
                publish(connection, edition, actor=CHEN, clock=SystemClock())
            assert counted(town, WRONG_HOLDER) == 0
    assert sum(outcomes.values()) == KILLS
    assert min(outcomes.values()) > 0, outcomes


def _wait_until_alone(store: Store) -> None:
    """Let the server notice that a client is gone: what it had begun is rolled back by then."""
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()"
    )
    busy = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    deadline = time.monotonic() + 60
    while counted(store, others) or counted(store, busy):
        assert time.monotonic() < deadline, "the server keeps a dead client's transaction"
        threading.Event().wait(0.02)
