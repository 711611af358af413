"""What one asks and another grants, how cases end and come back, what comes from above."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from gridgis.cases import commands as c
from gridgis.errors import CaseRefusedError
from tests.desks import FIRE, GAS, MORNING, NEAR, REASON, Desk


@pytest.fixture
def handled() -> Desk:
    desk = Desk().sent()
    desk.do(c.Accept(task=1), role="worker")
    return desk


def test_an_extension_is_asked_by_one_and_granted_by_another(handled: Desk) -> None:
    due_at = handled.case.due_at
    handled.do(c.Ask(wish="extension", by="2 days", reason=REASON), role="unit", name="Zhao")
    assert handled.case.due_at == due_at, "asking changes nothing"
    with pytest.raises(CaseRefusedError, match="another extension"):
        handled.do(c.Ask(wish="extension", by="2 days", reason=REASON), role="worker")
    for role, name, why in (
        ("dispatcher", "Li", "a leader decides that"),
        ("administrator", "Zhao", "somebody else decides"),
        ("unit", "Wang", "may not grant"),
    ):
        with pytest.raises(CaseRefusedError, match=why):
            handled.do(c.Grant(wish=1), role=role, name=name)
    handled.do(c.Grant(wish=1), role="leader")
    assert handled.case.due_at == due_at + timedelta(days=2)
    assert (handled.case.extensions, handled.case.deferrals, handled.case.wishes) == (1, 0, ())


def test_a_refused_wish_leaves_everything_as_it_was(handled: Desk) -> None:
    before = handled.case
    handled.do(c.Ask(wish="void", reason=REASON), role="unit", name="Zhao")
    handled.do(c.Refuse(wish=1, reason="no test at all"), role="leader")
    assert (handled.case.state, handled.case.limits) == (before.state, before.limits)
    assert handled.case.wishes == ()


@pytest.mark.parametrize(("wish", "outcome"), [("deferral", None), ("parking", "parked")])
def test_a_case_that_rests_stays_open_and_its_clocks_stand(
    handled: Desk, wish: str, outcome: str | None
) -> None:
    due_at = handled.case.due_at
    until = date(2026, 5, 20)
    asked = c.Ask(wish=wish, until=until, plan="with the road works", reason=REASON)
    handled.do(asked, role="unit", name="Zhao")
    case = handled.do(c.Grant(wish=1), role="leader")
    assert (case.state, case.outcome, case.is_open, case.due_at) == (
        *("suspended", outcome, True),
        None,
    )
    assert case.parked_until == (until if wish == "parking" else None)
    handled.wait(days=7)
    case = handled.do(c.Resume(), role="service")
    assert (case.state, case.outcome, case.parked_until) == ("handling", None, None)
    # Until the fifth is a holiday; Saturday the ninth makes up for it.
    assert due_at == datetime(2026, 5, 11, 10, tzinfo=UTC)
    assert case.due_at == datetime(2026, 5, 13, 10, tzinfo=UTC), "without the sixth and seventh"


def test_a_granted_void_withdraws_it(handled: Desk) -> None:
    handled.do(c.Ask(wish="void", reason="a test"), role="unit", name="Zhao")
    case = handled.do(c.Grant(wish=1), role="leader")
    assert (case.state, case.outcome) == ("void", "withdrawn")
    assert [task.state for task in case.tasks] == ["recalled"]


def test_a_question_needs_nobody_on_site() -> None:
    desk = Desk(category="question").fed_back()
    case = desk.do(c.Close())
    assert (case.state, case.outcome, case.verification) == ("closed", "solved", None)


@pytest.mark.parametrize(("channel", "asked"), [("resident", True), ("hotline", True),
                                                ("patrol", False), ("camera", False)])  # fmt: skip
def test_who_reported_is_asked_and_nobody_else(channel: str, asked: bool) -> None:
    assert ("rating_asked" in Desk(channel=channel).closed().kinds) == asked


def test_nothing_is_solved_when_the_lead_cannot() -> None:
    desk = Desk().sent(GAS, FIRE)
    desk.do(c.Accept(task=1), c.Accept(task=2), role="worker")
    desk.do(c.Finish(task=2), c.Cannot(task=1, reason="no key"), role="worker")
    assert desk.case.state == "filed", "the dispatcher finds somebody else, or says no"
    with pytest.raises(CaseRefusedError, match="filed, so nobody can close"):
        desk.do(c.Close())
    desk.do(c.Reject(reason="a private matter"))
    assert desk.case.outcome == "not_in_scope"


def test_work_that_is_not_done_goes_back() -> None:
    desk = Desk().fed_back()
    desk.do(c.Verify(passed=False, location=NEAR, reason="still dark"), role="inspector")
    desk.do(c.Rework())
    assert (desk.case.state, desk.case.failures, desk.case.tasks[0].state) == (
        *("handling", 1),
        "accepted",
    )
    desk.do(c.Finish(task=1), role="worker")
    with pytest.raises(CaseRefusedError, match="not verified on site"):
        desk.do(c.Close())
    desk.do(c.Verify(location=NEAR), c.Close())
    assert desk.case.outcome == "solved"


@pytest.mark.parametrize(
    ("rating", "days", "back"),
    [
        (c.Rate(contacted=True, solved=True, satisfaction=5), 1, False),
        (c.Rate(contacted=True, solved=True, satisfaction=3), 1, False),
        (c.Rate(contacted=True, solved=True, satisfaction=2), 1, True),
        (c.Rate(contacted=False, solved=False, satisfaction=5), 1, True),
        (c.Rate(contacted=True, solved=True, satisfaction=1), 30, True),
        (c.Rate(contacted=True, solved=False, satisfaction=1), 30.1, False),
    ],
)
def test_a_low_rating_comes_back_to_the_dispatcher_in_time(
    rating: c.Rate, days: float, back: bool
) -> None:  # fmt: skip
    desk = Desk().closed().wait(days=days)
    desk.do(rating, role="resident")
    assert desk.case.state == ("reopened" if back else "closed")
    assert desk.case.reopenings == int(back)
    assert desk.case.outcome == (None if back else "solved")
    if back:
        assert desk.clock("dispatch").started_at == desk.now
        assert desk.clock("close").round == 2


def test_silence_changes_nothing() -> None:
    desk = Desk().closed()
    before = desk.case
    desk.wait(days=400)
    assert desk.case == before
    with pytest.raises(CaseRefusedError, match="more than 30 days ago"):
        desk.do(c.Reopen(reason=REASON))


def test_a_small_matter_is_solved_on_the_spot() -> None:
    desk = Desk(channel="patrol")
    case = desk.do(c.SolveOnTheSpot(location=NEAR, note="swept"), role="worker", name="Wang")
    assert (case.state, case.outcome, case.on_the_spot) == ("closed", "solved", True)
    assert case.verification["by"] == "Wang"
    assert case.verification["distance_m"] == pytest.approx(29.4, abs=0.5)
    assert [one for one in case.limits if one.stopped_at is None] == []
    grave = Desk()
    grave.do(c.SetLevel(level=2))
    with pytest.raises(CaseRefusedError, match="only small matters"):
        grave.do(c.SolveOnTheSpot(location=NEAR), role="worker")


def test_a_street_whistles_and_rates_who_came(handled: Desk) -> None:
    handled.do(c.Whistle(unit="water", within="30 min", reason="a pipe"))
    assert handled.clock("arrive", 2).due_at == handled.now + timedelta(minutes=30)
    handled.do(c.Arrive(task=2, location=NEAR), c.Finish(task=2), role="worker")
    case = handled.do(c.RateTask(task=2, rating=4))
    assert (case.tasks[1].is_whistled, case.tasks[1].rating) == (True, 4)
    handled.do(c.Finish(task=1), role="worker")
    with pytest.raises(CaseRefusedError, match="did not whistle for gas"):
        handled.do(c.RateTask(task=1, rating=4))


def test_supervision_makes_the_limit_tighter_and_never_looser(handled: Desk) -> None:
    due_at = handled.case.due_at
    soon = handled.now + timedelta(hours=6)
    case = handled.do(c.Supervise(document="No. 7", due_at=soon), role="leader")
    assert (case.supervisions, case.due_at, handled.clock("handle").due_at) == (1, soon, soon)
    case = handled.do(c.Supervise(document="No. 8", due_at=due_at), role="leader")
    assert case.due_at == soon
    assert handled.do(c.Urge(), role="inspector").urgings == 1


def test_a_graver_level_makes_running_clocks_tighter() -> None:
    desk = Desk()
    assert desk.case.due_at == datetime(2026, 5, 11, 10, tzinfo=UTC), "the fifth working day"
    desk.wait(minutes=20).do(c.SetLevel(level=1))
    assert desk.case.due_at == MORNING + timedelta(hours=8), "from when it was received"
    assert desk.clock("file").due_at == MORNING + timedelta(minutes=2)


def test_what_came_from_outside_is_answered_and_its_limit_stays() -> None:
    soon = MORNING + timedelta(hours=5)
    desk = Desk(channel="hotline", external_due_at=soon).closed()
    assert desk.case.due_at == soon
    desk.do(c.AnswerUp(answer="The lamp is mended."))
    again = Desk(channel="platform", external_due_at=soon)
    again.do(c.AskExtensionUp(until=soon + timedelta(days=2), reason=REASON))
    assert again.case.due_at == soon, "until the platform says otherwise"
    again.do(c.ReturnUp(reason="another city"))
    assert again.case.is_open


def test_a_matter_is_lifted_step_by_step(handled: Desk) -> None:
    handled.do(c.Lift(to="street", reason=REASON), role="worker")
    with pytest.raises(CaseRefusedError, match="with the street already"):
        handled.do(c.Lift(to="street", reason=REASON), role="worker")
    assert handled.do(c.Lift(to="city", reason=REASON)).tier == "city"


def test_marks_of_a_response_are_reached_in_time() -> None:
    desk = Desk()
    desk.do(c.SetLevel(level=1))
    desk.wait(minutes=1).sent()
    assert desk.clock("mark:sealed").due_at == MORNING + timedelta(minutes=20), "from the report on"
    desk.wait(minutes=18).do(c.ReachMark(mark="sealed"), role="worker")
    assert desk.clock("mark:sealed").stopped_at == MORNING + timedelta(minutes=19)
    with pytest.raises(CaseRefusedError, match="waits for no mark"):
        desk.do(c.ReachMark(mark="sealed"), role="worker")
