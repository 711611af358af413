"""A report comes in: stored with its grids, its holder and its first event, or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import text

from gridgis import corrections
from gridgis.errors import InvalidInputError, ReportBodyDiffersError
from gridgis.intake import IN_THE_FUTURE, Intake, Known
from gridgis.locate.territories import Territories
from gridgis.model import Location, NewReport
from gridgis.nearest import Finder
from gridgis.nearest.roster import build
from gridgis.roads.networks import Networks
from gridgis.store import events, locks, reports
from gridgis.store.months import Months
from tests.cities import draw, file_under, staff

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.settings import Settings
    from gridgis.store.engine import Store


@pytest.fixture
def intake(store: Store, clock: FixedClock, settings: Settings) -> Intake:
    """Nine grids, a campus in the south, one gas worker and one fire station."""
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
        campus = draw(connection, ". . .\n. X .", name="campus", priority=10, made_at=clock.now())
        file_under(connection, "gas", "gas")
        file_under(connection, "lecture", layer_id=campus.layer_id)
        staff(connection, "Wang", 104.011, 30.015, "gas")
        staff(connection, "Station 1", 104.012, 30.015, "fire", kind="facility")
        crowd = build(connection, clock.now()).crowd
    finder = Finder(lambda: crowd, Networks(store, clock, settings), settings)
    territories = Territories(store, None)
    return Intake(store, territories, Months(store), clock, settings, Known(finder))


@pytest.fixture
def smell_of_gas(clock: FixedClock) -> NewReport:
    return NewReport(
        id=uuid4(),
        captured_at=clock.now() - timedelta(minutes=2),
        category="gas",
        description="Smell of gas at block 11",
        location=Location(104.015, 30.015, 10.0),
    )


def test_a_smell_of_gas_reaches_its_grid_and_the_people_who_can_help(
    intake: Intake, smell_of_gas: NewReport, actor: Actor
) -> None:
    receipt = intake.receive(smell_of_gas, actor)
    assert receipt.fresh
    assert [(one.layer, one.rule) for one in receipt.assignments] == [
        ("base", "covers"),
        ("campus", "outside"),
    ]
    assert receipt.report.held_by.code == "E"
    assert [one.name for one in receipt.nearby.responders] == ["Wang"]


def test_everything_about_a_report_is_written_at_once(
    intake: Intake, store: Store, smell_of_gas: NewReport, actor: Actor, clock: FixedClock
) -> None:
    intake.receive(smell_of_gas, actor)
    with store.begin() as connection:
        happened = events.of_report(connection, smell_of_gas.id, smell_of_gas.captured_at)
        assert [(one.kind, one.actor, one.recorded_at) for one in happened] == [
            ("reported", "Li Na", clock.now())
        ]
        assert _count(connection, "assignment") == 2
        assert _count(connection, "report_2026_05") == 1


def test_the_same_report_again_changes_nothing(
    intake: Intake, store: Store, smell_of_gas: NewReport, actor: Actor, clock: FixedClock
) -> None:
    first = intake.receive(smell_of_gas, actor)
    clock.advance(timedelta(minutes=1))
    again = intake.receive(smell_of_gas, actor)
    assert not again.fresh
    assert (again.report, again.assignments) == (first.report, first.assignments)
    with store.begin() as connection:
        assert _count(connection, "event") == 1


def test_how_a_location_was_found_is_kept_and_is_no_part_of_the_body(
    intake: Intake, store: Store, smell_of_gas: NewReport, actor: Actor, settings: Settings
) -> None:
    located = {"precision": "unit", "place": "demo:P1", "score": 0.97, "words": "建兰11-1"}
    found = intake.receive(replace(smell_of_gas, located=located), actor)
    assert found.report.located == located
    with store.begin() as connection:
        assert reports.one(connection, smell_of_gas.id) == found.report
        assert reports.page(connection, reports.Filter(), after=None, limit=9) == [found.report]
    again = intake.receive(smell_of_gas, actor)
    assert (again.fresh, again.report.located) == (False, located)
    why = corrections.Why("caller said so", actor, smell_of_gas.captured_at)
    with store.begin() as connection:
        where = (Location(104.025, 30.015), why, Territories(store, None), settings)
        corrections.repin(connection, smell_of_gas.id, *where)
        moved = corrections.report_file(connection, smell_of_gas.id)
    assert moved.report.located is None, "a person's pin was not found from words"
    assert moved.events[-1].facts["before"]["located"] == located


def test_the_same_number_with_another_body_is_a_conflict(
    intake: Intake, smell_of_gas: NewReport, actor: Actor
) -> None:
    intake.receive(smell_of_gas, actor)
    with pytest.raises(ReportBodyDiffersError, match="content differs"):
        intake.receive(replace(smell_of_gas, description="Never mind"), actor)


def test_a_report_without_a_time_is_one_report_however_often_it_is_sent(
    intake: Intake, smell_of_gas: NewReport, actor: Actor, clock: FixedClock
) -> None:
    timeless = replace(smell_of_gas, captured_at=None)
    first = intake.receive(timeless, actor)
    assert first.report.captured_at == clock.now()
    clock.advance(timedelta(minutes=10))
    assert intake.receive(timeless, actor).report == first.report


def test_one_number_sent_by_many_at_once_becomes_one_report(
    intake: Intake, store: Store, smell_of_gas: NewReport, actor: Actor
) -> None:
    with ThreadPoolExecutor(6) as pool:
        receipts = list(pool.map(lambda _: intake.receive(smell_of_gas, actor), range(12)))
    assert sum(receipt.fresh for receipt in receipts) == 1
    with store.begin() as connection:
        assert _count(connection, "report") == 1
        assert _count(connection, "event") == 1


def test_a_report_without_a_location_is_kept_for_a_person_to_look_at(
    intake: Intake, smell_of_gas: NewReport, actor: Actor
) -> None:
    receipt = intake.receive(replace(smell_of_gas, location=None), actor)
    assert {one.rule for one in receipt.assignments} == {"no_location"}
    assert (receipt.report.held_by, receipt.nearby) == (None, None)


def test_a_report_beyond_every_grid_is_kept_with_that_reason(
    intake: Intake, smell_of_gas: NewReport, actor: Actor
) -> None:
    receipt = intake.receive(replace(smell_of_gas, location=Location(105.0, 30.0)), actor)
    assert {one.rule for one in receipt.assignments} == {"outside"}
    assert receipt.report.held_by is None


def test_the_layer_of_the_category_goes_before_the_order_of_the_layers(
    intake: Intake, smell_of_gas: NewReport, actor: Actor
) -> None:
    on_campus = replace(smell_of_gas, location=Location(104.015, 30.005))
    assert intake.receive(on_campus, actor).report.held_by.code == "X"


def test_a_phone_whose_clock_runs_ahead_is_flagged_and_receipt_decides(
    intake: Intake, smell_of_gas: NewReport, actor: Actor, clock: FixedClock
) -> None:
    ahead = replace(smell_of_gas, captured_at=clock.now() + timedelta(minutes=6))
    assert intake.receive(ahead, actor).report.flags == [IN_THE_FUTURE]
    a_little = replace(smell_of_gas, id=uuid4(), captured_at=clock.now() + timedelta(minutes=4))
    assert intake.receive(a_little, actor).report.flags == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"category": "dragons"}, "gridgis categories list"),
        ({"description": "a\x00b"}, "description: a NUL byte at character 2"),
        ({"address": "\ud800"}, "address: half a character"),
        ({"description": "x" * 20_001}, "at most 20,000"),
        ({"captured_at": datetime(2026, 5, 1)}, "captured_at: .* no time zone"),  # noqa: DTZ001
    ],
)
def test_what_cannot_be_stored_is_refused_and_nothing_is_written(
    intake: Intake,
    store: Store,
    smell_of_gas: NewReport,
    actor: Actor,
    change: dict[str, object],
    words: str,
) -> None:
    with pytest.raises(InvalidInputError, match=words):
        intake.receive(replace(smell_of_gas, **change), actor)
    with store.begin() as connection:
        assert _count(connection, "report_key") == 0


def test_no_report_is_assigned_while_its_layer_is_being_published(
    intake: Intake, store: Store, smell_of_gas: NewReport, actor: Actor
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with store.begin() as publishing:
            locks.lock_layer(publishing, 1)
            waiting = pool.submit(intake.receive, smell_of_gas, actor)
            _wait_until_somebody_waits(store)
            publishing.execute(
                text("UPDATE edition SET valid = '(,2026-01-01)' WHERE layer_id = 1")
            )
        receipt = waiting.result(timeout=20)
    assert [one.layer for one in receipt.assignments] == ["campus"]


def test_old_reports_are_answered_by_the_first_edition(
    intake: Intake, smell_of_gas: NewReport, actor: Actor
) -> None:
    old = replace(smell_of_gas, captured_at=datetime(2003, 7, 1, tzinfo=UTC))
    assert intake.receive(old, actor).assignments[0].grid.code == "E"


def test_a_late_report_is_answered_by_the_old_map_and_held_by_a_grid_of_the_new_one(
    store: Store, smell_of_gas: NewReport, actor: Actor, clock: FixedClock, settings: Settings
) -> None:
    with store.begin() as connection:
        draw(connection, "A A B", valid="(,2026-04-01)", made_at=clock.now())
        draw(connection, "A B B", valid="[2026-04-01,)", made_at=clock.now())
        file_under(connection, "gas", "gas")
    late = replace(
        smell_of_gas,
        captured_at=datetime(2026, 3, 31, tzinfo=UTC),
        location=Location(104.015, 30.005),
    )
    receipt = Intake(store, Territories(store, None), Months(store), clock, settings).receive(
        late, actor
    )
    assert receipt.assignments[0].grid.code == "A"
    assert receipt.report.held_by.code == "B"


def _wait_until_somebody_waits(store: Store) -> None:
    waiting = False
    while not waiting:
        with store.begin() as connection:
            waiting = bool(
                connection.execute(
                    text(
                        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                    )
                ).scalar_one()
            )


def _count(connection, table: str) -> int:
    return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608


def test_a_second_call_about_one_leak_stands_beside_the_first_and_the_sixth_is_an_incident(
    intake: Intake, smell_of_gas: NewReport, actor: Actor, clock: FixedClock
) -> None:
    first = intake.receive(smell_of_gas, actor)
    assert (first.beside.similar, first.beside.incident) == ([], None)
    for call in range(2, 7):
        clock.advance(timedelta(minutes=3))
        again = replace(smell_of_gas, id=uuid4(), captured_at=clock.now())
        receipt = intake.receive(again, actor)
        assert smell_of_gas.id in {one.report_id for one in receipt.beside.similar}
        assert (receipt.beside.incident is not None) == (call == 6)
    assert receipt.beside.incident.members == 6
