"""The gas leak of the mission in the demo district: six parties, two marks, an escalation."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
import shapely
from typer.testing import CliRunner

from gridgis.actor import Actor
from gridgis.cases import verifying
from gridgis.clock import SystemClock
from gridgis.nearest.needs import Need
from gridgis.polygons import circle
from gridgis.store import events, reports
from gridgis.store.months import Months
from gridgis_api import demo as demo_module
from gridgis_api.cli import context
from gridgis_api.cli.root import commands
from gridgis_api.demo import Demo
from gridgis_api.gas_leak import EVENING, GasLeak
from gridgis_api.service import Service
from tests.demos import demo_district

if TYPE_CHECKING:
    from gridgis.demo import DemoDistrict
    from gridgis.model import Location
    from gridgis.settings import Settings
    from gridgis.store.engine import Store

pytestmark = pytest.mark.slow

FEW = 400


@pytest.fixture(scope="module")
def district() -> DemoDistrict:
    made = demo_district()
    return replace(made, reports=made.reports.tail(FEW).reset_index(drop=True))


@pytest.fixture
def service(
    store: Store,
    actor: Actor,
    settings: Settings,
    district: DemoDistrict,
    monkeypatch: pytest.MonkeyPatch,
) -> Service:
    monkeypatch.setattr(demo_module, "make", lambda *_, **__: district)
    clock = SystemClock()
    Demo(store, actor, clock, settings).load(tell=lambda _: None)
    return Service(store, Months(store), clock, settings)


def test_the_gas_leak_is_sealed_in_time_and_escalates_when_it_is_not(
    service: Service, district: DemoDistrict, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    assert (verdict.cases, verdict.differing) == (FEW + 2, 0), verdict.differences

    monkeypatch.setattr(context, "settings", lambda: settings)
    _assert_readable(service, monkeypatch)
    removed = Demo(service.store, Actor("Li Na"), service.clock, settings).remove(with_reports=True)
    assert removed.reports == FEW + 2


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
