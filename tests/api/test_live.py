"""Phones and dispatchers over HTTP: positions one by one and by the hundred, status, exceptions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from gridgis.body import responder_id
from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    import httpx

    from gridgis.clock import FixedClock
    from gridgis_api.service import Service

RESPONDERS = "/api/v1/responders"
POSITIONS = f"{RESPONDERS}/positions"
WANG, ZHAO = (str(responder_id("test", name)) for name in ("Wang", "Zhao"))
THERE = {"lon": 104.02, "lat": 30.01}
DISPATCHER = {"Gridgis-Actor": "Li;role=dispatcher"}


def shown(client: httpx.Client, who: str = WANG) -> dict[str, Any]:
    response = client.get(f"{RESPONDERS}/{who}")
    assert response.status_code == 200, response.text
    return dict(response.json())


def test_a_phone_sends_the_dispatcher_looks_and_an_hour_later_it_is_the_duty_point(
    client: httpx.Client, clock: FixedClock
) -> None:
    assert shown(client)["position"]["source"] == "home"
    client.put(f"{RESPONDERS}/{WANG}/position", json={**THERE, "accuracy_m": 5})
    clock.advance(timedelta(seconds=30))
    assert shown(client) == {
        "id": WANG,
        "kind": "worker",
        "name": "Wang",
        "organisation": None,
        "role": None,
        "skills": ["gas"],
        "phone": None,
        "area": None,
        "on_duty": True,
        "status": "free",
        "status_until": None,
        "available": True,
        "load": 0,
        "capacity": 1,
        "location": THERE,
        "position": {
            "source": "live",
            "at": "2026-05-01T01:00:00Z",
            "age_s": 30,
            "accuracy_m": 5,
            "last_at": "2026-05-01T01:00:00Z",
        },
        "last": {"location": THERE, "at": "2026-05-01T01:00:00Z", "age_s": 30},
    }
    clock.advance(timedelta(hours=1))
    later = shown(client)
    assert later["position"]["source"] == "home"
    assert later["location"] == {"lon": 104.005, "lat": 30.005}
    assert later["last"]["age_s"] == 3630


def test_many_positions_are_answered_one_by_one(client: httpx.Client, clock: FixedClock) -> None:
    unknown = str(uuid4())
    given = [
        {"id": WANG, **THERE, "at": "2026-05-01T08:59:00+08:00"},
        {"id": WANG, **THERE, "at": "2026-05-01T08:58:00+08:00"},
        {"id": unknown, **THERE},
        {"id": ZHAO, **THERE, "at": "2026-05-01T09:06:00+08:00"},
        {"id": ZHAO, **THERE, "at": "2026-01-01T09:06:00+08:00"},
        {"id": ZHAO, "lon": 30, "lat": 104},
        {"id": ZHAO, "lon": 104},
        {"id": "Zhao", **THERE},
        {"id": ZHAO, **THERE, "at": "yesterday"},
        {"id": ZHAO, **THERE, "speed": 3},
        17,
        {"id": ZHAO, **THERE, "datum": "gcj02"},
    ]
    answered = client.post(POSITIONS, json={"positions": given}).json()
    assert [one["index"] for one in answered["positions"]] == list(range(len(given)))
    assert [one["outcome"] for one in answered["positions"]] == [
        *("kept", "older", "unknown", "ahead", "too_old"),
        *["invalid"] * 6,
        "kept",
    ]
    assert (answered["kept"], answered["refused"]) == (2, 9)
    details = [one["detail"] for one in answered["positions"]]
    assert details[0] is None
    assert "a later position is known" in details[1]
    assert "no such responder" in details[2]
    assert "set the phone's clock" in details[3]
    assert "90 days" in details[4]
    assert "lon and lat look swapped" in details[5]
    assert "lat is missing" in details[6]
    assert "speed is unknown" in details[9]
    assert [one["id"] for one in answered["positions"]][5:8] == [ZHAO, ZHAO, None]
    # The datum was shifted: half a kilometre.
    assert shown(client, ZHAO)["location"]["lon"] == pytest.approx(104.02, abs=0.01)
    assert shown(client, ZHAO)["location"]["lon"] != 104.02
    assert clock.now().isoformat().startswith(answered["recorded_at"][:19])


@pytest.mark.parametrize(
    ("positions", "says"),
    [
        ([{"id": WANG, **THERE}] * 1001, "1,001 positions; send at most 1,000 in one call"),
        ([], "positions"),
        ({}, "positions"),
    ],
)
def test_a_call_that_is_no_batch_is_refused_whole(
    client: httpx.Client, positions: object, says: str
) -> None:
    response = client.post(POSITIONS, json={"positions": positions})
    assert says in assert_problem(response, 422, "InvalidInputError")


def test_a_flood_is_answered_and_thinned(client: httpx.Client, service: Service) -> None:
    path = f"{RESPONDERS}/{WANG}/position"
    at = [f"2026-05-01T00:59:{second:02}Z" for second in range(25)]
    answers = [client.put(path, json={**THERE, "at": one}).json() for one in at]
    assert [one["reason"] for one in answers] == [None] * 20 + ["thinned"] * 5
    assert all(one["kept"] for one in answers)
    with service.store.begin() as connection:
        count = connection.execute(text("SELECT count(*) FROM position_history")).scalar_one()
    assert count == 20
    assert shown(client)["last"]["at"] == at[-1]


def test_a_status_takes_somebody_out_and_ends_by_itself(
    client: httpx.Client, clock: FixedClock
) -> None:
    path = f"{RESPONDERS}/{WANG}/status"
    said = {"status": "busy", "until": "2026-05-01T10:00:00+08:00", "reason": "on a task"}
    answered = client.put(path, json=said, headers=DISPATCHER)
    assert answered.json() == {
        "responder_id": WANG,
        "status": "busy",
        "since": "2026-05-01T01:00:00Z",
        "until": "2026-05-01T02:00:00Z",
        "reason": "on a task",
        "actor": "Li",
    }
    assert (shown(client)["status"], shown(client)["available"]) == ("busy", False)
    clock.advance(timedelta(hours=1))
    assert (shown(client)["status"], shown(client)["available"]) == ("free", True)


def test_exceptions_from_the_plan_are_said_listed_and_withdrawn(client: httpx.Client) -> None:
    path = f"{RESPONDERS}/{WANG}/exceptions"
    day = {"since": "2026-05-01T00:00:00+08:00", "until": "2026-05-02T00:00:00+08:00"}
    made = client.post(path, json={**day, "reason": "Labour Day"}, headers=DISPATCHER)
    assert made.status_code == 201
    assert (made.json()["on_duty"], made.json()["actor"]) == (False, "Li")
    assert (shown(client)["on_duty"], shown(client)["available"]) == (False, False)
    assert shown(client, ZHAO)["on_duty"]
    assert client.get(path).json()["exceptions"] == [made.json()]
    number = made.json()["id"]
    other = client.delete(f"{RESPONDERS}/{ZHAO}/exceptions/{number}")
    assert_problem(other, 404, "RowNotFoundError")
    assert client.delete(f"{path}/{number}").status_code == 204
    assert client.get(path).json()["exceptions"] == []
    assert shown(client)["on_duty"]


@pytest.mark.parametrize(
    ("verb", "path", "body", "status", "code"),
    [
        ("get", "/{nobody}", None, 404, "ResponderNotFoundError"),
        ("get", "/Wang", None, 422, "InvalidInputError"),
        ("get", "/{nobody}/exceptions", None, 404, "ResponderNotFoundError"),
        ("put", "/{nobody}/status", {"status": "busy"}, 404, "ResponderNotFoundError"),
        ("put", "/{wang}/status", {"status": "asleep"}, 422, "InvalidInputError"),
        ("put", "/{wang}/status", {"status": "off", "reason": "\0"}, 422, "InvalidInputError"),
        (
            *("put", "/{wang}/status", {"status": "busy", "until": "2026-05-01T00:00:00Z"}),
            *(422, "InvalidInputError"),
        ),
        (
            "post",
            "/{wang}/exceptions",
            {"since": "2026-05-02T00:00:00Z", "until": "2026-05-01T00:00:00Z", "reason": "x"},
            *(422, "InvalidInputError"),
        ),
        ("delete", "/{wang}/exceptions/0", None, 422, "InvalidInputError"),
        ("delete", "/{wang}/exceptions/99999999999999999999", None, 422, "InvalidInputError"),
    ],
)
def test_what_makes_no_sense_is_a_problem(
    client: httpx.Client, verb: str, path: str, body: object, status: int, code: str
) -> None:
    where = RESPONDERS + path.format(nobody=uuid4(), wang=WANG)
    assert_problem(client.request(verb.upper(), where, json=body), status, code)
