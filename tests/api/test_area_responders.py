"""Who is my worker? Asked over HTTP, of a grid."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from gridgis.body import responder_id
from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from gridgis.clock import FixedClock
    from gridgis_api.service import Service

OF_GRID_A = "/api/v1/areas/A/responders"

STAFF = """
    INSERT INTO responder (id, source, number, kind, name, role, phone, duty, home, area_id, skills)
    SELECT
        :id, 'hall', :name, :kind, :name, :role, :phone, CAST(:duty AS int4multirange),
        ST_SetSRID(ST_MakePoint(:lon, 30.005), 4326), area_id, '{patrol}'
    FROM area_version JOIN edition ON edition.id = edition_id JOIN layer ON layer.id = layer_id
    WHERE area_version.code = :area AND layer.code = 'base'
"""

# Name, role, kind, duty (Friday 09:00 is minute 6,300), longitude of home, area.
PEOPLE = [
    ("Qian", "part-time", "worker", None, 104.001, "A"),
    ("Sun", "full-time", "worker", "{[6240,6840)}", 104.002, "A"),
    ("Bai", "full-time", "worker", "{[0,600)}", 104.003, "A"),
    ("Officer Wu", "police", "worker", None, 104.004, "A"),
    ("Old Zhou", "building-head", "worker", None, None, "A"),
    ("Chief Zheng", "chief", "worker", None, 104.005, "A"),
    ("Hydrant 7", None, "facility", None, 104.006, "A"),
    ("Neighbour", "full-time", "worker", None, 104.015, "B"),
    ("Mayor", "chief", "worker", None, 104.015, "base-city"),
]


@pytest.fixture
def asking(client: httpx.Client, service: Service) -> Iterator[httpx.Client]:
    """Seven who belong to grid A, one to grid B, one to the whole city."""
    with service.store.begin() as connection:
        for name, role, kind, duty, lon, area in PEOPLE:
            asked = {"name": name, "role": role, "kind": kind, "duty": duty, "lon": lon}
            more = {"id": responder_id("hall", name), "area": area, "phone": f"call {name}"}
            connection.execute(text(STAFF), asked | more)
    service.live.refresh()
    yield client
    with service.store.begin() as connection:
        connection.execute(text("DELETE FROM responder WHERE source = 'hall'"))
    service.live.refresh()


def names(client: httpx.Client, path: str = OF_GRID_A, **asked: object) -> list[str]:
    response = client.get(path, params=asked)
    assert response.status_code == 200, response.text
    return [one["name"] for one in response.json()["responders"]]


def test_a_resident_asks_who_my_worker_is(asking: httpx.Client) -> None:
    told = asking.get(OF_GRID_A, params={"role": "full-time"}).json()
    assert told["area"] == {"level": "grid", "code": "A", "name": "Grid A"}
    assert [one["name"] for one in told["responders"]] == ["Bai", "Sun"]
    assert told["responders"][1] == {
        "id": str(responder_id("hall", "Sun")),
        "kind": "worker",
        "name": "Sun",
        "organisation": None,
        "role": "full-time",
        "skills": ["patrol"],
        "phone": "call Sun",
        "area": {"level": "grid", "code": "A", "name": "Grid A"},
        "status": "free",
        "on_duty": True,
        "location": {"lon": 104.002, "lat": 30.005},
        "position": {
            "source": "home",
            "at": None,
            "age_s": None,
            "accuracy_m": None,
            "last_at": None,
        },
    }


def test_chiefs_come_first_and_things_last(asking: httpx.Client) -> None:
    assert names(asking) == [
        "Chief Zheng",
        "Bai",
        "Sun",
        "Qian",
        "Officer Wu",
        "Old Zhou",
        "Hydrant 7",
    ]
    assert names(asking, role="police") == ["Officer Wu"]
    assert names(asking, "/api/v1/areas/base-city/responders") == ["Mayor"]
    assert names(asking, "/api/v1/areas/C/responders") == []


def test_who_is_off_duty_is_listed_and_says_so(asking: httpx.Client) -> None:
    def on_duty(**asked: object) -> dict[str, bool]:
        told = asking.get(OF_GRID_A, params=asked).json()["responders"]
        return {one["name"]: one["on_duty"] for one in told}

    morning = on_duty(role="full-time")
    assert morning == {"Bai": False, "Sun": True}
    monday_at_five = on_duty(role="full-time", at="2026-05-04T05:00:00+08:00")
    assert monday_at_five == {"Bai": True, "Sun": False}
    assert on_duty(role="building-head") == {"Old Zhou": True}


def test_a_live_position_says_how_old_it_is(asking: httpx.Client, clock: FixedClock) -> None:
    path = f"/api/v1/responders/{responder_id('hall', 'Sun')}/position"
    asking.put(path, json={"lon": 104.0077, "lat": 30.0033, "accuracy_m": 9})
    clock.advance(timedelta(minutes=4))
    sun = asking.get(OF_GRID_A, params={"role": "full-time"}).json()["responders"][1]
    assert sun["location"] == {"lon": 104.0077, "lat": 30.0033}
    assert (sun["position"]["source"], sun["position"]["age_s"]) == ("live", 240)
    clock.advance(timedelta(hours=1))
    later = asking.get(OF_GRID_A, params={"role": "full-time"}).json()["responders"][1]
    assert later["position"]["source"] == "home"


def test_where_somebody_without_a_home_is_nobody_knows(asking: httpx.Client) -> None:
    old = asking.get(OF_GRID_A, params={"role": "building-head"}).json()["responders"][0]
    assert (old["location"], old["position"]) == (None, None)


def test_who_has_left_works_nowhere(asking: httpx.Client, service: Service) -> None:
    with service.store.begin() as connection:
        connection.execute(text("UPDATE responder SET retired_at = now() WHERE number = 'Bai'"))
    service.live.refresh()
    assert names(asking, role="full-time") == ["Sun"]


def test_questions_that_make_no_sense(asking: httpx.Client) -> None:
    for path, asked, status, code, said in [
        (OF_GRID_A, {"role": "king"}, 422, "InvalidInputError", "'chief', 'full-time'"),
        (OF_GRID_A, {"at": "noon"}, 422, "InvalidInputError", "write a time like"),
        (OF_GRID_A, {"layer": "fire"}, 404, "LayerNotFoundError", "'fire'"),
        (OF_GRID_A, {"level": "block"}, 404, "LevelNotFoundError", "'block'"),
        (OF_GRID_A, {"colour": "red"}, 422, "InvalidInputError", "colour is unknown"),
        ("/api/v1/areas/Z/responders", {}, 404, "AreaNotFoundError", "'Z'"),
    ]:
        assert said in assert_problem(asking.get(path, params=asked), status, code)
