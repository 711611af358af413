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

from gridgis.errors import (
    GridgisError,
    InvalidInputError,
    RatingAnsweredError,
    RatingExpiredError,
    RatingLinkError,
    ReportNotFoundError,
)
from gridgis.model import Event, NewReport
from gridgis.ratings.answering import answer, asked
from gridgis.ratings.asking import ask_for_rating, newest_link
from gridgis.ratings.links import SALT, Link, link, opened, read
from gridgis.store import events
from gridgis.store.ratings import Answer
from tests.cities import draw

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.intake import Intake
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store

MONTH = timedelta(days=30)
GOOD = Answer(contacted=True, solved=True, satisfaction=5)
BAD = Answer(contacted=False, solved=False, satisfaction=1, words="没有人来过")


@pytest.fixture
def report_id(store: Store, intake: Intake, clock: FixedClock, actor: Actor) -> UUID:
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
    return intake.receive(NewReport(uuid4(), None, None, "煤气味"), actor).report.id


@pytest.fixture
def token(store: Store, report_id: UUID, clock: FixedClock) -> str:
    with store.begin() as connection:
        return ask_for_rating(connection, report_id, clock.now(), MONTH)


def noted(connection: Connection, report_id: UUID, said: Answer, at: datetime) -> bool:
    """Write the event as the workflow does; a low one comes back."""
    captured_at = connection.execute(
        text("SELECT captured_at FROM report_key WHERE id = :id"), {"id": report_id}
    ).scalar_one()
    facts = {"satisfaction": said.satisfaction}
    events.add(connection, report_id, captured_at, Event("rated", at, at, "x", "resident", facts))
    return said.satisfaction <= 2 or not said.solved


def rate(store: Store, token: str, said: Answer, at: datetime) -> tuple[bool, bool]:
    with store.begin() as connection:
        rated = answer(connection, token, said, at, noted)
    return rated.fresh, rated.returned


def ratings_stored(store: Store) -> list[tuple]:
    with store.begin() as connection:
        rows = "SELECT round, contacted, solved, satisfaction, words, returned FROM rating"
        return [tuple(row) for row in connection.execute(text(f"{rows} ORDER BY round"))]


def events_of(store: Store) -> int:
    with store.begin() as connection:
        rated = text("SELECT count(*) FROM event WHERE kind = 'rated'")
        return connection.execute(rated).scalar_one()


def test_an_answer_is_kept_once_and_the_same_again_is_fine(
    store: Store, token: str, clock: FixedClock
) -> None:
    assert ratings_stored(store) == [(0, None, None, None, None, False)]
    clock.advance(timedelta(days=2))
    assert rate(store, token, BAD, clock.now()) == (True, True)
    assert rate(store, token, BAD, clock.now()) == (False, True)
    assert rate(store, token, BAD._replace(words=" 没有人来过\n"), clock.now()) == (False, True)
    with pytest.raises(RatingAnsweredError, match="first answer counts"):
        rate(store, token, GOOD, clock.now())
    assert ratings_stored(store) == [(0, False, False, 1, "没有人来过", True)]
    assert events_of(store) == 1
    clock.advance(timedelta(days=60))
    assert rate(store, token, BAD, clock.now()) == (False, True)
    with store.begin() as connection:
        assert asked(connection, token, clock.now()).answer == BAD


def test_a_good_answer_brings_nothing_back(store: Store, token: str, clock: FixedClock) -> None:
    assert rate(store, token, GOOD, clock.now()) == (True, False)
    assert ratings_stored(store) == [(0, True, True, 5, None, False)]


def test_silence_is_no_answer(store: Store, token: str, clock: FixedClock) -> None:
    clock.advance(timedelta(days=31))
    with store.begin() as connection:
        for ask in (asked, read):
            with pytest.raises(RatingExpiredError, match="good until 2026-05-31 01:00 UTC"):
                ask(connection, token, clock.now())
    with pytest.raises(RatingExpiredError):
        rate(store, token, GOOD, clock.now())
    assert ratings_stored(store) == [(0, None, None, None, None, False)]
    assert events_of(store) == 0


def test_the_last_second_counts(store: Store, token: str, clock: FixedClock) -> None:
    clock.advance(MONTH)
    assert rate(store, token, GOOD, clock.now()) == (True, False)


def test_asked_twice_in_a_round_the_link_is_the_same(
    store: Store, report_id: UUID, token: str, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=1))
    with store.begin() as connection:
        assert ask_for_rating(connection, report_id, clock.now(), MONTH) == token
        assert newest_link(connection, report_id, clock.now()) == token
        assert newest_link(connection, report_id, clock.now() + MONTH) is None
        assert newest_link(connection, uuid4(), clock.now()) is None
        with pytest.raises(ReportNotFoundError):
            ask_for_rating(connection, uuid4(), clock.now(), MONTH)


def test_a_case_that_was_worked_on_again_is_rated_by_its_new_link(
    store: Store, report_id: UUID, token: str, clock: FixedClock
) -> None:
    with store.begin() as connection:
        again = "UPDATE casefile SET facts = '{\"round\": 1}' WHERE report_id = :id"
        connection.execute(text(again), {"id": report_id})
        second = ask_for_rating(connection, report_id, clock.now(), MONTH)
    with pytest.raises(RatingExpiredError, match="newest link"):
        rate(store, token, BAD, clock.now())
    assert rate(store, second, GOOD, clock.now()) == (True, False)
    assert [row[:4] for row in ratings_stored(store)] == [
        (0, None, None, None),
        (1, True, True, 5),
    ]


def test_an_answer_and_its_event_are_kept_both_or_not_at_all(
    store: Store, token: str, clock: FixedClock
) -> None:
    def broken(connection: Connection, report_id: UUID, said: Answer, at: datetime) -> bool:
        noted(connection, report_id, said, at)
        msg = "the case is changed by many at once"
        raise GridgisError(msg)

    with pytest.raises(GridgisError), store.begin() as connection:
        answer(connection, token, GOOD, clock.now(), broken)
    assert ratings_stored(store) == [(0, None, None, None, None, False)]
    assert events_of(store) == 0


def test_two_answers_at_one_moment_are_one(store: Store, token: str, clock: FixedClock) -> None:
    said = [GOOD._replace(satisfaction=n) for n in (3, 4, 5)] * 2
    start = Barrier(len(said))

    def send(one: Answer) -> bool | None:
        start.wait()
        try:
            return rate(store, token, one, clock.now())[0]
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
    store: Store, token: str, clock: FixedClock, said: Answer, why: str
) -> None:
    with pytest.raises(InvalidInputError, match=why):
        rate(store, token, said, clock.now())
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
