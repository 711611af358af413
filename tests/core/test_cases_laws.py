"""Laws of a case, whatever anybody says to it: 100,000 random commands by random people."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from gridgis.cases import commands as c
from gridgis.cases.deciding import floor
from gridgis.cases.folding import fold
from gridgis.cases.words import ENDED, ROLES, STATES, TASK_STATES
from gridgis.clocks.limits import Limit
from gridgis.clocks.reckoning import reckon
from gridgis.errors import CaseRefusedError, InvalidInputError
from tests.conftest import PROVE
from tests.desks import (
    GAS,
    MORNING,
    NEAR,
    PEOPLE,
    RULING,
    Desk,
    any_command,
    sorted_case,
    through_json,
)

if TYPE_CHECKING:
    from gridgis.cases.model import Case

STEPS = 50
RUNS = 2_000 if PROVE else 40

WAYS = {
    "reported": "filed rejected merged closed void",
    "filed": "rejected merged dispatched suspended void",
    "dispatched": "merged handling filed fed_back suspended void",
    "handling": "merged filed fed_back suspended void",
    "suspended": "filed dispatched handling void",
    "fed_back": "verifying failed closed void",
    "verifying": "failed closed void",
    "failed": "handling dispatched void",
    "reopened": "dispatched void",
    "closed": "reopened",
    "rejected": "",
    "merged": "",
    "void": "",
}
"""From where to where, as the issue and its pictures say: not read from the program's table."""

TASK_WAYS = {
    "sent": "accepted returned recalled arrived",
    "accepted": "returned recalled arrived working done cannot",
    "arrived": "recalled working done cannot",
    "working": "recalled done cannot",
    "returned": "sent",
    "done": "accepted",
    "recalled": "",
    "cannot": "",
}
COUNTS = (
    *("version", "returns", "reopenings", "failures", "extensions", "deferrals", "urgings"),
    *("supervisions", "round", "wish_count"),
)


class Working(RuleBasedStateMachine):
    """Anybody says anything to one case."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(channel="hotline", external_due_at=MORNING + timedelta(days=4))
        self.others = [uuid4(), self.desk.case.report_id]

    @rule(
        rng=st.randoms(use_true_random=False),
        role=st.sampled_from(("dispatcher", "dispatcher", "worker", "worker", "leader", *ROLES)),
        name=st.sampled_from(PEOPLE),
        minutes=st.sampled_from((0, 0, 1, 10, 90, 1500)),
        late=st.sampled_from((0, 0, 0, 30)),
    )
    def somebody_says(self, rng: Any, role: str, name: str, minutes: int, late: int) -> None:
        desk = self.desk
        # Ended cases would take the rest of a run.
        assume(desk.case.is_open or rng.random() < 0.9)
        before, known = desk.case, len(desk.events)
        desk.wait(minutes=minutes)
        command = any_command(rng, role, before, desk.now, self.others)
        # A phone without signal tells late, but of nothing that could not be then.
        first = floor(before, command) or before.received_at
        at = max(desk.now - timedelta(minutes=late), first)
        kept = json.dumps(before, default=str)
        try:
            desk.do(command, role=role, name=name, at=at)
        except (CaseRefusedError, InvalidInputError):
            assert desk.case is before
            assert len(desk.events) == known
        else:
            after = desk.case
            _require_ways(before, after, desk.events[known:])
            for count in COUNTS:
                assert getattr(after, count) >= getattr(before, count), count
            versions = [one.facts["version"] for one in desk.events[known:]]
            assert versions == list(range(before.version + 1, after.version + 1))
        assert json.dumps(before, default=str) == kept, "what somebody read stays as it was"

    @invariant()
    def it_is_where_a_case_can_be(self) -> None:
        case = self.desk.case
        assert case.state in STATES
        assert all(task.state in TASK_STATES for task in case.tasks)
        assert sum(task.is_lead for task in case.at_work) <= 1, "one leads"
        assert case.version == len(self.desk.events) - 1
        running = [one for one in case.limits if one.stopped_at is None]
        if case.state in ENDED:
            assert (case.at_work, running, case.wishes) == ((), [], ())
        if case.state in {"fed_back", "verifying", "failed"}:
            assert case.at_work == ()
        resting = [one for one in running if one.pauses and one.pauses[-1][1] is None]
        assert resting == (running if case.state == "suspended" else [])

    @invariant()
    def its_history_folds_to_the_present(self) -> None:
        events = [through_json(one) for one in self.desk.events]
        folded = RULING.reckoned(fold(self.desk.blank, events))
        assert sorted_case(folded) == sorted_case(self.desk.case)

    @invariant()
    def its_clocks_recompute_equal(self) -> None:
        for one in self.desk.case.limits:
            found = reckon(
                Limit.parse(one.spec),
                one.started_at,
                RULING.usual,
                one.pauses,
                [Limit.parse(longer) for longer in one.extensions],
                RULING.plan.warn_share,
            )
            own, cap = found.due_at, one.cap_at
            assert one.due_at == (min(own, cap) if own and cap else own)
            assert one.warn_at is None or one.warn_at <= one.due_at
            assert one.stopped_at is None or one.stopped_at >= one.started_at, one

    def teardown(self) -> None:
        """From wherever it is, an open case can be brought to its end without being voided."""
        desk = self.desk
        for _ in range(30):
            if not desk.case.is_open:
                break
            for command, role in _next(desk.case):
                desk.do(command, role=role, name="somebody else")
        assert not desk.case.is_open, desk.case.state


def _require_ways(before: Case, after: Case, events: list) -> None:
    state = before.state
    for one in events:
        if "to" in one.facts:
            assert one.facts["from"] == state, one
            to = one.facts["to"]
            assert to == state or to in WAYS[state].split(), f"{state} -> {to}"
            state = to
    assert after.state == state
    for old, new in zip(before.tasks, after.tasks, strict=False):
        moved = new.version - old.version
        if old.state != new.state and moved == 1:
            assert new.state in TASK_WAYS[old.state].split(), f"{old.state} -> {new.state}"
        assert (old == new) == (moved == 0)


def _next(case: Case) -> list[tuple[c.Command, str]]:
    returned = [wish.number for wish in case.wishes if wish.kind == "return"]
    return {
        "reported": lambda: [(c.File(), "dispatcher")],
        "filed": lambda: [(c.Dispatch(parties=(GAS,)), "dispatcher")],
        "reopened": lambda: [(c.Dispatch(parties=(GAS,)), "dispatcher")],
        "failed": lambda: [(c.Dispatch(parties=(GAS,)), "dispatcher")],
        "suspended": lambda: [(c.Resume(), "service")],
        "dispatched": lambda: _one_done(case, returned),
        "handling": lambda: _one_done(case, returned),
        "fed_back": lambda: [(c.Verify(location=NEAR), "inspector")],
        "verifying": lambda: [(c.Verify(location=NEAR), "inspector"), (c.Close(), "dispatcher")],
    }[case.state]()


def _one_done(case: Case, returned: list[int]) -> list[tuple[c.Command, str]]:
    if returned:
        return [(c.Grant(wish=returned[0]), "dispatcher")]
    task = case.at_work[0]
    first = [(c.Accept(task=task.number), "worker")] if task.state == "sent" else []
    return [*first, (c.Finish(task=task.number), "worker")]


@pytest.mark.slow
def test_whatever_anybody_says_a_case_stays_whole() -> None:
    run_state_machine_as_test(
        Working,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
