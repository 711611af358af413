"""Hold the search by line, and the taking of positions, against PostGIS and Redis: the same people.

20,000 responders with live positions on a synthetic city's roads. The bars: by line 5 x PostGIS and
1 x Redis; positions taken as fast as Redis takes them in batches of the same size, searches by road
going on. Ours are calls in the process, Redis and PostGIS are asked over a socket.
"""

from __future__ import annotations

import statistics
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from city import city_roads
from peopled import (
    ASKED,
    AT,
    PEOPLE,
    SETTINGS,
    SKILLS,
    K,
    Town,
    ask,
    columns,
    copy,
    people_on,
    timed,
)
from redis_server import Redis, command, commands, redis
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from town import machine, server

from gridgis.clock import epoch_ms
from gridgis.nearest import Need
from gridgis.nearest.kernels.byline import nearest_by_line
from gridgis.nearest.needs import FARTHEST_M, asked_of
from gridgis.nearest.warming import warm
from gridgis.store import migrate

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

SIDE = 220
BATCH = 1_000


def main() -> None:
    warm()
    print(f"\n## Who is nearest by line; positions ({machine()})\n")
    rng = np.random.default_rng(1)
    town = people_on("city", *city_roads(rng, SIDE), rng)
    with server() as url:
        migrate.upgrade(url)
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            _by_line(connection, town)
        engine.dispose()
    _positions(town)


def _by_line(connection: Connection, town: Town) -> None:
    crowd = town.standing.crowd
    rows = pd.DataFrame(
        {
            "id": np.arange(PEOPLE),
            "gas": [("gas" in one.skills) for one in crowd.people],
            "rare": [("rare" in one.skills) for one in crowd.people],
            "point": [
                f"SRID=4326;POINT({x} {y})" for x, y in zip(crowd.lon, crowd.lat, strict=True)
            ],
        }
    )
    connection.execute(
        text("CREATE TABLE live (id bigint, gas bool, rare bool, point geography(point))")
    )
    copy(connection, "live", rows)
    connection.execute(text("CREATE INDEX ON live USING gist (point)"))
    connection.execute(text("ANALYZE live"))
    print(
        "\n| by line, skill | ours ms | PostGIS `<->` ms | ours is | Redis ms | ours is | bars |"
        "\n| --- | --- | --- | --- | --- | --- | --- |"
    )
    with redis() as known:
        for skill, words in SKILLS.items():
            ours = _line_ms(town, skill)
            theirs = _postgis_ms(connection, town, skill)
            told = "not installed | "
            if known is not None:
                rest = statistics.median(_redis(known, town, skill))
                told = f"{rest:.3f} | {rest / ours:.1f} x"
            print(
                f"| {words} | {ours:.3f} | {theirs:.2f} | {theirs / ours:.0f} x | {told} | "
                "5 x PostGIS, 1 x Redis |"
            )
    print("\nOurs is a call in the process; Redis and PostGIS are asked over a socket.")


def _line_ms(town: Town, skill: str) -> float:
    return statistics.median(
        timed(lambda p=point: _line_of(town, skill, p)) for point in town.points
    )


def _postgis_ms(connection: Connection, town: Town, skill: str) -> float:
    return statistics.median(
        timed(lambda p=point: _postgis(connection, skill, p)) for point in town.points[:100]
    )


def _line_of(town: Town, skill: str, point: np.ndarray) -> None:
    """Ask the engine by its arrays."""
    need = Need(k=K, skills=(skill,))
    crowd = town.standing.crowd
    asked = asked_of(need, AT, crowd, SETTINGS)
    at = (float(point[0]), float(point[1]))
    nearest_by_line(crowd.where, crowd.columns, at, asked, (K, FARTHEST_M))


def _postgis(connection: Connection, skill: str, point: np.ndarray) -> None:
    connection.execute(
        text(
            f"SELECT id, ST_Distance(point, here.at) FROM live, (SELECT CAST(ST_SetSRID("
            f"ST_MakePoint(:lon, :lat), 4326) AS geography) AS at) AS here WHERE {skill}"
            f" ORDER BY point <-> here.at LIMIT {K}"
        ),
        {"lon": float(point[0]), "lat": float(point[1])},
    ).all()


def _redis(known: Redis, town: Town, skill: str) -> list[float]:
    """Return the ms of asking those who have the skill, who stand in a set of their own."""
    crowd = town.standing.crowd
    able = [row for row, one in enumerate(crowd.people) if skill in one.skills]
    rows = [("GEOADD", skill, crowd.lon[row], crowd.lat[row], row) for row in able]
    known.ask(commands(rows), len(rows))
    return [
        timed(
            lambda p=p: known.ask(
                command(
                    "GEOSEARCH",
                    skill,
                    "FROMLONLAT",
                    p[0],
                    p[1],
                    "BYRADIUS",
                    200,
                    "km",
                    "ASC",
                    "COUNT",
                    K,
                    "WITHDIST",
                )
            )
        )
        for p in town.points
    ]


def _positions(town: Town) -> None:
    """Positions a second, ours and Redis's, while somebody searches all the time."""
    rng = np.random.default_rng(2)
    crowd = town.standing.crowd
    rounds = 200
    rows = rng.integers(0, PEOPLE, (rounds, BATCH))
    there = town.points[rng.integers(0, ASKED, (rounds, BATCH))]
    nan, sent = np.full(BATCH, np.nan), np.full(BATCH, epoch_ms(AT), np.int64)
    batches = [(rows[i], *columns(there[i]), nan, sent + i) for i in range(rounds)]
    ours = _while_asking(
        lambda: ask(town, "gas", town.points[0]), lambda: [crowd.put(*b) for b in batches]
    )
    speed = rounds * BATCH / ours
    told = f"Positions in batches of {BATCH:,}, searches going on: {speed:,.0f} a second"
    with redis() as known:
        if known is None:
            print(f"\n{told} (Redis is not installed)")
            return
        sets = [
            commands(
                [
                    ("GEOADD", "live", x, y, row)
                    for row, (x, y) in zip(rows[i], there[i], strict=True)
                ]
            )
            for i in range(rounds)
        ]
        asked = command(
            "GEOSEARCH",
            "live",
            "FROMLONLAT",
            *town.points[0],
            "BYRADIUS",
            200,
            "km",
            "ASC",
            "COUNT",
            K,
        )
        with closing(known.another()) as other:
            theirs = _while_asking(
                lambda: other.ask(asked), lambda: [known.ask(one, BATCH) for one in sets]
            )
        print(
            f"\n{told}; Redis, GEOADD pipelined: {rounds * BATCH / theirs:,.0f}; "
            f"ours is {theirs / ours:.1f} x (bar 1 x).  "
        )


def _while_asking(ask: Callable[[], object], work: Callable[[], object]) -> float:
    """Return the seconds that work takes while another thread asks again and again."""
    ended = threading.Event()

    def go_on() -> None:
        while not ended.is_set():
            ask()

    thread = threading.Thread(target=go_on)
    thread.start()
    began = time.perf_counter()
    work()
    took = time.perf_counter() - began
    ended.set()
    thread.join()
    return took


if __name__ == "__main__":
    main()
