"""The grids in memory are those in force: a stale engine never stores a stale answer."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import text

from gridgis.intake import Intake
from gridgis.locate.territories import Territories
from gridgis.locate.territory import read_territory
from gridgis.model import Location, NewReport
from gridgis.store import categories
from gridgis.store import territory as store_territory
from gridgis.store.months import Months
from tests.cities import draw, file_under

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.locate.territory import Territory
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store

MERGED = """
G H I
D D F
A B C
"""
"""The nine grids after a redraw: D has taken E."""


@pytest.fixture
def nine(store: Store, clock: FixedClock) -> Store:
    with store.begin() as connection:
        draw(connection, valid="[,2026-06-01)", made_at=clock.now())
    return store


def redraw(connection: Connection, clock: FixedClock) -> None:
    """Put the merged grids in force from June on."""
    draw(connection, MERGED, valid="[2026-06-01,)", made_at=clock.now())


def report(clock: FixedClock) -> NewReport:
    return NewReport(
        id=uuid4(),
        captured_at=clock.now(),
        category=None,
        description="Smell of gas",
        location=Location(104.015, 30.015, 10.0),
    )


def code(territory: Territory, clock: FixedClock) -> str | None:
    answers = territory.locate(Location(104.015, 30.015), clock.now(), near_tolerance_m=30)
    return territory.named(answers)[0].grid.code if answers else None


def test_memory_answers_by_the_edition_of_the_time(nine: Store, clock: FixedClock) -> None:
    with nine.begin() as connection:
        redraw(connection, clock)
    territory = Territories(nine, None).current()
    assert code(territory, clock) == "E"
    clock.advance(timedelta(days=40))
    assert code(territory, clock) == "D"


def test_every_change_of_what_is_in_force_gets_another_mark(nine: Store, clock: FixedClock) -> None:
    def mark() -> object:
        return nine.ask(store_territory.mark)

    marks = [mark()]
    for change in (
        "UPDATE layer SET priority = 3",
        "UPDATE edition SET valid = '[,2026-05-15)'",
        "DELETE FROM edition",
    ):
        with nine.begin() as connection:
            connection.execute(text(change))
        marks.append(mark())
    with nine.begin() as connection:
        redraw(connection, clock)
    marks.append(mark())
    assert len(set(marks)) == 5
    with nine.begin() as connection:
        connection.execute(text("UPDATE edition SET name = 'another name'"))
    assert mark() == marks[-1]


def test_a_report_that_was_decided_by_old_grids_is_decided_again(
    nine: Store, clock: FixedClock, settings: Settings, actor: Actor
) -> None:
    clock.advance(timedelta(days=40))
    territories = Territories(nine, None)
    intake = Intake(nine, territories, Months(nine), clock, settings)
    with nine.begin() as connection:
        connection.execute(text("UPDATE edition SET valid = '(,)'"))
    stale = territories.current()
    with nine.begin() as connection:
        connection.execute(text("UPDATE edition SET valid = '[,2026-06-01)'"))
        redraw(connection, clock)
    # Nobody told this process; the write itself finds out.
    assert code(stale, clock) == "E"
    receipt = intake.receive(report(clock), actor)
    assert receipt.assignments[0].grid.code == "D"
    assert receipt.report.held_by.code == "D"
    assert code(territories.current(), clock) == "D"


def test_publishing_waits_for_reports_and_reports_for_publishing(
    nine: Store, clock: FixedClock, settings: Settings, actor: Actor
) -> None:
    clock.advance(timedelta(days=40))
    with nine.begin() as connection:
        connection.execute(text("UPDATE edition SET valid = '(,)'"))
    intake = Intake(nine, Territories(nine, None), Months(nine), clock, settings)
    intake.receive(report(clock), actor)
    answered: list[str | None] = []
    with nine.begin() as publishing:
        publishing.execute(text("UPDATE edition SET valid = '[,2026-06-01)'"))
        redraw(publishing, clock)
        waiting = threading.Thread(
            target=lambda: answered.append(
                intake.receive(report(clock), actor).assignments[0].grid.code
            )
        )
        waiting.start()
        _until_somebody_waits(nine)
        assert answered == []
    waiting.join()
    assert answered == ["D"]


def _until_somebody_waits(store: Store) -> None:
    """Return when a connection waits for a layer's lock; the suite's time limit is the end."""
    while True:
        with store.begin() as connection:
            waits = connection.execute(
                text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            ).scalar_one()
        if waits:
            return


def test_a_category_that_changes_is_seen_by_the_next_report(
    nine: Store, clock: FixedClock, settings: Settings, actor: Actor
) -> None:
    with nine.begin() as connection:
        campus = draw(connection, ". . .\n. X .", name="campus", made_at=clock.now())
        file_under(connection, "lecture")
    intake = Intake(nine, Territories(nine, None), Months(nine), clock, settings)
    on_campus = replace(report(clock), category="lecture", location=Location(104.015, 30.005))
    assert intake.receive(on_campus, actor).report.held_by.layer == "base"
    with nine.begin() as connection:
        connection.execute(
            text("UPDATE category SET layer_id = :layer"), {"layer": campus.layer_id}
        )
        assert categories.one(connection, "lecture").layer == "campus"
    assert intake.receive(replace(on_campus, id=uuid4()), actor).report.held_by.layer == "campus"


def test_a_service_hears_of_a_redraw_by_itself(nine: Store, clock: FixedClock) -> None:
    clock.advance(timedelta(days=40))
    heard = threading.Event()

    class Hearing(Territories):
        def refresh(self) -> Territory:
            newest = super().refresh()
            if code(newest, clock) == "D":
                heard.set()
            return newest

    territories = Hearing(nine, None)
    territories.current()
    territories.listen()
    try:
        with nine.begin() as connection:
            redraw(connection, clock)
        assert heard.wait(30)
    finally:
        territories.close()


def test_processes_share_one_file_and_keep_a_few(
    nine: Store, clock: FixedClock, tmp_path: Path
) -> None:
    first = Territories(nine, tmp_path).current()
    assert [path.stem for path in tmp_path.iterdir()] == [str(first.mark)]
    again = Territories(nine, tmp_path).current()
    assert (again.mark, code(again, clock)) == (first.mark, "E")
    for _ in range(6):
        with nine.begin() as connection:
            connection.execute(text("UPDATE layer SET priority = priority + 1"))
        newest = Territories(nine, tmp_path).current()
    assert len(list(tmp_path.iterdir())) <= 5
    assert (tmp_path / f"{newest.mark}.gridgis").exists()
    assert code(first, clock) == "E"


def test_a_damaged_file_is_made_anew(nine: Store, clock: FixedClock, tmp_path: Path) -> None:
    mark = Territories(nine, tmp_path).current().mark
    path = tmp_path / f"{mark}.gridgis"
    path.write_bytes(path.read_bytes()[:500])
    assert code(Territories(nine, tmp_path).current(), clock) == "E"
    assert path.stat().st_size > 500


def test_a_folder_that_cannot_be_written_costs_only_the_file(
    nine: Store, clock: FixedClock, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    assert code(Territories(nine, blocked / "index").current(), clock) == "E"


def test_a_redraw_takes_over_what_it_did_not_touch(nine: Store, clock: FixedClock) -> None:
    with nine.begin() as connection:
        before = read_territory(connection)
        redraw(connection, clock)
        after = read_territory(connection, before)
    assert after.index.editions[0].engine is before.index.editions[0].engine
    assert [len(one.engine.borders.outlines.boxes) for one in after.index.editions] == [9, 8]


def test_without_any_layer_there_is_no_answer(store: Store, clock: FixedClock) -> None:
    territory = Territories(store, None).current()
    assert territory.locate(Location(104, 30), clock.now(), near_tolerance_m=30) == []
