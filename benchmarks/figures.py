"""Hold a year's figures against the aggregate that somebody would write by hand.

200,000 cases of a year in 579 grids, worked off, late, given back, rated; figures by grid, of all,
by category, unit and worker. The bare query counts as much over the same tables, and each answer is
held against it. The bars: 1 s, and 2 x the bare query.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text
from tessellation import tessellation
from town import machine, server

from gridgis.coded import When
from gridgis.figures import Asked, figures, named_period
from gridgis.settings import Settings
from gridgis.store import migrate
from gridgis.store.engine import Store
from tests.cases_made import Ground, keep, make, months_of
from tests.cities import draw

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

CASES = 200_000
ROUNDS = 5
NOW = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = datetime(2025, 1, 1, tzinfo=UTC)
SETTINGS = Settings(timezone="UTC")

BARE = """
WITH given AS (
    SELECT DISTINCT ON (report_id) report_id, area_id
    FROM assignment WHERE layer_id = 1 ORDER BY report_id, id DESC
),
known AS (
    SELECT casefile.*, given.area_id, least(due_at, external_due_at) AS limit_at,
        CASE WHEN state = 'closed' THEN coalesce(closed_at, state_since)
            WHEN state IN ('rejected', 'merged', 'void') THEN state_since
            ELSE 'infinity' END AS ended_at
    FROM casefile LEFT JOIN given USING (report_id)
    WHERE received_at < :before
),
cases AS (
    SELECT area_id,
        count(*) FILTER (WHERE received_at >= :since) AS received,
        count(*) FILTER (WHERE filed_at >= :since AND filed_at < :before) AS filed,
        count(*) FILTER (WHERE state = 'closed' AND ended_at >= :since AND ended_at < :before)
            AS closed,
        count(*) FILTER (WHERE state = 'closed' AND outcome = 'solved' AND ended_at >= :since
            AND ended_at < :before) AS solved,
        count(*) FILTER (WHERE state = 'closed' AND on_the_spot AND ended_at >= :since
            AND ended_at < :before) AS on_the_spot,
        count(*) FILTER (WHERE outcome = 'not_in_scope' AND ended_at >= :since
            AND ended_at < :before) AS not_in_scope,
        count(*) FILTER (WHERE outcome = 'duplicate' AND ended_at >= :since
            AND ended_at < :before) AS duplicates,
        count(*) FILTER (WHERE outcome = 'withdrawn' AND ended_at >= :since
            AND ended_at < :before) AS withdrawn,
        count(*) FILTER (WHERE ended_at >= :before) AS open,
        count(*) FILTER (WHERE ended_at >= :before AND outcome = 'parked') AS parked,
        count(*) FILTER (WHERE ended_at >= :before AND limit_at < :before) AS late_open,
        count(*) FILTER (WHERE state = 'closed' AND NOT on_the_spot AND limit_at IS NOT NULL
            AND ended_at >= :since AND ended_at < :before) AS limited,
        count(*) FILTER (WHERE state = 'closed' AND NOT on_the_spot AND ended_at > limit_at
            AND ended_at >= :since AND ended_at < :before) AS late_closed,
        count(*) FILTER (WHERE returns > 0 AND received_at >= :since) AS returned,
        count(*) FILTER (WHERE reopenings > 0 AND received_at >= :since) AS reopened,
        count(*) FILTER (WHERE failures > 0 AND received_at >= :since) AS failed,
        count(*) FILTER (WHERE extensions > 0 AND received_at >= :since) AS extended,
        count(*) FILTER (WHERE deferrals > 0 AND received_at >= :since) AS deferred,
        count(*) FILTER (WHERE state = 'void' AND received_at >= :since) AS voided,
        coalesce(sum(urgings) FILTER (WHERE received_at >= :since), 0) AS urgings,
        coalesce(sum(supervisions) FILTER (WHERE received_at >= :since), 0) AS supervisions,
        count(*) FILTER (WHERE tier = 'grid' AND state = 'closed' AND outcome = 'solved'
            AND ended_at >= :since AND ended_at < :before) AS solved_grid,
        count(*) FILTER (WHERE tier = 'community' AND state = 'closed' AND outcome = 'solved'
            AND ended_at >= :since AND ended_at < :before) AS solved_community,
        count(*) FILTER (WHERE tier = 'street' AND state = 'closed' AND outcome = 'solved'
            AND ended_at >= :since AND ended_at < :before) AS solved_street,
        count(*) FILTER (WHERE tier = 'district' AND state = 'closed' AND outcome = 'solved'
            AND ended_at >= :since AND ended_at < :before) AS solved_district,
        count(*) FILTER (WHERE tier = 'city' AND state = 'closed' AND outcome = 'solved'
            AND ended_at >= :since AND ended_at < :before) AS solved_city,
        percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (
            ORDER BY extract(epoch FROM filed_at - received_at))
            FILTER (WHERE NOT on_the_spot AND filed_at >= :since AND filed_at < :before) AS file,
        percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (
            ORDER BY extract(epoch FROM dispatched_at - filed_at))
            FILTER (WHERE NOT on_the_spot AND dispatched_at >= :since AND dispatched_at < :before)
            AS dispatch,
        percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (
            ORDER BY extract(epoch FROM accepted_at - dispatched_at))
            FILTER (WHERE NOT on_the_spot AND accepted_at >= :since AND accepted_at < :before)
            AS accept,
        percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (
            ORDER BY extract(epoch FROM arrived_at - dispatched_at))
            FILTER (WHERE NOT on_the_spot AND arrived_at >= :since AND arrived_at < :before)
            AS arrive,
        percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (
            ORDER BY extract(epoch FROM fed_back_at - dispatched_at))
            FILTER (WHERE NOT on_the_spot AND fed_back_at >= :since AND fed_back_at < :before)
            AS handle,
        percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (
            ORDER BY extract(epoch FROM closed_at - fed_back_at))
            FILTER (WHERE NOT on_the_spot AND state = 'closed' AND closed_at >= :since
            AND closed_at < :before) AS verify,
        percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (
            ORDER BY extract(epoch FROM closed_at - received_at))
            FILTER (WHERE NOT on_the_spot AND state = 'closed' AND closed_at >= :since
            AND closed_at < :before) AS close
    FROM known GROUP BY area_id
),
tasks AS (
    SELECT area_id, count(*) AS tasks_sent,
        count(*) FILTER (WHERE reason_kind = 'not_ours') AS wrong_dispatches
    FROM task LEFT JOIN given USING (report_id)
    WHERE sent_at >= :since AND sent_at < :before GROUP BY area_id
),
ratings AS (
    SELECT area_id,
        count(*) FILTER (WHERE asked_at >= :since AND asked_at < :before) AS asked,
        count(*) FILTER (WHERE answered_at >= :since AND answered_at < :before) AS answered,
        avg(satisfaction) FILTER (WHERE answered_at >= :since AND answered_at < :before)
            AS satisfaction_mean
    FROM rating LEFT JOIN given USING (report_id) GROUP BY area_id
),
escalated AS (
    SELECT area_id, count(*) AS escalations
    FROM clock LEFT JOIN given USING (report_id)
    WHERE escalated_at >= :since AND escalated_at < :before GROUP BY area_id
)
SELECT area_version.code, cases.*, tasks_sent, wrong_dispatches, asked, answered,
    satisfaction_mean, escalations
FROM cases
LEFT JOIN tasks ON cases.area_id IS NOT DISTINCT FROM tasks.area_id
LEFT JOIN ratings ON cases.area_id IS NOT DISTINCT FROM ratings.area_id
LEFT JOIN escalated ON cases.area_id IS NOT DISTINCT FROM escalated.area_id
LEFT JOIN area_version ON cases.area_id = area_version.area_id
"""


class Measured(NamedTuple):
    """Seconds of figures by what they were asked for, and of the bare query by grid."""

    cases: int
    bare_s: float
    ours_s: dict[str, float]


def main() -> None:
    with server() as url:
        found = measure(url)
    print(f"\n## Figures of a year ({machine()})\n")
    print(
        f"{found.cases:,} cases in 579 grids; the bare query by grid takes "
        f"{found.bare_s * 1e3:,.0f} ms.\n"
    )
    print("| figures | takes | bar | / the bare query | bar |")
    print("| --- | --- | --- | --- | --- |")
    for name, seconds in found.ours_s.items():
        ratio = seconds / found.bare_s
        print(f"| {name} | {seconds * 1e3:,.0f} ms | 1,000 ms | {ratio:.2f} | 2 |")


def measure(url: str, cases: int = CASES) -> Measured:
    """Measure in one run, in turns, on an empty database that is filled first."""
    migrate.upgrade(url)
    store = Store(url)
    _fill(store, cases)
    year = (named_period("2025", SETTINGS.zone),)
    asked = {
        "by grid, as reported": Asked(year, When(NOW), how="reported"),
        "by grid, restated": Asked(year, When(NOW)),
        "of all": Asked(year, When(NOW), "none", how="reported"),
        "by category": Asked(year, When(NOW), "category"),
        "by unit": Asked(year, When(NOW), "unit"),
        "by worker": Asked(year, When(NOW), "worker"),
    }
    times: dict[str, list[float]] = {name: [] for name in ("bare", *asked)}
    with store.begin() as connection:
        _require_same(connection, asked["by grid, as reported"])
        for _ in range(ROUNDS):
            times["bare"].append(_seconds(lambda: _bare(connection)))
            for name, one in asked.items():
                times[name].append(_seconds(lambda one=one: figures(connection, one, SETTINGS)))
    store.close()
    best = {name: min(those) for name, those in times.items()}
    return Measured(cases, best.pop("bare"), best)


def _fill(store: Store, cases: int) -> None:
    grids = tessellation(24, 25, 5).iloc[:579]
    shapes = dict(zip(grids["code"], grids.geometry, strict=True))
    with store.begin() as connection:
        drawn = draw(connection, made_at=NOW, shapes=shapes)
        ids = [drawn.ids[code] for code in shapes]
        ground = Ground(ids, list(shapes.values()), drawn.layer_id, drawn.edition_id)
    made = make(np.random.default_rng(1), cases, YEAR, NOW, ground)
    months_of(store, made)
    with store.begin() as connection:
        keep(connection, made)
        connection.execute(text("ANALYZE"))


def _bare(connection: Connection) -> pd.DataFrame:
    rows = connection.execute(text(BARE), {"since": YEAR, "before": NOW})
    return pd.DataFrame(rows.all(), columns=list(rows.keys()))


def _require_same(connection: Connection, asked: Asked) -> None:
    """Hold each figure that both have against the other's."""
    ours = figures(connection, asked, SETTINGS).frame.set_index("code")
    theirs = _bare(connection)
    theirs = theirs.set_index(theirs["code"].fillna("outside"))
    ours = ours.reindex(theirs.index)
    for column in theirs.columns.intersection(ours.columns).drop("area_id"):
        assert ours[column].to_numpy(float) == pytest.approx(
            theirs[column].fillna(0).to_numpy(float)
        ), column
    for stage in ("file", "dispatch", "accept", "arrive", "handle", "verify", "close"):
        both = np.array(theirs[stage].tolist(), float) / 60
        found = ours[[f"{stage}_median_min", f"{stage}_p90_min"]].to_numpy(float)
        assert found == pytest.approx(both), stage


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
