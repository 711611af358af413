"""Plans over HTTP: two planners, a reviewer, an edition."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
import shapely

from gridgis.clock import FixedClock
from gridgis.store.months import Months
from gridgis_api.app import create_app
from gridgis_api.service import Service
from tests.api.conftest import NINE_O_CLOCK, assert_problem, served
from tests.cities import draw

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from gridgis.settings import Settings
    from gridgis.store.engine import Store

PLANS = "/api/v1/plans"


class As:
    """Somebody who asks."""

    def __init__(self, client: httpx.Client, name: str) -> None:
        self.client = client
        self.headers = {"Gridgis-Actor": f"{quote(name)};role=planner"}

    def post(self, path: str, **body: object) -> httpx.Response:
        return self.client.post(f"{PLANS}{path}", json=body, headers=self.headers)


@pytest.fixture
def hall(store: Store, settings: Settings) -> Iterator[tuple[httpx.Client, FixedClock]]:
    """A service on a town of nine grids, which may have any number of households."""
    settings = settings.model_copy(
        update={"grid_households_fewest": 0, "grid_households_most": 10_000}
    )
    clock = FixedClock(NINE_O_CLOCK)
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
    with served(create_app(Service(store, Months(store), clock, settings))) as client:
        yield client, clock


CORNER = {"op": "move_node", "at": [104.01, 30.01], "to": [104.012, 30.01]}


def test_a_plan_goes_from_a_draft_to_the_map(hall: tuple[httpx.Client, FixedClock]) -> None:
    client, clock = hall
    li, chen = As(client, "李娜"), As(client, "Chen Jie")
    made = li.post("", name="2027", document="(2026) 12")
    assert made.status_code == 201, made.text
    assert {**made.json(), "made_at": None} == {
        "id": 1,
        "layer": "base",
        "name": "2027",
        "state": "draft",
        "version": 0,
        "base_edition": 1,
        "edition": None,
        "rebased_from": None,
        "document": "(2026) 12",
        "starts": None,
        "redraws": [],
        "made_at": None,
        "made_by": "李娜",
    }
    done = li.post("/1/edits", operations=[CORNER, {"op": "rename", "area": "I", "name": "Mill"}])
    assert done.json() == {"plan": 1, "version": 2, "touched": ["A", "B", "D", "E", "I"]}
    assert li.post("/1/undo", seen=2).json()["touched"] == ["I"]
    assert li.post("/1/redo").json()["version"] == 4
    log = client.get(f"{PLANS}/1/entries", params={"after": 1}).json()["entries"]
    assert [(line["seq"], line["kind"], line["actor"]) for line in log] == [
        (2, "edit", "李娜"),
        (3, "undo", "李娜"),
        (4, "redo", "李娜"),
    ]
    asked = {"level": "grid", "changed": True}
    features = client.get(f"{PLANS}/1/areas", params=asked).json()["features"]
    assert [feature["id"] for feature in features] == ["A", "B", "D", "E", "I"]
    assert shapely.geometry.shape(features[0]["geometry"]).bounds[2] == 104.012
    assert client.get(f"{PLANS}/1/findings").json() == {
        "open": [],
        "accepted": [],
        "outdated": False,
    }
    assert li.post("/1/submit").json()["state"] == "in_review"
    assert "cannot approve it" in assert_problem(li.post("/1/approve"), 409, "PlanStateError")
    assert chen.post("/1/approve", reason="as discussed").json()["state"] == "approved"
    clock.advance(timedelta(hours=1))
    published = chen.post("/1/publish").json()
    assert (published["edition"], published["moved_reports"], published["accepted"]) == (2, 0, 0)
    assert published["lineage"] == {"keep": 10, "transfer": 2}
    shown = client.get(f"{PLANS}/1").json()
    assert (shown["state"], shown["edition"]) == ("published", 2)
    assert [step["to_state"] for step in shown["steps"]] == [
        "draft",
        "in_review",
        "approved",
        "published",
    ]
    (area,) = [
        feature
        for feature in client.get("/api/v1/areas", params={"level": "grid"}).json()["features"]
        if feature["id"] == "A"
    ]
    assert area["geometry"]["coordinates"] == features[0]["geometry"]["coordinates"]
    assert [plan["id"] for plan in client.get(PLANS).json()["plans"]] == [1]
    assert client.get(PLANS, params={"state": "draft"}).json() == {"plans": []}


def test_two_planners_see_each_other(hall: tuple[httpx.Client, FixedClock]) -> None:
    client, _ = hall
    li, wang = As(client, "Li Na"), As(client, "Wang Wei")
    li.post("", name="2027")
    li.post("/1/edits", operations=[CORNER], seen=0)
    away = {"op": "insert_vertex", "at": [104.02, 30.025]}
    assert wang.post("/1/edits", operations=[away], seen=0).json()["version"] == 2
    late = wang.post(
        "/1/edits", operations=[{"op": "insert_vertex", "at": [104.01, 30.004]}], seen=0
    )
    said = assert_problem(late, 409, "EditConflictError")
    assert "Li Na changed A, B by move_node" in said
    assert "there is no border within 2 m" in said
    (conflict,) = late.json()["conflicts"]
    assert (conflict["seq"], conflict["actor"], conflict["areas"]) == (1, "Li Na", ["A", "B"])
    again = {**CORNER, "to": [104.009, 30.01]}
    late = wang.post("/1/edits", operations=[again], seen=0)
    assert_problem(late, 409, "EditConflictError")
    assert_problem(wang.post("/1/undo", seen=1), 409, "EditConflictError")


def test_what_would_break_the_partition_is_refused_with_its_place(
    hall: tuple[httpx.Client, FixedClock],
) -> None:
    client, _ = hall
    li = As(client, "Li Na")
    li.post("", name="2027")
    refused = li.post("/1/edits", operations=[{**CORNER, "to": [104.5, 30.01]}])
    assert_problem(refused, 422, "EditRefusedError")
    assert "place" in refused.json(), refused.text
    assert client.get(f"{PLANS}/1").json()["version"] == 0
    assert_problem(li.post("/1/edits", operations=[{"op": "melt"}]), 422, "InvalidInputError")
    assert_problem(li.post("/2/edits", operations=[CORNER]), 404, "PlanNotFoundError")
    nobody = client.post(f"{PLANS}/1/edits", json={"operations": [CORNER]})
    assert "people with names" in assert_problem(nobody, 422, "InvalidInputError")
    level = client.get(f"{PLANS}/1/areas", params={"level": "street"})
    assert_problem(level, 404, "LevelNotFoundError")


def test_findings_are_accepted_one_by_one(hall: tuple[httpx.Client, FixedClock]) -> None:
    """C is recoded; its new code was never another's. Its old one is not used again."""
    client, clock = hall
    li, chen = As(client, "Li Na"), As(client, "Chen Jie")
    li.post("", name="a merger")
    li.post("/1/edits", operations=[{"op": "merge", "areas": ["H", "I"], "into": "H"}])
    li.post("/1/submit")
    chen.post("/1/approve")
    clock.advance(timedelta(hours=1))
    chen.post("/1/publish")
    li.post("", name="2027")
    reused = li.post("/2/edits", operations=[{"op": "recode", "area": "C", "code": "I"}])
    assert_problem(reused, 422, "EditRefusedError")
    said = li.post("/2/identities", level="grid", code="C", before=None, reason="all new").json()
    assert [one["why"] for one in said["identities"] if one["code"] == "C"] == ["override"]
    (finding,) = client.get(f"{PLANS}/2/findings").json()["open"]
    assert (finding["rule"], finding["areas"]) == ("retired codes", ["C"])
    stopped = li.post("/2/submit")
    assert "gridgis plan accept 2" in assert_problem(stopped, 422, "PlanRejectedError")
    assert stopped.json()["findings"][0]["rule"] == "retired codes"
    key = {"rule": "retired codes", "areas": ["C"]}
    accepted = li.post("/2/exceptions", findings=[key], reason="the old sign stays").json()
    assert (accepted["open"], accepted["accepted"][0]["actor"]) == ([], "Li Na")
    assert li.post("/2/submit").json()["state"] == "in_review"
    back = chen.post("/2/return", reason="not yet").json()
    assert back["state"] == "draft"
    assert li.post("/2/withdraw", reason="no").json()["state"] == "withdrawn"


def test_an_outdated_plan_is_rebased(hall: tuple[httpx.Client, FixedClock]) -> None:
    client, clock = hall
    li, chen = As(client, "Li Na"), As(client, "Chen Jie")
    for name in ("first", "second"):
        li.post("", name=name)
    li.post("/1/edits", operations=[{"op": "merge", "areas": ["H", "I"], "into": "H"}])
    li.post(
        "/2/edits",
        operations=[CORNER, {"op": "rename", "area": "I", "name": "Mill"}],
    )
    li.post("/1/submit")
    chen.post("/1/approve")
    clock.advance(timedelta(hours=1))
    chen.post("/1/publish")
    assert client.get(f"{PLANS}/2/findings").json()["outdated"] is True
    assert_problem(li.post("/2/submit"), 409, "PlanOutdatedError")
    done = li.post("/2/rebase")
    assert done.status_code == 201, done.text
    told = done.json()
    assert (told["plan"]["base_edition"], told["plan"]["rebased_from"], told["kept"]) == (2, 2, 1)
    assert [(one["seq"], one["operation"]) for one in told["dropped"]] == [(2, "rename")]


def test_a_plan_is_measured_and_compared(hall: tuple[httpx.Client, FixedClock]) -> None:
    client, _ = hall
    li = As(client, "Li Na")
    li.post("", name="2027")
    location = {"lon": 104.025, "lat": 30.025}
    report = client.post("/api/v1/reports", json={"description": "gas", "location": location})
    li.post("/1/edits", operations=[{"op": "merge", "areas": ["H", "I"], "into": "H"}])
    measured = client.get(f"{PLANS}/1/measures").json()
    by_code = {row["code"]: row for row in measured["grids"]}
    assert (by_code["H"]["households"], by_code["A"]["households"]) == (800, 400)
    assert measured["summary"]["grids"] == 8
    found = client.get(f"{PLANS}/1/compare").json()
    assert found["moved_households"] == pytest.approx(400), "either H's people move, or I's"
    assert [row["before"] for row in found["grids"] if row["after"] is None] == ["I"]
    assert [row["id"] for row in found["open_reports"]] == [report.json()["report"]["id"]]
    change = {row["measure"]: row["change"] for row in found["measures"]}
    assert change["grids"] == -1
    li.post("", name="as it is")
    beside = client.get(f"{PLANS}/1/compare", params={"plan": 2}).json()
    assert beside["moved_share"] == pytest.approx(found["moved_share"])
    both = client.get(f"{PLANS}/1/compare", params={"plan": 2, "edition": 1})
    assert_problem(both, 422, "InvalidInputError")
