"""Reports by the thousand that have addresses in place of points: clear ones are located."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sqlalchemy import text

from gridgis import locating
from gridgis.body import report_id
from gridgis.corrections import Why
from gridgis.imports import Importer, ImportOptions
from gridgis.intake import Intake, Known
from gridgis.locate.territories import Territories
from gridgis.model import Location, NewReport
from gridgis.places.gazetteer import Gazetteer
from gridgis.seeking import Seeker
from gridgis.store import events, reports
from gridgis.store.months import Months
from tests.cities import draw, settle

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.imports import Summary
    from gridgis.settings import Settings
    from gridgis.store.engine import Store


@pytest.fixture
def importer(store: Store, actor: Actor, clock: FixedClock) -> Importer:
    """Somebody who brings files in, in a town with places."""
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
        settle(connection)
    return Importer(store, actor, clock)


@pytest.fixture
def seeker(store: Store, settings: Settings) -> Seeker:
    return Seeker(Gazetteer(store, None), settings)


@pytest.fixture
def intake(store: Store, seeker: Seeker, clock: FixedClock, settings: Settings) -> Intake:
    months, territories = Months(store), Territories(store, None)
    return Intake(store, territories, months, clock, settings, Known(seeker=seeker))


CALLS = pd.DataFrame(
    {
        "number": ["1", "2", "3", "4", "5", "6"],
        "captured_at": "2026-04-30T08:00:00+08:00",
        "address": [
            "建兰丽苑11号楼E单元楼下有煤气味", "幸福小区", None, "建兰丽苑11号楼", "金星花园", None,
        ],
        "description": ["", "", "金星花园1号楼漏水", "", "", "井盖丢失"],
        "lon": [None, None, None, None, 104.025, None],
        "lat": [None, None, None, None, 30.025, None],
    }
)  # fmt: skip


def bring(importer: Importer, seeker: Seeker | None, rows: pd.DataFrame = CALLS) -> Summary:
    options = ImportOptions(source="hotline", seeker=seeker)
    return importer.frame("reports", rows, options, "calls")


def ask(store: Store, question: str) -> list[tuple[object, ...]]:
    with store.begin() as connection:
        return [tuple(row) for row in connection.execute(text(question))]


HELD = (
    "SELECT r.number, v.code, r.located ->> 'place', r.accuracy_m FROM report AS r"
    " JOIN holder AS h ON h.report_id = r.id"
    " LEFT JOIN area_version AS v USING (area_id) ORDER BY r.number"
)
USED = "SELECT p.code, u.times FROM place_use AS u JOIN place AS p ON p.id = u.place_id ORDER BY 1"


def test_rows_are_located_by_their_words_only_when_that_is_asked_for(
    importer: Importer, seeker: Seeker, store: Store
) -> None:
    summary = bring(importer, None)
    assert (summary.added, summary.located, summary.without_location) == (6, 0, 5)
    assert ask(store, USED) == []
    assert {grid for _, grid, _, _ in ask(store, HELD)} == {None, "I"}
    # The same rows again are the same, located or not: how is no part of their body.
    again = bring(importer, seeker)
    assert (again.added, again.same, again.refused, again.located) == (0, 6, 0, 0)
    assert ask(store, USED) == []


def test_clear_rows_get_their_grid_and_their_place_is_counted_once(
    importer: Importer, seeker: Seeker, store: Store
) -> None:
    summary = bring(importer, seeker)
    assert (summary.added, summary.located, summary.without_location) == (6, 3, 2)
    assert ask(store, HELD) == [
        ("1", "E", "town:JL11E", 10),
        ("2", None, None, None),
        ("3", "A", "town:JX1", 20),
        ("4", "E", "town:JL11", 20),
        ("5", "I", None, None),
        ("6", None, None, None),
    ]
    used = [("JL11", 1), ("JL11E", 1), ("JX1", 1)]
    assert ask(store, USED) == used
    assert bring(importer, seeker).same == 6
    assert ask(store, USED) == used


def test_a_report_is_located_alike_alone_and_in_bulk(
    importer: Importer, intake: Intake, seeker: Seeker, store: Store, actor: Actor
) -> None:
    bring(importer, seeker)
    with store.begin() as connection:
        in_bulk = [reports.one(connection, one.id) for one in calls()]
    again = [intake.receive(one, actor) for one in calls()]
    assert [(one.fresh, one.report) for one in again] == [(False, one) for one in in_bulk]
    with store.begin() as connection:
        connection.execute(text("TRUNCATE report_key CASCADE"))
    alone = [intake.receive(one, actor) for one in calls()]
    assert [(one.fresh, one.report) for one in alone] == [(True, one) for one in in_bulk]


def calls() -> list[NewReport]:
    """The rows as single reports."""
    return [
        NewReport(
            report_id("hotline", row["number"]),
            datetime.fromisoformat(row["captured_at"]),
            None,
            row["description"],
            None if pd.isna(row["lon"]) else Location(row["lon"], row["lat"]),
            row["address"] if isinstance(row["address"], str) else None,
            source="hotline",
            number=row["number"],
        )
        for _, row in CALLS.iterrows()
    ]


def test_a_dry_run_says_how_many_would_be_located(
    importer: Importer, seeker: Seeker, store: Store
) -> None:
    options = ImportOptions(source="hotline", seeker=seeker, dry_run=True)
    summary = importer.frame("reports", CALLS, options, "calls")
    assert (summary.added, summary.located) == (6, 3)
    assert ask(store, "SELECT count(*) FROM report_key") == [(0,)]
    assert ask(store, USED) == []


def test_many_rows_by_two_connections_count_each_place_together(
    importer: Importer, seeker: Seeker, store: Store
) -> None:
    rows = pd.concat([CALLS] * 500, ignore_index=True)
    rows["number"] = [str(number) for number in range(len(rows))]
    assert bring(importer, seeker, rows).located == 1500
    assert ask(store, USED) == [("JL11", 500), ("JL11E", 500), ("JX1", 500)]


def test_what_waits_is_located_once_its_words_are_clear(
    importer: Importer,
    seeker: Seeker,
    store: Store,
    clock: FixedClock,
    actor: Actor,
    settings: Settings,
) -> None:
    bring(importer, None)
    clock.advance(timedelta(hours=1))
    why = Why("the places came later", actor, clock.now())
    by = (Territories(store, None), settings)
    assert locating.locate_clear(store, seeker, why, *by) == (3, 5)
    assert [row[:3] for row in ask(store, HELD)] == [
        ("1", "E", "town:JL11E"),
        ("2", None, None),
        ("3", "A", "town:JX1"),
        ("4", "E", "town:JL11"),
        ("5", "I", None),
        ("6", None, None),
    ]
    assert ask(store, USED) == [("JL11", 1), ("JL11E", 1), ("JX1", 1)]
    with store.begin() as connection:
        report = reports.one(connection, report_id("hotline", "1"))
        last = events.of_report(connection, report.id, report.captured_at)[-1]
    assert (last.kind, last.actor, last.facts["reason"], last.facts["place"]) == (
        *("located", "Li Na", "the places came later", "town:JL11E"),
    )
    assert locating.locate_clear(store, seeker, why, *by) == (0, 2)
