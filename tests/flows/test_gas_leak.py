"""The gas leak of the mission in the demo district: six parties, two marks, an escalation."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
import shapely
from typer.testing import CliRunner

from gridgis.actor import Actor
from gridgis.cases import verifying
from gridgis.clock import FixedClock, SystemClock
from gridgis.clocks.sweeping import sweep
from gridgis.nearest.needs import Need
from gridgis.polygons import circle
from gridgis.settings import Settings
from gridgis.store import events, reports
from gridgis.store.engine import Store
from gridgis.store.months import Months
from gridgis_api import demo as demo_module
from gridgis_api.app import create_app
from gridgis_api.cli import context
from gridgis_api.cli.root import commands
from gridgis_api.demo import Demo
from gridgis_api.gas_leak import EVENING, GasLeak
from gridgis_api.kinds.incident import INCIDENT, IncidentQuery
from gridgis_api.kinds.maker import Maker
from gridgis_api.service import Service
from tests.api.casework import Person
from tests.api.conftest import served
from tests.conftest import clone_of
from tests.demos import demo_district

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gridgis.demo import DemoDistrict
    from gridgis.model import Location
    from gridgis_api.gas_leak import Told

pytestmark = pytest.mark.slow

FEW = 400
MINUTE = timedelta(minutes=1)


DESK, WORKER, LEADER = ("李娜", "dispatcher"), ("王伟", "worker"), ("陈杰", "leader")
SERVICE = Actor("gridgis", "service")


@pytest.fixture(scope="module")
def district() -> DemoDistrict:
    made = demo_district()
    return replace(made, reports=made.reports.tail(FEW).reset_index(drop=True))


@pytest.fixture(scope="module")
def service(
    server_url: str, template: str, index_dir: Path, district: DemoDistrict
) -> Iterator[Service]:
    """The demo district with the last of its reports."""
    clock, settings = SystemClock(), Settings(timezone="Asia/Shanghai", index_dir=index_dir)
    with clone_of(server_url, template) as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo_module, "make", lambda *_, **__: district)
        store = Store(url, pool_size=8)
        Demo(store, Actor("Li Na", "dispatcher"), clock, settings).load(tell=lambda _: None)
        yield Service(store, Months(store), clock, settings)
        store.close()


def test_over_http_six_parties_come_one_mark_is_met_and_one_missed_escalates_once(
    service: Service, district: DemoDistrict
) -> None:
    """Everybody acts by their own route, the clock is moved by hand, the sweep comes by minutes."""
    block = district.places[district.places["kind"] == "building"].iloc[0]
    spot = {"lon": block.geometry.x, "lat": block.geometry.y}
    clock = FixedClock(EVENING)
    there = Service(service.store, Months(service.store), clock, service.settings)
    with served(create_app(there)) as client:
        client.timeout = 60
        desk, worker, leader = (Person(client, *who) for who in (DESK, WORKER, LEADER))
        words = "楼道里燃气味浓烈,管道嘶嘶作响,燃气泄漏"
        report = desk.report("gas-smell", description=words, location=spot, channel="resident")

        clock.advance(MINUTE)
        proposed = client.get(f"/api/v1/reports/{report}/proposal").json()
        assert proposed["level"] == 2, proposed["reasons"]
        for what, said in (("file", {}), ("level", {"level": 2}), ("dispatch", {})):
            assert desk.does(report, what, **said).status_code == 200, what
        case = desk.sees(report)
        leads = [task for task in case["tasks"] if task["is_lead"]]
        assert len(case["tasks"]) >= 6
        assert [task["unit"] for task in leads] == ["gas"]

        for minutes, task in enumerate(case["tasks"], 2):
            clock.at = EVENING + minutes * MINUTE
            number = task["number"]
            assert worker.does(report, f"{number}/accept").status_code == 200
            arrived = worker.does(report, f"{number}/arrive", location=spot)
            assert arrived.json()["arrived_m"] < 1

        clock.at = EVENING + 14 * MINUTE
        assert worker.does(report, "mark", mark="evacuated").status_code == 200
        for minutes in range(15, 25):
            clock.at = EVENING + minutes * MINUTE
            sweep(service.store, SERVICE, clock.now())
        told = client.get(f"/api/v1/reports/{report}").json()["events"]
        passed = [e["facts"]["stage"] for e in told if e["kind"] == "escalated"]
        assert passed == ["mark:sealed"], "the other one was met, and each speaks once"
        late = next(e for e in told if e["kind"] == "escalated")
        assert datetime.fromisoformat(late["at"]) == EVENING + 20 * MINUTE
        assert late["facts"]["escalate_to"] == "leader"

        assert worker.does(report, "mark", mark="sealed").status_code == 200
        for task in case["tasks"]:
            assert worker.does(report, f"{task['number']}/done").status_code == 200
        far = {"lon": spot["lon"] + 0.01, "lat": spot["lat"]}
        assert worker.does(report, "verify", location=far).status_code == 409, "not on site"
        assert worker.does(report, "verify", location=spot).status_code == 200
        closed = desk.does(report, "close").json()
        assert (closed["state"], closed["outcome"]) == ("closed", "solved")
        headers = {"Gridgis-Actor": "Li;role=dispatcher"}
        link = client.get(f"/api/v1/reports/{report}/rating-link", headers=headers).json()["path"]
        rated = {"contacted": True, "solved": True, "satisfaction": 5}
        token = link.removeprefix("/rate/")
        assert client.post(f"/api/v1/ratings/{token}", json=rated).status_code == 201
        assert leader.does(report, "retire", reason="a test").status_code == 409, "it is closed"


def test_the_gas_leak_is_sealed_in_time_and_escalates_when_it_is_not(
    service: Service, district: DemoDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = service.settings
    told = GasLeak(service).replay()
    case = service.workflow.case(told.report_id)
    assert (case.state, case.outcome) == ("closed", "solved")
    assert len(case.tasks) >= 6
    assert {task.state for task in case.tasks} == {"done"}
    assert {"gas", "fire", "police", "safety", "housing"} <= {task.unit for task in case.tasks}

    # Both marks were met: out after 15 minutes, sealed after 20.
    kinds = Counter(event.kind for event in told.events)
    assert kinds["mark_reached"] == 2
    assert kinds["escalated"] == 0
    reached = {e.facts["mark"]: e.at for e in told.events if e.kind == "mark_reached"}
    assert (reached["evacuated"] - case.received_at).total_seconds() <= 15 * 60
    assert (reached["sealed"] - case.received_at).total_seconds() <= 20 * 60

    said = cast("dict[str, Any]", next(e for e in told.events if e.kind == "dispatched").facts)
    _assert_counted(said, service, told.report_id, district)
    _assert_by_road(said, service, told.report_id)

    _assert_page(service, told, len(case.tasks))

    # The same evening again is what was stored.
    again = GasLeak(service).replay()
    assert not again.is_new
    assert again.events == told.events

    late = GasLeak(service, late=True).replay()
    escalated = [e for e in late.events if e.kind == "escalated"]
    assert [e.facts["stage"] for e in escalated] == ["mark:sealed"]
    assert escalated[0].facts["escalate_to"] == "leader"
    key = reports.key_of
    with service.store.begin() as connection:
        there = key(connection, late.report_id)
        assert there is not None
        stored = events.of_report(connection, late.report_id, there.captured_at)
    assert sum(e.kind == "escalated" for e in stored) == 1

    # What is stored of the whole demo and of both evenings is what their events say.
    with service.store.begin() as connection:
        verdict = verifying.verify(connection, settings)
    # The evening over HTTP is there as well.
    assert (verdict.cases, verdict.differing) == (FEW + 3, 0), verdict.differences

    monkeypatch.setattr(context, "settings", lambda: settings)
    _assert_readable(service, monkeypatch)
    removed = Demo(service.store, Actor("Li Na"), service.clock, settings).remove(with_reports=True)
    assert removed.reports == FEW + 3


def _assert_counted(
    said: dict[str, Any], service: Service, report_id: Any, district: DemoDistrict
) -> None:
    """Count households by shapely: whole buildings inside, others by their share."""
    with service.store.begin() as connection:
        here = reports.one(connection, report_id).location
    assert here is not None
    around = circle(here, said["evacuate_m"])
    cells = district.cells[~district.cells["code"].isin(district.cells["parent_cell"])]
    near = cells[cells.intersects(around)]
    shares = shapely.area(shapely.intersection(near.geometry.to_numpy(), around)) / shapely.area(
        near.geometry.to_numpy()
    )
    counted = float(np.nansum(shares * near["households"].fillna(0).to_numpy(float)))
    assert said["households"]["households"] == pytest.approx(counted, rel=0.01)
    assert said["households"]["lower"] <= counted + 1


def _assert_by_road(said: dict[str, Any], service: Service, report_id: Any) -> None:
    """Whoever leads is the soonest by road of all that can, wherever they are by line."""
    assert said["by"] == "road"
    with service.store.begin() as connection:
        here = reports.one(connection, report_id).location
    gas = next(one for one in said["parties"] if one["party"] == "gas")
    found = service.finder.nearest(
        cast("Location", here), Need(k=30, skills=("gas",)), EVENING
    ).responders
    by_id = {str(one.id): one.travel_s for one in found if one.kind != "facility"}
    soonest = sorted(one for one in by_id.values() if one is not None)
    chosen = [one["travel_s"] for one in gas["chosen"]]
    assert max(chosen) <= soonest[min(len(soonest) - 1, len(chosen) + 2)]
    # The way by road is longer than the straight line at the fastest speed of the roads.
    assert all(one["travel_s"] * 90 / 3.6 >= one["distance_m"] for one in gas["chosen"])


def _assert_readable(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a terminal the evening is a table, to the second."""

    class _Open:
        def __enter__(self) -> Store:
            return service.store

        def __exit__(self, *_: object) -> None:
            return None

    monkeypatch.setattr(context, "open_store", _Open)
    result = CliRunner().invoke(commands(), ["demo", "gas-leak", "--late"])
    assert result.exit_code == 0, result.output
    there = ("nobody is on duty for", "households within 150 m")
    for words in ("19:12:00", *there, "sealed is late", "missed by"):
        assert words in result.output


def _assert_page(service: Service, told: Told, parties: int) -> None:
    """The page of the case tells every event, and draws every party's way along the roads."""
    with service.store.begin() as connection:
        maker = Maker(connection, service.clock, service.settings)
        page = INCIDENT.page(maker, IncidentQuery(report=str(told.report_id), lang="en"))
    assert f"{parties} parties, {len(told.events)} events" in page.html
    assert f"{parties} by road, 0 straight, 0 unknown" in page.html
    assert page.html.count("the way by road") > parties
    assert "marks or limits were missed" not in page.html
