"""People with live positions on the roads of a town, for the benchmarks of who is nearest."""

from __future__ import annotations

import io
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import numpy as np

from gridgis.clock import epoch_ms
from gridgis.model import Location
from gridgis.nearest import Need, Wish
from gridgis.nearest.crowd import Crowd, KnownResponder
from gridgis.nearest.needs import asked_of
from gridgis.nearest.road import by_road
from gridgis.nearest.standing import Standing
from gridgis.roads.modes import Mode
from gridgis.roads.network import RoadNetwork
from gridgis.roads.speeds import read_speeds
from gridgis.roads.times import TravelTimes
from gridgis.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from sqlalchemy import Connection

PEOPLE = 20_000
RARE_EVERY = 500
ASKED = 400
AT = datetime(2026, 5, 4, 4, tzinfo=UTC)
NOON = 12 * 60
SETTINGS = Settings(timezone="Asia/Shanghai")
K = 5
SKILLS = {"gas": "one in ten", "rare": "40 people"}


class Town(NamedTuple):
    """Roads, and people on them."""

    name: str
    edges: pd.DataFrame
    times: TravelTimes
    standing: Standing
    points: np.ndarray


def people_on(name: str, edges: pd.DataFrame, bans: pd.DataFrame, rng: np.random.Generator) -> Town:
    """Build the network of some roads and put people on it; say how large it is."""
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
    crowd.put(np.arange(PEOPLE), *columns(live), np.full(PEOPLE, np.nan), sent)
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


def columns(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes and latitudes of points as columns."""
    return np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])


def ask(town: Town, skill: str, point: np.ndarray) -> float | None:
    """Return when the fifth is here, in seconds."""
    need = Need(k=K, skills=(skill,))
    asked = asked_of(need, AT, town.standing.crowd, SETTINGS)
    found = by_road(town.standing, Location(*point.tolist()), need, asked, Wish())
    return found.responders[-1].travel_s if found and len(found.responders) == K else None


def copy(connection: Connection, table: str, rows: pd.DataFrame) -> None:
    """Copy rows into a table."""
    written = io.StringIO(rows.to_csv(index=False, header=False))
    with connection.connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} FROM STDIN WITH (FORMAT csv)", written)


def timed(work: Callable[[], object]) -> float:
    """Return how many milliseconds something takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
