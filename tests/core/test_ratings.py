"""After the case the resident says whether it is solved, by a link that needs no account."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer
from sqlalchemy import text

from gridgis.cases.commands import Merge, Reopen
from gridgis.cases.rulings import Rulings
from gridgis.cases.workflow import Workflow
from gridgis.errors import (
    GridgisError,
    InvalidInputError,
    RatingAnsweredError,
    RatingExpiredError,
    RatingLinkError,
)
from gridgis.model import NewReport
from gridgis.ratings.answering import answer, asked, through
from gridgis.ratings.links import SALT, Link, link, newest_link, opened, read
from gridgis.store.ratings import Answer
from tests.cities import draw
from tests.closing import DISPATCHER, work_off

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridgis.clock import FixedClock
    from gridgis.intake import Intake
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store

    Rating = Callable[[str, "Answer"], tuple[bool, bool]]

MONTH = timedelta(days=30)
GOOD = Answer(contacted=True, solved=True, satisfaction=5)
BAD = Answer(contacted=False, solved=False, satisfaction=1, words="没有人来过")


@pytest.fixture
def workflow(store: Store, settings: Settings, clock: FixedClock) -> Workflow:
    return Workflow(store, Rulings(settings), clock)


@pytest.fixture
def report_id(store: Store, intake: Intake, clock: FixedClock, workflow: Workflow) -> UUID:
    """A report whose case was closed a moment ago."""
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
    return closed(intake, workflow)


@pytest.fixture
def token(store: Store, report_id: UUID, clock: FixedClock) -> str:
    return newest(store, report_id, clock)


@pytest.fixture
def rate(store: Store, workflow: Workflow, clock: FixedClock) -> Rating:
    def rated(token: str, said: Answer) -> tuple[bool, bool]:
        with store.begin() as connection:
            found = answer(connection, token, said, clock.now(), through(workflow))
        return found.fresh, found.returned

    return rated


def closed(intake: Intake, workflow: Workflow) -> UUID:
    new = NewReport(uuid4(), None, None, "煤气味", channel="resident")
    report_id = intake.receive(new, DISPATCHER).report.id
    work_off(workflow, report_id)
    return report_id


def newest(store: Store, report_id: UUID, clock: FixedClock) -> str:
    with store.begin() as connection:
        found = newest_link(connection, report_id, clock.now())
    assert found is not None
    return found


def ratings_stored(store: Store) -> list[tuple]:
    with store.begin() as connection:
        rows = "SELECT contacted, solved, satisfaction, words, returned FROM rating"
        return [tuple(row) for row in connection.execute(text(f"{rows} ORDER BY round"))]


def events_of(store: Store) -> int:
    with store.begin() as connection:
        rated = text("SELECT count(*) FROM event WHERE kind = 'rated'")
        return connection.execute(rated).scalar_one()


def test_an_answer_is_kept_once_and_the_same_again_is_fine(
    store: Store, token: str, clock: FixedClock, rate: Rating
) -> None:
    assert ratings_stored(store) == [(None, None, None, None, False)]
    clock.advance(timedelta(days=2))
    assert rate(token, BAD) == (True, True)
    assert rate(token, BAD) == (False, True)
    assert rate(token, BAD._replace(words=" 没有人来过\n")) == (False, True)
    with pytest.raises(RatingAnsweredError, match="first answer counts"):
        rate(token, GOOD)
    assert ratings_stored(store) == [(False, False, 1, "没有人来过", True)]
    assert events_of(store) == 1
    clock.advance(timedelta(days=60))
    assert rate(token, BAD) == (False, True)
    with store.begin() as connection:
        assert asked(connection, token, clock.now()).answer == BAD


def test_a_good_answer_brings_nothing_back(store: Store, token: str, rate: Rating) -> None:
    assert rate(token, GOOD) == (True, False)
    assert ratings_stored(store) == [(True, True, 5, None, False)]


def test_silence_is_no_answer(store: Store, token: str, clock: FixedClock, rate: Rating) -> None:
    clock.advance(timedelta(days=31))
    with store.begin() as connection:
        for ask in (asked, read):
            with pytest.raises(RatingExpiredError, match="good until 2026-05-31 01:00 UTC"):
                ask(connection, token, clock.now())
    with pytest.raises(RatingExpiredError):
        rate(token, GOOD)
    assert ratings_stored(store) == [(None, None, None, None, False)]
    assert events_of(store) == 0


def test_the_last_second_counts(token: str, clock: FixedClock, rate: Rating) -> None:
    clock.advance(MONTH)
    assert rate(token, GOOD) == (True, False)


def test_who_was_asked_has_one_link(
    store: Store, report_id: UUID, token: str, clock: FixedClock, rate: Rating
) -> None:
    clock.advance(timedelta(days=1))
    assert newest(store, report_id, clock) == token
    with store.begin() as connection:
        assert newest_link(connection, report_id, clock.now() + MONTH) is None
        assert newest_link(connection, uuid4(), clock.now()) is None
    rate(token, GOOD)
    with store.begin() as connection:
        assert newest_link(connection, report_id, clock.now()) is None


def test_a_low_answer_brings_the_case_back_and_the_next_closing_asks_again(
    store: Store,
    report_id: UUID,
    token: str,
    clock: FixedClock,
    workflow: Workflow,
    rate: Rating,
) -> None:
    assert rate(token, BAD) == (True, True)
    assert workflow.case(report_id).state == "reopened"
    work_off(workflow, report_id, again=True)
    second = newest(store, report_id, clock)
    assert second != token
    assert rate(second, GOOD) == (True, False)
    assert workflow.case(report_id).state == "closed"
    assert [row[:3] for row in ratings_stored(store)] == [(False, False, 1), (True, True, 5)]


def test_the_link_of_an_earlier_round_is_too_old(
    store: Store,
    report_id: UUID,
    token: str,
    clock: FixedClock,
    workflow: Workflow,
    rate: Rating,
) -> None:
    workflow.change(report_id, Reopen(reason="it leaks again"), DISPATCHER)
    work_off(workflow, report_id, again=True)
    with pytest.raises(RatingExpiredError, match="newest link"):
        rate(token, BAD)
    assert rate(newest(store, report_id, clock), GOOD) == (True, False)


def test_after_the_window_a_low_answer_is_kept_and_reopens_nothing(
    store: Store, report_id: UUID, token: str, clock: FixedClock, workflow: Workflow, rate: Rating
) -> None:
    with store.begin() as connection:
        later = "UPDATE rating SET expires_at = expires_at + interval '60 days'"
        connection.execute(text(later))
    clock.advance(timedelta(days=40))
    assert rate(token, BAD) == (True, False)
    assert workflow.case(report_id).state == "closed"
    assert events_of(store) == 1


@pytest.mark.usefixtures("report_id")
def test_whoever_reported_the_same_is_asked_too_and_brings_the_one_case_back(
    store: Store,
    intake: Intake,
    clock: FixedClock,
    workflow: Workflow,
    rate: Rating,
) -> None:
    one, other = (
        intake.receive(NewReport(uuid4(), None, None, "煤气味"), DISPATCHER).report.id
        for _ in range(2)
    )
    workflow.change(other, Merge(into=one), DISPATCHER)
    work_off(workflow, one)
    assert rate(newest(store, other, clock), BAD) == (True, True)
    assert [workflow.case(each).state for each in (one, other)] == ["reopened", "merged"]
    assert events_of(store) == 2, "it stands with both"


def test_an_answer_and_its_event_are_kept_both_or_not_at_all(
    store: Store, token: str, clock: FixedClock, workflow: Workflow
) -> None:
    def broken(connection: Connection, report_id: UUID, said: Answer, at: datetime) -> bool:
        through(workflow)(connection, report_id, said, at)
        msg = "the case is changed by many at once"
        raise GridgisError(msg)

    with pytest.raises(GridgisError), store.begin() as connection:
        answer(connection, token, BAD, clock.now(), broken)
    assert ratings_stored(store) == [(None, None, None, None, False)]
    assert events_of(store) == 0


def test_two_answers_at_one_moment_are_one(store: Store, token: str, rate: Rating) -> None:
    said = [GOOD._replace(satisfaction=n) for n in (3, 4, 5)] * 2
    start = Barrier(len(said))

    def send(one: Answer) -> bool | None:
        start.wait()
        try:
            return rate(token, one)[0]
        except RatingAnsweredError:
            return None

    with ThreadPoolExecutor(len(said)) as pool:
        found = list(pool.map(send, said))
    assert found.count(True) == 1
    assert found.count(False) == 1, "who says the same is told so"
    assert events_of(store) == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (GOOD._replace(satisfaction=0), "satisfaction is 0"),
        (GOOD._replace(satisfaction=6), "1 .* to 5"),
        (GOOD._replace(words="x\x00"), "NUL"),
        (GOOD._replace(words="x" * 100_000), "100,000 characters"),
    ],
)
def test_what_cannot_be_an_answer(
    store: Store, token: str, rate: Rating, said: Answer, why: str
) -> None:
    with pytest.raises(InvalidInputError, match=why):
        rate(token, said)
    assert events_of(store) == 0


def test_a_link_cannot_be_made_without_the_key(
    store: Store, report_id: UUID, token: str, clock: FixedClock
) -> None:
    forged = URLSafeSerializer(b"another key", salt=SALT).dumps(["x", 0, 2_000_000_000])
    with store.begin() as connection:
        key = connection.execute(text("SELECT value FROM secret")).scalar_one()
        assert len(bytes(key)) == 32
        own = URLSafeSerializer(bytes(key), salt=SALT)
        until = clock.now() + timedelta(days=1)
        unknown = link(connection, Link(uuid4(), 0, until), clock.now())
        never_asked = link(connection, Link(report_id, 7, until), clock.now())
        other_salt = URLSafeSerializer(bytes(key), salt="other").dumps(["x", 0, 1])
        odd = [own.dumps(what) for what in (["x", 0, 1], [1, 2], "x", {"a": 1, "b": 2, "c": 3})]
        for bad in (
            forged,
            other_salt,
            *odd,
            "",
            ".",
            "ä",
            "a" * 10_000,
            token[:-1],
            token.upper(),
        ):
            with pytest.raises(RatingLinkError):
                opened(connection, bad)
        for bad in (unknown, never_asked):
            with pytest.raises(RatingLinkError):
                asked(connection, bad, clock.now())
        assert read(connection, token, clock.now()).report_id == report_id
        assert len(token) < 100, "it fits into a short message"


def test_the_key_is_made_once_by_whoever_is_first(store: Store, clock: FixedClock) -> None:
    until = clock.now()
    what = Link(uuid4(), 0, until)
    start = Barrier(6)

    def make(number: int) -> str:
        start.wait()
        with store.begin() as connection:
            return link(connection, what, until, lambda size: bytes([number]) * size)

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(make, range(6)))) == 1


@given(st.data())
def test_no_changed_letter_goes_unseen(data: st.DataObject) -> None:
    signer = URLSafeSerializer(b"k" * 32, salt=SALT)
    given_out = signer.dumps(["q83vASNFZ4mrze8BI0VniQ", 3, 1_790_000_000])
    at = data.draw(st.integers(0, len(given_out) - 2))
    other = data.draw(st.sampled_from("abcXYZ019-_.").filter(lambda c: c != given_out[at]))
    changed = given_out[:at] + other + given_out[at + 1 :]
    ok, _ = signer.loads_unsafe(changed)
    assert not ok
