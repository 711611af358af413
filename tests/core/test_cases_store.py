"""Cases in the database: who comes second, who asks twice, who comes late, and what is merged."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import text

from gridgis.archive import Archive
from gridgis.cases import commands as c
from gridgis.cases.workflow import Known
from gridgis.errors import (
    ArchivedError,
    CaseChangedError,
    CaseRefusedError,
    InvalidInputError,
    ReportNotFoundError,
    ResponderNotFoundError,
)
from gridgis.store.engine import Store
from tests.cities import staff
from tests.conftest import PROVE
from tests.desks import FIRE, GAS, HERE, NEAR, REASON, Office, office, opened, somebody

if TYPE_CHECKING:
    from uuid import UUID

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.settings import Settings

RACES = 1_000 if PROVE else 40
MERGES = 100 if PROVE else 12


@pytest.fixture
def town(store: Store, clock: FixedClock, settings: Settings) -> Office:
    return office(store, clock, settings)


def rows(store: Store, question: str, **facts: object) -> list[tuple]:
    with store.begin() as connection:
        return [tuple(row) for row in connection.execute(text(question), facts)]


def closed(town: Office, report: UUID) -> None:
    town.do(report, c.File(), c.Dispatch(parties=(GAS,)), c.Accept(task=1), c.Finish(task=1))
    town.do(report, c.Verify(location=NEAR), c.Close())


KINDS = (
    "SELECT kind FROM event WHERE report_id = :id"
    " AND (kind = 'reported' OR jsonb_exists(facts, 'version')) ORDER BY id"
)


def kinds(town: Office, report: UUID) -> list[str]:
    return [kind for (kind,) in rows(town.store, KINDS, id=report)]


def test_the_same_request_again_is_done_once(town: Office) -> None:
    """The answer was lost; the phone asks again, however far the case has gone meanwhile."""
    report = town.report()
    key = Known(key="phone-1")
    town.do(report, c.File(), c.Dispatch(parties=(GAS,)))
    town.do(report, c.Urge(note="hurry"), known=key)
    again = town.workflow.change(report, c.Urge(note="hurry"), somebody("leader"), known=key)
    assert (again.case.urgings, again.events) == (1, [])
    town.do(report, c.Return(task=1, reason=REASON), known=Known(key="phone-2"))
    town.do(report, c.Dispatch(parties=(FIRE, GAS)), known=Known(key="desk"))
    sent = town.workflow.change(
        report, c.Dispatch(parties=(FIRE, GAS)), somebody("dispatcher"), known=Known(key="desk")
    )
    assert [task.state for task in sent.case.tasks] == ["returned", "sent", "sent"]
    assert kinds(town, report).count("dispatched") == 2


def test_a_stale_version_is_told_where_the_case_is_and_who_has_it(town: Office) -> None:
    report = town.report()
    seen = town.do(report, c.File()).version
    town.do(report, c.Dispatch(parties=(GAS,)), name="Wang")
    with pytest.raises(CaseChangedError, match="you know version 1, it is 2 now") as changed:
        town.do(report, c.Reject(reason=REASON), known=Known(version=seen))
    error = changed.value
    assert (error.state, error.version, error.unit, error.actor) == ("dispatched", 2, "gas", "Wang")


@pytest.mark.slow
def test_of_two_dispatchers_one_wins_and_the_other_is_told_who(
    town: Office, database_url: str, settings: Settings
) -> None:
    """A thousand races: half of them know the version, half only send."""
    stores = [Store(database_url, pool_size=1) for _ in range(2)]
    desks = {
        name: opened(one, town.clock, settings)
        for name, one in zip(("Li", "Wang"), stores, strict=True)
    }
    names = tuple(desks)
    lost = 0
    with ThreadPoolExecutor(2) as pool:
        for race in range(RACES):
            report = town.report()
            town.do(report, c.File())
            known = Known(version=1) if race % 2 else Known()

            def send(name: str, report: UUID = report, known: Known = known) -> object:
                party = c.Party(f"unit of {name}", is_lead=True)
                try:
                    return desks[name].do(
                        report, c.Dispatch(parties=(party,)), name=name, known=known
                    )
                except (CaseChangedError, CaseRefusedError) as error:
                    return error

            said = list(pool.map(send, names))
            errors = [one for one in said if isinstance(one, Exception)]
            assert len(errors) == 1
            lost += 1
            winner = names[1 - said.index(errors[0])]
            assert errors[0].actor == winner
            assert f"by {winner}" in str(errors[0])
            assert errors[0].unit == f"unit of {winner}"
            assert kinds(town, report) == ["reported", "filed", "dispatched"]
            assert town.workflow.case(report).unit == f"unit of {winner}"
    for one in stores:
        one.close()
    assert lost == RACES


def test_six_parties_on_six_tasks_all_get_through_at_once(town: Office) -> None:
    helpers = [c.Party(name) for name in ("fire", "police", "safety", "housing", "street")]
    report = town.report()
    town.do(report, c.File(), c.Dispatch(parties=(GAS, *helpers)))

    def work(number: int) -> None:
        for version, step in enumerate((c.Accept, c.Arrive, c.Begin, c.Finish)):
            town.do(report, step(task=number), role="worker", known=Known(version=version))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(1, 7)))
    case = town.workflow.case(report)
    assert case.state == "fed_back"
    assert {task.version for task in case.tasks} == {4}
    assert len(kinds(town, report)) == case.version + 1 == 1 + 2 + 6 * 4 + 2


def test_a_merged_report_lets_both_reporters_rate(town: Office) -> None:
    first, second, third = (town.report() for _ in range(3))
    town.do(second, c.Merge(into=third))
    town.do(third, c.Merge(into=first))
    assert kinds(town, first) == ["reported", "took_in"]
    merged = town.workflow.case(second)
    assert (merged.state, merged.outcome, merged.merged_into) == ("merged", "duplicate", third)
    closed(town, first)
    asked = rows(town.store, "SELECT report_id FROM rating WHERE round = 1")
    assert {one for (one,) in asked} == {first, second, third}


def test_what_cannot_be_merged_stays(town: Office) -> None:
    first, second = town.report(), town.report()
    with pytest.raises(CaseRefusedError, match="into itself"):
        town.do(first, c.Merge(into=first))
    with pytest.raises(ReportNotFoundError):
        town.do(first, c.Merge(into=uuid4()))
    town.do(second, c.Reject(reason=REASON))
    with pytest.raises(CaseRefusedError, match="into a case that goes on"):
        town.do(first, c.Merge(into=second))
    assert kinds(town, first) == ["reported"]


@pytest.mark.slow
def test_reports_that_are_merged_in_a_ring_at_once_leave_one_that_goes_on(town: Office) -> None:
    """Others urge all of them meanwhile; nobody waits for ever."""
    with ThreadPoolExecutor(6) as pool:
        for _ in range(MERGES):
            ring = [town.report() for _ in range(3)]

            def merge(place: int, ring: list[UUID] = ring) -> bool:
                try:
                    town.do(ring[place], c.Merge(into=ring[(place + 1) % 3]))
                except CaseRefusedError:
                    return False
                return True

            def urge(place: int, ring: list[UUID] = ring) -> bool:
                try:
                    town.do(ring[place], c.Urge())
                except CaseRefusedError:
                    return False
                return True

            tasks = [pool.submit(one, place) for place in range(3) for one in (merge, urge)]
            for one in tasks:
                one.result(timeout=60)
            states = [town.workflow.case(one).state for one in ring]
            assert states.count("reported") == 1, states


def test_what_is_said_late_or_too_early(town: Office, clock: FixedClock) -> None:
    report = town.report()
    town.do(report, c.File(), c.Dispatch(parties=(GAS,)))
    sent_at = clock.now()
    clock.advance(timedelta(hours=3))
    case = town.do(report, c.Accept(task=1), role="worker", at=sent_at + timedelta(minutes=10))
    assert case.accepted_at == sent_at + timedelta(minutes=10), "a phone without signal"
    with pytest.raises(InvalidInputError, match="in the future"):
        town.do(report, c.Finish(task=1), role="worker", at=clock.now() + timedelta(hours=1))
    with pytest.raises(InvalidInputError, match="when it could first be"):
        town.do(report, c.Finish(task=1), role="worker", at=sent_at)
    with pytest.raises(InvalidInputError, match="no time zone"):
        town.do(report, c.Urge(), at=clock.now().replace(tzinfo=None))
    clock.advance(timedelta(hours=-20))
    case = town.do(report, c.Finish(task=1), role="worker")
    assert case.fed_back_at == case.accepted_at, "the server's clock was put back"


def test_the_limit_of_somebody_outside_may_only_be_tighter(town: Office, clock: FixedClock) -> None:
    soon = clock.now() + timedelta(hours=5)
    assert town.workflow.case(town.report(channel="hotline", external_due_at=soon)).due_at == soon
    late = clock.now() + timedelta(days=90)
    own = town.workflow.case(town.report()).due_at
    assert town.workflow.case(town.report(channel="hotline", external_due_at=late)).due_at == own


def test_who_has_left_is_not_sent(town: Office, clock: FixedClock) -> None:
    with town.store.begin() as connection:
        wang = staff(connection, "Wang", HERE.lon, HERE.lat, "gas")
    report = town.report()
    town.do(report, c.File())
    crew = c.Party("gas", is_lead=True, responders=(wang,))
    with town.store.begin() as connection:
        connection.execute(
            text("UPDATE responder SET retired_at = :at WHERE id = :id"),
            {"at": clock.now(), "id": wang},
        )
    with pytest.raises(ResponderNotFoundError):
        town.do(report, c.Dispatch(parties=(crew,)))
    with pytest.raises(ResponderNotFoundError):
        town.do(report, c.Dispatch(parties=(c.Party("gas", is_lead=True, responders=(uuid4(),)),)))
    assert kinds(town, report) == ["reported", "filed"]


def test_an_archived_report_is_not_changed(town: Office, clock: FixedClock, actor: Actor) -> None:
    report = town.report()
    closed(town, report)
    clock.advance(timedelta(days=20))
    clock.at = clock.at.replace(month=6)
    Archive(town.store, actor, clock).put_away(date(2026, 5, 1))
    with pytest.raises(ArchivedError, match="2026-05"):
        town.do(report, c.Reopen(reason=REASON))
    with pytest.raises(ArchivedError, match="2026-05"):
        town.do(town.report(), c.Merge(into=report))
    assert town.workflow.case(report).state == "closed"
