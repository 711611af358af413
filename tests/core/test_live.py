"""A phone says where its owner is: every process knows it soon, and nothing of it is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import text

from gridgis.clock import FixedClock, epoch_ms
from gridgis.errors import (
    InvalidInputError,
    QueueFullError,
    ResponderNotFoundError,
    StoreUnavailableError,
)
from gridgis.model import Location
from gridgis.nearest.outcomes import OUTCOMES
from gridgis.settings import Settings
from tests.cities import draw, staff
from tests.lives import away, history, measured, process, seen, send, stored, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from gridgis.nearest.live import Live
    from gridgis.store.engine import Store

SECOND = timedelta(seconds=1)


@pytest.fixture
def wang(store: Store, clock: FixedClock) -> UUID:
    """A worker of grid A."""
    with store.begin() as connection:
        city = draw(connection, made_at=clock.now())
        return staff(connection, "Wang", 104.005, 30.005, "gas", area_id=city.ids["A"])


@pytest.fixture
def zhao(store: Store) -> UUID:
    with store.begin() as connection:
        return staff(connection, "Zhao", 104.025, 30.005)


@pytest.fixture
def live(database_url: str, clock: FixedClock) -> Iterator[Live]:
    """A process whose positions wait until the test says so."""
    settings = Settings(position_window_s=60, position_rate_per_s=1, position_burst=5)
    with process(database_url, settings, clock, listens=False) as one:
        yield one


def test_the_dispatcher_sees_what_the_phone_sends_to_another_process(
    database_url: str, wang: UUID, clock: FixedClock
) -> None:
    with (
        process(database_url, Settings(), clock) as phones,
        process(database_url, Settings(), clock) as dispatcher,
    ):
        until(lambda: dispatcher.crowd.people)
        waits = []
        for step in range(5):
            sent = send(phones, wang, 104.1 + step / 1000, clock.now() + step * SECOND)
            assert seen(phones, wang) == sent, "at once, where it came in"
            waits.append(until(lambda sent=sent: seen(dispatcher, wang) == sent))
        # However slow the machine is now and then.
        assert min(waits) < 1


def test_a_restart_knows_where_everybody_was(
    database_url: str, wang: UUID, clock: FixedClock
) -> None:
    with process(database_url, Settings(position_window_s=60), clock) as before:
        sent = send(before, wang, 104.1, clock.now())
    with process(database_url, Settings(), clock) as after:
        assert seen(after, wang) == sent


def test_what_a_crash_may_lose_is_what_the_window_has_not_written(
    database_url: str, store: Store, wang: UUID, clock: FixedClock
) -> None:
    with process(database_url, Settings(position_window_s=60), clock) as slow:
        send(slow, wang, 104.1, clock.now())
        assert (stored(store), slow.waiting) == ({}, 1)
    with process(database_url, Settings(), clock) as usual:
        sent = send(usual, wang, 104.2, clock.now() + SECOND)
        until(lambda: stored(store) == {wang: sent})
    with process(database_url, Settings(position_window_s=0), clock) as strict:
        sent = send(strict, wang, 104.3, clock.now() + 2 * SECOND)
        assert stored(store) == {wang: sent}, "before it is answered"


def test_a_late_message_does_not_move_anybody_back_but_is_part_of_the_track(
    live: Live, store: Store, wang: UUID, clock: FixedClock
) -> None:
    now = clock.now()
    sent = send(live, wang, 104.1, now)
    late = live.put(wang, Location(104.5, 30.0), now - SECOND)
    assert (late.kept, late.reason) == (False, "older")
    assert seen(live, wang) == sent
    live.flush()
    assert stored(store) == {wang: sent}
    assert history(store) == [("Wang", 104.5, now - SECOND), ("Wang", 104.1, now)]


def test_a_message_that_is_sent_again_is_written_once(
    live: Live, store: Store, wang: UUID, clock: FixedClock
) -> None:
    for _ in range(3):
        send(live, wang, 104.1, clock.now())
        live.flush()
    send(live, wang, 104.2, clock.now())
    send(live, wang, 104.3, clock.now())
    live.flush()
    assert history(store) == [("Wang", 104.3, clock.now())], "of the same time the last one counts"


def test_a_flood_from_one_device_moves_it_but_does_not_fill_the_history(
    live: Live, store: Store, wang: UUID, zhao: UUID, clock: FixedClock
) -> None:
    start = clock.now()
    answers = [
        live.put(wang, Location(104 + step / 10_000, 30), start + step * SECOND / 1000)
        for step in range(1000)
    ]
    assert [one.reason for one in answers[:6]] == [None] * 5 + ["thinned"]
    assert all(one.kept for one in answers), "each was where Wang was just then"
    assert live.waiting == 6, "five of the track, and that there is a newer one"
    assert send(live, zhao, 104.2, start) == seen(live, zhao), "others are heard"
    live.flush()
    assert stored(store)[wang].lon == 104.0999, "the newest, for everybody"
    assert [lon for name, lon, _ in history(store) if name == "Wang"] == [
        104 + step / 10_000 for step in range(5)
    ]
    clock.advance(2 * SECOND)
    assert [live.put(wang, Location(105, 30), clock.now()).reason for _ in range(3)] == [
        *(None, None, "thinned")
    ]


@pytest.mark.parametrize(
    ("ago", "says"),
    [
        (timedelta(minutes=-6), "more than 5 minutes ahead; set the phone's clock"),
        (timedelta(days=91), "longer ago than the 90 days that the history goes back"),
    ],
)
def test_a_clock_that_is_wrong_is_told_and_holds_nothing_back(
    live: Live, wang: UUID, clock: FixedClock, ago: timedelta, says: str
) -> None:
    with pytest.raises(InvalidInputError, match=says):
        send(live, wang, 104.1, clock.now() - ago)
    assert (seen(live, wang), live.waiting) == (None, 0)


def test_one_bad_position_does_not_spoil_the_others(
    live: Live, wang: UUID, zhao: UUID, clock: FixedClock
) -> None:
    now = epoch_ms(clock.now())
    ids = [wang, uuid4(), zhao, wang, zhao, wang]
    times = [now - 1000, now, now + 400_000, now, now - 91 * 86_400_000, now - 2000]
    done = live.put_many(ids, measured([(104 + n / 10, 30, at) for n, at in enumerate(times)]))
    assert [OUTCOMES[one] for one in done.outcomes] == [
        *("older", "unknown", "ahead", "kept", "too_old", "older")
    ]
    assert done.kept.tolist() == [False, False, False, True, False, False]
    assert seen(live, wang).lon == 104 + 3 / 10


def test_a_position_of_nobody_is_refused_and_of_somebody_new_is_not(
    live: Live, store: Store, wang: UUID, clock: FixedClock
) -> None:
    with pytest.raises(ResponderNotFoundError):
        send(live, uuid4(), 104.1, clock.now())
    with store.begin() as connection:
        new = staff(connection, "Li", 104.1, 30.0)
        connection.execute(text("UPDATE responder SET retired_at = now() WHERE number = 'Wang'"))
    assert send(live, new, 104.1, clock.now()) == seen(live, new)
    with pytest.raises(ResponderNotFoundError):
        send(live, wang, 104.1, clock.now())


def test_while_the_database_is_away_nothing_is_lost_until_the_queue_is_full(
    database_url: str, store: Store, wang: UUID, zhao: UUID, clock: FixedClock
) -> None:
    settings = Settings(position_window_s=0.01, position_queue=1000, position_burst=2000)
    with process(database_url, settings, clock, listens=False) as live:
        live.refresh()
        with away(database_url):
            track = [(104 + n / 10_000, 30, epoch_ms(clock.now()) + n) for n in range(900)]
            live.put_many([wang] * 900, measured(track))
            with pytest.raises(QueueFullError, match="900 positions wait for the database"):
                live.put_many([zhao] * 101, measured(track[:101]))
            assert seen(live, zhao) is None, "none of them was taken"
            assert seen(live, wang).lon == 104.0899, "who can be sent is known all the same"
            with pytest.raises(StoreUnavailableError):
                send(live, uuid4(), 104.1, clock.now())
            with pytest.raises(StoreUnavailableError):
                live.flush()
        until(lambda: live.waiting == 0)
        assert [lon for _, lon, _ in history(store)] == [lon for lon, _, _ in track]
        assert stored(store) == {wang: seen(live, wang)}


def test_responders_that_change_keep_the_positions_that_only_memory_knows(
    live: Live, store: Store, wang: UUID, zhao: UUID, clock: FixedClock
) -> None:
    send(live, zhao, 104.3, clock.now())
    live.flush()
    sent = send(live, wang, 104.1, clock.now())
    for step in range(6):
        moved = send(live, zhao, 104.2, clock.now() + step * SECOND)
    with store.begin() as connection:
        connection.execute(text("UPDATE responder SET name = 'Wang Fang' WHERE number = 'Wang'"))
        first = staff(connection, "Li", 104.1, 30.0)
    crowd = live.refresh()
    assert sorted(one.name for one in crowd.people) == ["Li", "Wang Fang", "Zhao"]
    assert (seen(live, wang), seen(live, zhao)) == (sent, moved)
    live.flush()
    assert stored(store) == {wang: sent, zhao: moved}
    # What the database forgets, memory forgets.
    with store.begin() as connection:
        connection.execute(text("DELETE FROM position"))
    live.refresh()
    assert [seen(live, who) for who in (wang, zhao, first)] == [None] * 3


def test_who_is_imported_or_moves_to_another_grid_is_heard_of(
    database_url: str, store: Store, wang: UUID, clock: FixedClock
) -> None:
    with process(database_url, Settings(), clock) as live:
        until(lambda: live.crowd.people[0].area.code == "A")
        with store.begin() as connection:
            connection.execute(
                text(
                    "UPDATE responder SET area_id = (SELECT area_id FROM area_version"
                    " WHERE code = 'B') WHERE id = :id"
                ),
                {"id": wang},
            )
        until(lambda: live.crowd.people[0].area.code == "B")
        with store.begin() as connection:
            connection.execute(text("DELETE FROM responder"))
        until(lambda: len(live.crowd) == 0)


def test_each_month_of_the_history_has_its_own_part(
    live: Live, store: Store, wang: UUID, clock: FixedClock
) -> None:
    clock.at = datetime.fromisoformat("2026-05-01T00:30:00Z")
    for minutes in (0, 60):
        send(live, wang, 104.1, clock.now() - timedelta(minutes=minutes))
    live.flush()
    with store.begin() as connection:
        rows = connection.execute(
            text("SELECT tableoid::regclass::text FROM position_history ORDER BY at")
        )
        assert list(rows.scalars()) == ["position_history_2026_04", "position_history_2026_05"]
