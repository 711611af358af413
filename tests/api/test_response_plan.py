"""The response plan over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from gridgis.store import reports

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from gridgis.clock import FixedClock
    from gridgis_api.service import Service

PLAN = """\
name: Town # with a comment
families: {safety: urban}
categories:
  gas:
    closing: {site_check: false}
    escalate: {handle: leader}
    levels:
      1:
        limits: {handle: "15 min, 30 min at night"}
        parties: {gas: {skills: [gas], within: 15 min, unit: works}}
        tell: [leader]
        evacuate: {radius_m: 150, within: 15 min}
"""
YAML = {"Content-Type": "application/yaml"}


@pytest.fixture(autouse=True)
def clean(service: Service) -> Iterator[None]:
    """No other test has a plan in force."""
    yield
    with service.store.begin() as connection:
        connection.execute(text("TRUNCATE casefile, response_plan CASCADE"))


def test_put_as_yaml_and_got_back(client: httpx.Client, clock: FixedClock) -> None:
    first = client.put("/api/v1/response-plan", content=PLAN.encode(), headers=YAML)
    assert first.status_code == 201, first.text
    again = client.put("/api/v1/response-plan", json={"document": PLAN})
    assert again.status_code == 200
    assert again.json() == first.json()
    got = client.get("/api/v1/response-plan").json()
    assert got["document"] == PLAN
    assert got["name"] == "Town"
    assert got["in_force_from"].startswith(clock.now().strftime("%Y-%m-%dT%H:%M"))


def test_a_category_is_told_what_the_plan_asks_for(client: httpx.Client) -> None:
    client.put("/api/v1/response-plan", content=PLAN.encode(), headers=YAML)
    told = client.get("/api/v1/response-plan/gas").json()
    assert told["closing"] == {"site_check": False, "within_m": 100.0, "rating": True}
    gravest = told["levels"][0]
    assert gravest["limits"] == {"handle": "15 min, 30 min at night"}
    assert gravest["escalate"]["handle"]["grid"] == "leader"
    assert gravest["parties"][0]["unit"] == "works"
    assert gravest["parties"][0]["lead"] is True
    assert gravest["marks"] == {"evacuated": "15 min"}
    assert gravest["evacuate_m"] == 150
    assert told["levels"][3]["parties"] == []
    assert client.get("/api/v1/response-plan/moon").status_code == 404


def test_each_mistake_is_told_with_its_line(client: httpx.Client) -> None:
    wrong = PLAN.replace("[gas]", "[gass]").replace("150", "far")
    answer = client.put("/api/v1/response-plan", content=wrong.encode(), headers=YAML)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "ResponsePlanError"
    assert [line for line, _ in problem["findings"]] == [10, 12]
    assert "did you mean 'gas'?" in problem["findings"][0][1]
    assert client.get("/api/v1/response-plan").status_code == 404


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"name: \xff", "application/yaml", 422),
        (b"name: x", "text/plain", 415),
        (b"{", "application/json", 400),
        (b"{}", "application/json", 422),
        (b'{"document": "name: x", "since": 1}', "application/json", 422),
        (
            b'{"document": "name: x", "in_force_from": "2020-01-01T00:00:00Z"}',
            "application/json",
            422,
        ),
        (b"", "application/yaml", 422),
        (b"x" * 400_000, "application/yaml", 422),
        (b"x" * 1_100_000, "application/yaml", 413),
    ],
)
def test_what_cannot_be_a_plan_is_refused(
    client: httpx.Client, body: bytes, kind: str, status: int
) -> None:
    answer = client.put("/api/v1/response-plan", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]


def test_yaml_is_for_this_route_only(client: httpx.Client) -> None:
    answer = client.post("/api/v1/reports", content=b"name: x", headers=YAML)
    assert answer.status_code == 415


def test_the_desk_proposes_and_sends(
    client: httpx.Client, service: Service, clock: FixedClock, places: None
) -> None:
    """A leak in the school's grid: graver for the school, the nearest gas worker goes."""
    del places
    plan = PLAN.replace(
        "    levels:\n",
        "    propose: {usual: 2, near: {kinds: [school], within_m: 500}}\n    levels:\n",
    )
    assert client.put("/api/v1/response-plan", json={"document": plan}).status_code == 201
    report = client.post(
        "/api/v1/reports",
        json={
            "category": "gas",
            "description": "a leak",
            "location": {"lon": 104.0251, "lat": 30.0051},
        },
    ).json()
    with service.store.begin() as connection:
        stored = reports.one(connection, report["report"]["id"])
        proposed = service.desk.level(connection, stored, clock.now())
        team = service.desk.team(connection, stored, proposed.level, clock.now())
        plain = service.desk.team(connection, stored, 4, clock.now())
    assert proposed.level == 1
    assert "滨河小学" in proposed.reasons[1].sentence
    assert [one.responder.name for one in team.parties[0].chosen] == ["Zhao"]
    assert team.households is not None
    command = team.command()
    assert (command.parties[0].unit, command.parties[0].within) == ("works", "15 min")
    assert command.told == ("leader",)
    assert [one.unit for one in plain.parties] == [None], "nobody is responsible yet"
