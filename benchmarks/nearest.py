"""Hold the search for responders against what a user could pick instead: the same roads and people.

Andorra by car, and a synthetic city of a million roads; 20,000 responders with live positions; the
five nearest with a skill that one in ten has, and with one that 40 people have. The bars: 100 x
pgRouting on both networks, 20 x a whole Dijkstra of scipy in the city; by line 5 x PostGIS and 1 x
Redis; positions taken as fast as Redis takes them, searches going on; a closure in force for the
next question within 50 ms. `coverage.py` has the bar of coverage.
"""

from __future__ import annotations

import io
import os
import statistics
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import numpy as np
import pandas as pd
from city import city_roads
from redis_server import command, commands, redis
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool
from town import machine, server

from gridgis.clock import epoch_ms
from gridgis.model import Location
from gridgis.nearest import Need, Wish
from gridgis.nearest.crowd import Crowd, KnownResponder
from gridgis.nearest.line import by_line
from gridgis.nearest.needs import asked_of
from gridgis.nearest.road import by_road
from gridgis.nearest.standing import Standing
from gridgis.nearest.warming import warm
from gridgis.roads.kernels.shapes import CLOSED_MS
from gridgis.roads.modes import ALL, Mode
from gridgis.roads.network import RoadNetwork, lying_together
from gridgis.roads.reading.importing import read_roads
from gridgis.roads.speeds import read_speeds
from gridgis.roads.times import Change, TravelTimes
from gridgis.settings import Settings
from gridgis.store import migrate
from gridgis.store.embedded.building import SUPERUSER

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

ANDORRA = Path(__file__).resolve().parents[2] / "shared/data/roads_andorra/andorra.osm.pbf"
SIDE = int(os.environ.get("CITY_SIDE", "725"))
PEOPLE = 20_000
RARE_EVERY = 500
ASKED, OF_OTHERS, OF_PGROUTING = 400, 12, 3
AT = datetime(2026, 5, 4, 4, tzinfo=UTC)
NOON = 12 * 60
SETTINGS = Settings(timezone="Asia/Shanghai")
K = 5
BATCH = 1_000
SKILLS = {"gas": "one in ten", "rare": "40 people"}


class Town(NamedTuple):
    """Roads, and people on them."""

    name: str
    edges: pd.DataFrame
    times: TravelTimes
    standing: Standing
    points: np.ndarray


def main() -> None:
    warm()
    rng = np.random.default_rng(1)
    print(f"\n## Who is nearest ({machine()})\n")
    andorra = read_roads(ANDORRA)
    towns = [
        _town("Andorra", *lying_together(andorra.edges, andorra.bans), rng),
        _town("city", *city_roads(rng, SIDE), rng),
    ]
    with server() as url:
        migrate.upgrade(url)
        engine = create_engine(make_url(url).set(username=SUPERUSER), poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("CREATE EXTENSION pgrouting"))
            _by_road(connection, towns)
            _by_line(connection, towns[-1])
        engine.dispose()
    _positions(towns[-1])
    _closing(towns[-1])


def _town(name: str, edges: pd.DataFrame, bans: pd.DataFrame, rng: np.random.Generator) -> Town:
    began = time.perf_counter()
    network = RoadNetwork.of(edges, bans)
    built_s = time.perf_counter() - began
    times = TravelTimes.of(network, Mode.CAR, read_speeds().pace(Mode.CAR, NOON))
    usable = np.flatnonzero(times.ways.usable == 2)
    homes = _on_roads(network, rng.choice(usable, PEOPLE), rng)
    people = [
        KnownResponder(
            UUID(int=number + 1), skills=_skills(number), home=Location(*homes[number].tolist())
        )
        for number in range(PEOPLE)
    ]
    crowd = Crowd(people)
    live = _on_roads(network, rng.choice(usable, PEOPLE), rng)
    sent = np.full(PEOPLE, epoch_ms(AT) - 1000)
    crowd.put(np.arange(PEOPLE), *_columns(live), np.full(PEOPLE, np.nan), sent)
    standing = Standing(times, crowd)
    points = _on_roads(network, rng.choice(usable, ASKED), rng)
    states, arcs = times.states, len(times.ways.onward.to)
    print(
        f"{name}: {len(edges):,} roads, by car {states:,} nodes and {arcs:,} arcs, built in "
        f"{built_s:.1f} s; {PEOPLE:,} responders with live positions.  "
    )
    return Town(name, edges, times, standing, points)


def _skills(number: int) -> tuple[str, ...]:
    rare = ("rare",) if number % RARE_EVERY == 0 else ()
    return (*(("gas",) if number % 10 == 0 else ("patrol",)), *rare)


def _on_roads(network: RoadNetwork, roads: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a point some metres beside each road."""
    first = network.pieces.start[roads]
    at = np.stack([network.pieces.lon[first], network.pieces.lat[first]], axis=1)
    after = np.stack([network.pieces.lon[first + 1], network.pieces.lat[first + 1]], axis=1)
    return at + (after - at) * rng.random((len(roads), 1)) + rng.normal(0, 5e-5, at.shape)


def _columns(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])


def _ask(town: Town, skill: str, point: np.ndarray) -> float | None:
    """Return when the fifth is here, in seconds."""
    need = Need(k=K, skills=(skill,))
    asked = asked_of(need, AT, town.standing.crowd, SETTINGS)
    found = by_road(town.standing, Location(*point.tolist()), need, asked, Wish())
    return found.responders[-1].travel_s if found and len(found.responders) == K else None


def _by_road(connection: Connection, towns: list[Town]) -> None:
    print(
        "\n| network, skill | ours ms (median, 99 of 100) | whole Dijkstra of scipy ms | ours is"
        " | pgRouting ms | ours is | bar |\n| --- | --- | --- | --- | --- | --- | --- |"
    )
    for town in towns:
        _tell_pgrouting(connection, town)
        whole = _scipy_ms(town)
        for skill, words in SKILLS.items():
            ours = _our_ms(town, skill)
            theirs = statistics.median(
                _pgrouting(connection, town, skill, point) for point in town.points[:OF_PGROUTING]
            )
            bar = "100 x pgRouting" + ("; 20 x scipy" if town.name == "city" else "")
            ours_ms = statistics.median(ours)
            print(
                f"| {town.name}, {words} | {ours_ms:.3f}, {np.quantile(ours, 0.99):.3f} | "
                f"{whole:.1f} | {whole / ours_ms:.0f} x | {theirs:.0f} | "
                f"{theirs / ours_ms:.0f} x | {bar} |"
            )


def _our_ms(town: Town, skill: str) -> list[float]:
    return [_timed(lambda p=point: _ask(town, skill, p)) for point in town.points]


def _scipy_ms(town: Town) -> float:
    links = _links(town)
    nodes = np.linspace(0, town.times.states - 1, OF_OTHERS).astype(int).tolist()
    return statistics.median(_timed(lambda n=node: dijkstra(links, indices=n)) for node in nodes)


def _links(town: Town) -> csr_array:
    """Return the arcs against the traffic, as scipy takes them."""
    back = town.times.ways.backward
    shape = (town.times.states, town.times.states)
    return csr_array((back.ms.astype(float), back.to, back.first), shape=shape)


def _tell_pgrouting(connection: Connection, town: Town) -> None:
    """Store the streets against the traffic, so costs are swapped, and who stands at which node."""
    ways = town.times.ways
    may = (ways.ends >= 0).reshape(-1, 2)
    costs = np.where(may, ways.ms.reshape(-1, 2), -1)
    table = pd.DataFrame(
        {
            "id": np.arange(len(town.edges)),
            "source": town.edges["from_node"],
            "target": town.edges["to_node"],
            "cost": costs[:, 1],
            "reverse_cost": costs[:, 0],
        }
    )
    connection.execute(text("DROP TABLE IF EXISTS street, stands"))
    connection.execute(
        text(
            "CREATE TABLE street (id bigint PRIMARY KEY, source bigint, target bigint,"
            " cost float, reverse_cost float)"
        )
    )
    _copy(connection, "street", table)
    crowd, road = town.standing.crowd, town.standing.stands.spots.road[1::2]
    rows = pd.DataFrame(
        {
            "id": np.arange(PEOPLE),
            "gas": [("gas" in one.skills) for one in crowd.people],
            "rare": [("rare" in one.skills) for one in crowd.people],
            "node": town.edges["from_node"].to_numpy()[road],
        }
    )
    connection.execute(text("CREATE TABLE stands (id bigint, gas bool, rare bool, node bigint)"))
    _copy(connection, "stands", rows)
    connection.execute(text("ANALYZE street, stands"))


def _copy(connection: Connection, table: str, rows: pd.DataFrame) -> None:
    written = io.StringIO(rows.to_csv(index=False, header=False))
    with connection.connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} FROM STDIN WITH (FORMAT csv)", written)


def _pgrouting(connection: Connection, town: Town, skill: str, point: np.ndarray) -> float:
    """Return the ms of its quicker way: costs to all who can, or all within the time of ours.

    The second is told the answer's time beforehand, which nobody knows.
    """
    spot = town.times.snap(point[:1], point[1:])
    node = int(town.edges["from_node"].iloc[int(spot.road[0])])
    far_ms = (_ask(town, skill, point) or CLOSED_MS / 1000) * 1000
    edges = "'SELECT id, source, target, cost, reverse_cost FROM street'"
    queries = (
        f"SELECT stands.id, agg_cost FROM pgr_dijkstraCost({edges}, CAST(:node AS bigint),"
        f" ARRAY(SELECT DISTINCT node FROM stands WHERE {skill})) AS way"
        f" JOIN stands ON stands.node = way.end_vid AND {skill} ORDER BY agg_cost LIMIT {K}",
        f"SELECT stands.id, agg_cost FROM pgr_drivingDistance({edges}, CAST(:node AS bigint),"
        f" CAST(:far AS float)) AS way"
        f" JOIN stands ON stands.node = way.node AND {skill} ORDER BY agg_cost LIMIT {K}",
    )
    asked = {"node": node, "far": far_ms}
    return min(_timed(lambda q=q: connection.execute(text(q), asked).all()) for q in queries)


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
    _copy(connection, "live", rows)
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
    return statistics.median(_timed(lambda p=point: _line(town, skill, p)) for point in town.points)


def _postgis_ms(connection: Connection, town: Town, skill: str) -> float:
    return statistics.median(
        _timed(lambda p=point: _postgis(connection, skill, p)) for point in town.points[:100]
    )


def _line(town: Town, skill: str, point: np.ndarray) -> None:
    need = Need(k=K, skills=(skill,))
    asked = asked_of(need, AT, town.standing.crowd, SETTINGS)
    by_line(town.standing.crowd, Location(*point.tolist()), need, asked)


def _postgis(connection: Connection, skill: str, point: np.ndarray) -> None:
    connection.execute(
        text(
            f"SELECT id, ST_Distance(point, here.at) FROM live, (SELECT CAST(ST_SetSRID("
            f"ST_MakePoint(:lon, :lat), 4326) AS geography) AS at) AS here WHERE {skill}"
            f" ORDER BY point <-> here.at LIMIT {K}"
        ),
        {"lon": float(point[0]), "lat": float(point[1])},
    ).all()


def _redis(known: object, town: Town, skill: str) -> list[float]:
    """Return the ms of asking those who have the skill, who stand in a set of their own."""
    crowd = town.standing.crowd
    able = [row for row, one in enumerate(crowd.people) if skill in one.skills]
    rows = [("GEOADD", skill, crowd.lon[row], crowd.lat[row], row) for row in able]
    known.ask(commands(rows), len(rows))
    return [
        _timed(
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
    batches = [(rows[i], *_columns(there[i]), nan, sent + i) for i in range(rounds)]
    ours = _while_asking(
        lambda: _ask(town, "gas", town.points[0]), lambda: [crowd.put(*b) for b in batches]
    )
    speed = rounds * BATCH / ours
    print(f"\nPositions in batches of {BATCH:,}, searches going on: {speed:,.0f} a second")
    with redis() as known:
        if known is None:
            print("(Redis is not installed)")
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
            f"; Redis, GEOADD pipelined: {rounds * BATCH / theirs:,.0f}; "
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


def _closing(town: Town) -> None:
    """From a closure to the answer of the next question."""
    rng = np.random.default_rng(3)
    took = []
    for point in town.points[:20]:
        roads = rng.choice(len(town.edges), 20, replace=False)
        began = time.perf_counter()
        times = town.times.changed([Change(roads, 0.0, ALL)])
        standing = Standing(times, town.standing.crowd, town.standing)
        _ask(town._replace(times=times, standing=standing), "gas", point)
        took.append((time.perf_counter() - began) * 1000)
    print(
        f"\nA closure of 20 roads of the city is in force, and the next question answered, after "
        f"{statistics.median(took):.0f} ms (the longest {max(took):.0f}; bar 50)."
    )


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
