"""A case over HTTP: a dispatcher, a worker and a leader take it from report to rating."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gridgis.cases import commands as c
from gridgis.cases.table import CASE, TASK
from gridgis_api.app import describe
from tests.api.casework import REPORTS, Person
from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    import httpx

    from gridgis.clock import FixedClock

HERE = {"lon": 104.005, "lat": 30.0051}
NEXT_STREET = {"lon": 104.02, "lat": 30.005}


@pytest.mark.usefixtures("ruled")
def test_from_report_to_rating(li_na: Person, worker: Person, clock: FixedClock) -> None:
    report = li_na.report()
    assert li_na.sees(report)["label"] == {"zh": "已上报", "en": "Reported"}
    clock.advance(timedelta(minutes=2))
    assert li_na.did(report, "file")["events"] == ["filed"]
    assert li_na.did(report, "level", level=2)["level"] == 2
    sent = li_na.did(report, "dispatch", version=2, note="be quick")
    assert (sent["state"], sent["unit"]) == ("dispatched", "gas-works")
    lead, fire = sent["tasks"]
    assert (lead["part"], lead["is_lead"], len(lead["responders"])) == ("gas", True, 1)
    assert (fire["unit"], fire["is_lead"]) == ("Station 1", False)
    clock.advance(timedelta(minutes=5))
    assert worker.did(report, "1/accept")["case_state"] == "handling"
    arrived = worker.did(report, "1/arrive", location=HERE)
    assert arrived["arrived_m"] == pytest.approx(11.1, abs=0.1)
    worker.did(report, "mark", mark="sealed")
    worker.did(report, "1/begin")
    assert worker.did(report, "1/done")["case_state"] == "handling", "the fire brigade is not done"
    early = li_na.does(report, "close")
    assert "is handling, so nobody can close it" in assert_problem(early, 409, "CaseRefusedError")
    li_na.did(report, "2/recall", reason="not needed any more")
    assert li_na.sees(report)["state"] == "fed_back"
    far = li_na.does(report, "verify", location=NEXT_STREET)
    assert "within 100 m; this position is" in assert_problem(far, 409, "CaseRefusedError")
    li_na.did(report, "verify", location=HERE)
    closed = li_na.did(report, "close")
    assert (closed["state"], closed["outcome"]) == ("closed", "solved")
    assert closed["events"] == ["rating_asked", "closed"]
    whole = li_na.sees(report)
    assert whole["ratings"][0]["answered_at"] is None
    assert whole["units"]["gas-works"] == "Gas Works"
    assert {clock["stage"] for clock in whole["clocks"]} >= {"file", "close", "mark:sealed"}
    assert all(clock["stopped_at"] for clock in whole["clocks"])


def test_each_row_of_the_table_is_a_route_that_says_who_may() -> None:
    paths = describe()["paths"]
    for command, step in CASE.items():
        if command is not c.Rate:
            told = paths[f"{REPORTS}/{{report_id}}/{step.name}"]["post"]
            assert {"200", "404", "409", "422", "503"} <= told["responses"].keys()
    for step in TASK.values():
        told = paths[f"/api/v1/tasks/{{report_id}}/{{number}}/{step.name}"]["post"]
        for role in step.roles:
            assert role in told["description"]


def test_what_somebody_may_not_do_is_refused_for_the_reason_that_was_told(
    li_na: Person, client: httpx.Client
) -> None:
    """What `may` promises holds for every command, in three states, for four roles."""
    bodies = {
        "merge": {"into": li_na.report()},
        "level": {"level": 3},
        "whistle": {"unit": "gas", "within": "30 min"},
        "ask": {"wish": "void"},
        "grant": {"wish": 1},
        "refuse": {"wish": 1},
        "mark": {"mark": "sealed"},
        "lift": {"to": "city"},
        "supervise": {"document": "12"},
        "ask-extension-up": {"until": "2026-06-01T08:00:00+08:00"},
        "answer-up": {"answer": "done"},
        "dispatch": {"parties": [{"unit": "gas", "lead": True}]},
    }
    report = li_na.report()
    for step in (None, "file", "dispatch"):
        if step is not None:
            li_na.did(report, step, **bodies.get(step, {}))
        for role in ("resident", "worker", "inspector", "leader"):
            person = Person(client, "Somebody", role)
            may_not = person.sees(report)["may_not"]
            for name, why in may_not.items():
                told = person.does(report, name, **bodies.get(name, {}), reason="so")
                detail = assert_problem(told, 409, "CaseRefusedError")
                if "asked for" not in why and "came from" not in why and "mark" not in why:
                    assert detail.startswith(why)


def test_of_two_dispatchers_the_second_is_told_who_was_quicker(
    li_na: Person, client: httpx.Client
) -> None:
    report = li_na.report()
    seen = li_na.sees(report)["version"]
    other = Person(client, "Zhao", "dispatcher")
    other.did(report, "file", version=seen)
    late = li_na.does(report, "reject", version=seen, reason="not ours")
    detail = assert_problem(late, 409, "CaseChangedError")
    assert "you know version 0, it is 1 now (last: filed by Zhao)" in detail
    told = late.json()
    assert (told["state"], told["version"], told["unit"], told["actor"]) == (
        "filed", 1, None, "Zhao",
    )  # fmt: skip
    wrong = client.post(f"{REPORTS}/{report}/urge", json={}, headers={"If-Match": "1"})
    assert 'like "7"' in assert_problem(wrong, 422, "InvalidInputError")
    anything = {"If-Match": "*", "Gridgis-Actor": "Zhao;role=dispatcher"}
    assert client.post(f"{REPORTS}/{report}/urge", json={}, headers=anything).status_code == 200


def test_the_same_request_twice_is_done_once(li_na: Person) -> None:
    report = li_na.report()
    first = li_na.did(report, "urge", key="k-1")
    again = li_na.did(report, "urge", key="k-1")
    assert (first["events"], again["events"]) == (["urged"], [])
    assert (again["version"], li_na.sees(report)["urgings"]) == (first["version"], 1)
    assert li_na.did(report, "file", key="k-1")["events"] == ["filed"], "another command"
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: li_na.does(report, "urge", key="k-2"), range(12)))
    assert {one.status_code for one in answers} == {200}
    assert sorted(len(one.json()["events"]) for one in answers) == [0] * 11 + [1]
    assert li_na.sees(report)["urgings"] == 2


def test_a_phone_without_signal_says_later_when_it_was(
    li_na: Person, worker: Person, clock: FixedClock
) -> None:
    report = li_na.report()
    li_na.did(report, "file")
    li_na.did(report, "dispatch", parties=[{"unit": "gas", "lead": True}])
    sent = clock.now()
    clock.advance(timedelta(minutes=30))
    before = (sent - timedelta(minutes=1)).isoformat()
    early = worker.does(report, "1/accept", at=before)
    assert "when it could first be" in assert_problem(early, 422, "InvalidInputError")
    after = (clock.now() + timedelta(hours=1)).isoformat()
    late = worker.does(report, "1/accept", at=after)
    assert "in the future" in assert_problem(late, 422, "InvalidInputError")
    at = (sent + timedelta(minutes=4)).isoformat()
    worker.did(report, "1/accept", at=at, key="phone-1")
    worker.did(report, "1/arrive", location=HERE, at=(sent + timedelta(minutes=9)).isoformat())
    assert worker.did(report, "1/accept", at=at, key="phone-1")["events"] == []
    task = li_na.sees(report)["tasks"][0]
    assert task["accepted_at"].startswith((sent + timedelta(minutes=4)).strftime("%Y-%m-%dT%H:%M"))


TEXTS = {
    "nul": "a\x00b",
    "half a character": "\ud800",
    "too long": "x" * 5_001,
    "100 KB": "长" * 34_000,
}


@pytest.mark.parametrize("words", TEXTS.values(), ids=TEXTS.keys())
def test_a_text_that_cannot_be_kept(li_na: Person, client: httpx.Client, words: str) -> None:
    report = li_na.report()
    escaped = '"' + words.replace("\x00", "\\u0000").replace("\ud800", "\\ud800") + '"'
    headers = {"Content-Type": "application/json", "Gridgis-Actor": "Li;role=dispatcher"}
    for route, field, more in (
        ("urge", "note", ""),
        ("reject", "reason", ""),
        ("supervise", "document", ""),
        ("answer-up", "answer", ""),
        ("ask", "plan", '"wish": "parking", "reason": "so", '),
    ):
        body = f'{{{more}"{field}": {escaped}}}'.encode()
        told = client.post(f"{REPORTS}/{report}/{route}", content=body, headers=headers)
        sentence = assert_problem(told, 422, "InvalidInputError")
        assert field in sentence
        assert len(sentence) < 200
    assert li_na.sees(report)["version"] == 0


def test_a_script_is_a_text_like_any_other(li_na: Person) -> None:
    report = li_na.report()
    words = "<script>alert(1)</script>'; DROP TABLE casefile; --"
    li_na.did(report, "file", note=words)
    events = li_na.lists(f"reports/{report}")["events"]
    assert events[-1]["facts"]["note"] == words


def test_nobody_knows_such_a_report(li_na: Person) -> None:
    nobody = "7f0c9a34-5c1e-4c59-9a55-3d1f8f1f2a11"
    assert_problem(li_na.does(nobody, "file"), 404, "ReportNotFoundError")
    assert_problem(li_na.does(nobody, "dispatch"), 404, "ReportNotFoundError")
    assert_problem(li_na.does(nobody, "1/accept"), 404, "ReportNotFoundError")
