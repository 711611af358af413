"""A sample of closed cases is drawn by a seed, so that anybody can draw it anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sqlalchemy import text

from gridgis.corrections import Why
from gridgis.errors import ConflictError, InvalidInputError, ReportNotFoundError
from gridgis.model import Location, NewReport
from gridgis.ratings.sampling import Draw, check, draw_for_check, drawn, rank
from gridgis.store.sampling import Period, closed
from tests.cities import draw

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.intake import Intake
    from gridgis.store.engine import Store

CLOSE = """
WITH happened AS (
    INSERT INTO event (report_id, captured_at, kind, at, recorded_at, actor, role, facts)
    SELECT report_id, captured_at, 'closed', CAST(:at AS timestamptz), CAST(:at AS timestamptz),
        'Li Na', 'dispatcher', '{"version": 1}'
    FROM casefile WHERE report_id = :id
)
UPDATE casefile
SET state = 'closed', version = 1, closed_at = :at, unit = :unit, on_the_spot = :spot
WHERE report_id = :id
"""


def cases(count: int, **columns: object) -> pd.DataFrame:
    ids = [UUID(int=n + 1) for n in range(count)]
    return pd.DataFrame({"report_id": ids, "on_the_spot": False, **columns})


@settings(max_examples=30)
@given(st.text(min_size=1, max_size=20).filter(str.isprintable).filter(str.strip), st.data())
def test_the_same_seed_draws_the_same_cases_in_any_order(seed: str, data: st.DataObject) -> None:
    frame = cases(16, unit=["a", "b"] * 8)
    mixed = frame.iloc[data.draw(st.permutations(range(16)))]
    how = Draw(seed, count=data.draw(st.integers(1, 12)), by=("unit",))
    first, second = drawn(frame, how), drawn(mixed, how)
    assert list(first["report_id"]) == list(second["report_id"])
    assert len(first) == 2 * min(how.count, 8)


def test_a_case_more_moves_at_most_one_out() -> None:
    frame = cases(101)
    before = set(drawn(frame.head(100), Draw("w", count=10))["report_id"])
    after = set(drawn(frame, Draw("w", count=10))["report_id"])
    assert len(before - after) <= 1
    assert after - before <= {UUID(int=101)}


def test_those_solved_on_the_spot_are_drawn_apart() -> None:
    frame = cases(100, unit="a")
    frame["on_the_spot"] = [n < 30 for n in range(100)]
    found = drawn(frame, Draw("2026-W18", share=0.05))
    counted = found.groupby("on_the_spot")[["stratum_cases", "stratum_drawn"]].first()
    assert counted.to_numpy().tolist() == [[70, 4], [30, 2]]
    assert found["on_the_spot"].sum() == 2
    assert drawn(frame.head(0), Draw("x", count=1)).empty


def test_a_stratum_without_a_name_is_one() -> None:
    found = drawn(cases(6, unit=["a", None] * 3), Draw("x", count=1, by=("unit",)))
    assert sorted(found["unit"].fillna("nobody")) == ["a", "nobody"]


def test_every_case_has_the_same_chance() -> None:
    """Chi-square over 3,000 draws of 4 from 20."""
    frame = cases(20)
    counts = dict.fromkeys(frame["report_id"], 0)
    for seed in range(3_000):
        ranks = {one: rank(f"seed {seed}", one) for one in counts}
        chosen = sorted(counts, key=ranks.__getitem__)[:4]
        # That this is the draw itself, some of the time.
        if seed % 100 == 0:
            assert list(drawn(frame, Draw(f"seed {seed}", count=4))["report_id"]) == chosen
        for one in chosen:
            counts[one] += 1
    # Drawn without replacement, counts vary less than a multinomial's, by (n - k) / (n - 1).
    statistic = stats.chisquare(list(counts.values())).statistic / ((20 - 4) / 19)
    assert 0.001 < stats.chi2(19).sf(statistic) < 0.999


def test_every_pair_has_the_same_chance() -> None:
    ids = [UUID(int=n + 1) for n in range(6)]
    seen = dict.fromkeys(combinations(ids, 2), 0)
    for seed in range(3_000):
        two = sorted(sorted(ids, key=lambda one, seed=seed: rank(str(seed), one))[:2])
        seen[tuple(two)] += 1
    assert 0.001 < stats.chisquare(list(seen.values())).pvalue < 0.999


def test_numbers_are_spread_evenly_and_seeds_do_not_resemble_each_other() -> None:
    ids = [UUID(int=n) for n in range(2_000)]
    one, other = ([rank(seed, each) for each in ids] for seed in ("2026-W18", "2026-W19"))
    assert stats.kstest(one, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.08


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"seed": " ", "count": 1}, "seed: a text is needed"),
        ({"seed": "x"}, "give one of the two"),
        ({"seed": "x", "share": 0.1, "count": 1}, "give one of the two"),
        ({"seed": "x", "share": 1.5}, "at most 1"),
        ({"seed": "x", "share": float("nan")}, "share is nan"),
        ({"seed": "x", "count": 0}, "1 or more"),
        ({"seed": "x" * 1000, "count": 1}, "1,000 characters"),
    ],
)
def test_a_draw_that_cannot_be(how: dict, why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        Draw(**how)


@pytest.fixture
def worked_off(store: Store, intake: Intake, clock: FixedClock, actor: Actor) -> list[UUID]:
    """Twelve closed cases of two units in the grids E and F, four of them on the spot."""
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
    ids = []
    for n in range(12):
        spot = Location(104.015 + 0.01 * (n % 2), 30.015, 10.0)
        new = NewReport(uuid4(), None, None, "垃圾桶满溢", spot)
        ids.append(intake.receive(new, actor).report.id)
        at = clock.now() + timedelta(hours=n)
        facts = {"id": ids[-1], "at": at, "unit": "ab"[n % 2], "spot": n % 3 == 0}
        with store.begin() as connection:
            connection.execute(text(CLOSE), facts)
    return ids


def of_may(**which: object) -> Period:
    return Period(datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC), **which)


def test_closed_cases_are_found_by_area_unit_and_period(
    store: Store, worked_off: list[UUID], clock: FixedClock
) -> None:
    with store.begin() as connection:
        everything = closed(connection, of_may())
        in_e = closed(connection, of_may(area="E"))
        in_the_city = closed(connection, of_may(area="base-city"))
        by_b = closed(connection, of_may(unit="b"))
        late = Period(clock.now() + timedelta(hours=10), clock.now() + timedelta(hours=11))
        last = closed(connection, late)
        none = closed(connection, of_may(area="Z"))
    assert set(everything["report_id"]) == set(worked_off) == set(in_the_city["report_id"])
    assert set(in_e["report_id"]) == set(worked_off[::2])
    assert set(by_b["report_id"]) == set(worked_off[1::2])
    assert in_e["grid_name"].unique().tolist() == ["Grid E"]
    assert list(last["report_id"]) == [worked_off[10]]
    assert none.empty
    assert list(none.columns) == list(everything.columns)


def test_cases_are_drawn_once_and_checked_once(
    store: Store, worked_off: list[UUID], clock: FixedClock, actor: Actor
) -> None:
    how = Draw("2026-05", count=2, by=("unit",))
    clock.advance(timedelta(days=40))
    with store.begin() as connection:
        first = draw_for_check(connection, of_may(), how, actor, clock.now())
    with store.begin() as connection:
        again = draw_for_check(connection, of_may(), how, actor, clock.now())
        rows = "SELECT report_id, facts FROM event WHERE kind = 'drawn_for_check' ORDER BY id"
        written = connection.execute(text(rows)).all()
    assert first["fresh"].all()
    assert not again["fresh"].any()
    assert list(first["report_id"]) == list(again["report_id"])
    assert [row.report_id for row in written] == list(first["report_id"])
    assert written[0].facts == {
        "seed": "2026-05",
        "share": None,
        "count": 2,
        "by": ["unit"],
        "on_the_spot": False,
        "of": 4,
        "drawn": 2,
    }
    why = Why("looked at it: the bin is empty", actor, clock.now())
    chosen = first["report_id"][0]
    other = next(one for one in worked_off if one not in set(first["report_id"]))
    with store.begin() as connection:
        check(connection, chosen, "confirmed", why)
        with pytest.raises(ConflictError, match="was checked already"):
            check(connection, chosen, "not_solved", why)
        with pytest.raises(ConflictError, match="was not drawn"):
            check(connection, other, "confirmed", why)
        with pytest.raises(ReportNotFoundError):
            check(connection, uuid4(), "confirmed", why)
        with pytest.raises(InvalidInputError, match="result is 'fine'"):
            check(connection, chosen, "fine", why)
        facts = "SELECT facts FROM event WHERE kind = 'checked'"
        assert connection.execute(text(facts)).scalar_one()["result"] == "confirmed"
        state = connection.execute(text("SELECT DISTINCT state, version FROM casefile")).one()
        assert tuple(state) == ("closed", 1)
