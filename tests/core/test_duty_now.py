"""Can they be sent? By the week's plan, its exceptions, what they say themselves, and their age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from gridgis.clock import epoch_ms
from gridgis.errors import InvalidInputError, ResponderNotFoundError, RowNotFoundError
from gridgis.model import Location
from gridgis.nearest.saying import NewException, Said, add_exception, put_status
from gridgis.nearest.shown import ShownResponder, shown
from gridgis.settings import Settings
from gridgis.store import roster
from tests.cities import staff
from tests.lives import process, send, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.nearest.live import Live
    from gridgis.store.engine import Store

HOUR = timedelta(hours=1)
HOLIDAY = datetime(2026, 5, 1, tzinfo=UTC) - 8 * HOUR
"""Labour Day begins in the city; at nine the clock of these tests stands."""


@pytest.fixture
def wang(store: Store) -> UUID:
    """On duty Monday to Friday, eight to six."""
    days = ",".join(f"[{day * 1440 + 480},{day * 1440 + 1080})" for day in range(5))
    with store.begin() as connection:
        return staff(connection, "Wang", 104.005, 30.005, "gas", duty="{" + days + "}")


@pytest.fixture
def live(database_url: str, clock: FixedClock) -> Iterator[Live]:
    with process(database_url, Settings(position_window_s=0), clock, listens=False) as one:
        yield one


@pytest.fixture
def show(live: Live, wang: UUID, clock: FixedClock) -> Callable[..., ShownResponder]:
    """Wang, as he is now or at another time."""
    return lambda at=None: shown(live.refresh(), wang, at or clock.now(), Settings())


def test_a_position_counts_while_it_is_fresh_then_the_duty_point_does_and_it_says_so(
    live: Live, wang: UUID, show: Callable[..., ShownResponder], clock: FixedClock
) -> None:
    assert (show().position.source, show().last) == ("home", None)
    send(live, wang, 104.1, clock.now() - timedelta(minutes=1))
    now = show()
    assert (now.position.source, now.position.age_s, now.location.lon) == ("live", 60, 104.1)
    clock.advance(timedelta(minutes=15))
    later = show()
    assert (later.position.source, later.position.at) == ("home", None)
    assert (later.location, later.last.location.lon) == (Location(104.005, 30.005), 104.1)
    assert later.last.age_s == 16 * 60


def test_who_is_busy_is_not_available_until_they_are_free_again(
    store: Store,
    wang: UUID,
    show: Callable[..., ShownResponder],
    clock: FixedClock,
    actor: Actor,
) -> None:
    assert (show().status, show().available) == ("free", True)
    with store.begin() as connection:
        put_status(connection, wang, Said("busy", clock.now() + HOUR), actor, clock.now())
    assert (show().status, show().status_until, show().available) == (
        *("busy", clock.now() + HOUR),
        False,
    )
    assert show(clock.now() + HOUR).available
    with store.begin() as connection:
        put_status(connection, wang, Said("off", reason="ill"), actor, clock.now())
    assert (show().status, show().status_until) == ("off", None)
    with store.begin() as connection:
        said = connection.execute(
            text("SELECT status, reason, actor, role FROM status_change ORDER BY id")
        ).all()
    assert [tuple(row) for row in said] == [
        ("busy", None, "Li Na", "dispatcher"),
        ("off", "ill", "Li Na", "dispatcher"),
    ]


def test_every_process_hears_of_a_status_and_a_new_one_knows_it(
    database_url: str, store: Store, live: Live, wang: UUID, clock: FixedClock, actor: Actor
) -> None:
    def status(one: Live) -> str:
        return shown(one.crowd, wang, clock.now(), Settings()).status

    with process(database_url, Settings(), clock) as other:
        until(lambda: len(other.crowd) == 1)
        for word in ("busy", "out_of_reach", "free"):
            with store.begin() as connection:
                put_status(connection, wang, Said(word), actor, clock.now())
            until(lambda word=word: status(other) == word)
    assert status(live) == "free"


def test_on_a_holiday_nobody_is_on_duty_but_for_those_who_are(
    store: Store,
    wang: UUID,
    show: Callable[..., ShownResponder],
    clock: FixedClock,
    actor: Actor,
) -> None:
    assert show().on_duty, "it is a Friday"
    with store.begin() as connection:
        day = NewException(HOLIDAY, HOLIDAY + 24 * HOUR, on_duty=False, reason="Labour Day")
        add_exception(connection, wang, day, actor, clock.now())
    assert (show().on_duty, show().available) == (False, False)
    assert show(HOLIDAY - 8 * HOUR).on_duty, "on the day before"
    assert not show(HOLIDAY + 36 * HOUR).on_duty, "a Saturday"
    with store.begin() as connection:
        shift = NewException(clock.now(), clock.now() + HOUR, on_duty=True, reason="stand-in")
        made = add_exception(connection, wang, shift, actor, clock.now())
    assert show().on_duty, "the last word counts"
    assert not show(clock.now() + HOUR).on_duty
    with store.begin() as connection:
        roster.withdraw_exception(connection, wang, made.id, actor, clock.now())
    assert not show().on_duty
    with pytest.raises(RowNotFoundError, match="no duty exception"), store.begin() as connection:
        roster.withdraw_exception(connection, wang, made.id, actor, clock.now())
    with store.begin() as connection:
        left = roster.exceptions(connection, clock.now(), wang)
        assert [one.reason for one in left] == ["Labour Day"]


def test_who_holds_all_tasks_that_they_can_is_not_available(
    store: Store, live: Live, show: Callable[..., ShownResponder]
) -> None:
    with store.begin() as connection:
        connection.execute(text("UPDATE responder SET capacity = 2"))
    crowd = live.refresh()
    crowd.load[0] = 1
    assert show().available
    crowd.load[0] = 2
    assert (show().load, show().capacity, show().available) == (2, 2, False)


def test_what_makes_no_sense_is_refused(store: Store, clock: FixedClock, actor: Actor) -> None:
    now = clock.now()
    with pytest.raises(InvalidInputError, match="one of free, busy, off, out_of_reach"):
        Said("asleep")
    with pytest.raises(InvalidInputError, match="is not after since"):
        NewException(now, now, on_duty=False, reason="x")
    with pytest.raises(InvalidInputError, match="at most 366 days"):
        NewException(now, now + 367 * 24 * HOUR, on_duty=False, reason="x")
    with pytest.raises(InvalidInputError, match="say why"):
        NewException(now, now + HOUR, on_duty=False, reason=" ")
    with store.begin() as connection:
        one = staff(connection, "Li", 104.0, 30.0)
        with pytest.raises(InvalidInputError, match="is over already"):
            put_status(connection, one, Said("busy", now), actor, now)
        connection.execute(text("UPDATE responder SET retired_at = now()"))
        with pytest.raises(ResponderNotFoundError):
            put_status(connection, one, Said("busy"), actor, now)
        day = NewException(now, now + HOUR, on_duty=False, reason="x")
        with pytest.raises(ResponderNotFoundError):
            add_exception(connection, one, day, actor, now)


def test_statuses_of_a_whole_crowd_end_by_themselves(
    store: Store, live: Live, wang: UUID, clock: FixedClock, actor: Actor
) -> None:
    with store.begin() as connection:
        put_status(connection, wang, Said("busy", clock.now() + HOUR), actor, clock.now())
    crowd = live.refresh()
    now_ms = epoch_ms(clock.now())
    assert crowd.status_at(0, now_ms) == "busy"
    assert crowd.status_at(0, now_ms + 3_600_000) == "free"
