"""Ratings over HTTP, and incidents as they are listed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from gridgis.duplicates.incidents import ClusterRule, on_report
from gridgis.errors import GridgisError
from gridgis.ratings.links import newest_link
from tests.api.conftest import assert_problem
from tests.closing import work_off

if TYPE_CHECKING:
    import httpx

    from gridgis.clock import FixedClock
    from gridgis_api.service import Service

RATINGS, REPORTS, INCIDENTS = "/api/v1/ratings", "/api/v1/reports", "/api/v1/incidents"
GOOD = {"contacted": True, "solved": True, "satisfaction": 5, "words": "半小时就有人来了"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def report_id(client: httpx.Client, service: Service) -> UUID:
    """A report on gas whose case was closed."""
    body = {"category": "gas", "description": "煤气味"}
    made = UUID(client.post(REPORTS, json=body).json()["report"]["id"])
    work_off(service.workflow, made)
    return made


@pytest.fixture
def token(service: Service, report_id: UUID) -> str:
    with service.store.begin() as connection:
        return newest_link(connection, report_id, service.clock.now())


def test_a_resident_is_asked_and_answers_once(
    client: httpx.Client, service: Service, token: str, report_id: UUID
) -> None:
    told = client.get(f"{RATINGS}/{token}").json()
    assert (told["category"], told["answer"], told["answered_at"]) == ("gas", None, None)
    assert str(report_id) not in str(told)
    first = client.post(f"{RATINGS}/{token}", json=GOOD)
    again = client.post(f"{RATINGS}/{token}", json=GOOD)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == client.get(f"{RATINGS}/{token}").json()
    assert first.json()["answer"] == GOOD
    assert first.json()["answered_at"] == "2026-05-01T01:00:00Z"
    other = client.post(f"{RATINGS}/{token}", json={**GOOD, "satisfaction": 1})
    assert_problem(other, 409, "RatingAnsweredError")
    assert service.workflow.case(report_id).state == "closed"


def test_a_low_answer_brings_the_case_back(
    client: httpx.Client, service: Service, token: str, report_id: UUID
) -> None:
    told = client.post(f"{RATINGS}/{token}", json={**GOOD, "satisfaction": 2}).json()
    assert told["returned"] is True
    assert service.workflow.case(report_id).state == "reopened"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({**GOOD, "satisfaction": 6}, "InvalidInputError"),
        ({**GOOD, "satisfaction": "5"}, "InvalidInputError"),
        ({**GOOD, "contacted": 1}, "InvalidInputError"),
        ({**GOOD, "words": "x" * 100_000}, "InvalidInputError"),
        ({**GOOD, "words": "\x00"}, "InvalidInputError"),
        ({**GOOD, "report": "x"}, "InvalidInputError"),
        ({"satisfaction": 5}, "InvalidInputError"),
    ],
)
def test_what_is_no_answer(client: httpx.Client, token: str, body: dict, code: str) -> None:
    assert_problem(client.post(f"{RATINGS}/{token}", json=body), 422, code)
    assert client.get(f"{RATINGS}/{token}").json()["answer"] is None


def test_links_that_do_not_work(client: httpx.Client, clock: FixedClock, token: str) -> None:
    for bad in (token[:-1], "x", f"{token}x", "%F0%9F%98%80", "a" * 250):
        assert_problem(client.get(f"{RATINGS}/{bad}"), 404, "RatingLinkError")
        assert_problem(client.post(f"{RATINGS}/{bad}", json=GOOD), 404, "RatingLinkError")
        assert client.get(f"/rate/{bad}").status_code == 404
    clock.advance(timedelta(days=31))
    assert_problem(client.get(f"{RATINGS}/{token}"), 410, "RatingExpiredError")
    assert_problem(client.post(f"{RATINGS}/{token}", json=GOOD), 410, "RatingExpiredError")


def test_the_page_takes_a_plain_form(client: httpx.Client, token: str) -> None:
    page = client.get(f"/rate/{token}", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert page.headers["content-language"] == "en"
    assert "Your report of 2026-05-01, “gas”, was closed." in page.text
    assert "<script" not in page.text
    rules = page.headers["content-security-policy"]
    assert "default-src 'none'" in rules
    assert "unsafe" not in rules
    assert page.headers["cache-control"] == "no-store"
    form = "contacted=yes&solved=yes&satisfaction=4&words=%3Cb%3Egut%3C%2Fb%3E"
    sent = client.post(f"/rate/{token}?lang=en", content=form, headers=FORM)
    assert sent.status_code == 303
    thanks = client.get(sent.headers["location"])
    assert "Thank you" in thanks.text
    assert "&lt;b&gt;gut&lt;/b&gt;" in thanks.text
    assert client.post(f"/rate/{token}", content=form, headers=FORM).status_code == 303
    other = form.replace("satisfaction=4", "satisfaction=1")
    refused = client.post(f"/rate/{token}", content=other, headers=FORM)
    assert refused.status_code == 409
    assert "已经评价过了" in refused.text


@pytest.mark.parametrize(
    "form",
    [
        "",
        "contacted=yes&solved=no",
        "contacted=yes&solved=no&satisfaction=7",
        "contacted=1&solved=no&satisfaction=5",
        "contacted=yes&solved=no&satisfaction=5&words=%00",
        "contacted=yes&solved=no&satisfaction=5&words=" + "x" * 5_000,
    ],
)
def test_a_form_with_a_hole_is_shown_again(client: httpx.Client, token: str, form: str) -> None:
    answer = client.post(f"/rate/{token}?lang=en", content=form, headers=FORM)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert client.get(f"{RATINGS}/{token}").json()["answer"] is None


def test_the_form_may_not_come_from_another_site(client: httpx.Client, token: str) -> None:
    form = "contacted=yes&solved=yes&satisfaction=5"
    foreign = {**FORM, "Origin": "https://evil.example"}
    assert client.post(f"/rate/{token}", content=form, headers=foreign).status_code == 403
    wrong = {"Content-Type": "text/plain"}
    assert client.post(f"/rate/{token}", content=form, headers=wrong).status_code == 415
    assert client.post(REPORTS, content=form, headers=FORM).status_code == 415


def test_incidents_are_listed_with_their_reports(
    client: httpx.Client, service: Service, clock: FixedClock
) -> None:
    rule = ClusterRule(count=3, minutes=60, radius_m=300, quiet_hours=48)
    ids = []
    for minute in range(4):
        clock.advance(timedelta(minutes=minute))
        where = {"lon": 104.005 + minute / 10_000, "lat": 30.005}
        body = {"category": "gas", "description": "煤气味", "location": where}
        ids.append(client.post(REPORTS, json=body).json()["report"]["id"])
        with service.store.begin() as connection:
            on_report(connection, UUID(ids[-1]), clock.now(), rule)
    listed = client.get(INCIDENTS, params={"category": "gas", "quiet": False}).json()
    (found,) = listed["incidents"]
    assert (found["members"], found["open"], found["quiet"], listed["next"]) == (4, 4, False, None)
    told = client.get(f"{INCIDENTS}/{found['id']}").json()
    assert [one["report_id"] for one in told["reports"]] == ids
    assert {name: told[name] for name in found} == found
    clock.advance(timedelta(days=3))
    assert client.get(f"{INCIDENTS}/{found['id']}").json()["quiet"] is True
    assert client.get(INCIDENTS, params={"quiet": False}).json()["incidents"] == []
    assert client.get(INCIDENTS, params={"before": found["id"]}).json()["incidents"] == []
    assert_problem(client.get(f"{INCIDENTS}/999999"), 404, "IncidentNotFoundError")
    assert_problem(client.get(f"{INCIDENTS}/0"), 422, "InvalidInputError")


def test_a_service_without_a_database_says_so_on_the_page(
    client: httpx.Client, service: Service, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        msg = "the database is away"
        raise GridgisError(msg)

    monkeypatch.setattr(service.store, "begin", broken)
    page = client.get(f"/rate/{token}?lang=en")
    assert page.status_code == 500
    assert "Please try again later" in page.text
    assert "database" not in page.text
