"""People on the streets of a town, for tests: who they are, where, and what they say."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import pandas as pd

from gridgis.clock import epoch_ms
from gridgis.model import Location
from gridgis.nearest import Need, Wish
from gridgis.nearest.answers import Nearby
from gridgis.nearest.crowd import ALWAYS_MS, Crowd, DutyException, KnownResponder
from gridgis.nearest.needs import asked_of
from gridgis.nearest.road import by_road
from gridgis.roads.modes import Mode
from gridgis.roads.network import RoadNetwork
from gridgis.roads.speeds import read_speeds
from gridgis.roads.times import TravelTimes
from gridgis.settings import Settings
from tests.towns import BLOCK_DEG, ORIGIN

if TYPE_CHECKING:
    from gridgis.nearest.standing import Standing

SETTINGS = Settings(timezone="Asia/Shanghai")
MONDAY_NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)
NOON = 12 * 60
INCIDENTS = 10_000 if os.environ.get("GRIDGIS_PROVE") else 600
SKILLS = ([], ["gas"], ["fire"], ["gas", "fire"], ["police"])
SIDE = 8
NONE = pd.DataFrame({"from_edge": [], "via_node": [], "to_edge": [], "modes": []}, dtype="i8")


def person(
    number: int, at: tuple[float, float] | None, *skills: str, duty=None, exceptions=(), **more
) -> KnownResponder:
    home = None if at is None else Location(*at)
    return KnownResponder(
        UUID(int=number),
        name=f"P{number}",
        skills=skills,
        duty=duty,
        exceptions=exceptions,
        home=home,
        **more,
    )


def somewhere(rng: np.random.Generator, count: int, side: int = SIDE) -> np.ndarray:
    return np.array(ORIGIN) + BLOCK_DEG * side * rng.random((count, 2))


def times_of(edges, bans, changes=(), **facts) -> TravelTimes:
    network = RoadNetwork.of(edges, bans)
    return TravelTimes.of(network, Mode.CAR, read_speeds().pace(Mode.CAR, NOON), changes, **facts)


def ask(
    standing: Standing, here: Location, need: Need, at: datetime = MONDAY_NOON, wish=None
) -> Nearby | None:
    asked = asked_of(need, at, standing.crowd, SETTINGS)
    if asked is None:
        return Nearby([], "road")
    return by_road(standing, here, need, asked, wish or Wish())


def a_crowd(rng: np.random.Generator, count: int) -> Crowd:
    """People with skills, weeks, holidays and homes at random; every tenth has no home."""
    homes = somewhere(rng, count).tolist()
    weeks = [None, None, ((0, 1440),), ((700, 740),), ((1440, 10080),)]
    holiday = DutyException(epoch_ms(MONDAY_NOON) - 1000, epoch_ms(MONDAY_NOON) + 1000, False)
    extra = holiday._replace(on_duty=True)
    return Crowd(
        person(
            number + 1,
            None if number % 10 == 9 else tuple(homes[number]),
            *SKILLS[rng.integers(len(SKILLS))],
            duty=weeks[rng.integers(len(weeks))],
            exceptions=[(), (), (), (holiday,), (holiday, extra)][rng.integers(5)],
        )
        for number in range(count)
    )


def stir(rng: np.random.Generator, crowd: Crowd) -> None:
    """Some move, some become busy, some are free again, some hold as much as they can."""
    rows = rng.choice(len(crowd), 8, replace=False)
    there = somewhere(rng, 8)
    sent = epoch_ms(MONDAY_NOON) - rng.integers(0, 1_800_000, 8)
    crowd.put(rows, there[:, 0].copy(), there[:, 1].copy(), np.full(8, np.nan), sent)
    status = rng.integers(0, 4, 4).astype(np.int8)
    until = rng.choice([ALWAYS_MS, epoch_ms(MONDAY_NOON) - 1], 4)
    crowd.set_status(rng.choice(len(crowd), 4, replace=False), status, until)
    crowd.load[rng.integers(len(crowd))] = rng.integers(2)


def able(crowd: Crowd, row: int, skills: tuple[str, ...]) -> bool:
    """What a dispatcher would say of somebody, in plain words."""
    one = crowd.people[row]
    at_ms = epoch_ms(MONDAY_NOON)
    on_duty = one.duty is None or any(first <= NOON < end for first, end in one.duty)
    for rule in one.exceptions:
        if rule.from_ms <= at_ms < rule.to_ms:
            on_duty = rule.on_duty
    busy = crowd.status[row] != 0 and crowd.status_until_ms[row] > at_ms
    full = crowd.load[row] >= one.capacity
    return set(skills) <= set(one.skills) and on_duty and not busy and not full
