"""A gas leak: who is sent for each party, who was passed over and why, who has to leave."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gridgis.clocks.limits import Limit
from gridgis.households import summed
from gridgis.model import Location
from gridgis.nearest import Wish
from gridgis.nearest.crowd import Crowd
from gridgis.nearest.standing import Standing
from gridgis.response.dispatching import Scene, choose
from gridgis.response.rules import Party, Response
from gridgis.store.households import CellShare
from tests.core.crowds import MONDAY_NOON, ask, person, times_of
from tests.towns import BLOCK_DEG, ORIGIN, draw_town

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridgis.nearest.answers import Nearby
    from gridgis.nearest.needs import Need

HERE = Location(ORIGIN[0] + 4 * BLOCK_DEG, ORIGIN[1] + 4 * BLOCK_DEG)
WITHIN = Limit.parse("15 min")


def at(blocks: float) -> tuple[float, float]:
    """A spot so many blocks east of the leak."""
    return HERE.lon + blocks * BLOCK_DEG, HERE.lat


PEOPLE = [
    person(1, at(0.1), "gas", organisation="Gas works"),
    person(2, at(0.2), "gas", "fire", kind="vehicle", organisation="Fire brigade"),
    person(3, at(1.0), "gas", organisation="Gas works"),
    person(4, at(0.3), "fire", kind="facility"),
    person(5, at(2.0), "fire", kind="vehicle", organisation="Fire brigade"),
    person(6, at(0.05), "gas", duty=((0, 1),)),
    person(7, at(0.5), role="full-time", area_id=77),
    person(8, at(0.4), role="full-time", area_id=78),
]

RESPONSE = Response(
    level=2,
    parties=(
        Party("gas", ("gas",), count=2, within=WITHIN, lead=True),
        Party("fire", ("fire",), within=WITHIN, unit="119"),
        Party("police", ("police",), within=WITHIN, unit="110"),
        Party("grid", roles=("full-time",), of="grid", within=Limit.parse("1 working hour")),
        Party("housing", unit="housing"),
    ),
    tell=("leader",),
    evacuate_m=150.0,
)
SCENE = Scene(HERE, MONDAY_NOON, {"grid": 77}, units={"Gas works": "gas-company"})


@pytest.fixture(scope="module")
def search() -> Callable[[Need], Nearby]:
    """The nearest-responder search over a town of eight blocks."""
    rng = np.random.default_rng(4)
    edges, bans = draw_town(rng, 8, bans=0)
    crowd = Crowd(PEOPLE)
    standing = Standing(times_of(edges, bans, most_m=2_000.0), crowd)
    return lambda need: ask(standing, HERE, need, wish=Wish(explain=True))


def names(party: object) -> list[str]:
    return [one.responder.name for one in party.chosen]  # type: ignore[attr-defined]


def test_each_party_gets_its_people_and_nobody_goes_twice(
    search: Callable[[Need], Nearby],
) -> None:
    found = choose(RESPONSE, SCENE, search)
    gas, fire, police, grid, housing = found.parties
    everybody = [name for party in found.parties for name in names(party)]
    assert len(everybody) == len(set(everybody)) == 4
    assert set(names(gas)) <= {"P1", "P2", "P3"}
    assert set(names(fire)) <= {"P2", "P5"}, "a station does not come"
    assert names(grid) == ["P7"], "P8 is nearer, but of another grid"
    assert (police.chosen, police.missing, police.in_time) == ((), 1, False)
    assert (housing.chosen, housing.missing, housing.in_time) == ((), 0, None)
    assert found.missing == 1
    assert found.lead is gas
    assert found.tell == ("leader",)


def test_whose_task_it_is(search: Callable[[Need], Nearby]) -> None:
    found = choose(RESPONSE, SCENE, search)
    units = {one.party.name: one.unit for one in found.parties}
    assert units == {
        "gas": "gas-company", "fire": "119", "police": "110", "grid": None, "housing": "housing",
    }  # fmt: skip
    alone = Response(1, (Party("gas", ("none",), lead=True),))
    nobody = choose(alone, Scene(HERE, MONDAY_NOON, lead_unit="urban"), search)
    assert nobody.parties[0].unit == "urban"


def test_who_is_nearer_and_does_not_go_is_named_with_the_reason(
    search: Callable[[Need], Nearby],
) -> None:
    found = choose(RESPONSE, SCENE, search)
    skipped = {one.responder.name: one for one in found.parties[0].skipped}
    assert skipped["P6"].reason == "off_duty"
    for one in skipped.values():
        if one.responder.name in names(found.parties[1]):
            assert (one.reason, one.why) == ("other_party", "goes for fire")
    assert "P4" not in {one.responder.name for one in found.parties[1].skipped}
    for party in found.parties:
        for one in party.chosen:
            assert one.why.startswith(("1st", "2nd", "3rd"))


def test_it_says_whether_all_are_in_time(search: Callable[[Need], Nearby]) -> None:
    parties = (Party("gas", ("gas",), count=2, within=Limit.parse("1 min, 10 h at night")),)
    response = Response(1, parties)
    day = choose(response, SCENE, search).parties[0]
    slowest = max(one.responder.travel_s or 0 for one in day.chosen)
    assert day.in_time == (slowest <= 60)
    night = Scene(HERE, MONDAY_NOON, at_night=True)
    assert choose(response, night, search).parties[0].in_time
    assert choose(RESPONSE, SCENE, search).parties[3].in_time is None, "working hours"


def test_people_of_an_area_that_nobody_knows_are_missing(
    search: Callable[[Need], Nearby],
) -> None:
    found = choose(RESPONSE, Scene(HERE, MONDAY_NOON), search)
    assert (found.parties[3].chosen, found.parties[3].missing) == ((), 1)


def test_the_facts_are_json_and_say_it_all(search: Callable[[Need], Nearby]) -> None:
    half = CellShare("t:A", "A", "building", 41, None, 0.5)
    found = choose(RESPONSE, SCENE, search, summed([half, half._replace(cell="t:B", share=1.0)]))
    facts = json.loads(json.dumps(found.facts()))
    assert facts["households"]["households"] == 61.5
    assert facts["evacuate_m"] == 150
    assert [party["party"] for party in facts["parties"]] == [
        "gas", "fire", "police", "grid", "housing",
    ]  # fmt: skip
    assert facts["parties"][0]["lead"] is True
    assert set(facts["parties"][0]["chosen"][0]) == {
        "id", "name", "kind", "organisation", "travel_s", "distance_m", "why",
    }  # fmt: skip


def test_a_response_without_people_asks_nobody() -> None:
    def never(_need: Need) -> Nearby:
        raise AssertionError

    found = choose(Response(3, (Party("housing", unit="housing", lead=True),)), SCENE, never)
    assert (found.by, found.last_s, found.missing) == (None, None, 0)
