"""The story of a case, command by command: what goes, what is refused, and what is said then."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from gridgis.cases import commands as c
from gridgis.cases.words import ROLES
from gridgis.errors import CaseRefusedError, InvalidInputError
from gridgis.model import Location
from tests.desks import FAR, FIRE, GAS, MORNING, NEAR, POLICE, REASON, Desk

if TYPE_CHECKING:
    from gridgis.cases.commands import Command


@pytest.fixture
def desk() -> Desk:
    """A resident says on Friday morning that a lamp is dark."""
    return Desk()


def test_from_a_report_to_a_closed_case(desk: Desk) -> None:
    desk.do(c.File())
    desk.wait(minutes=5).do(c.Dispatch(parties=(GAS,)))
    desk.wait(minutes=5).do(c.Accept(task=1), role="worker")
    desk.wait(minutes=9).do(c.Arrive(task=1, location=NEAR), role="worker")
    desk.wait(minutes=1).do(c.Begin(task=1), role="worker")
    desk.wait(minutes=10).do(c.Finish(task=1), role="worker")
    assert desk.case.state == "fed_back"
    desk.wait(minutes=10).do(c.StartVerifying(), c.Verify(location=NEAR), role="inspector")
    case = desk.wait(minutes=1).do(c.Close())
    assert (case.state, case.outcome) == ("closed", "solved")
    assert desk.kinds == [
        *("reported", "filed", "dispatched", "accepted", "handling", "arrived", "working"),
        *("done", "fed_back", "verifying", "verified", "rating_asked", "closed"),
    ]
    minutes = [
        (at - MORNING) / timedelta(minutes=1)
        for at in (case.filed_at, case.dispatched_at, case.accepted_at, case.arrived_at)
    ]
    assert minutes == [0, 5, 10, 19]
    assert (case.fed_back_at, case.verified_at, case.closed_at) == tuple(
        MORNING + timedelta(minutes=after) for after in (30, 40, 41)
    )
    assert case.tasks[0].arrived_m == pytest.approx(29.4, abs=0.5), "kept as evidence"
    assert [(one.stage, one.task) for one in case.limits if one.stopped_at is None] == []


def _returned() -> Desk:
    desk = Desk().sent()
    desk.do(c.Return(task=1, reason=REASON, kind="not_ours"), role="unit", name="gas")
    return desk


def _asked(wish: str) -> Desk:
    desk = Desk().sent()
    until = date(2026, 5, 9) if wish in {"deferral", "parking"} else None
    said = c.Ask(wish=wish, reason=REASON, by="1 day", until=until, plan="in the autumn")
    desk.do(said, role="unit", name="Zhao")
    return desk


def _suspended() -> Desk:
    desk = _asked("deferral")
    desk.do(c.Grant(wish=1), role="leader")
    return desk


def _failed() -> Desk:
    desk = Desk().fed_back()
    desk.do(c.Verify(passed=False, reason="still dark"), role="inspector")
    return desk


AT = {
    "reported": Desk,
    "filed": lambda: _at(c.File()),
    "rejected": lambda: _at(c.Reject(reason=REASON)),
    "dispatched": lambda: Desk().sent(),
    "handling": lambda: _at(c.File(), c.Dispatch(parties=(GAS,)), c.Accept(task=1)),
    "suspended": _suspended,
    "fed_back": lambda: Desk().fed_back(),
    "failed": _failed,
    "closed": lambda: Desk().closed(),
}

MAY = [
    (c.File(), "reported", "dispatcher leader administrator"),
    (c.Reject(reason=REASON), "reported filed", "dispatcher leader administrator"),
    (c.Dispatch(parties=(GAS,)), "filed failed", "dispatcher leader administrator"),
    (c.Dispatch(parties=(FIRE,)), "dispatched handling", "dispatcher leader administrator"),
    (c.Accept(task=1), "dispatched", "worker unit dispatcher administrator"),
    (
        c.Return(task=1, reason=REASON),
        "dispatched handling",
        "worker unit dispatcher administrator",
    ),
    (
        c.Recall(task=1, reason=REASON),
        "dispatched handling suspended",
        "dispatcher leader administrator",
    ),
    (c.Finish(task=1), "handling", "worker unit dispatcher administrator"),
    (c.Verify(location=NEAR), "fed_back", "worker inspector dispatcher administrator"),
    (c.Rework(), "failed", "dispatcher leader administrator"),
    (c.Close(), "", "dispatcher leader administrator"),
    (c.Reopen(reason=REASON), "closed", "dispatcher inspector leader administrator service"),
    (c.SolveOnTheSpot(location=NEAR), "reported", "worker dispatcher administrator"),
    (
        c.Ask(wish="void", reason=REASON),
        "filed dispatched handling suspended fed_back failed",
        "worker unit dispatcher administrator",
    ),
    (c.Resume(), "suspended", "dispatcher leader administrator service"),
    (
        c.Supervise(document="No. 7"),
        "reported filed dispatched handling suspended fed_back failed",
        "inspector leader administrator",
    ),
    (
        c.Void(reason=REASON),
        "reported filed dispatched handling suspended fed_back failed",
        "leader administrator",
    ),
]
"""Who may do what, and when: as the issue tells it, not read from the program's table."""


def _at(*commands: Command) -> Desk:
    desk = Desk()
    desk.do(*commands)
    return desk


@pytest.mark.parametrize("state", AT)
def test_only_what_fits_the_state_and_the_role_is_done(state: str) -> None:
    for command, states, roles in MAY:
        for role in ROLES:
            desk = AT[state]()
            assert desk.case.state == state
            before = desk.case
            if state in states.split() and role in roles.split():
                desk.do(command, role=role, name="somebody else")
            else:
                with pytest.raises((CaseRefusedError, InvalidInputError)):
                    desk.do(command, role=role, name="somebody else")
                assert desk.case == before


REFUSED = [
    # where, by whom, what, which error, and what it says
    ("reported", "dispatcher", c.Reject(), InvalidInputError, "say why"),
    ("reported", "dispatcher", c.Reject(reason="  "), InvalidInputError, "say why"),
    ("dispatched", "worker", c.Return(task=1), InvalidInputError, "say why"),
    ("dispatched", "worker", c.Accept(task=2), CaseRefusedError, "no task 2; it has 1"),
    ("dispatched", "worker", c.Accept(task=-1), CaseRefusedError, "no task -1"),
    ("dispatched", "worker", c.Finish(task=1), CaseRefusedError, "accepted or arrived or working"),
    ("filed", "dispatcher", c.Dispatch(parties=()), InvalidInputError, "send 1 to 50"),
    ("filed", "dispatcher", c.Dispatch(parties=(FIRE,)), InvalidInputError, "only one"),
    ("filed", "dispatcher", c.Dispatch(parties=(GAS, GAS)), InvalidInputError, "only one"),
    ("dispatched", "dispatcher", c.Dispatch(parties=(GAS,)), CaseRefusedError, "led by gas"),
    ("filed", "dispatcher", c.Dispatch(parties=(c.Party(" ", is_lead=True),)), InvalidInputError,
     "no unit"),
    ("dispatched", "dispatcher", c.Whistle(unit="", within="1 h", reason=REASON),
     InvalidInputError, "which department"),
    ("dispatched", "dispatcher", c.Whistle(unit="water", within="15", reason=REASON),
     InvalidInputError, "no unit"),
    ("filed", "dispatcher", c.SetLevel(level=5), InvalidInputError, "1 .the gravest. to 4"),
    ("fed_back", "inspector", c.Verify(location=FAR), CaseRefusedError, "within 50 m.* 735 m"),
    ("fed_back", "inspector", c.Verify(), CaseRefusedError, "say where you stand"),
    ("fed_back", "inspector", c.Verify(passed=False), InvalidInputError, "what is not done"),
    ("fed_back", "dispatcher", c.Close(), CaseRefusedError, "not verified on site"),
    ("fed_back", "dispatcher", c.Close(outcome="parked"), InvalidInputError, "closed as"),
    ("handling", "worker", c.Ask(wish="tea", reason=REASON), InvalidInputError, "'tea'"),
    ("handling", "worker", c.Ask(wish="extension", reason=REASON), InvalidInputError, "by:"),
    ("handling", "worker", c.Ask(wish="parking", reason=REASON, until=date(2026, 6, 1)),
     InvalidInputError, "plan:"),
    ("handling", "worker", c.Ask(wish="deferral", reason=REASON, until=date(2026, 4, 30)),
     InvalidInputError, "is past"),
    ("fed_back", "worker", c.Ask(wish="deferral", reason=REASON, until=date(2026, 6, 1)),
     CaseRefusedError, "only a case that is worked on"),
    ("handling", "dispatcher", c.Grant(wish=1), CaseRefusedError, "no answer to 1"),
    ("handling", "leader", c.Lift(to="grid", reason=REASON), CaseRefusedError, "higher tier"),
    ("handling", "dispatcher", c.ReachMark(mark="sealed"), CaseRefusedError, "it has none"),
    ("handling", "leader", c.Supervise(document=" "), InvalidInputError, "name the paper"),
    ("handling", "leader", c.Urge(due_at=MORNING), InvalidInputError, "is past"),
    ("handling", "dispatcher", c.AnswerUp(answer="done"), CaseRefusedError, "not from the hotline"),
    ("closed", "resident", c.Rate(contacted=True, solved=True, satisfaction=0), InvalidInputError,
     "1 to 5"),
]  # fmt: skip


@pytest.mark.parametrize(("state", "role", "command", "error", "said"), REFUSED)
def test_what_is_refused_says_why_and_changes_nothing(
    state: str, role: str, command: Command, error: type[Exception], said: str
) -> None:
    desk = AT[state]()
    before = desk.case
    with pytest.raises(error, match=said):
        desk.do(command, role=role)
    assert desk.case == before


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (c.File(note="x" * 100_000), "note"),
        (c.Reject(reason="y" * 100_000), "reason"),
        (c.Dispatch(parties=(c.Party("u" * 100_000, is_lead=True),)), "parties.unit"),
        (c.Dispatch(parties=(c.Party("gas\0", is_lead=True),)), "parties.unit"),
        (c.Dispatch(parties=(GAS,), told=("\ud800",)), "told"),
        (c.Supervise(document="d" * 100_000), "document"),
        (c.Ask(wish="parking", plan="p" * 100_000, reason=REASON), "plan"),
        (c.Ask(wish="w" * 100_000, reason=REASON), "wish"),
    ],
)
def test_texts_that_nobody_can_keep_are_refused_by_name(command: Command, field: str) -> None:
    with pytest.raises(InvalidInputError, match=f"^{field}: ") as refused:
        Desk().do(command, role="administrator")
    assert len(str(refused.value)) < 200


def test_what_is_given_back_goes_to_the_dispatcher_and_never_to_the_resident() -> None:
    desk = _returned()
    assert (desk.case.state, desk.case.returns, desk.case.unit) == ("filed", 1, "gas")
    assert "rating_asked" not in desk.kinds
    with pytest.raises(CaseRefusedError, match="somebody else decides"):
        desk.do(c.Refuse(wish=1, reason=REASON), name="gas")
    desk.do(c.Dispatch(parties=(c.Party("water", is_lead=True),)))
    assert (desk.case.state, desk.case.unit, desk.case.wishes) == ("dispatched", "water", ())
    assert desk.case.tasks[0].reason_kind == "not_ours", "a wrong dispatch is a figure"


def test_a_refused_return_sends_the_task_again() -> None:
    desk = _returned()
    desk.wait(minutes=5).do(c.Refuse(wish=1, reason="it is a pipe of yours"))
    assert (desk.case.state, desk.case.tasks[0].state) == ("dispatched", "sent")
    assert desk.clock("accept", 1).started_at == desk.now
    assert desk.clock("dispatch").stopped_at == desk.now
    desk.do(c.Accept(task=1), c.Finish(task=1), role="worker")
    assert (desk.case.state, desk.case.returns) == ("fed_back", 1)


def test_a_return_that_is_refused_while_the_case_rests_is_sent_when_it_goes_on() -> None:
    desk = _returned()
    until = date(2026, 5, 20)
    desk.do(c.Ask(wish="parking", until=until, plan="autumn", reason=REASON), role="unit")
    desk.do(c.Grant(wish=2), role="leader")
    desk.do(c.Refuse(wish=1, reason=REASON))
    assert desk.case.state == "suspended"
    assert desk.clock("accept", 1).due_at is None, "it rests with its case"
    desk.wait(days=3).do(c.Resume())
    assert desk.case.state == "dispatched"
    assert desk.clock("accept", 1).due_at == desk.now + timedelta(minutes=20)
    with pytest.raises(CaseRefusedError, match="led by gas"):
        desk.do(c.Dispatch(parties=(c.Party("water", is_lead=True),)))


def test_six_parties_are_done_before_the_case_is_fed_back() -> None:
    helpers = [c.Party(name) for name in ("fire", "police", "safety", "housing", "street")]
    desk = Desk().sent(GAS, *helpers)
    for number in range(1, 7):
        assert desk.case.state in {"dispatched", "handling"}
        desk.do(c.Accept(task=number), c.Finish(task=number), role="worker")
    assert desk.case.state == "fed_back"


def test_a_helper_who_gave_back_is_decided_before_it_goes_on() -> None:
    desk = Desk().sent(GAS, FIRE)
    desk.do(c.Accept(task=1), c.Finish(task=1), role="worker")
    desk.do(c.Return(task=2, reason=REASON), role="unit", name="fire")
    assert desk.case.state == "handling", "the lead stays, the dispatcher decides"
    desk.do(c.Grant(wish=1))
    assert desk.case.state == "fed_back"


def test_a_lead_who_accepts_after_more_were_sent_moves_the_case_on() -> None:
    desk = Desk().sent(GAS)
    desk.do(c.Dispatch(parties=(POLICE,)))
    desk.do(c.Accept(task=1), role="worker")
    assert desk.case.state == "handling"


@pytest.mark.parametrize(
    ("ending", "role"),
    [
        (c.Void(reason=REASON), "leader"),
        (c.Reject(reason=REASON), "dispatcher"),
    ],
)
def test_whoever_is_at_work_on_a_case_that_ends_is_called_off(ending: Command, role: str) -> None:
    desk = Desk().sent(GAS, FIRE)
    desk.do(c.Accept(task=2), role="worker")
    desk.do(c.Return(task=1, reason=REASON), role="worker", name="gas")
    assert desk.case.state == "filed"
    desk.do(ending, role=role)
    assert [task.state for task in desk.case.tasks] == ["returned", "recalled"]
    assert (desk.case.at_work, desk.case.wishes) == ((), ())


def test_a_late_phone_does_not_turn_the_time_back() -> None:
    """The last of two was done at ten without signal; the other one at eleven."""
    desk = Desk().sent(GAS, FIRE)
    desk.do(c.Accept(task=1), c.Accept(task=2), role="worker")
    desk.wait(hours=2).do(c.Finish(task=1), role="worker")
    done_at = desk.now
    desk.wait(minutes=5).do(c.Finish(task=2), role="worker", at=desk.now - timedelta(hours=1))
    assert desk.case.fed_back_at == done_at
    assert desk.clock("verify").started_at == done_at
    assert desk.case.tasks[1].ended_at == desk.now - timedelta(hours=1), "as the phone says"


def test_positions_count_with_their_accuracy() -> None:
    desk = Desk().fed_back()
    at_the_door = Location(104.0157, 30.015)
    with pytest.raises(CaseRefusedError, match="68 m away"):
        desk.do(c.Verify(location=at_the_door), role="inspector")
    case = desk.do(c.Verify(location=Location(104.0157, 30.015, 20.0)), role="inspector")
    assert case.verification["distance_m"] == pytest.approx(67.5, abs=0.5)
