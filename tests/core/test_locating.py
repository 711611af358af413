"""A report has an address in place of a point: it is located, or a person must say where."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import text

from gridgis import corrections, locating, seeking
from gridgis.cases.commands import Reject
from gridgis.cases.rulings import Rulings
from gridgis.cases.workflow import Workflow
from gridgis.corrections import Why
from gridgis.errors import (
    ConflictError,
    InvalidInputError,
    PlaceNotFoundError,
    ReportBodyDiffersError,
    ReportNotFoundError,
)
from gridgis.intake import Intake, Known
from gridgis.locate.territories import Territories
from gridgis.locating import Choice
from gridgis.model import Location, NewReport
from gridgis.nearest import Finder
from gridgis.nearest.roster import build
from gridgis.places.gazetteer import Gazetteer
from gridgis.roads.networks import Networks
from gridgis.seeking import Seeker
from gridgis.settings import Settings
from gridgis.store import reports
from gridgis.store.months import Months
from tests.cities import draw, file_under, settle, staff
from tests.voids import void

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store

GAS = "建兰丽苑11号楼E单元楼下有煤气味"


@pytest.fixture
def town(store: Store, clock: FixedClock) -> Store:
    """Nine grids with places, and a gas worker in the middle."""
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
        file_under(connection, "gas", "gas")
        staff(connection, "Wang", 104.011, 30.015, "gas")
        settle(connection)
    return store


@pytest.fixture
def gazetteer(town: Store) -> Gazetteer:
    return Gazetteer(town, None)


@pytest.fixture
def seeker(gazetteer: Gazetteer, settings: Settings) -> Seeker:
    return Seeker(gazetteer, settings)


@pytest.fixture
def door(store: Store, clock: FixedClock, settings: Settings) -> Callable[[Gazetteer], Intake]:
    def made(gazetteer: Gazetteer) -> Intake:
        seeker = Seeker(gazetteer, settings)
        months, territories = Months(store), Territories(store, None)
        with store.begin() as connection:
            crowd = build(connection, clock.now()).crowd
        finder = Finder(lambda: crowd, Networks(store, clock, settings), settings)
        return Intake(store, territories, months, clock, settings, Known(finder, seeker))

    return made


@pytest.fixture
def intake(door: Callable[[Gazetteer], Intake], gazetteer: Gazetteer) -> Intake:
    gazetteer.current()
    return door(gazetteer)


@pytest.fixture
def call(clock: FixedClock) -> NewReport:
    return NewReport(uuid4(), clock.now(), "gas", "有煤气味", address=GAS)


def ask(store: Store, question: str) -> list[tuple[object, ...]]:
    with store.begin() as connection:
        return [tuple(row) for row in connection.execute(text(question))]


class Dispatcher:
    """Somebody who says where reports are."""

    def __init__(self, store: Store, seeker: Seeker, actor: Actor, settings: Settings) -> None:
        self._store = store
        self.seeker = seeker
        self._actor = actor
        self._settings = settings

    def queue(self) -> list[tuple[str | None, list[str | None] | None]]:
        found = locating.queue(self._store, self.seeker, after=None, limit=10)
        return [(one.report.address, _places(one.sought)) for one in found.reports]

    def says(self, report: NewReport, choice: Choice, at: FixedClock, why: str = "asked") -> None:
        with self._store.begin() as connection:
            locating.locate(
                connection,
                report.id,
                choice,
                Why(why, self._actor, at.now()),
                Territories(self._store, None),
                self._settings,
            )


def _places(sought: seeking.Sought | None) -> list[str | None] | None:
    return None if sought is None else [one.place for one in sought.candidates]


@pytest.fixture
def dispatcher(town: Store, seeker: Seeker, actor: Actor, settings: Settings) -> Dispatcher:
    return Dispatcher(town, seeker, actor, settings)


def test_an_address_finds_its_grid_and_the_people_who_can_help(
    intake: Intake, town: Store, call: NewReport, actor: Actor
) -> None:
    receipt = intake.receive(call, actor)
    report = receipt.report
    assert (report.location, report.held_by.code) == (Location(104.0156, 30.0155, 10.0), "E")
    assert report.located == {
        "precision": "unit",
        "place": "town:JL11E",
        "name": "11号楼E单元",
        "score": 1.0,
        "words": "建兰丽苑11号楼E单元",
    }
    assert [one.rule for one in receipt.assignments] == ["covers"]
    assert [one.name for one in receipt.nearby.responders] == ["Wang"]
    assert receipt.candidates == []
    with town.begin() as connection:
        assert reports.one(connection, call.id) == report


def test_sent_again_it_gets_the_same_answer_and_the_place_is_counted_once(
    intake: Intake, town: Store, call: NewReport, actor: Actor, clock: FixedClock
) -> None:
    first = intake.receive(call, actor)
    clock.advance(timedelta(minutes=1))
    again = intake.receive(call, actor)
    assert again == replace(first, fresh=False, assignments=again.assignments, beside=None)
    assert again.assignments == first.assignments
    assert ask(town, "SELECT code, times FROM place_use JOIN place ON id = place_id") == [
        ("JL11E", 1)
    ]
    # How it was located is no part of the body; where it says that it is, is.
    with pytest.raises(ReportBodyDiffersError):
        intake.receive(replace(call, location=first.report.location), actor)


def test_many_who_report_one_leak_at_once_count_its_place_each_once(
    intake: Intake, town: Store, call: NewReport, actor: Actor
) -> None:
    calls = [replace(call, id=uuid4()) for _ in range(6)] * 2
    with ThreadPoolExecutor(6) as pool:
        receipts = list(pool.map(lambda one: intake.receive(one, actor), calls))
    assert sum(one.fresh for one in receipts) == 6
    assert {one.report.held_by.code for one in receipts} == {"E"}
    assert ask(town, "SELECT times FROM place_use") == [(6,)]


def test_words_that_are_not_clear_are_stored_and_offer_places(
    intake: Intake, town: Store, call: NewReport, actor: Actor
) -> None:
    unclear = replace(call, address="幸福小区")
    receipt = intake.receive(unclear, actor)
    assert (receipt.report.location, receipt.report.located) == (None, None)
    assert (receipt.report.held_by, receipt.nearby) == (None, None)
    assert {one.rule for one in receipt.assignments} == {"no_location"}
    assert {one.place for one in receipt.candidates} == {"town:XF1", "town:XF2"}
    assert intake.receive(unclear, actor) == replace(receipt, fresh=False, beside=None)
    assert ask(town, "SELECT count(*) FROM place_use") == [(0,)]


def test_a_report_with_a_point_is_not_searched(
    intake: Intake, call: NewReport, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeking, "seek", None)
    placed = replace(call, location=Location(104.005, 30.005))
    receipt = intake.receive(placed, actor)
    assert (receipt.report.held_by.code, receipt.report.located) == ("A", None)


def test_a_report_does_not_wait_for_places_that_are_still_being_read(
    dispatcher: Dispatcher,
    gazetteer: Gazetteer,
    call: NewReport,
    actor: Actor,
    door: Callable[[Gazetteer], Intake],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow, build = threading.Event(), gazetteer.build
    monkeypatch.setattr(gazetteer, "build", lambda connection: slow.wait() and build(connection))
    monkeypatch.setattr(seeking, "PATIENCE_S", 0.05)
    intake = door(gazetteer)
    receipt = intake.receive(call, actor)
    assert (receipt.report.location, receipt.candidates) == (None, [])
    assert dispatcher.queue() == [(GAS, None)]
    slow.set()
    monkeypatch.setattr(seeking, "PATIENCE_S", 60)
    # As soon as they are read, the queue knows what it means, and so does the next report.
    assert dispatcher.queue() == [(GAS, ["town:JL11E"])]
    assert intake.receive(replace(call, id=uuid4()), actor).report.location is not None


def test_a_search_that_breaks_loses_no_report(
    intake: Intake,
    call: NewReport,
    actor: Actor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(seeking, "search", lambda *_, **__: 1 / 0)
    receipt = intake.receive(call, actor)
    assert (receipt.report.location, receipt.candidates) == (None, [])
    assert "could not be looked for" in caplog.text


def test_a_town_without_places_takes_reports_as_before(
    store: Store, call: NewReport, actor: Actor, door: Callable[[Gazetteer], Intake]
) -> None:
    receipt = door(Gazetteer(store, None)).receive(replace(call, category=None), actor)
    assert (receipt.report.location, receipt.candidates) == (None, [])


def test_the_dispatcher_asks_the_caller_and_says_where(
    intake: Intake,
    town: Store,
    call: NewReport,
    actor: Actor,
    clock: FixedClock,
    dispatcher: Dispatcher,
) -> None:
    unclear = replace(call, address="幸福小区")
    intake.receive(unclear, actor)
    intake.receive(replace(call, id=uuid4()), actor)
    [(address, places)] = dispatcher.queue()
    assert (address, sorted(places)) == ("幸福小区", ["town:XF1", "town:XF2"])
    clock.advance(timedelta(minutes=1))
    choice = Choice("town:XF2", sought=dispatcher.seeker.now(unclear.address, ""))
    dispatcher.says(unclear, choice, clock, "the one on 建兰路")
    assert dispatcher.queue() == []
    with town.begin() as connection:
        file = corrections.report_file(connection, unclear.id)
    assert file.report.held_by.code == "H"
    assert file.report.location == Location(104.015, 30.025, 120.0)
    assert [one.rule for one in file.assignments] == ["no_location", "covers"]
    located = file.report.located
    assert (located["place"], located["name"], located["words"]) == (
        *("town:XF2", "幸福小区", "幸福小区"),
    )
    assert 0.3 < located["score"] < 0.6
    happened = file.events[-1]
    assert (happened.kind, happened.actor, happened.role) == ("located", "Li Na", "dispatcher")
    assert happened.facts == {
        "reason": "the one on 建兰路",
        "location": {"lon": 104.015, "lat": 30.025, "accuracy_m": 120.0},
        **located,
    }
    assert ("XF2", 1) in ask(town, "SELECT code, times FROM place_use JOIN place ON id = place_id")


def test_a_person_may_choose_what_the_words_do_not_say(
    intake: Intake,
    town: Store,
    call: NewReport,
    actor: Actor,
    clock: FixedClock,
    dispatcher: Dispatcher,
) -> None:
    for address, choice, grid, located in (
        ("我家", Choice("town:JX1"), "A", {"place": "town:JX1", "score": None, "words": None}),
        ("我家", Choice(location=Location(104.025, 30.025, 30.0)), "I", None),
    ):
        one = replace(call, id=uuid4(), address=address)
        intake.receive(one, actor)
        dispatcher.says(one, choice, clock)
        with town.begin() as connection:
            report = reports.one(connection, one.id)
        assert report.held_by.code == grid
        assert (report.located or {}).items() >= (located or {}).items()
        assert (report.located is None) == (located is None)


def test_what_cannot_be_located_says_why_and_stays_as_it_is(
    intake: Intake,
    town: Store,
    call: NewReport,
    actor: Actor,
    clock: FixedClock,
    dispatcher: Dispatcher,
) -> None:
    waiting = replace(call, address="我家")
    intake.receive(waiting, actor)
    intake.receive(there := replace(call, id=uuid4()), actor)
    before = ask(town, "SELECT count(*) FROM event"), ask(town, "SELECT count(*) FROM place_use")
    for report, choice, error, words in (
        (waiting, Choice("town:NONE"), PlaceNotFoundError, "gridgis find"),
        (waiting, Choice("JL"), PlaceNotFoundError, "'JL'"),
        (waiting, Choice("town:NO"), InvalidInputError, "nobody knows where"),
        (waiting, Choice(), InvalidInputError, "by a place, or by a location"),
        (there, Choice("town:JX"), ConflictError, "located already"),
        (replace(call, id=uuid4()), Choice("town:JX"), ReportNotFoundError, "no report"),
    ):
        with pytest.raises(error, match=words):
            dispatcher.says(report, choice, clock)
    with pytest.raises(InvalidInputError, match="say why"):
        dispatcher.says(waiting, Choice("town:JX"), clock, "  ")
    after = ask(town, "SELECT count(*) FROM event"), ask(town, "SELECT count(*) FROM place_use")
    assert after == before
    with town.begin() as connection:
        void(connection, waiting.id, Why("a test", actor, clock.now()))
    with pytest.raises(ConflictError, match="out of use"):
        dispatcher.says(waiting, Choice("town:JX"), clock)
    assert dispatcher.queue() == []


def test_the_queue_comes_page_by_page_the_newest_first(
    intake: Intake, town: Store, call: NewReport, actor: Actor, seeker: Seeker, clock: FixedClock
) -> None:
    sent = []
    for minutes in (3, 0, 2, 0, 1):
        at = clock.now() - timedelta(minutes=minutes)
        one = replace(call, id=uuid4(), captured_at=at, address=None, description="?")
        sent.append((at, one.id))
        intake.receive(one, actor)
    seen: list[tuple[object, object]] = []
    after = None
    while page := locating.queue(town, seeker, after=after, limit=2).reports:
        seen += [(one.report.captured_at, one.report.id) for one in page]
        after = seen[-1]
    assert seen == sorted(sent, reverse=True)
    assert locating.queue(town, seeker, after=None, limit=1).waiting == 5


def test_nobody_is_asked_where_a_report_was_whose_case_is_at_its_end(
    intake: Intake, town: Store, call: NewReport, actor: Actor, seeker: Seeker, clock: FixedClock
) -> None:
    waiting, refused = (replace(call, id=uuid4(), address=None, description="?") for _ in range(2))
    for one in (waiting, refused):
        intake.receive(one, actor)
    workflow = Workflow(town, Rulings(Settings()), clock)
    workflow.change(refused.id, Reject(reason="none of ours"), actor)
    found = locating.queue(town, seeker, after=None, limit=10)
    assert [one.report.id for one in found.reports] == [waiting.id]
    assert found.waiting == 1
