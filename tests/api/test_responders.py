"""Who is nearest, able and on duty? Asked over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    from uuid import UUID

    import httpx

    from gridgis.clock import FixedClock

NEAREST = "/api/v1/responders/nearest"
SOUTH_EAST = {"lon": 104.024, "lat": 30.005}


def names(client: httpx.Client, **asked: object) -> list[str]:
    told = client.get(NEAREST, params={**SOUTH_EAST, **asked}).json()
    return [responder["name"] for responder in told["responders"]]


def test_the_nearest_come_first_and_only_those_who_can(client: httpx.Client) -> None:
    assert names(client) == ["Zhao", "Wang", "Station 1"]
    assert names(client, k=1) == ["Zhao"]
    assert names(client, skill="fire") == ["Station 1"]
    assert names(client, skill=["gas", "road"]) == ["Zhao"]
    assert names(client, within_m=200) == ["Zhao"]
    assert names(client, skill="unheard of") == []


def test_a_live_position_counts_while_it_is_fresh(
    client: httpx.Client, clock: FixedClock, wang: UUID
) -> None:
    path = f"/api/v1/responders/{wang}/position"
    put = client.put(path, json={**SOUTH_EAST, "accuracy_m": 8})
    assert put.status_code == 200
    assert put.json() == {
        "id": str(wang),
        "location": SOUTH_EAST,
        "accuracy_m": 8,
        "at": "2026-05-01T01:00:00Z",
        "recorded_at": "2026-05-01T01:00:00Z",
        "kept": True,
        "reason": None,
    }
    clock.advance(timedelta(minutes=10))
    first = client.get(NEAREST, params=SOUTH_EAST).json()["responders"][0]
    assert (first["name"], first["position"]) == (
        "Wang",
        {
            "source": "live",
            "at": "2026-05-01T01:00:00Z",
            "age_s": 600,
            "accuracy_m": 8,
            "last_at": "2026-05-01T01:00:00Z",
        },
    )
    clock.advance(timedelta(minutes=10))
    assert names(client)[0] == "Zhao"


def test_an_older_position_never_replaces_a_newer_one(client: httpx.Client, wang: UUID) -> None:
    path = f"/api/v1/responders/{wang}/position"
    client.put(path, json={**SOUTH_EAST, "at": "2026-05-01T08:59:00+08:00"})
    late = client.put(path, json={"lon": 104, "lat": 30, "at": "2026-05-01T08:58:00+08:00"})
    assert late.json()["kept"] is False
    assert names(client)[0] == "Wang"


def test_a_clock_that_runs_ahead_cannot_freeze_a_position(client: httpx.Client, wang: UUID) -> None:
    path = f"/api/v1/responders/{wang}/position"
    ahead = client.put(path, json={**SOUTH_EAST, "at": "2027-05-01T09:00:00+08:00"})
    assert "clock" in assert_problem(ahead, 422, "InvalidInputError")


def test_nobody_has_that_number(client: httpx.Client) -> None:
    response = client.put(f"/api/v1/responders/{uuid4()}/position", json=SOUTH_EAST)
    assert_problem(response, 404, "ResponderNotFoundError")
