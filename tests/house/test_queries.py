"""Every query is one that PostgreSQL understands, and the hot ones use their index."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import shapely
from sqlalchemy import text

from gridgis.store.months import Months
from gridgis.store.queries import run_prepared, source
from gridgis.store.reading import Which
from tests.cities import draw
from tests.house.test_layout import SQL

if TYPE_CHECKING:
    from gridgis.store.engine import Store

NAMES = sorted(path.stem for path in SQL.glob("*.sql"))
_PARAMETER = re.compile(r"(?<![:\w]):([a-z]\w*)")
# These read or fill a temporary table that exists only while an import runs.
STAGED = "staged"


@pytest.mark.parametrize(
    "name", [name for name in NAMES if STAGED not in source(name) and "TEMP" not in source(name)]
)
def test_postgresql_understands_the_query(untouched_store: Store, name: str) -> None:
    body = "\n".join(line.split("--")[0] for line in source(name).splitlines())
    order: list[str] = []
    for found in _PARAMETER.findall(body):
        if found not in order:
            order.append(found)
    numbered = _PARAMETER.sub(lambda match: f"${order.index(match[1]) + 1}", body)
    with untouched_store.begin() as connection:
        connection.execute(text("DEALLOCATE ALL"))
        connection.exec_driver_sql(f"PREPARE judged AS {numbered}".replace("%", "%%"))


def _plan(store: Store, name: str, parameters: dict[str, object]) -> str:
    with store.begin() as connection:
        # Small tables are read whole; forbidden to do so, the planner shows what it could do.
        connection.execute(text("SET LOCAL enable_seqscan TO off"))
        connection.execute(text("SET LOCAL plan_cache_mode TO force_generic_plan"))
        run_prepared(connection, name, parameters)
        marks = ", ".join(["%s"] * len(parameters))
        body = "\n".join(line.split("--")[0] for line in source(name).splitlines())
        order = list(dict.fromkeys(_PARAMETER.findall(body)))
        with connection.connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN EXECUTE {name} ({marks})", [parameters[key] for key in order])
            return "\n".join(row[0] for row in cursor.fetchall())


def test_locating_a_point_uses_the_index_of_the_grids(store: Store) -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    with store.begin() as connection:
        draw(connection, made_at=now)
        connection.execute(text("ANALYZE"))
    where = {"lon": 104.0, "lat": 30.0, "near_tolerance_m": 30.0}
    plan = _plan(store, "locate", {**where, "at": now, "layer": None})
    assert plan.count("Index Scan using area_version_grid_idx") == 3
    assert "Seq Scan on area_version" not in plan


def test_the_reports_of_an_area_are_gathered_once_and_not_for_every_month(store: Store) -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    Months(store).make(now + timedelta(days=31 * month) for month in range(3))
    with store.begin() as connection:
        draw(connection, made_at=now)
        connection.execute(text("ANALYZE"))
    names = set(_PARAMETER.findall(source("reports_page")))
    plan = _plan(
        store, "reports_page", {**dict.fromkeys(names), "area": "A", "page": 50, "small": 10}
    )
    assert plan.count("Index Scan Backward using report_") >= 4
    assert plan.count("CTE Scan on inside") == 2


def test_a_report_is_looked_for_in_its_own_month_only(store: Store) -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    Months(store).make(now + timedelta(days=31 * month) for month in range(3))
    number = uuid4()
    with store.begin() as connection:
        connection.execute(
            text("INSERT INTO report_key VALUES (:id, :at, '')"), {"id": number, "at": now}
        )
        connection.execute(
            text(
                "INSERT INTO casefile (report_id, captured_at, received_at, state_since)"
                " VALUES (:id, :at, :at, :at)"
            ),
            {"id": number, "at": now},
        )
        rows = connection.execute(
            text("EXPLAIN (ANALYZE, COSTS OFF) " + source("report")),
            {"report_id": number, "at": None, "edition": None},
        ).scalars()
        of_months = [row for row in rows if " on report_2026_" in row or " on report_def" in row]
    assert [row.count("never executed") for row in sorted(of_months)].count(0) == 1
    assert len(of_months) == 4


def test_the_reports_that_wait_are_found_without_going_past_all_others(store: Store) -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    Months(store).make([now])
    asked = {"after_at": now, "after_id": uuid4(), "page": 50}
    plan = _plan(store, "reports_unlocated", asked)
    # The parent's index, by the names that the months have for it.
    assert plan.count("Index Scan Backward using report_") == 2
    assert "->  Sort" not in plan, "the months are merged"
    assert "location IS NULL" not in plan, "the index knows that"


def test_the_grids_of_a_map_are_read_once_and_not_for_every_report(store: Store) -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    with store.begin() as connection:
        draw(connection, made_at=now)
        connection.execute(text("ANALYZE"))
    which = Which(layer="base", at=now)._asdict()
    plan = _plan(store, "reports_on_layer", which)
    # The layer, and its edition: both asked for before the first report.
    assert plan.count("InitPlan") == 2


@pytest.mark.parametrize("kinds", [[], ["school", "hospital"]])
def test_the_nearest_places_are_found_by_walking_the_index(store: Store, kinds: list[str]) -> None:
    with store.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO place (source, code, kind, name, geom)"
                " SELECT 'test', n::text, (ARRAY['school', 'hospital', 'door'])[1 + n % 3], 'a',"
                " ST_SetSRID(ST_MakePoint(104 + n * 0.001, 30), 4326)"
                " FROM generate_series(1, 400) AS n"
            )
        )
        connection.execute(text("ANALYZE"))
    asked = {"lon": 104.0, "lat": 30.0, "kinds": kinds, "candidates": 3}
    plan = _plan(store, "near_places", asked)
    assert plan.count("Index Scan using place_near_idx on place") == 2
    assert re.search(r"Index Cond: \(kind = \w+\.kind\)", plan)
    assert not re.search("Sort Key.*<->", plan)


def test_cells_within_a_polygon_are_found_by_their_index_and_so_are_their_parts(
    store: Store,
) -> None:
    with store.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO cell (source, code, parent_code, name, kind, geom)"
                " SELECT 'test', n::text, (n / 2)::text, 'a', 'building',"
                " ST_SetSRID(ST_MakePoint(104 + n * 0.001, 30), 4326)"
                " FROM generate_series(1, 2000) AS n"
            )
        )
        connection.execute(text("ANALYZE"))
        connection.execute(text("SET LOCAL enable_seqscan TO off"))
        shape = shapely.to_wkb(shapely.box(104, 29, 104.01, 31))
        rows = connection.execute(
            text("EXPLAIN " + source("cells_within")), {"shape": shape}
        ).scalars()
        plan = "\n".join(rows)
    assert "cell_geom_idx" in plan
    assert "cell_parent_idx" in plan


def test_similar_cases_and_clusters_are_found_by_location_in_few_months(store: Store) -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    Months(store).make(now + timedelta(days=31 * month) for month in range(-3, 3))
    spot = {"lon": 104.0, "lat": 30.0, "category": "gas", "within_m": 150.0, "most": 60}
    span = {"since": now, "until": now + timedelta(days=7), "closed_since": now}
    asked = {"report_id": uuid4(), **spot, **span}
    with store.begin() as connection:
        connection.execute(text("SET LOCAL enable_seqscan TO off"))
        explain = text("EXPLAIN " + source("similar_reports"))
        plan = "\n".join(connection.execute(explain, asked).scalars())
        within = {"radius_m": 300.0, "minutes": 60, "quiet_hours": 48, "by_family": False}
        explain = text("EXPLAIN " + source("reports_around"))
        cluster = connection.execute(explain, {"report_id": uuid4(), **within}).scalars()
        around = "\n".join(cluster)
    assert "report_2026_05_location_idx" in plan
    assert "report_2026_04" not in plan, "a month that does not matter is not looked at"
    assert "incident_location_idx" in around
    assert "Seq Scan on report" not in around
