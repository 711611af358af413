"""An edition that is published for later: open reports and people move when it has come."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from gridgis.clock import FixedClock
from gridgis.intake import Intake
from gridgis.locate.territories import Territories
from gridgis.model import Location, NewReport
from gridgis.store.months import Months
from gridgis_api.jobs import JOBS
from gridgis_boundaries.publishing import follow_all
from tests.boundaries.conftest import drawn, toy_layer
from tests.cities import staff

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.settings import Settings
    from tests.boundaries.conftest import Desk

JUNE, JULY = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def town(desk: Desk) -> Desk:
    """Two grids since ever; from June on B has most of the town, from July on C the east."""
    desk.add(toy_layer())
    desk.publish(desk.bring(drawn("A A B B")).edition)
    desk.publish(desk.bring(drawn("A B B B")).edition, starts=JUNE)
    return desk


@pytest.fixture
def intake(desk: Desk, settings: Settings) -> Intake:
    store = desk.store
    return Intake(store, Territories(store, None), Months(store), desk.clock, settings)


def report_at(intake: Intake, actor: Actor, lon: float, at: datetime | None = None) -> UUID:
    report = NewReport(uuid4(), at, None, "A lamp is broken", Location(lon, 30.005))
    intake.receive(report, actor)
    return report.id


def held_by(desk: Desk, report: UUID) -> tuple[str, datetime]:
    with desk.store.begin() as connection:
        row = connection.execute(
            text(
                "SELECT v.code, holder.since FROM holder JOIN area_version AS v USING (area_id)"
                " WHERE report_id = :id ORDER BY v.edition_id DESC LIMIT 1"
            ),
            {"id": report},
        ).one()
    return row.code, row.since


def moves(desk: Desk) -> list[tuple[str, str, datetime, datetime]]:
    """From, to, as of when, written when."""
    with desk.store.begin() as connection:
        rows = connection.execute(
            text("SELECT facts, at, recorded_at FROM event WHERE kind = 'transferred' ORDER BY id")
        )
        return [(row.facts["from"], row.facts["to"], row.at, row.recorded_at) for row in rows]


def follow(desk: Desk) -> int:
    return follow_all(desk.store, desk.actor, desk.clock.now(), 30.0).reports


def test_holders_stay_until_that_instant_and_move_once(
    town: Desk, intake: Intake, actor: Actor
) -> None:
    waits = report_at(intake, actor, 104.015)
    town.clock.at = JUNE - SECOND
    assert follow(town) == 0
    assert held_by(town, waits)[0] == "A"
    town.clock.at = JUNE + 40 * SECOND
    assert [follow(town), follow(town)] == [1, 0]
    assert held_by(town, waits) == ("B", JUNE)
    assert moves(town) == [("A", "B", JUNE, town.clock.now())]


def test_many_who_ask_at_once_move_each_report_once(
    town: Desk, intake: Intake, actor: Actor
) -> None:
    for _ in range(5):
        report_at(intake, actor, 104.015)
    town.clock.at = JUNE + SECOND
    counted: list[int] = []
    threads = [threading.Thread(target=lambda: counted.append(follow(town))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counted) == [0, 0, 0, 0, 0, 5]
    assert len(moves(town)) == 5


def test_whoever_missed_two_editions_goes_the_same_way(
    town: Desk, intake: Intake, actor: Actor
) -> None:
    """The service was off from May to August; a report of the second half of June came late."""
    town.publish(town.bring(drawn("A B B C")).edition, starts=JULY)
    west, east = report_at(intake, actor, 104.015), report_at(intake, actor, 104.035)
    town.clock.at = JULY + timedelta(days=31)
    late = report_at(intake, actor, 104.035, JUNE + timedelta(days=20))
    assert held_by(town, late)[0] == "C"
    assert follow(town) == 2
    assert (held_by(town, west), held_by(town, east)) == (("B", JUNE), ("C", JULY))
    assert [one[:3] for one in moves(town)] == [("A", "B", JUNE), ("B", "C", JULY)]


def test_people_stay_until_then_too(desk: Desk) -> None:
    desk.add(toy_layer())
    desk.publish(desk.bring(drawn("A A B B")).edition)
    frame = desk.frame()
    known = dict(zip(frame["code"], frame["area_id"], strict=True))
    with desk.store.begin() as connection:
        staff(connection, "Wang", 104.035, 30.005, area_id=known["B"])
    done = desk.publish(desk.bring(drawn("A A A A")).edition, starts=JUNE)
    assert done.moved_responders == 0

    def bound() -> int:
        with desk.store.begin() as connection:
            return int(connection.execute(text("SELECT area_id FROM responder")).scalar_one())

    assert bound() == known["B"]
    desk.clock.at = JUNE
    assert follow_all(desk.store, desk.actor, desk.clock.now(), 30.0).responders == 1
    assert bound() == known["A"]


def test_a_report_that_is_decided_while_an_edition_is_followed_goes_with_it(
    town: Desk, actor: Actor, settings: Settings
) -> None:
    """It came in a second before June, and is written after everybody followed June's edition."""
    slow = FixedClock(JUNE - SECOND)
    intake = Intake(town.store, Territories(town.store, None), Months(town.store), slow, settings)
    report_at(intake, actor, 104.005)
    town.clock.at = JUNE + SECOND
    follow(town)
    late = report_at(intake, actor, 104.015)
    assert held_by(town, late)[0] == "B"
    with town.store.begin() as connection:
        answered = text("SELECT edition_id FROM assignment WHERE report_id = :id")
        assert connection.execute(answered, {"id": late}).scalar_one() == 1, "that of its capture"


def test_the_service_does_it_by_itself(
    town: Desk, intake: Intake, actor: Actor, settings: Settings
) -> None:
    report_at(intake, actor, 104.015)
    job = JOBS["follow-editions"]
    assert job.cron == "* * * * *"
    for moment, moved in ((JUNE - SECOND, "0 open"), (JUNE, "1 open"), (JUNE, "0 open")):
        assert moved in job.work(town.store, settings, moment, lambda: True)


def test_an_edition_between_is_what_the_later_one_comes_from(town: Desk) -> None:
    """What became of the areas is told from the edition that is in force before."""
    between = town.bring(drawn("A A A B")).edition
    town.publish(between, starts=datetime(2026, 5, 10, tzinfo=UTC))
    with town.store.begin() as connection:
        rows = connection.execute(
            text("SELECT DISTINCT edition_id, from_edition FROM lineage ORDER BY 1")
        ).all()
    assert [tuple(row) for row in rows] == [(2, between), (between, 1)]
