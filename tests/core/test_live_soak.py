"""Phones send and dispatchers look for a long time: no drift, no growth, nothing lost.

Some seconds in the suite, ten minutes under script/prove.
"""

from __future__ import annotations

import gc
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest
import shapely
from sqlalchemy import text

from gridgis.clock import SystemClock, epoch_ms
from gridgis.errors import ConflictError
from gridgis.model import Location
from gridgis.nearest import Finder, Need
from gridgis.nearest.roster import build
from gridgis.nearest.saying import Said, put_status
from gridgis.nearest.shown import shown
from gridgis.roads.networks import Networks
from gridgis.roads.reading.recording import record
from gridgis.settings import Settings
from tests.conftest import PROVE
from tests.drawn_roads import read
from tests.lives import measured, process, seen, stored, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from gridgis.actor import Actor
    from gridgis.nearest.live import Live
    from gridgis.store.engine import Store

SOAK_S = 600.0 if PROVE else 4.0
PEOPLE = 2_000
MOST_GROWN_MB = 40.0


@pytest.mark.slow
def test_phones_and_dispatchers_for_a_long_time(
    database_url: str, store: Store, actor: Actor
) -> None:
    with store.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO responder (id, source, number, kind, name, home)"
                " SELECT gen_random_uuid(), 'test', n::text, 'worker', 'w',"
                " ST_SetSRID(ST_MakePoint(104, 30), 4326) FROM generate_series(1, :n) AS n"
            ),
            {"n": PEOPLE},
        )
    clock, settings = SystemClock(), Settings(road_max_m=20_000)
    streets = {f"{way}{n}": street for n in range(21) for way, street in _crossing(n).items()}
    record(store, read(streets), "town", "streets.gpkg", (actor, clock))
    roads = Networks(store, clock, settings)
    roads.refresh()
    with (
        process(database_url, settings, clock) as one,
        process(database_url, settings, clock) as other,
    ):
        until(lambda: len(one.crowd) == len(other.crowd) == PEOPLE)
        kept = _soaked(
            [
                lambda: _phones(one, 1),
                lambda: _phones(other, 2),
                lambda: _dispatcher(one, roads, settings),
                lambda: _dispatcher(other, roads, settings),
                lambda: _office(store, one, actor),
                lambda: _watch(one, other),
            ]
        )
        one.flush()
        other.flush()
        until(lambda: _columns(one) == _columns(other))
        known = stored(store)
        assert all(seen(one, who) == place for who, place in known.items())
        assert sum(seen(one, person.id) is not None for person in one.crowd.people) == len(known)
        assert (one.waiting, other.waiting) == (0, 0)
        with store.begin() as connection:
            crowd = build(connection, clock.now()).crowd
        asked_at = clock.now()
        answers = [
            _nearest(Finder(lambda known=known: known, roads, settings), asked_at)
            for known in (one.crowd, other.crowd, crowd)
        ]
        assert answers[0] == answers[1] == answers[2], "memory, and who starts anew, say the same"
    with store.begin() as connection:
        written = connection.execute(text("SELECT count(*) FROM position_history")).scalar_one()
    assert written == kept, "every position that was not thinned"


def _soaked(workers: list[Callable[[], Callable[[], int]]]) -> int:
    """Let all work until the time is over; return the sum of what they counted."""
    ended, failed, counts = threading.Event(), [], [0] * len(workers)

    def run(place: int) -> None:
        try:
            step = workers[place]()
            while not ended.is_set():
                counts[place] += step()
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(workers))]
    for thread in threads:
        thread.start()
    # The first tenth fills pools and caches.
    ended.wait(SOAK_S / 10)
    before = _rss_mb()
    ended.wait(SOAK_S * 0.9)
    ended.set()
    for thread in threads:
        thread.join()
    assert failed == []
    assert _rss_mb() - before < MOST_GROWN_MB
    return sum(counts)


def _phones(live: Live, seed: int) -> Callable[[], int]:
    """Half of the people, moving; a batch of them at a time, now and then one that is late."""
    rng = np.random.default_rng(seed)
    ids = [person.id for person in live.crowd.people][seed - 1 :: 2]

    def step() -> int:
        some = rng.choice(len(ids), 50, replace=False)
        now = epoch_ms(SystemClock().now())
        late = rng.integers(0, 20, 50) == 0
        # Nobody has two positions of one millisecond, which would be one row: odd ones are late.
        times = now // 2 * 2 - 59_999 * late.astype(np.int64)
        rows = [(104 + rng.random(), 30 + rng.random(), at_ms) for at_ms in times.tolist()]
        done = live.put_many([ids[place] for place in some], measured(rows))
        time.sleep(0.05)
        return int((done.outcomes < 2).sum())

    return step


def _dispatcher(live: Live, roads: Networks, settings: Settings) -> Callable[[], int]:
    """Looks at everybody's place, at one closely, and asks who is nearest by road."""
    rng = np.random.default_rng(9)
    finder = Finder(lambda: live.crowd, roads, settings)

    def step() -> int:
        crowd = live.crowd
        sent = crowd.at_ms > 0
        assert not np.isnan(crowd.lon[sent]).any(), "a time without a place"
        now = SystemClock().now()
        found = shown(crowd, crowd.people[rng.integers(PEOPLE)].id, now, settings)
        assert found.position is not None
        near = finder.nearest(Location(*rng.uniform((104, 30), (105, 31))), Need(k=3), now)
        seconds = [one.travel_s for one in near.responders]
        assert (near.by, len(seconds)) == ("road", 3)
        assert seconds == sorted(seconds)
        time.sleep(0.01)
        return 0

    return step


def _nearest(finder: Finder, at: datetime) -> list[tuple[UUID, float | None]]:
    rng = np.random.default_rng(7)
    found = [
        finder.nearest(Location(*rng.uniform((104, 30), (105, 31))), Need(k=5), at)
        for _ in range(30)
    ]
    return [(one.id, one.travel_s) for near in found for one in near.responders]


def _crossing(number: int) -> dict[str, shapely.LineString]:
    """A street to the east and one to the north, with a vertex at each of their crossings."""
    along = np.linspace(0, 1, 21)
    fixed = np.full(21, number / 20)
    return {
        "east": shapely.LineString(np.stack([104 + along, 30 + fixed], axis=1)),
        "north": shapely.LineString(np.stack([104 + fixed, 30 + along], axis=1)),
    }


def _office(store: Store, live: Live, actor: Actor) -> Callable[[], int]:
    """Corrects names and says statuses: memory is built anew again and again."""

    def step() -> int:
        time.sleep(0.7)
        with suppress(ConflictError), store.begin() as connection:
            connection.execute(text("UPDATE responder SET name = name || 'w' WHERE number = '7'"))
            now = SystemClock().now()
            put_status(connection, live.crowd.people[0].id, Said("busy"), actor, now)
        gc.collect()
        return 0

    return step


def _watch(one: Live, other: Live) -> Callable[[], int]:
    """Neither queue grows: what comes is written."""

    def step() -> int:
        time.sleep(0.1)
        assert max(one.waiting, other.waiting) < 20_000
        return 0

    return step


def _columns(live: Live) -> list[list[object]]:
    crowd = live.crowd
    place = np.nan_to_num(np.stack([crowd.lon, crowd.lat]), nan=0.0)
    return [*place.tolist(), crowd.at_ms.tolist(), crowd.status.tolist()]


def _rss_mb() -> float:
    return psutil.Process().memory_info().rss / 1e6
