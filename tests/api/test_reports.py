"""A report comes in over HTTP, is read, is corrected."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from gridgis.actor import Actor
from gridgis.model import Location, NewReport
from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    import httpx

    from gridgis.clock import FixedClock
    from gridgis_api.service import Service

REPORTS = "/api/v1/reports"
LI_NA = {"Gridgis-Actor": "%E6%9D%8E%E5%A8%9C;role=dispatcher"}
LEADER = {"Gridgis-Actor": "Chen;role=leader"}


def smell_of_gas(**changes: object) -> dict[str, object]:
    return {
        "id": str(uuid4()),
        "captured_at": "2026-05-01T08:55:00+08:00",
        "category": "gas",
        "description": "楼道里有燃气味",
        "location": {"lon": 104.005, "lat": 30.005, "accuracy_m": 12},
        **changes,
    }


def test_a_report_gets_its_grid_its_parents_and_who_can_help(client: httpx.Client) -> None:
    body = smell_of_gas(reporter={"name": "Chen", "contact": "12345"}, attributes={"floor": 3})
    response = client.post(REPORTS, json=body)
    assert response.status_code == 201
    told = response.json()
    report = told["report"]
    assert report["id"] == body["id"]
    assert response.headers["location"] == f"{REPORTS}/{body['id']}"
    assert report["grid"] == {"layer": "base", "code": "A", "name": "Grid A", "rule": "covers"}
    assert report["located"] is None
    assert (report["captured_at"], report["received_at"]) == (
        "2026-05-01T00:55:00Z",
        "2026-05-01T01:00:00Z",
    )
    assert (report["state"], report["accuracy_m"], report["attributes"]) == (
        "reported",
        12,
        {"floor": 3},
    )
    assert "Chen" not in response.text
    base, campus = told["assignments"]
    assert (base["layer"], base["rule"]) == ("base", "covers")
    assert base["parents"][0]["name"] == "Toytown"
    assert (campus["layer"], campus["rule"]) == ("campus", "outside")
    assert [one["name"] for one in told["responders"]] == ["Wang", "Zhao"]
    assert told["responders"][0]["distance_m"] == pytest.approx(0, abs=0.01)
    assert told["responders"][0]["position"]["source"] == "home"


def test_the_same_report_again_changes_nothing_and_another_body_is_refused(
    client: httpx.Client,
) -> None:
    body = smell_of_gas()
    first = client.post(REPORTS, json=body)
    again = client.post(REPORTS, json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    other = client.post(REPORTS, json={**body, "description": "Nothing at all"})
    assert str(body["id"]) in assert_problem(other, 409, "ReportBodyDiffersError")
    assert len(client.get(REPORTS).json()["reports"]) == 1


def test_a_source_that_has_numbers_needs_no_id(client: httpx.Client) -> None:
    body = smell_of_gas(source="hotline", number="A-1024")
    del body["id"]
    first = client.post(REPORTS, json=body).json()["report"]
    assert client.post(REPORTS, json=body).status_code == 200
    assert (first["source"], first["number"]) == ("hotline", "A-1024")
    del body["source"]
    assert "source" in assert_problem(client.post(REPORTS, json=body), 422, "InvalidInputError")


def test_without_a_location_it_is_stored_all_the_same(client: httpx.Client) -> None:
    told = client.post(REPORTS, json={"description": "Somewhere by the river"}).json()
    assert [one["rule"] for one in told["assignments"]] == ["no_location", "no_location"]
    assert told["report"]["location"] is None
    assert told["report"]["accuracy_m"] is None
    assert told["report"]["grid"] is None
    assert told["responders"] == []


def test_a_report_tells_how_its_location_was_found(client: httpx.Client, service: Service) -> None:
    found = {
        "precision": "unit",
        "place": "demo:P1",
        "name": "1单元",
        "score": 0.97,
        "words": "1-1",
    }
    place = Location(104.005, 30.005)
    new = NewReport(uuid4(), None, None, "燃气味", place, address="1-1", located=found)
    service.intake.receive(new, Actor("Li Na", "dispatcher"))
    assert client.get(f"{REPORTS}/{new.id}").json()["report"]["located"] == found
    assert client.get(REPORTS).json()["reports"][0]["located"] == found


def test_the_list_is_read_page_by_page_newest_first(client: httpx.Client) -> None:
    for minute in range(7):
        body = smell_of_gas(captured_at=f"2026-05-01T08:{minute:02}:00+08:00")
        assert client.post(REPORTS, json=body).status_code == 201
    minutes, cursor = [], None
    while True:
        asked = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        page = client.get(REPORTS, params=asked).json()
        assert len(page["reports"]) <= 3
        minutes += [int(report["captured_at"][14:16]) for report in page["reports"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert minutes == [6, 5, 4, 3, 2, 1, 0]


def test_the_list_is_filtered_by_time_place_grid_category_and_state(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_a = smell_of_gas()
    in_c = smell_of_gas(category="road", location={"lon": 104.025, "lat": 30.005})
    nowhere = smell_of_gas(location=None, captured_at="2026-04-30T08:00:00+08:00")
    for body in (in_a, in_c, nowhere):
        client.post(REPORTS, json=body)

    def found(**asked: str) -> set[str]:
        reports = client.get(REPORTS, params=asked).json()["reports"]
        return {
            name
            for name, body in {"a": in_a, "c": in_c, "nowhere": nowhere}.items()
            if body["id"] in {report["id"] for report in reports}
        }

    assert found() == {"a", "c", "nowhere"}
    assert found(bbox="104,30,104.01,30.01") == {"a"}
    assert found(area="C", layer="base") == {"c"}
    assert found(area="base-city") == {"a", "c"}
    assert found(area="nobody's") == set()
    assert found(category="road") == {"c"}
    assert found(to="2026-05-01T00:00:00Z") == {"nowhere"}
    assert found(**{"from": "2026-05-01T00:00:00Z"}) == {"a", "c"}
    assert found(state="void") == set()

    # A large area is asked in another way; it must be the same answer.
    monkeypatch.setattr("gridgis.store.reports.SMALL_AREA", 0)
    assert found(area="C", layer="base") == {"c"}
    assert found(area="base-city") == {"a", "c"}
    assert found(area="nobody's") == set()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"layer": "base"}, "layer says whose area is meant"),
        ({"from": "2026-05-02T00:00:00Z", "to": "2026-05-01T00:00:00Z"}, "later than from"),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(
    client: httpx.Client, asked: dict[str, str], told: str
) -> None:
    assert told in assert_problem(client.get(REPORTS, params=asked), 422, "InvalidInputError")


def test_a_pin_is_moved_and_the_old_answer_stays_readable(
    client: httpx.Client, clock: FixedClock
) -> None:
    body = smell_of_gas()
    client.post(REPORTS, json=body)
    clock.advance(timedelta(minutes=2))
    response = client.post(
        f"{REPORTS}/{body['id']}/location",
        json={"location": {"lon": 104.025, "lat": 30.025}, "reason": "caller said the north gate"},
        headers=LI_NA,
    )
    assert response.status_code == 200
    told = response.json()
    assert told["holder"] == {"layer": "base", "code": "I", "name": "Grid I"}
    assert told["report"]["location"] == {"lon": 104.025, "lat": 30.025}
    base = [one for one in told["assignments"] if one["layer"] == "base"]
    assert [(one["grid"]["code"], one["made_at"]) for one in base] == [
        ("A", "2026-05-01T01:00:00Z"),
        ("I", "2026-05-01T01:02:00Z"),
    ]
    assert [event["kind"] for event in told["events"]] == ["reported", "repinned"]
    moved = told["events"][1]
    assert (moved["actor"], moved["role"]) == ("李娜", "dispatcher")
    assert moved["facts"]["reason"] == "caller said the north gate"
    assert moved["facts"]["before"]["location"]["lon"] == 104.005
    assert client.get(f"{REPORTS}/{body['id']}").json() == told


def test_a_pin_can_be_taken_away_even_when_the_clock_was_set_back(
    client: httpx.Client, clock: FixedClock
) -> None:
    body = smell_of_gas()
    client.post(REPORTS, json=body)
    clock.advance(-timedelta(hours=1))
    told = client.post(
        f"{REPORTS}/{body['id']}/location", json={"location": None, "reason": "wrong town"}
    ).json()
    assert told["holder"] is None
    assert [one["rule"] for one in told["assignments"]][-2:] == ["no_location", "no_location"]


def test_a_category_with_its_own_layer_moves_the_holder(client: httpx.Client) -> None:
    body = smell_of_gas(location={"lon": 104.015, "lat": 30.015}, category="gas")
    received = client.post(REPORTS, json=body).json()
    assert received["report"]["grid"]["layer"] == "campus"
    told = client.patch(
        f"{REPORTS}/{body['id']}",
        json={"category": "road", "description": "A hole", "reason": "misheard"},
        headers=LI_NA,
    ).json()
    assert (told["report"]["category"], told["report"]["description"]) == ("road", "A hole")
    facts = told["events"][-1]["facts"]
    assert facts["before"] == {"category": "gas", "description": "楼道里有燃气味"}
    assert facts["after"] == {"category": "road", "description": "A hole"}
    same = client.patch(f"{REPORTS}/{body['id']}", json={"category": "road", "reason": "again"})
    assert "nothing would change" in assert_problem(same, 422, "InvalidInputError")
    unknown = client.patch(f"{REPORTS}/{body['id']}", json={"category": "ufo", "reason": "saw it"})
    assert "'ufo'" in assert_problem(unknown, 422, "InvalidInputError")


def test_a_retired_report_stays_readable_and_nothing_else(client: httpx.Client) -> None:
    body = smell_of_gas()
    client.post(REPORTS, json=body)
    path = f"{REPORTS}/{body['id']}"
    refused = client.post(f"{path}/retire", json={"reason": "a test"}, headers=LI_NA)
    assert "may not retire" in assert_problem(refused, 409, "CaseRefusedError")
    assert client.post(f"{path}/retire", json={"reason": " "}, headers=LEADER).status_code == 422
    retired = client.post(f"{path}/retire", json={"reason": "a test"}, headers=LEADER)
    told = retired.json()
    assert (told["report"]["state"], retired.headers["etag"]) == ("void", '"1"')
    assert told["events"][-1]["kind"] == "voided"
    assert client.get(path).json() == told
    again = client.post(f"{path}/retire", json={"reason": "again"}, headers=LEADER)
    assert_problem(again, 409, "CaseRefusedError")
    for change in (
        client.patch(path, json={"description": "x", "reason": "again"}),
        client.post(f"{path}/location", json={"location": None, "reason": "again"}),
    ):
        assert_problem(change, 409, "ConflictError")


def test_an_unknown_report_is_not_found(client: httpx.Client) -> None:
    number = str(uuid4())
    assert number in assert_problem(client.get(f"{REPORTS}/{number}"), 404, "ReportNotFoundError")
    moved = client.post(f"{REPORTS}/{number}/location", json={"location": None, "reason": "x"})
    assert_problem(moved, 404, "ReportNotFoundError")
