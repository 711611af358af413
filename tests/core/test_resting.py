"""A deferred case goes on by itself when its day is over; a parked one waits for a person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from gridgis.actor import Actor
from gridgis.cases import commands as c
from gridgis.cases.resting import resume_rested
from gridgis.cases.rulings import Rulings
from gridgis.cases.workflow import Workflow
from gridgis.model import NewReport
from gridgis.response.plans import import_plan

if TYPE_CHECKING:
    from gridgis.clock import FixedClock
    from gridgis.intake import Intake
    from gridgis.settings import Settings
    from gridgis.store.engine import Store

SERVICE = Actor("gridgis", "service")
LEADER = Actor("Chen", "leader")
UNTIL = date(2026, 5, 6)


@pytest.fixture
def workflow(store: Store, settings: Settings, clock: FixedClock, actor: Actor) -> Workflow:
    with store.begin() as connection:
        import_plan(
            connection,
            "name: ours\ndefaults: {limits: {handle: 2 days, close: 3 days}}",
            actor,
            clock.now(),
        )
    return Workflow(store, Rulings(settings), clock)


def _rests(workflow: Workflow, intake: Intake, actor: Actor, wish: str) -> UUID:
    report = uuid4()
    intake.receive(NewReport(report, None, None, "Hole in the road"), actor)
    workflow.change(report, c.File(), actor)
    workflow.change(report, c.Dispatch(parties=(c.Party("roads", is_lead=True),)), actor)
    workflow.change(report, c.Accept(task=1), actor)
    asked = c.Ask(wish=wish, until=UNTIL, plan="after the frost", reason="too cold for asphalt")
    workflow.change(report, asked, actor)
    workflow.change(report, c.Grant(wish=1), LEADER)
    return report


def test_a_case_that_was_deferred_goes_on_the_day_after_and_its_clocks_with_it(
    workflow: Workflow, intake: Intake, store: Store, clock: FixedClock, actor: Actor
) -> None:
    begun = clock.now()
    deferred = _rests(workflow, intake, actor, "deferral")
    parked = _rests(workflow, intake, actor, "parking")
    assert workflow.case(deferred).due_at is None, "no clock runs"

    clock.advance(timedelta(days=5))
    assert resume_rested(store, workflow, UNTIL, SERVICE, lambda: True) == 0, "it is the last day"
    clock.advance(timedelta(days=1))
    assert resume_rested(store, workflow, date(2026, 5, 7), SERVICE, lambda: True) == 1
    case = workflow.case(deferred)
    assert (case.state, case.deferrals, case.rests_until) == ("handling", 1, None)
    assert case.due_at == begun + timedelta(days=6 + 3), "six days do not count"

    case = workflow.case(parked)
    assert (case.state, case.outcome, case.parked_until) == ("suspended", "parked", UNTIL)
    assert case.deferrals == 0


def test_whoever_resumes_by_hand_is_not_undone(
    workflow: Workflow, intake: Intake, store: Store, clock: FixedClock, actor: Actor
) -> None:
    report = _rests(workflow, intake, actor, "deferral")
    clock.advance(timedelta(days=10))
    workflow.change(report, c.Resume(), actor)
    assert resume_rested(store, workflow, date(2026, 5, 11), SERVICE, lambda: True) == 0
    assert workflow.case(report).state == "handling"
