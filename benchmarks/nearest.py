"""Hold the search by road against what a user could pick instead: the same roads and people.

Andorra by car, and a synthetic city of a million roads; 20,000 responders with live positions; the
five nearest with a skill that one in ten has, and with one that 40 people have. The bars: 100 x
pgRouting on both networks, 20 x a whole Dijkstra of scipy in the city; a closure in force for the
next question within 50 ms.
"""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from city import city_roads
from peopled import PEOPLE, SKILLS, K, Town, ask, copy, people_on, timed
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool
from town import machine, server

from gridgis.nearest.standing import Standing
from gridgis.nearest.warming import warm
from gridgis.roads.kernels.shapes import CLOSED_MS
from gridgis.roads.modes import ALL
from gridgis.roads.network import lying_together
from gridgis.roads.reading.importing import read_roads
from gridgis.roads.times import Change
from gridgis.store import migrate
from gridgis.store.embedded.building import SUPERUSER

if TYPE_CHECKING:
    from sqlalchemy import Connection

ANDORRA = Path(__file__).resolve().parents[2] / "shared/data/roads_andorra/andorra.osm.pbf"
SIDE = int(os.environ.get("CITY_SIDE", "725"))
OF_OTHERS, OF_PGROUTING = 12, 3


def main() -> None:
    warm()
    rng = np.random.default_rng(1)
    print(f"\n## Who is nearest by road ({machine()})\n")
    andorra = read_roads(ANDORRA)
    towns = [
        people_on("Andorra", *lying_together(andorra.edges, andorra.bans), rng),
        people_on("city", *city_roads(rng, SIDE), rng),
    ]
    with server() as url:
        migrate.upgrade(url)
        engine = create_engine(make_url(url).set(username=SUPERUSER), poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("CREATE EXTENSION pgrouting"))
            _by_road(connection, towns)
        engine.dispose()
    _closing(towns[-1])


def _by_road(connection: Connection, towns: list[Town]) -> None:
    print(
        "\n| network, skill | ours ms (median, 99 of 100) | whole Dijkstra of scipy ms | ours is"
        " | pgRouting ms | ours is | bar |\n| --- | --- | --- | --- | --- | --- | --- |"
    )
    andorra, city = towns
    _compare(connection, andorra, "Andorra", _streets(andorra))
    _compare(connection, andorra, "Andorra, each vertex a node", _pieces(andorra))
    _compare(connection, city, "city", _streets(city))


def _compare(connection: Connection, town: Town, name: str, streets: pd.DataFrame) -> None:
    _tell_pgrouting(connection, town, streets)
    whole = _scipy_ms(town)
    for skill, words in SKILLS.items():
        ours = _our_ms(town, skill)
        theirs = statistics.median(
            _pgrouting(connection, town, skill, point) for point in town.points[:OF_PGROUTING]
        )
        bar = "100 x pgRouting" + ("; 20 x scipy" if town.name == "city" else "")
        ours_ms = statistics.median(ours)
        print(
            f"| {name}, {words} | {ours_ms:.3f}, {np.quantile(ours, 0.99):.3f} | "
            f"{whole:.1f} | {whole / ours_ms:.0f} x | {theirs:.0f} | "
            f"{theirs / ours_ms:.0f} x | {bar} |"
        )


def _our_ms(town: Town, skill: str) -> list[float]:
    return [timed(lambda p=point: ask(town, skill, p)) for point in town.points]


def _scipy_ms(town: Town) -> float:
    links = _links(town)
    nodes = np.linspace(0, town.times.states - 1, OF_OTHERS).astype(int).tolist()
    return statistics.median(timed(lambda n=node: dijkstra(links, indices=n)) for node in nodes)


def _links(town: Town) -> csr_array:
    """Return the arcs against the traffic, as scipy takes them."""
    back = town.times.ways.backward
    shape = (town.times.states, town.times.states)
    return csr_array((back.ms.astype(float), back.to, back.first), shape=shape)


def _streets(town: Town) -> pd.DataFrame:
    """Return the roads as pgRouting takes them, against the traffic: costs are swapped."""
    ways = town.times.ways
    may = (ways.ends >= 0).reshape(-1, 2)
    costs = np.where(may, ways.ms.reshape(-1, 2), -1)
    return pd.DataFrame(
        {
            "id": np.arange(len(town.edges)),
            "source": town.edges["from_node"],
            "target": town.edges["to_node"],
            "cost": costs[:, 1],
            "reverse_cost": costs[:, 0],
        }
    )


def _pieces(town: Town) -> pd.DataFrame:
    """Return the same with every vertex of a line as a node, as the file has them."""
    whole, pieces = _streets(town), town.times.network.pieces
    count = np.diff(pieces.start)
    road = np.repeat(np.arange(len(whole)), count - 1)
    first = np.delete(np.arange(len(pieces.lon)), pieces.start[1:] - 1)
    node = int(whole[["source", "target"]].to_numpy().max()) + 1 + np.arange(len(pieces.lon))
    node[pieces.start[:-1]], node[pieces.start[1:] - 1] = whole["source"], whole["target"]
    share = (pieces.along_m[first + 1] - pieces.along_m[first]) / town.times.network.length_m[road]
    costs = whole[["cost", "reverse_cost"]].to_numpy(dtype=float)[road]
    costs = np.where(costs < 0, costs, costs * share[:, None])
    return pd.DataFrame(
        {
            "id": np.arange(len(road)),
            "source": node[first],
            "target": node[first + 1],
            "cost": costs[:, 0],
            "reverse_cost": costs[:, 1],
        }
    )


def _tell_pgrouting(connection: Connection, town: Town, streets: pd.DataFrame) -> None:
    """Store the streets that cars may use, and who stands at which node."""
    streets = streets[(streets["cost"] >= 0) | (streets["reverse_cost"] >= 0)]
    connection.execute(text("DROP TABLE IF EXISTS street, stands"))
    connection.execute(
        text(
            "CREATE TABLE street (id bigint PRIMARY KEY, source bigint, target bigint,"
            " cost float, reverse_cost float)"
        )
    )
    copy(connection, "street", streets)
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
    copy(connection, "stands", rows)
    connection.execute(text("ANALYZE street, stands"))


def _pgrouting(connection: Connection, town: Town, skill: str, point: np.ndarray) -> float:
    """Return the ms of its quicker way: costs to all who can, or all within the time of ours.

    The second is told the answer's time beforehand, which nobody knows.
    """
    spot = town.times.snap(point[:1], point[1:])
    node = int(town.edges["from_node"].iloc[int(spot.road[0])])
    far_ms = (ask(town, skill, point) or CLOSED_MS / 1000) * 1000
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
    return min(timed(lambda q=q: connection.execute(text(q), asked).all()) for q in queries)


def _closing(town: Town) -> None:
    """From a closure to the answer of the next question."""
    rng = np.random.default_rng(3)
    took = []
    for point in town.points[:20]:
        roads = rng.choice(len(town.edges), 20, replace=False)
        began = time.perf_counter()
        times = town.times.changed([Change(roads, 0.0, ALL)])
        standing = Standing(times, town.standing.crowd, town.standing)
        ask(town._replace(times=times, standing=standing), "gas", point)
        took.append((time.perf_counter() - began) * 1000)
    print(
        f"\nA closure of 20 roads of the city is in force, and the next question answered, after "
        f"{statistics.median(took):.0f} ms (the longest {max(took):.0f}; bar 50)."
    )


if __name__ == "__main__":
    main()
