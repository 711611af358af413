"""Who is sent when nobody is named, what waits for whom, what is asked for and granted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.api.casework import Person
from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    import httpx

    from gridgis.clock import FixedClock
    from gridgis_api.service import Service


def lasting(li_na: Person, report: str) -> dict[str, object]:
    """The facts of what happened to a report last."""
    return dict(li_na.lists(f"reports/{report}")["events"][-1]["facts"])


@pytest.mark.usefixtures("ruled")
def test_the_plan_s_team_goes_once_a_person_confirmed_the_level(li_na: Person) -> None:
    report = li_na.report()
    li_na.did(report, "file")
    shown = li_na.lists(f"reports/{report}/proposal")
    assert (shown["level"], shown["confirmed_level"]) == (2, None)
    assert "it says “leak”, which is level 2" in shown["reasons"][1]["sentence"]
    assert shown["chosen_by"] == "response plan"
    refused = assert_problem(li_na.does(report, "dispatch"), 409, "CaseRefusedError")
    assert "looks like level 2" in refused
    assert refused.endswith(shown["obstacle"])
    li_na.did(report, "level", level=2)
    li_na.did(report, "dispatch")
    facts = lasting(li_na, report)
    gas, fire = facts["parties"]
    assert [one["name"] for one in gas["chosen"]] == ["Wang"]
    assert gas["chosen"][0]["why"].startswith("1st")
    assert (facts["told"], facts["evacuate_m"], facts["chosen_by"]) == (
        ["leader"], 150.0, "response plan",
    )  # fmt: skip
    assert fire["missing"] == 0


@pytest.mark.usefixtures("ruled")
def test_without_a_plan_the_unit_goes_without_a_duty_the_grid_s_worker(li_na: Person) -> None:
    hole = li_na.report("road", description="a hole")
    li_na.did(hole, "file")
    assert li_na.lists(f"reports/{hole}/proposal")["duty"] == "road everywhere is of roads"
    assert li_na.did(hole, "dispatch")["unit"] == "roads"
    assert lasting(li_na, hole)["chosen_by"] == "list of duties"
    noise = li_na.report(None, description="noise")
    li_na.did(noise, "file")
    sent = li_na.did(noise, "dispatch")
    assert (sent["unit"], len(sent["tasks"][0]["responders"])) == ("Sun", 1)
    assert lasting(li_na, noise)["chosen_by"] == "grid worker"
    elsewhere = li_na.report(None, description="noise", location={"lon": 104.025, "lat": 30.025})
    li_na.did(elsewhere, "file")
    nobody = assert_problem(li_na.does(elsewhere, "dispatch"), 409, "CaseRefusedError")
    assert "nobody to lead" in nobody


def test_nobody_sends_somebody_who_left(li_na: Person, service: Service, wang: UUID) -> None:
    report = li_na.report()
    li_na.did(report, "file")
    party = {"unit": "gas", "lead": True, "responders": [str(wang)]}
    with service.store.begin() as connection:
        connection.execute(
            text("UPDATE responder SET retired_at = :at WHERE id = :who"),
            {"at": service.clock.now(), "who": wang},
        )
    try:
        gone = assert_problem(
            li_na.does(report, "dispatch", parties=[party]), 404, "ResponderNotFoundError"
        )
        assert gone == f"Wang ({wang}) left on 2026-05-01; send somebody else"
    finally:
        with service.store.begin() as connection:
            connection.execute(
                text("UPDATE responder SET retired_at = NULL WHERE id = :who"), {"who": wang}
            )
    assert li_na.sees(report)["tasks"] == []
    stranger = {**party, "responders": [str(UUID(int=7))]}
    assert_problem(
        li_na.does(report, "dispatch", parties=[stranger]), 404, "ResponderNotFoundError"
    )
    two = [{"unit": "a", "lead": True}, {"unit": "b", "lead": True}]
    leads = assert_problem(li_na.does(report, "dispatch", parties=two), 422, "InvalidInputError")
    assert "2 of the parties lead" in leads
    told = assert_problem(li_na.does(report, "dispatch", told=["leader"]), 422, "InvalidInputError")
    assert "told goes with parties" in told


@pytest.mark.usefixtures("ruled")
def test_the_queue_has_what_is_due_soonest_first(li_na: Person, clock: FixedClock) -> None:
    reports = []
    for place in range(5):
        clock.advance(timedelta(minutes=1))
        lon = 104.005 + 0.01 * (place % 2)
        reports.append(li_na.report(location={"lon": lon, "lat": 30.005}))
    li_na.did(reports[1], "file")
    li_na.did(reports[2], "reject", reason="a test")
    queue = li_na.lists("cases")["cases"]
    assert [one["report_id"] for one in queue] == [reports[at] for at in (0, 1, 3, 4)]
    assert queue[0]["grid"] == "A"
    assert [one["report_id"] for one in li_na.lists("cases", state="filed")["cases"]] == [
        reports[1]
    ]
    assert len(li_na.lists("cases", area="B")["cases"]) == 2
    assert len(li_na.lists("cases", area="base-city")["cases"]) == 4
    assert li_na.lists("cases", area="C")["cases"] == []
    paged, cursor = [], None
    while True:
        page = li_na.lists("cases", limit=1, **({} if cursor is None else {"cursor": cursor}))
        paged += [one["report_id"] for one in page["cases"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert paged == [one["report_id"] for one in queue]
    assert li_na.lists("cases", late=True)["cases"] == []
    clock.advance(timedelta(minutes=40))
    late = li_na.lists("cases", late=True)["cases"]
    assert {one["report_id"] for one in late} == {reports[at] for at in (0, 3, 4)}, "filed in time"


@pytest.mark.usefixtures("ruled")
def test_what_one_asks_for_another_grants(li_na: Person, worker: Person, chen: Person) -> None:
    report = li_na.report("road")
    li_na.did(report, "file")
    li_na.did(report, "dispatch")
    worker.did(report, "1/accept")
    due = li_na.sees(report)["due_at"]
    asked = worker.did(report, "ask", wish="extension", by="2 days", reason="no asphalt")
    assert asked["wishes"][0]["facts"] == {"by": "2 days"}
    twice = worker.does(report, "ask", wish="extension", by="1 day", reason="more")
    assert "waits for an answer" in assert_problem(twice, 409, "CaseRefusedError")
    mine = li_na.does(report, "grant", wish=1)
    assert "a leader decides that" in assert_problem(mine, 409, "CaseRefusedError")
    assert chen.did(report, "grant", wish=1)["due_at"] > due
    until, plan = "2026-09-01", "with the new road in autumn"
    worker.did(report, "ask", wish="parking", until=until, plan=plan, reason="road works")
    parked = chen.did(report, "grant", wish=2)
    assert (parked["state"], parked["outcome"], parked["parked_until"]) == (
        "suspended", "parked", until,
    )  # fmt: skip
    assert parked["due_at"] is None
    assert [one["outcome"] for one in li_na.lists("cases")["cases"]] == ["parked"], "it stays open"
    assert li_na.did(report, "resume")["state"] == "handling"
    wrong = worker.does(report, "ask", wish="extension", by="soon", reason="so")
    assert "soon" in assert_problem(wrong, 422, "InvalidInputError")


def test_two_reports_of_one_matter_go_on_as_one(li_na: Person) -> None:
    one, other = li_na.report(), li_na.report()
    itself = li_na.does(one, "merge", into=one)
    assert_problem(itself, 409, "CaseRefusedError")
    merged = li_na.did(one, "merge", into=other)
    assert (merged["state"], merged["outcome"]) == ("merged", "duplicate")
    assert li_na.sees(other)["merged"] == [one]
    assert li_na.sees(one)["merged_into"] == other
    back = li_na.does(other, "merge", into=one)
    assert "merge into a case that goes on" in assert_problem(back, 409, "CaseRefusedError")


def test_what_comes_from_above(li_na: Person, chen: Person, client: httpx.Client) -> None:
    report = li_na.report(channel="hotline", external_due_at="2026-05-03T12:00:00+08:00")
    li_na.did(report, "ask-extension-up", until="2026-05-05T12:00:00+08:00", reason="rain")
    li_na.did(report, "answer-up", answer="on Monday")
    chen.did(report, "supervise", document="No. 12", due_at="2026-05-02T12:00:00+08:00")
    Person(client, "Sun", "worker").did(report, "lift", to="street", reason="too large")
    down = li_na.does(report, "lift", to="grid", reason="small after all")
    assert "a higher tier only" in assert_problem(down, 409, "CaseRefusedError")
    past = chen.does(report, "supervise", document="13", due_at="2026-04-02T12:00:00+08:00")
    assert "is past" in assert_problem(past, 422, "InvalidInputError")
    seen = li_na.sees(report)
    assert (seen["tier"], seen["supervisions"], seen["urgings"]) == ("street", 1, 0)
    own = li_na.report(channel="patrol")
    assert_problem(li_na.does(own, "return-up", reason="so"), 409, "CaseRefusedError")


def test_a_small_matter_is_solved_where_it_was_found(worker: Person, li_na: Person) -> None:
    report = worker.report("road")
    away = worker.does(report, "on-the-spot")
    assert "say where you stand" in assert_problem(away, 409, "CaseRefusedError")
    done = worker.did(report, "on-the-spot", location={"lon": 104.005, "lat": 30.0052})
    assert (done["state"], done["outcome"]) == ("closed", "solved")
    assert li_na.sees(report)["on_the_spot"]
    again = li_na.did(report, "reopen", reason="it is back")
    assert (again["state"], again["outcome"]) == ("reopened", None)
