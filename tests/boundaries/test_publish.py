"""A draft comes into force: the rules, the periods, the identities, the open reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from gridgis.errors import (
    EditionNotDraftError,
    EditionNotFoundError,
    EditionOverlapsError,
    InvalidInputError,
    PlanRejectedError,
)
from gridgis.intake import Intake
from gridgis.locate.territories import Territories
from gridgis.model import Location, NewReport
from gridgis.store import editions, layers
from gridgis.store.months import Months
from tests.boundaries.conftest import drawn, toy_layer

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.settings import Settings
    from gridgis.store.engine import Store
    from tests.boundaries.conftest import Desk

APRIL = datetime(2026, 4, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def town(desk: Desk) -> Desk:
    """A town of two grids, A in the west and B in the east, in force since ever."""
    desk.add(toy_layer())
    desk.publish(desk.bring(drawn("A A B B")).edition)
    return desk


def ids(desk: Desk, **which: object) -> dict[str, int]:
    frame = desk.frame(**which)
    return dict(zip(frame["code"], frame["area_id"], strict=True))


def test_the_first_edition_answers_for_all_times(town: Desk) -> None:
    assert len(town.frame(at=datetime(2000, 1, 3, tzinfo=UTC))) == 3
    with town.store.begin() as connection:
        layer = layers.find(connection, "base", town.clock.now()).layer
    assert layer.edition is not None
    assert (layer.edition.valid_from, layer.edition.valid_to) == (None, None)
    assert (layer.edition.areas, layer.edition.grids) == (3, 2)


def test_a_later_edition_closes_the_one_before_it_at_that_instant(town: Desk) -> None:
    done = town.publish(town.bring(drawn("A B B B")).edition)
    now = town.clock.now()
    with town.store.begin() as connection:
        first, second = editions.listing(connection, "base")
    assert (first.valid_from, first.valid_to) == (None, now)
    assert (second.valid_from, second.valid_to) == (now, None)
    assert done.edition == second
    before, after = town.frame(at=now - timedelta(seconds=1)), town.frame(at=now)
    assert before["edition_id"].unique() == [first.id]
    assert after["edition_id"].unique() == [second.id]


def test_the_same_level_and_code_is_the_same_area_in_every_edition(town: Desk) -> None:
    before = ids(town)
    edition = town.bring(drawn("A B C C")).edition
    drafted = ids(town, edition=edition)
    assert {code: drafted[code] for code in "TAB"} == before
    assert drafted["C"] not in before.values()


def test_a_draft_filled_before_another_edition_still_gets_its_identities(town: Desk) -> None:
    early = town.bring(drawn("A B C C")).edition
    town.publish(town.bring(drawn("A B B C")).edition, starts=APRIL)
    published = ids(town)
    assert ids(town, edition=early)["C"] != published["C"]
    town.publish(early)
    frame = town.frame()
    assert dict(zip(frame["code"], frame["area_id"], strict=True)) == published
    assert frame["parent_code"].tolist() == [None, "T", "T", "T"]


def test_two_editions_cannot_start_at_one_instant(town: Desk) -> None:
    first, second = (town.bring(drawn("A B B B")).edition for _ in range(2))
    town.publish(first, starts=APRIL)
    with pytest.raises(EditionOverlapsError, match=r"in force from 2026-04-01.*--from"):
        town.publish(second, starts=APRIL)


def test_an_edition_between_two_others_ends_where_the_next_begins(town: Desk) -> None:
    late, between = (town.bring(drawn("A B B B")).edition for _ in range(2))
    town.publish(late, starts=JUNE)
    town.publish(between, starts=APRIL)
    with town.store.begin() as connection:
        periods = [(one.valid_from, one.valid_to) for one in editions.listing(connection)]
    assert periods == [(None, APRIL), (APRIL, JUNE), (JUNE, None)]


def test_findings_stop_it_until_somebody_takes_them_upon_himself(desk: Desk) -> None:
    desk.add(toy_layer())
    edition = desk.bring(drawn("G H I\nD . F\nA B C")).edition
    with pytest.raises(PlanRejectedError, match="--accept REASON") as caught:
        desk.publish(edition)
    (finding,) = caught.value.findings
    assert finding.rule == "gap"
    with pytest.raises(InvalidInputError, match="needs a reason"):
        desk.publish(edition, accept="  ")
    done = desk.publish(edition, accept="the lake is nobody's")
    assert done.accepted == [finding]
    with desk.store.begin() as connection:
        (kept,) = editions.accepted(connection, done.edition.id)
    assert (kept.finding, kept.reason, kept.actor) == (
        str(finding),
        "the lake is nobody's",
        "Li Na",
    )
    assert kept.recorded_at == desk.clock.now()


def test_publishing_twice_and_discarding_what_is_published_are_conflicts(town: Desk) -> None:
    with town.store.begin() as connection:
        (edition,) = editions.listing(connection)
    with pytest.raises(EditionNotDraftError):
        town.publish(edition.id)
    with pytest.raises(EditionNotDraftError), town.store.begin() as connection:
        editions.discard(connection, edition.id)
    with pytest.raises(EditionNotFoundError):
        town.publish(4711)


def test_a_discarded_draft_leaves_nothing_behind(town: Desk) -> None:
    edition = town.bring(drawn("A B C D")).edition
    with town.store.begin() as connection:
        editions.discard(connection, edition)
        assert len(editions.listing(connection)) == 1
        assert connection.execute(text("SELECT count(*) FROM area")).scalar() == 3


@pytest.fixture
def intake(store: Store, clock: FixedClock, settings: Settings) -> Intake:
    return Intake(store, Territories(store, None), Months(store), clock, settings)


def report_at(intake: Intake, actor: Actor, clock: FixedClock, lon: float) -> UUID:
    """A report in the middle of the row of letters."""
    report = NewReport(
        id=uuid4(),
        captured_at=clock.now(),
        category=None,
        description="A lamp is broken",
        location=Location(lon, 30.005),
    )
    intake.receive(report, actor)
    return report.id


def held_by(store: Store, report: UUID) -> str | None:
    with store.begin() as connection:
        return connection.execute(
            text(
                "SELECT v.code FROM holder LEFT JOIN area_version AS v USING (area_id)"
                " WHERE report_id = :id ORDER BY v.edition_id DESC LIMIT 1"
            ),
            {"id": report},
        ).scalar_one()


def test_open_reports_move_to_the_new_grid_with_a_receipt(
    town: Desk, intake: Intake, actor: Actor, clock: FixedClock
) -> None:
    # One square a letter: 104.005 stays in A, 104.015 goes from A to B, 104.035 from B to C.
    stays, goes, new = (report_at(intake, actor, clock, lon) for lon in (104.005, 104.015, 104.035))
    clock.advance(timedelta(hours=1))
    assert [held_by(town.store, one) for one in (stays, goes, new)] == ["A", "A", "B"]
    with town.store.begin() as connection:
        made = connection.execute(text("SELECT * FROM assignment ORDER BY id")).all()
    edition = town.bring(drawn("A B B C")).edition
    done = town.publish(edition)
    assert done.moved_reports == 2
    assert [held_by(town.store, one) for one in (stays, goes, new)] == ["A", "B", "C"]
    with town.store.begin() as connection:
        rows = connection.execute(
            text("SELECT * FROM event WHERE kind = 'transferred' ORDER BY id")
        ).all()
        again = connection.execute(text("SELECT * FROM assignment ORDER BY id")).all()
    assert again == made, "assignments are never rewritten"
    assert {row.report_id: (row.facts["from"], row.facts["to"]) for row in rows} == {
        goes: ("A", "B"),
        new: ("B", "C"),
    }
    assert {(row.facts["edition"], row.actor, row.recorded_at) for row in rows} == {
        (edition, "Li Na", clock.now())
    }


def test_a_report_that_no_grid_covers_any_more_is_held_by_nobody(
    town: Desk, intake: Intake, actor: Actor, clock: FixedClock
) -> None:
    gone = report_at(intake, actor, clock, 104.035)
    clock.advance(timedelta(hours=1))
    town.publish(town.bring(drawn("A B B .")).edition)
    assert held_by(town.store, gone) is None


def test_a_report_that_a_person_gave_to_another_grid_stays_there(
    town: Desk, intake: Intake, actor: Actor, clock: FixedClock
) -> None:
    given = report_at(intake, actor, clock, 104.005)
    with town.store.begin() as connection:
        connection.execute(
            text("UPDATE holder SET area_id = :area WHERE report_id = :id"),
            {"area": ids(town)["B"], "id": given},
        )
    clock.advance(timedelta(hours=1))
    assert town.publish(town.bring(drawn("A B B B")).edition).moved_reports == 0
    assert held_by(town.store, given) == "B"


def test_an_edition_for_later_leaves_the_holders_of_today(
    town: Desk, intake: Intake, actor: Actor, clock: FixedClock
) -> None:
    waits = report_at(intake, actor, clock, 104.015)
    done = town.publish(town.bring(drawn("A B B B")).edition, starts=JUNE)
    assert done.moved_reports == 0
    assert held_by(town.store, waits) == "A"
