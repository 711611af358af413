"""Responders as they live, for tests: several processes on one database, and one that is away."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from gridgis.clock import epoch_ms
from gridgis.model import Location
from gridgis.nearest.live import Live
from gridgis.nearest.waiting import Measured
from gridgis.store.engine import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from gridgis.clock import Clock
    from gridgis.settings import Settings


def until(arrived: Callable[[], object]) -> float:
    """Wait until it has come to that, and return how long that took, in seconds."""
    began = time.monotonic()
    while not arrived():
        assert time.monotonic() < began + 60, "it did not come to that"
        time.sleep(0.005)
    return time.monotonic() - began


@contextmanager
def process(url: str, settings: Settings, clock: Clock, *, listens: bool = True) -> Iterator[Live]:
    """Yield what a process of the service has of its own: a store, and responders in memory."""
    store = Store(url, pool_size=4)
    live = Live(store, settings, clock)
    if listens:
        live.listen()
    yield live
    live.close()
    store.close()


@contextmanager
def away(url: str) -> Iterator[None]:
    """Let nobody reach a database; who has reached it already is sent away."""
    name = make_url(url).database
    engine = create_engine(
        make_url(url).set(database="postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        connection.execute(text(others), {"name": name})
        try:
            yield
        finally:
            connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    engine.dispose()


class Seen(NamedTuple):
    """Where somebody is, and when that was measured (epoch ms)."""

    lon: float
    lat: float
    at_ms: int


def seen(live: Live, who: UUID) -> Seen | None:
    """Where a process takes somebody to be; None: nobody said."""
    crowd = live.crowd
    (row,) = crowd.rows_of([who])
    if row < 0 or np.isnan(crowd.lon[row]):
        return None
    return Seen(float(crowd.lon[row]), float(crowd.lat[row]), int(crowd.at_ms[row]))


def send(live: Live, who: UUID, lon: float, at: datetime, lat: float = 30.0) -> Seen:
    """Send a position to a process, and return what should be seen."""
    live.put(who, Location(lon, lat, 8.0), at)
    return Seen(lon, lat, epoch_ms(at))


def measured(rows: Sequence[tuple[float, float, int]]) -> Measured:
    """Columns of longitude, latitude and time."""
    lon, lat, at_ms = zip(*rows, strict=True)
    return Measured(
        np.array(lon, np.float64),
        np.array(lat, np.float64),
        np.full(len(rows), 8.0),
        np.array(at_ms, np.int64),
    )


def history(store: Store) -> list[tuple[str, float, datetime]]:
    """Who was where and when, by time, as the database has it."""
    with store.begin() as connection:
        rows = connection.execute(
            text(
                "SELECT responder.number, ST_X(point) AS lon, at FROM position_history AS past"
                " JOIN responder ON responder.id = past.responder_id ORDER BY at, number"
            )
        )
        return [(row.number, row.lon, row.at) for row in rows]


def stored(store: Store) -> dict[UUID, Seen]:
    """Where everybody is by the database alone."""
    with store.begin() as connection:
        rows = connection.execute(
            text(
                "SELECT responder_id AS id, ST_X(point) AS lon, ST_Y(point) AS lat,"
                " (extract(epoch FROM at) * 1000)::bigint AS at_ms FROM position"
            )
        )
        return {row.id: Seen(row.lon, row.lat, row.at_ms) for row in rows}
