"""What is stored of a case is what its events say, or ``gridgis verify history`` tells."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import text

from gridgis.archive import Archive
from gridgis.cases import commands as c
from gridgis.cases.verifying import verify
from gridgis.clocks.sweeping import sweep
from gridgis.errors import CaseRefusedError, InvalidInputError, ReportNotFoundError
from gridgis.store import calendars, response_plans
from gridgis.store.response_plans import NewResponsePlan
from tests.conftest import PROVE
from tests.desks import (
    GAS,
    PEOPLE,
    PLAN,
    REASON,
    Office,
    any_command,
    office,
    somebody,
    sorted_case,
)

if TYPE_CHECKING:
    from uuid import UUID

    from gridgis.actor import Actor
    from gridgis.cases.verifying import Verdict
    from gridgis.clock import FixedClock
    from gridgis.settings import Settings
    from gridgis.store.engine import Store

CASES, COMMANDS = (300, 60) if PROVE else (12, 30)
OTHER_CALENDAR = """
{code: usual, name: with a holiday, zone: Asia/Shanghai, hours: {Mo-Sa: 10:00-16:00},
 days: [{date: 2026-05-04, kind: holiday, name: Labour day}]}
"""


@pytest.fixture
def town(store: Store, clock: FixedClock, settings: Settings) -> Office:
    return office(store, clock, settings)


def work(town: Office, rng: random.Random, reports: list[UUID], times: int) -> int:
    """Let random people say random things to these cases; return how often that was done."""
    done = 0
    for _ in range(times):
        report = rng.choice(reports)
        town.clock.advance(timedelta(minutes=rng.choice((0, 1, 10, 90))))
        case = town.workflow.case(report)
        if not case.is_open and rng.random() < 0.9:
            continue
        role = rng.choice(("dispatcher", "dispatcher", "worker", "worker", "leader", "inspector"))
        command = any_command(rng, role, case, town.clock.now(), reports)
        try:
            after = town.do(report, command, role=role, name=rng.choice(PEOPLE))
        except (CaseRefusedError, InvalidInputError):
            assert town.workflow.case(report) == case
        else:
            assert town.workflow.case(report) == sorted_case(after)
            done += 1
        if rng.random() < 0.1:
            sweep(town.store, somebody("service"), town.clock.now())
    return done


def judged(town: Office, settings: Settings, **which: object) -> Verdict:
    with town.store.begin() as connection:
        return verify(connection, settings, **which)


@pytest.mark.slow
def test_whatever_was_done_the_history_folds_to_the_present(
    town: Office, settings: Settings, clock: FixedClock, actor: Actor
) -> None:
    """Random work, sweeps, another plan, another calendar, and the month goes to the archive."""
    rng = random.Random(7)  # noqa: S311 - a draw
    reports = [town.report(channel=rng.choice(("hotline", "patrol", None))) for _ in range(CASES)]
    assert work(town, rng, reports, CASES * COMMANDS // 2) > CASES * 2
    assert judged(town, settings).differences == []
    with town.store.begin() as connection:
        newer = NewResponsePlan("Newer", PLAN.replace("0.5", "0.9"), clock.now())
        response_plans.put(connection, newer, somebody("leader"), clock.now())
    work(town, rng, reports, CASES * COMMANDS // 2)
    for report in reports:
        if town.workflow.case(report).is_open:
            town.do(report, c.Void(reason=REASON), role="leader")
    verdict = judged(town, settings)
    assert verdict.differences == []
    assert (verdict.cases, verdict.differing) == (CASES, 0)
    assert verdict.clocks > CASES * 2
    before = judged(town, settings, only=reports[0])
    assert before.cases == 1
    assert judged(town, settings, since=clock.now()).cases == 0
    clock.advance(timedelta(days=60))
    Archive(town.store, actor, clock).put_away(date(2026, 5, 1))
    archived = judged(town, settings)
    assert archived.differences == []
    assert archived.events == verdict.events
    assert judged(town, settings, only=reports[0]) == before


def test_stopped_clocks_stay_with_the_calendar_of_their_day(
    town: Office, settings: Settings, clock: FixedClock
) -> None:
    """The calendar is another one afterwards: what runs is moved by it, what stopped is not."""
    reports = [town.report() for _ in range(4)]
    rng = random.Random(3)  # noqa: S311 - a draw
    work(town, rng, reports, 60)
    clock.advance(timedelta(minutes=1))
    with town.store.begin() as connection:
        calendars.put(connection, OTHER_CALENDAR, somebody("administrator"), clock.now())
    moved = {one.column for one in judged(town, settings).differences}
    assert moved, "not until they are counted anew"
    assert {one.split(".")[-1] for one in moved} <= {"due_at", "warn_at", "next_at"}


FORGED = [
    ("UPDATE casefile SET outcome = 'solved'", "outcome"),
    ("UPDATE casefile SET returns = 7", "returns"),
    ("UPDATE casefile SET due_at = due_at + interval '1 day'", "due_at"),
    ("UPDATE casefile SET category = NULL", "category"),
    ("UPDATE task SET unit = 'nobody'", "task 1.unit"),
    ("DELETE FROM task", "tasks"),
    ("UPDATE clock SET due_at = due_at + interval '1 s' WHERE stage = 'close'",
     "clock 0 close 0.due_at"),
    ("UPDATE clock SET next_at = NULL WHERE stage = 'close'", "clock 0 close 0.next_at"),
    ("DELETE FROM clock WHERE stage = 'close'", "clock 0 close 0"),
]  # fmt: skip


@pytest.mark.parametrize(("forgery", "column"), FORGED)
def test_a_forged_column_is_told(
    town: Office, settings: Settings, forgery: str, column: str
) -> None:
    report = town.report()
    town.do(report, c.File(), c.Dispatch(parties=(GAS,)))
    with town.store.begin() as connection:
        connection.execute(text(forgery))
    found = judged(town, settings).differences
    assert column in [one.column for one in found]
    assert {one.report_id for one in found} == {report}


def test_a_report_that_is_not_there(town: Office, settings: Settings) -> None:
    with pytest.raises(ReportNotFoundError):
        judged(town, settings, only=uuid4())
