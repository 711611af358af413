"""Roads before other judges: pgRouting with its own idea of turns, pandana with its own of POIs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pandana
import pandas as pd
import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from gridgis.model import Location
from gridgis.nearest import Need
from gridgis.nearest.crowd import Crowd
from gridgis.nearest.standing import Standing
from gridgis.roads.kernels.shapes import CLOSED_MS, Spots
from gridgis.roads.modes import Mode
from gridgis.roads.network import RoadNetwork, lying_together
from gridgis.roads.reading.importing import read_roads
from gridgis.roads.speeds import read_speeds
from gridgis.roads.times import TravelTimes
from gridgis.store.embedded.building import SUPERUSER
from tests.core.crowds import ask, person
from tests.towns import draw_town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

NOON = 12 * 60
FORBIDDEN = 1e9
FARTHEST_S = 1e5
"""It keeps milliseconds in 32 bits."""

PAIRS = 400 if os.environ.get("GRIDGIS_PROVE") else 60


def times_of(edges: pd.DataFrame, bans: pd.DataFrame, mode: Mode = Mode.CAR) -> TravelTimes:
    network = RoadNetwork.of(edges, bans)
    return TravelTimes.of(network, mode, read_speeds().pace(mode, NOON))


def middles(roads: np.ndarray) -> Spots:
    """The middles of roads, with no walk to them."""
    count = len(roads)
    return Spots(
        roads.astype(np.int32),
        np.full(count, 0.5),
        np.zeros(count, np.int32),
        np.zeros(count),
    )


@pytest.fixture
def routing(database_url: str) -> Iterator[Connection]:
    """A database that knows pgRouting."""
    engine = create_engine(make_url(database_url).set(username=SUPERUSER), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE EXTENSION pgrouting"))
        yield connection
    engine.dispose()


def tell(connection: Connection, edges, bans, times: TravelTimes) -> None:
    """Give pgRouting the same roads with the same costs, and the same forbidden turns."""
    ms = times.ways.ms.reshape(-1, 2).astype(float)
    may = (times.ways.ends >= 0).reshape(-1, 2)
    costs = np.where(may, ms, -1.0)
    connection.execute(
        text(
            "CREATE TEMPORARY TABLE street (id int, source bigint, target bigint,"
            " cost float, reverse_cost float)"
        )
    )
    connection.execute(
        text("INSERT INTO street VALUES (:id, :source, :target, :cost, :reverse_cost)"),
        [
            {"id": number, "source": int(a), "target": int(b), "cost": there, "reverse_cost": back}
            for number, (a, b, (there, back)) in enumerate(
                zip(edges["from_node"], edges["to_node"], costs.tolist(), strict=True)
            )
        ],
    )
    connection.execute(text("CREATE TEMPORARY TABLE ban (id int, cost float, path bigint[])"))
    for number, row in enumerate(bans[(bans["modes"] & 1) > 0].itertuples()):
        if row.from_edge != row.to_edge:
            connection.execute(
                text("INSERT INTO ban VALUES (:id, 1e9, :path)"),
                {"id": number, "path": [int(row.from_edge), int(row.to_edge)]},
            )


def by_pgrouting(connection: Connection, pairs: np.ndarray) -> np.ndarray:
    """Milliseconds between the middles of roads; -1: no way."""
    found = []
    for start, end in pairs.tolist():
        row = connection.execute(
            text(
                "SELECT max(agg_cost) AS ms FROM pgr_trsp_withPoints("
                " 'SELECT id, source, target, cost, reverse_cost FROM street',"
                " 'SELECT id, path, cost FROM ban',"
                " format('SELECT 1 AS pid, %s::bigint AS edge_id, 0.5::float AS fraction UNION ALL"
                " SELECT 2, %s, 0.5', CAST(:start AS int), CAST(:end AS int)),"
                " -1, -2, directed => true)"
            ),
            {"start": start, "end": end},
        ).one()
        found.append(-1 if row.ms is None else row.ms)
    return np.array(found)


def without_turning_round(edges: pd.DataFrame) -> pd.DataFrame:
    """Bans of every turn back into the road that one comes by."""
    number = np.arange(len(edges))
    nodes = [edges["from_node"].to_numpy(), edges["to_node"].to_numpy()]
    return pd.concat(
        [
            pd.DataFrame({"from_edge": number, "via_node": via, "to_edge": number, "modes": 15})
            for via in nodes
        ]
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 4])
def test_pgrouting_finds_the_same_ways_around_forbidden_turns(
    routing: Connection, seed: int
) -> None:
    """It never turns round on a road; so every such turn is forbidden to us as well."""
    rng = np.random.default_rng(seed)
    edges, bans = draw_town(rng, 8, bans=20)
    _compare(routing, edges, bans, rng, PAIRS)


@pytest.mark.slow
def test_pgrouting_finds_the_same_ways_in_helsinki(routing: Connection, shared: Path) -> None:
    roads = read_roads(shared / "data/roads_helsinki/Helsinki.osm.pbf")
    edges, bans = lying_together(roads.edges, roads.bans)
    assert ((bans["modes"] & Mode.CAR.bit) > 0).sum() > 50
    _compare(routing, edges, bans, np.random.default_rng(5), PAIRS // 2)


def _compare(routing: Connection, edges, bans, rng: np.random.Generator, count: int) -> None:
    times = times_of(edges, pd.concat([bans, without_turning_round(edges)]))
    tell(routing, edges, bans, times)
    roads = np.flatnonzero((times.ways.ends >= 0).reshape(-1, 2).any(axis=1))
    pairs = rng.choice(roads, (count, 2))
    judged = by_pgrouting(routing, pairs)
    ours = np.array([times.table(middles(a[None]), middles(b[None]))[0, 0] for a, b in pairs])
    # What costs a forbidden turn is no way.
    there = (judged >= 0) & (judged < FORBIDDEN)
    assert there.mean() > 0.5
    np.testing.assert_array_equal(ours < CLOSED_MS, there)
    # It halves a road's milliseconds; we round them.
    np.testing.assert_allclose(ours[there], judged[there], atol=1.01)


@pytest.mark.slow
@pytest.mark.parametrize("city", ["roads_andorra/andorra.osm.pbf", "roads_monaco/monaco.osm.gz"])
def test_pandana_finds_the_same_five_on_foot(shared: Path, city: str) -> None:
    """On foot no street is one-way, so a point at a crossing stands on all of its streets."""
    roads = read_roads(shared / "data" / city)
    edges, bans = lying_together(roads.edges, roads.bans)
    times = times_of(edges, bans, Mode.FOOT)
    node, where = _crossings(edges, times)
    rng = np.random.default_rng(6)
    homes = rng.choice(len(node), 60, replace=False)
    here = rng.choice(len(node), 120, replace=False)
    crowd = Crowd(person(n + 1, tuple(where[home])) for n, home in enumerate(homes.tolist()))
    standing = Standing(times, crowd)
    judged = _by_pandana(edges, times, (node, where), homes)
    found = 0
    for number in here.tolist():
        answer = ask(standing, Location(*where[number].tolist()), Need(k=5))
        ours = [one.travel_s for one in answer.responders]
        theirs = judged.loc[node[number]].to_numpy()
        theirs = theirs[theirs < FARTHEST_S]
        assert len(ours) == len(theirs)
        np.testing.assert_allclose(ours, theirs, atol=0.003)
        found += len(ours)
    assert found > 400


def _crossings(edges: pd.DataFrame, times: TravelTimes) -> tuple[np.ndarray, np.ndarray]:
    """The nodes that people walk between, and where they are."""
    walked = (times.ways.ends >= 0).reshape(-1, 2).all(axis=1) & (times.ways.usable == 2)
    lines = edges.geometry[walked]
    ends = np.array([(line.coords[0], line.coords[-1]) for line in lines]).reshape(-1, 2)
    node = edges.loc[walked, ["from_node", "to_node"]].to_numpy().ravel()
    known, first = np.unique(node, return_index=True)
    return known, ends[first]


def _by_pandana(
    edges: pd.DataFrame,
    times: TravelTimes,
    crossings: tuple[np.ndarray, np.ndarray],
    homes: np.ndarray,
) -> pd.DataFrame:
    """Seconds from each crossing to the five homes that are nearest to it."""
    node, where = crossings
    walked = np.isin(edges["from_node"], node) & np.isin(edges["to_node"], node)
    walked &= (times.ways.ends >= 0).reshape(-1, 2).all(axis=1)
    # It goes by the index: every column needs the same.
    links = edges.loc[walked, ["from_node", "to_node"]].reset_index(drop=True)
    network = pandana.Network(
        pd.Series(where[:, 0], node),
        pd.Series(where[:, 1], node),
        links["from_node"],
        links["to_node"],
        pd.DataFrame({"s": times.ways.ms[::2][walked] / 1000}),
    )
    network.set_pois("home", FARTHEST_S, 5, pd.Series(where[homes, 0]), pd.Series(where[homes, 1]))
    found: pd.DataFrame = network.nearest_pois(FARTHEST_S, "home", num_pois=5)
    return found
