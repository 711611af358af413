"""Which response plan counts when, however often and by how many it is imported."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gridgis.errors import InvalidInputError, ResponsePlanNotFoundError
from gridgis.response.plan import NO_PLAN
from gridgis.response.plans import ResponsePlans, import_plan
from gridgis.store import response_plans

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store

DAY = timedelta(days=1)
ONE = "name: One\ndefaults: {limits: {handle: 1 day}}\n"
TWO = "name: Two\ndefaults: {limits: {handle: 2 days}}\n"


def test_the_plan_in_force_is_read_once_and_known_by_its_number(
    store: Store, actor: Actor, clock: FixedClock
) -> None:
    plans, now = ResponsePlans(), clock.now()
    with store.begin() as connection:
        assert plans.at(connection, now) is NO_PLAN
        one = import_plan(connection, ONE, actor, now)
        two = import_plan(connection, TWO, actor, now, now + DAY)
    with store.begin() as connection:
        first = plans.at(connection, now)
        assert plans.at(connection, now - timedelta(seconds=1)) is NO_PLAN
        assert (first.name, first.id) == ("One", one.stored.id)
        assert plans.at(connection, now + DAY - timedelta(microseconds=1)) is first
        assert plans.at(connection, now + DAY).name == "Two"
        assert plans.by_id(connection, one.stored.id) is first
        assert plans.by_id(connection, two.stored.id).id == two.stored.id
        with pytest.raises(ResponsePlanNotFoundError):
            plans.by_id(connection, 99)


def test_the_same_content_counts_once_but_comes_back_after_another(
    store: Store, actor: Actor, clock: FixedClock
) -> None:
    now = clock.now()
    with store.begin() as connection:
        fresh = [
            import_plan(connection, text, actor, now + number * DAY).fresh
            for number, text in enumerate([ONE, ONE, TWO, TWO, ONE])
        ]
        kept = response_plans.everything(connection)
    assert fresh == [True, False, True, False, True]
    assert [one.name for one in kept] == ["One", "Two", "One"]
    assert kept[0].document == ONE


def test_a_plan_of_the_past_is_refused(store: Store, actor: Actor, clock: FixedClock) -> None:
    now = clock.now()
    with store.begin() as connection, pytest.raises(InvalidInputError, match="is over"):
        import_plan(connection, ONE, actor, now, now - DAY)


def test_eight_who_import_the_same_at_once_store_it_once(
    store: Store, actor: Actor, clock: FixedClock
) -> None:
    fresh: list[bool] = []
    barrier = threading.Barrier(8)

    def bring() -> None:
        barrier.wait()
        with store.begin() as connection:
            done = import_plan(connection, ONE, actor, clock.now())
        fresh.append(done.fresh)

    threads = [threading.Thread(target=bring) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(fresh) == [False] * 7 + [True]
    with store.begin() as connection:
        assert len(response_plans.everything(connection)) == 1
