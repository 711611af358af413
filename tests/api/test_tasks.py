"""What a unit says of its task: taken, given back, there, done; and who has what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gridgis import datum
from tests.api.casework import TASKS, Person
from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    from uuid import UUID

    import httpx

    from gridgis.clock import FixedClock


def sent(li_na: Person, *units: str, **more: object) -> str:
    """A report on which these units have a task each, the first one the lead."""
    report = li_na.report()
    li_na.did(report, "file")
    parties = [{"unit": unit, "lead": place == 0, **more} for place, unit in enumerate(units)]
    li_na.did(report, "dispatch", parties=parties)
    return report


def test_what_is_given_back_goes_to_the_dispatcher(li_na: Person, client: httpx.Client) -> None:
    unit = Person(client, "Gas Works", "unit")
    report = sent(li_na, "gas")
    without = unit.does(report, "1/return", kind="not_ours")
    assert "reason is missing" in assert_problem(without, 422, "InvalidInputError")
    back = unit.did(report, "1/return", kind="not_ours", reason="it is water")
    assert (back["state"], back["reason_kind"], back["case_state"]) == (
        "returned", "not_ours", "filed",
    )  # fmt: skip
    own = unit.does(report, "refuse", wish=1, reason="so")
    assert_problem(own, 409, "CaseRefusedError")
    assert li_na.did(report, "refuse", wish=1, reason="it is gas")["state"] == "dispatched"
    unit.did(report, "1/return", reason="no people", kind="no_means")
    again = li_na.did(report, "dispatch", parties=[{"unit": "gas-2", "lead": True}])
    assert [one["state"] for one in again["tasks"]] == ["returned", "sent"]
    assert li_na.sees(report)["returns"] == 2
    unknown = unit.does(report, "2/return", kind="lazy", reason="so")
    assert "kind is 'lazy'" in assert_problem(unknown, 422, "InvalidInputError")


def test_each_task_has_a_version_of_its_own(li_na: Person, worker: Person) -> None:
    report = sent(li_na, "gas", "police")
    worker.did(report, "2/accept", version=0)
    assert worker.did(report, "1/accept", version=0)["version"] == 1, "the other one changed"
    stale = worker.does(report, "1/begin", version=0)
    told = assert_problem(stale, 409, "CaseChangedError")
    assert "task 1 of report" in told
    assert stale.json()["unit"] == "gas"
    cannot = worker.did(report, "2/cannot", reason="the road is closed")
    assert (cannot["state"], cannot["reason_kind"]) == ("cannot", "no_means")
    worker.did(report, "1/done")
    assert li_na.sees(report)["state"] == "fed_back"


@pytest.mark.parametrize("name", ["wgs84", "gcj02", "bd09"])
def test_how_far_somebody_arrived_from_the_report(li_na: Person, worker: Person, name: str) -> None:
    """A phone in China shows GCJ-02: the same spot, whatever it is called."""
    report = sent(li_na, "gas")
    lons, lats = np.array([104.005]), np.array([30.006])
    if name != "wgs84":
        lons, lats = datum.from_wgs84(lons, lats, name)
    here = {"lon": float(lons[0]), "lat": float(lats[0]), "datum": name, "accuracy_m": 12}
    assert worker.did(report, "1/arrive", location=here)["arrived_m"] == pytest.approx(110.9, abs=1)
    swapped = {"lon": 30.0, "lat": 104.0}
    told = li_na.does(report, "verify", location=swapped)
    assert "look swapped" in assert_problem(told, 422, "InvalidInputError")


def test_a_street_whistles_and_rates_who_came(li_na: Person, worker: Person) -> None:
    report = sent(li_na, "gas")
    li_na.did(report, "whistle", unit="police", within="30 min", reason="a crowd")
    early = li_na.does(report, "2/rate", rating=5)
    assert_problem(early, 409, "CaseRefusedError")
    for step in ("accept", "arrive", "done"):
        worker.did(report, f"2/{step}")
    assert li_na.did(report, "2/rate", rating=4)["rating"] == 4
    worker.did(report, "1/accept")
    worker.did(report, "1/done")
    other = li_na.does(report, "1/rate", rating=4)
    assert "did not whistle" in assert_problem(other, 409, "CaseRefusedError")
    best = li_na.does(report, "2/rate", rating=6)
    assert "rating is 6" in assert_problem(best, 422, "InvalidInputError")


@pytest.mark.usefixtures("ruled")
def test_who_has_what_to_do(li_na: Person, worker: Person, clock: FixedClock, wang: UUID) -> None:
    first = sent(li_na, "gas", responders=[str(wang)])
    clock.advance(timedelta(minutes=5))
    second = sent(li_na, "gas", "police")
    todo = li_na.lists("tasks", unit="gas")["tasks"]
    assert [one["report_id"] for one in todo] == [first, second], "due first"
    assert (todo[0]["stage"], todo[0]["due_at"]) == ("accept", "2026-05-01T01:20:00Z")
    assert todo[0]["location"] == {"lon": 104.005, "lat": 30.005}
    assert [one["report_id"] for one in li_na.lists("tasks", responder=str(wang))["tasks"]] == [
        first
    ]
    worker.did(first, "1/accept")
    todo = li_na.lists("tasks", unit="gas")["tasks"]
    assert [one["report_id"] for one in todo] == [second, first], "nothing more is due of the first"
    pages, cursor = [], None
    while True:
        asked = {} if cursor is None else {"cursor": cursor}
        page = li_na.lists("tasks", limit=1, **asked)
        pages += [(one["report_id"], one["number"]) for one in page["tasks"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert pages == [(second, 1), (second, 2), (first, 1)]
    worker.did(first, "1/done")
    assert len(li_na.lists("tasks", unit="gas")["tasks"]) == 1
    assert [one["state"] for one in li_na.lists("tasks", state="done")["tasks"]] == ["done"]
    clock.advance(timedelta(hours=1))
    assert li_na.lists("tasks", unit="police")["tasks"][0]["is_late"]


def test_a_task_that_is_not_there(li_na: Person, client: httpx.Client) -> None:
    report = sent(li_na, "gas")
    shown = client.get(f"{TASKS}/{report}/1")
    assert (shown.headers["etag"], shown.json()["state"]) == ('"0"', "sent")
    assert_problem(client.get(f"{TASKS}/{report}/2"), 404, "TaskNotFoundError")
    missing = li_na.does(report, "2/recall", reason="so")
    assert "has no task 2; it has 1" in assert_problem(missing, 409, "CaseRefusedError")
    for path in (f"{report}/0", f"{report}/99999999999", f"{report}/one", "one/1"):
        assert_problem(client.get(f"{TASKS}/{path}"), 422, "InvalidInputError")
    for asked in ("cursor=nonsense", "cursor=LX4tfi1-MQ", "state=lazy", "responder=7", "limit=0"):
        assert_problem(client.get(f"{TASKS}?{asked}"), 422, "InvalidInputError")
        assert_problem(client.get(f"/api/v1/cases?{asked}"), 422, "InvalidInputError")
