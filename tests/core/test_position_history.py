"""The history of positions grows coarse, then goes; pandas thins the same rows as a judge."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text

from gridgis.nearest import history as past
from gridgis.settings import Settings
from gridgis.store import positions
from gridgis.store.positions import Batch, PositionMonths
from tests.cities import move, staff
from tests.conftest import PROVE
from tests.lives import history

if TYPE_CHECKING:
    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store

DAY = timedelta(days=1)
ROWS = 200_000 if PROVE else 4_000


def walk(store: Store, clock: FixedClock, seed: int) -> pd.DataFrame:
    """Three people walk for thirteen days, with pauses, and every position is stored."""
    rng = np.random.default_rng(seed)
    with store.begin() as connection:
        ids = [staff(connection, name, 104.0, 30.0) for name in ("Li", "Wang", "Zhao")]
    who = rng.integers(0, 3, ROWS)
    start = int((clock.now() - 13 * DAY).timestamp() * 1000)
    at_ms = start + np.sort(rng.integers(0, 13 * 86_400_000, ROWS))
    # Bursts: several a second, and some just at a whole minute.
    at_ms[::7] = at_ms[::7] // 60_000 * 60_000
    at_ms[1::7] = at_ms[::7][: len(at_ms[1::7])] + rng.integers(1, 3000, len(at_ms[1::7]))
    frame = pd.DataFrame({"who": who, "at_ms": at_ms, "lon": rng.uniform(104, 105, ROWS)})
    frame = frame.drop_duplicates(["who", "at_ms"], keep="last")
    PositionMonths(store).make([clock.now(), clock.now() - 13 * DAY])
    columns = frame["at_ms"].tolist()
    with store.begin() as connection:
        positions.write(
            connection,
            Batch(
                [ids[who] for who in frame["who"]],
                frame["lon"].tolist(),
                [30.0] * len(frame),
                [8.0] * len(frame),
                columns,
                columns,
                [True] * len(frame),
            ),
        )
    frame["name"] = np.array(["Li", "Wang", "Zhao"])[frame["who"]]
    frame["at"] = pd.to_datetime(frame["at_ms"], unit="ms", utc=True)
    return frame.sort_values(["at", "name"])


def thinned(frame: pd.DataFrame, before: pd.Timestamp, span: str) -> list[tuple[object, ...]]:
    """The first of each person in each span of what is old, and all that is younger."""
    old, young = frame[frame["at"] < before], frame[frame["at"] >= before]
    firsts = old.sort_values("at").groupby(["name", old["at"].dt.floor(span)]).head(1)
    kept = pd.concat([firsts, young]).sort_values(["at", "name"])
    return list(kept[["name", "lon", "at"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(("coarse_s", "span"), [(60.0, "60s"), (600.0, "10min"), (86400.0, "1D")])
def test_what_is_old_is_thinned_as_pandas_thins_it(
    store: Store, clock: FixedClock, coarse_s: float, span: str
) -> None:
    frame = walk(store, clock, seed=int(coarse_s))
    settings = Settings(position_coarse_s=coarse_s)
    wanted = thinned(frame, pd.Timestamp(clock.now() - 7 * DAY).floor(span), span)
    gone = past.coarsen(store, settings, clock.now())
    assert history(store) == wanted
    assert gone == len(frame) - len(wanted) > 0
    assert past.coarsen(store, settings, clock.now()) == 0
    # Hour by hour it comes to the same as at once.
    for _ in range(10):
        clock.advance(timedelta(hours=1, seconds=13))
        past.coarsen(store, settings, clock.now())
    before = pd.Timestamp(clock.now() - 7 * DAY).floor(span)
    assert history(store) == thinned(frame, before, span)


def test_a_job_that_must_end_has_done_what_it_has_done(store: Store, clock: FixedClock) -> None:
    frame = walk(store, clock, seed=1)
    pieces = iter([True, True, True])
    first = past.coarsen(store, Settings(), clock.now(), lambda: next(pieces, False))
    rest = past.coarsen(store, Settings(), clock.now())
    assert 0 < first < first + rest
    wanted = thinned(frame, pd.Timestamp(clock.now() - 7 * DAY).floor("60s"), "60s")
    assert history(store) == wanted


def test_an_empty_history_is_soon_done(store: Store, clock: FixedClock) -> None:
    assert past.coarsen(store, Settings(), clock.now()) == 0
    assert past.delete(store, Settings(), clock.now()) == (0, 0)


def test_what_is_too_old_goes_by_whole_months_and_the_rest_by_rows(
    store: Store, clock: FixedClock
) -> None:
    ages = (1, 40, 89, 91, 100, 150)
    PositionMonths(store).make(clock.now() - age * DAY for age in ages[:-1])
    with store.begin() as connection:
        wang = staff(connection, "Wang", 104.0, 30.0)
        for age in ages:
            move(connection, wang, 104.0 + age / 1000, 30.0, clock.now() - age * DAY)
    # The end of January is young enough, so the rest of that month goes by rows, and so does what
    # has no month of its own.
    assert past.delete(store, Settings(), clock.now()) == (0, 3)
    assert [round((clock.now() - at) / DAY) for _, _, at in history(store)] == [89, 40, 1]
    clock.advance(20 * DAY)
    assert past.delete(store, Settings(), clock.now()) == (1, 1)
    with store.begin() as connection:
        months = connection.execute(
            text(
                "SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid"
                " WHERE inhparent = 'position_history'::regclass AND relname ~ '\\d$' ORDER BY 1"
            )
        ).scalars()
        assert [name[-7:] for name in months] == ["2026_02", "2026_03", "2026_04"]
    # Who is there now is no history.
    with store.begin() as connection:
        assert len(positions.after(connection, 0)) == 1
