"""Whatever comes in which order to which process: all agree in the end, and nothing is lost."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple
from unittest import mock
from uuid import UUID

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from gridgis.clock import epoch_ms
from gridgis.nearest import waiting as module
from gridgis.nearest.crowd import Crowd
from gridgis.nearest.often import Allowance
from gridgis.nearest.waiting import Part, Waiting
from gridgis.settings import Settings
from tests.cities import staff
from tests.conftest import PROVE
from tests.lives import history, measured, process, seen, stored

if TYPE_CHECKING:
    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store

CASES = 400 if PROVE else 25
NAMES = ("Li", "Wang", "Zhao")

SENT = st.tuples(
    st.integers(0, 1),  # to which process
    st.integers(0, len(NAMES) - 1),
    st.integers(0, 5),  # when
    st.booleans(),  # whether it is written then
)


class Sent(NamedTuple):
    """One position: to which process, of whom, when, and whether that process writes then."""

    process: int
    who: int
    at: int
    written: bool


@given(st.lists(SENT.map(Sent._make), max_size=30))
@settings(
    max_examples=CASES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_two_processes_and_the_database_agree_in_the_end(
    database_url: str, store: Store, clock: FixedClock, sent: list[Sent]
) -> None:
    with store.begin() as connection:
        connection.execute(text("TRUNCATE responder CASCADE"))
        ids = [staff(connection, name, 104.0, 30.0) for name in NAMES]
    asked = Settings(position_window_s=60)
    start = epoch_ms(clock.now())
    with (
        process(database_url, asked, clock, listens=False) as one,
        process(database_url, asked, clock, listens=False) as other,
    ):
        all_known: dict[int, set[tuple[int, float]]] = defaultdict(set)
        for nth, position in enumerate(sent):
            live = (one, other)[position.process]
            at_ms, lon = start + position.at, 104 + nth / 1000
            live.put_many([ids[position.who]], measured([(lon, 30, at_ms)]))
            all_known[position.who].add((at_ms, lon))
            if position.written:
                live.flush()
        one.flush()
        other.flush()
        one.refresh()
        other.refresh()
        rows = stored(store)
        for who, name in enumerate(NAMES):
            known = rows.get(ids[who])
            assert seen(one, ids[who]) == seen(other, ids[who]) == known
            if all_known[who]:
                newest = max(at for at, _ in all_known[who])
                assert known.at_ms == newest
                assert (newest, known.lon) in all_known[who]
            kept = {epoch_ms(at) for named, _, at in history(store) if named == name}
            assert kept == {at for at, _ in all_known[who]}, "the whole track"


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3000)), max_size=60),
    st.integers(1, 5),
    st.integers(1, 4),
)
@settings(max_examples=CASES * 8, deadline=None)
def test_an_allowance_is_a_bucket_that_fills_as_time_goes_by(
    sent: list[tuple[int, int]], burst: int, per_s: int
) -> None:
    """Against the same told one by one; tokens in thousandths, so that nothing is rounded."""
    left, filled, now = [burst * 1000] * 4, [0] * 4, 0
    together, one_by_one = Allowance(4, per_s, burst), []
    answered: list[bool] = []
    batch: list[int] = []
    for who, pause_ms in [*sent, (0, 1)]:
        if pause_ms and batch:
            answered += together.take(np.array(batch, dtype=np.int64), now).tolist()
            for row in batch:
                left[row] = min(burst * 1000, left[row] + (now - filled[row]) * per_s)
                filled[row] = now
                one_by_one.append(left[row] >= 1000)
                left[row] -= 1000 if one_by_one[-1] else 0
            batch = []
        now += pause_ms
        batch.append(who)
    near = [
        i for i, pair in enumerate(zip(answered, one_by_one, strict=True)) if len(set(pair)) > 1
    ]
    assert near == []


@given(st.lists(st.tuples(st.sampled_from("atdg"), st.integers(0, 2)), max_size=40))
def test_what_waits_leaves_only_when_it_is_written(steps: list[tuple[str, int]]) -> None:
    """Added, taken, done, given back in any order: in the end each was written, in its order."""
    with mock.patch.object(module, "_MOST_PARTS", 3), mock.patch.object(module, "MOST_AT_ONCE", 7):
        _follow(steps)


def _follow(steps: list[tuple[str, int]]) -> None:
    people = [UUID(int=number) for number in range(3)]
    waiting, crowd = Waiting(), Crowd([])
    added: list[int] = []
    written: list[int] = []
    taken: list[int] | None = None
    for step, who in [*steps, *[("d", 0), ("t", 0)] * 10, ("d", 0)]:
        if step == "a":
            at_ms = len(added)
            came_ms = np.array([at_ms])
            part = Part([people[who]], measured([(104, 30, at_ms)]), came_ms, in_history=True)
            waiting.add(part)
            added.append(at_ms)
        elif step == "t" and taken is None:
            batch = waiting.take(crowd, 0)
            taken = None if batch is None else list(batch.at_ms)
        elif step == "d" and taken is not None:
            waiting.done()
            written += taken
            taken = None
        elif step == "g" and taken is not None:
            waiting.give_back()
            taken = None
        assert len(waiting) == len(added) - len(written)
    assert written == added
    assert len(waiting) == 0


@pytest.mark.parametrize("count", [0, 1, 1000])
def test_a_clock_that_is_set_back_neither_gives_nor_takes(count: int) -> None:
    one = Allowance(1, 1, 5)
    assert one.take(np.zeros(5, np.int64), 10_000).all()
    assert not one.take(np.zeros(1, np.int64), 10_000 - count).any()
