"""Warnings and escalations happen once: with two at work, after a crash, when the clock jumps."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text, update

from gridgis.actor import Actor
from gridgis.clocks.sweeping import sweep
from gridgis.errors import StoreError
from gridgis.store import clocks
from gridgis.store.tables import casefile, clock, event
from tests.clocked import HOUR, NOON, filed, many

if TYPE_CHECKING:
    from uuid import UUID

    from gridgis.store.engine import Store

SERVICE = Actor("gridgis", "service")


def told(store: Store, number: UUID) -> list[tuple[str, dict[str, Any]]]:
    """Return what a case's events say, in their order."""
    with store.begin() as connection:
        rows = connection.execute(
            select(event.c.kind, event.c.facts)
            .where(event.c.report_id == number)
            .order_by(event.c.id)
        )
        return [(row.kind, row.facts) for row in rows]


def kinds(store: Store, number: UUID) -> list[str]:
    return [kind for kind, _ in told(store, number)]


def tally(store: Store) -> dict[str, tuple[int, int]]:
    """Return for each kind of event how many there are, and of how many cases."""
    with store.begin() as connection:
        return {
            row.kind: (row.events, row.cases)
            for row in connection.execute(
                text(
                    "SELECT kind, count(*) AS events, count(DISTINCT report_id) AS cases "
                    "FROM event GROUP BY kind"
                )
            )
        }


def test_a_limit_is_warned_of_and_then_lifts_the_case(store: Store) -> None:
    number = filed(store)
    assert sweep(store, SERVICE, NOON - timedelta(seconds=1)) == (0, 0, 0, 0)
    assert sweep(store, SERVICE, NOON) == (1, 1, 0, 0)
    assert sweep(store, SERVICE, NOON + timedelta(minutes=59)) == (0, 0, 0, 0)
    assert sweep(store, SERVICE, NOON + HOUR) == (1, 0, 1, 1)
    assert sweep(store, SERVICE, NOON + 9 * HOUR) == (0, 0, 0, 0)
    clock_facts = {
        **{"task": 0, "stage": "handle", "round": 1, "escalate_to": "street"},
        "due_at": "2026-05-06T05:00:00+00:00",
    }
    assert told(store, number) == [
        ("warned", {**clock_facts, "version": 4}),
        ("escalated", {**clock_facts, "version": 5}),
        (
            "lifted",
            {
                **{"version": 6, "tier_before": "grid", "tier": "street"},
                **{"stage": "handle", "round": 1},
                "reason": "limit of handle passed",
            },
        ),
    ]
    with store.begin() as connection:
        case = connection.execute(select(casefile)).one()
        row = connection.execute(select(clock)).one()
    assert (case.tier, case.version, case.state) == ("street", 6, "handling")
    assert (row.warned_at, row.escalated_at, row.next_at) == (NOON, NOON + HOUR, None)


def test_a_clock_that_jumps_finds_each_once(store: Store) -> None:
    number = filed(store)
    assert sweep(store, SERVICE, NOON + 1000 * HOUR) == (1, 1, 1, 1)
    assert sweep(store, SERVICE, NOON - 1000 * HOUR) == (0, 0, 0, 0)
    assert sweep(store, SERVICE, NOON + HOUR) == (0, 0, 0, 0)
    assert kinds(store, number) == ["warned", "escalated", "lifted"]


@pytest.mark.parametrize("to", [None, "dispatcher", "grid"])
def test_nobody_above_means_that_the_case_stays(store: Store, to: str | None) -> None:
    number = filed(store, escalate_to=to)
    assert sweep(store, SERVICE, NOON + HOUR) == (1, 1, 1, 0)
    assert told(store, number)[-1][1]["escalate_to"] == to
    with store.begin() as connection:
        assert connection.execute(select(casefile.c.tier, casefile.c.version)).one() == ("grid", 5)


def test_two_limits_of_one_case_lift_it_once_to_the_higher_tier(store: Store) -> None:
    number = filed(store)
    filed(store, "close", number, escalate_to="city")
    filed(store, "arrive", number, task=1, escalate_to="district", warn_at=None)
    assert sweep(store, SERVICE, NOON + HOUR) == (3, 2, 3, 1)
    assert kinds(store, number) == ["warned"] * 2 + ["escalated"] * 3 + ["lifted"]
    lifted = told(store, number)[-1][1]
    assert (lifted["tier"], lifted["stage"], lifted["version"]) == ("city", "close", 9)


def test_a_clock_that_stands_or_was_stopped_says_nothing(store: Store) -> None:
    stopped = filed(store, stopped_at=NOON - HOUR)
    paused = filed(store, due_at=None, warn_at=None, next_at=None)
    # Nobody should leave it so, but one that is asked in vain is not asked for ever.
    early = filed(store, next_at=NOON - 3 * HOUR)
    assert sweep(store, SERVICE, NOON - HOUR).warned == 0
    assert sweep(store, SERVICE, NOON + 2 * HOUR) == (2, 1, 1, 1)
    assert [kinds(store, one) for one in (stopped, paused)] == [[], []]
    assert kinds(store, early) == ["warned", "escalated", "lifted"]


def test_an_extension_makes_a_clock_speak_again(store: Store) -> None:
    number = filed(store)
    sweep(store, SERVICE, NOON + HOUR)
    longer = {"warn_at": NOON + 2 * HOUR, "due_at": NOON + 3 * HOUR, "next_at": NOON + 2 * HOUR}
    with store.begin() as connection:
        connection.execute(update(clock).values(warned_at=None, escalated_at=None, **longer))
    assert sweep(store, SERVICE, NOON + 3 * HOUR) == (1, 1, 1, 0)
    assert kinds(store, number).count("escalated") == 2


def test_several_workers_share_the_work_and_do_each_once(store: Store) -> None:
    many(store, 1_500)
    with ThreadPoolExecutor(4) as workers:
        parts = list(workers.map(lambda _: sweep(store, SERVICE, NOON + HOUR, batch=40), range(4)))
    assert sum(part.clocks for part in parts) == 1_500
    once = (1_500, 1_500)
    assert tally(store) == {"warned": once, "escalated": once, "lifted": once}
    assert sweep(store, SERVICE, NOON + HOUR).clocks == 0


def test_a_worker_that_is_killed_leaves_nothing_half_done(store: Store) -> None:
    many(store, 50)

    def killed() -> None:
        with store.begin() as connection:
            assert clocks.sweep(connection, NOON + HOUR, SERVICE, 30).escalated == 30
            backend = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            # The other worker is at it meanwhile, and waits for nobody.
            assert sweep(store, SERVICE, NOON + HOUR).escalated == 20
            with store.begin() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": backend})

    with pytest.raises(StoreError):
        killed()
    assert tally(store)["escalated"] == (20, 20)
    assert sweep(store, SERVICE, NOON + HOUR).escalated == 30
    assert tally(store) == dict.fromkeys(("warned", "escalated", "lifted"), (50, 50))


def test_a_sweep_goes_on_until_it_is_told_to_stop(store: Store) -> None:
    many(store, 50)
    asked = iter([True, True, False])
    assert sweep(store, SERVICE, NOON + HOUR, lambda: next(asked), batch=10).clocks == 20
    assert sweep(store, SERVICE, NOON + HOUR).clocks == 30


def test_a_case_that_somebody_holds_is_left_for_the_next_time(store: Store) -> None:
    held, free = filed(store), filed(store)
    with store.begin() as connection:
        connection.execute(
            select(casefile).where(casefile.c.report_id == held).with_for_update()
        ).one()
        assert sweep(store, SERVICE, NOON + HOUR).escalated == 1
        # The one who holds it ends the task in time.
        stop = update(clock).where(clock.c.report_id == held)
        connection.execute(stop.values(stopped_at=NOON, next_at=None))
    assert sweep(store, SERVICE, NOON + HOUR).clocks == 0
    assert (kinds(store, held), len(kinds(store, free))) == ([], 3)


def test_transitions_and_sweeps_never_wait_for_each_other_in_a_ring(store: Store) -> None:
    many(store, 600)
    with store.begin() as connection:
        numbers = list(connection.execute(select(casefile.c.report_id)).scalars())
    begin = threading.Barrier(3)

    def work_off(mine: list[UUID]) -> None:
        begin.wait()
        for number in mine:
            with store.begin() as connection:
                of_case = casefile.c.report_id == number
                connection.execute(select(casefile).where(of_case).with_for_update()).one()
                stop = update(clock).where(clock.c.report_id == number)
                connection.execute(stop.values(stopped_at=NOON, next_at=None))

    def look() -> None:
        begin.wait()
        while sweep(store, SERVICE, NOON + HOUR, batch=7).clocks:
            pass

    with ThreadPoolExecutor(3) as workers:
        done = [
            workers.submit(work_off, numbers[:400]),
            workers.submit(work_off, numbers[:1:-2]),
            workers.submit(look),
        ]
        for one in done:
            one.result(60)
    sweep(store, SERVICE, NOON + HOUR)
    # Each clock was escalated, with its event, or stopped before without one; some were both.
    with store.begin() as connection:
        wrong = connection.execute(
            text("""
                SELECT count(*)
                FROM clock
                WHERE (escalated_at IS NOT NULL)::INTEGER <> (
                    SELECT count(*) FROM event
                    WHERE event.report_id = clock.report_id AND event.kind = 'escalated'
                )
                OR (escalated_at IS NULL AND stopped_at IS NULL)
                OR next_at IS NOT NULL
            """)
        ).scalar_one()
    assert wrong == 0
