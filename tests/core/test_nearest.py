"""Who is nearest, able and on duty? The same answer as measuring everybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import pytest

from gridgis.errors import InvalidInputError
from gridgis.model import Location
from gridgis.nearest import Finder, Need
from gridgis.nearest.roster import build
from gridgis.roads.networks import Networks
from tests.cities import draw, move, staff

if TYPE_CHECKING:
    from gridgis.clock import FixedClock
    from gridgis.model import NearestResponder
    from gridgis.settings import Settings
    from gridgis.store.engine import Store

HERE = Location(104.0, 30.0)
MONDAY_NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)
"""12:00 in the city."""


@pytest.fixture
def who(store: Store, settings: Settings, clock: FixedClock):
    def ask(
        need: Need, at: datetime = MONDAY_NOON, here: Location = HERE
    ) -> list[NearestResponder]:
        with store.begin() as connection:
            crowd = build(connection, at).crowd
        roads = Networks(store, clock, settings)
        return Finder(lambda: crowd, roads, settings).nearest(here, need, at).responders

    return ask


def names(found: list[NearestResponder]) -> list[str]:
    return [one.name for one in found]


def test_the_nearest_come_first_with_their_distance_in_metres(store: Store, who) -> None:
    with store.begin() as connection:
        staff(connection, "far", 104.02, 30.0)
        staff(connection, "near", 104.001, 30.0)
        staff(connection, "middle", 104.0, 30.01)
    found = who(Need(k=2))
    assert names(found) == ["near", "middle"]
    assert found[0].distance_m == pytest.approx(96.5, abs=0.1)
    assert found[0].position.source == "home"


def test_only_those_with_every_skill_on_duty_and_within_the_radius(store: Store, who) -> None:
    with store.begin() as connection:
        staff(connection, "no gas", 104.001, 30.0, "fire")
        staff(connection, "night", 104.002, 30.0, "gas", duty="{[0,360)}")
        staff(connection, "day", 104.003, 30.0, "gas", "fire", duty="{[480,1080)}")
        staff(connection, "always", 104.004, 30.0, "gas")
    assert names(who(Need(skills=("gas",)))) == ["day", "always"]
    assert names(who(Need(skills=("gas", "fire")))) == ["day"]
    assert names(who(Need(skills=("gas",), within_m=350))) == ["day"]
    two_at_night = datetime(2026, 5, 3, 18, tzinfo=UTC)
    assert names(who(Need(skills=("gas",)), at=two_at_night)) == ["night", "always"]


def test_a_fresh_position_counts_and_an_old_one_falls_back_to_home(store: Store, who) -> None:
    with store.begin() as connection:
        walker = staff(connection, "walker", 104.1, 30.0)
        move(connection, walker, 104.001, 30.0, MONDAY_NOON - timedelta(minutes=5))
    now, later = who(Need()), who(Need(), at=MONDAY_NOON + timedelta(hours=1))
    assert (now[0].position.source, now[0].position.age_s) == ("live", 300)
    assert now[0].distance_m == pytest.approx(96.5, abs=0.1)
    assert (later[0].position.source, later[0].distance_m > 9000) == ("home", True)


def test_the_answer_names_the_grid_that_a_worker_is_bound_to(
    store: Store, who, clock: FixedClock
) -> None:
    with store.begin() as connection:
        city = draw(connection, made_at=clock.now())
        staff(connection, "Wang", 104.001, 30.0, area_id=city.ids["A"])
    assert who(Need())[0].area.code == "A"


@pytest.mark.parametrize("k", [0, 201])
def test_an_absurd_number_of_responders_is_refused(k: int) -> None:
    with pytest.raises(InvalidInputError, match="ask for 1 to 200"):
        Need(k=k)


@pytest.mark.parametrize("seed", range(4))
def test_the_order_equals_measuring_everybody_on_the_ellipsoid(
    store: Store, who, seed: int
) -> None:
    """A ring of people who are all about equally far: the sphere's order would be wrong."""
    rng = np.random.default_rng(seed)
    turn, far_m = rng.uniform(0, 360, 300), rng.uniform(19_990, 20_010, 300)
    geod = pyproj.Geod(ellps="WGS84")
    lon, lat, _ = geod.fwd(np.full(300, HERE.lon), np.full(300, HERE.lat), turn, far_m)
    expected = {}
    with store.begin() as connection:
        for index in range(300):
            skills = ["gas"] if rng.random() < 0.5 else ["fire"]
            who_id = staff(connection, f"{index}", float(lon[index]), float(lat[index]), *skills)
            if rng.random() < 0.5:
                move(connection, who_id, float(lon[index]), float(lat[index]), MONDAY_NOON)
            if "gas" in skills:
                expected[who_id] = far_m[index]
    found = who(Need(k=40, skills=("gas",)))
    assert [one.id for one in found] == sorted(expected, key=expected.__getitem__)[:40]
    for one in found:
        assert one.distance_m == pytest.approx(expected[one.id], abs=1e-3)
