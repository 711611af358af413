"""A file of reports comes in: good rows with their grids, bad ones on a list with the reason."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from sqlalchemy import text

from gridgis.body import body_hash, body_hashes, canonical_json, report_id
from gridgis.errors import (
    StoreFullError,
    StoreUnavailableError,
)
from gridgis.files import Reading
from gridgis.imports import Importer, ImportOptions
from gridgis.imports.undo import undo
from gridgis.model import Location, NewReport
from gridgis.store import staging
from tests.cities import NINE, draw

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.imports import Summary
    from gridgis.store.engine import Store

HEADER = "编号,经度,纬度,上报时间,类别,描述,来电渠道\n"


@pytest.fixture
def importer(store: Store, actor: Actor, clock: FixedClock) -> Importer:
    """Somebody who brings files in, in a town of nine grids."""
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
    return Importer(store, actor, clock)


def bring(importer: Importer, path: Path, rows: str, **options: object) -> Summary:
    path.write_text(HEADER + rows, encoding="utf-8")
    return importer.file("reports", path, ImportOptions(source="hotline", **options))


def ask(store: Store, question: str, **facts: object) -> list[tuple[object, ...]]:
    with store.begin() as connection:
        return [tuple(row) for row in connection.execute(text(question), facts)]


def refused(path: Path) -> list[dict[str, str]]:
    with path.with_name(path.name + ".refused.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_filled_in_file_needs_no_options(
    importer: Importer, store: Store, tmp_path: Path
) -> None:
    summary = bring(
        importer,
        tmp_path / "reports.csv",
        "A1,104.005,30.005,2026-04-30 08:30,road,人行道有坑,电话\n"
        "A2,104.025,30.025,2026年4月30日 9时,road,井盖丢失,微信\n",
    )
    assert (summary.read, summary.added, summary.refused) == (2, 2, 0)
    stored = ask(
        store,
        "SELECT r.number, r.captured_at, r.attributes, v.code, a.rule, r.import_row"
        " FROM report AS r JOIN assignment AS a ON a.report_id = r.id"
        " JOIN area_version AS v USING (edition_id, area_id) ORDER BY r.number",
    )
    half_past = datetime(2026, 4, 30, 0, 30, tzinfo=UTC)
    nine = datetime(2026, 4, 30, 1, 0, tzinfo=UTC)
    assert stored == [
        ("A1", half_past, {"来电渠道": "电话"}, "A", "covers", 2),
        ("A2", nine, {"来电渠道": "微信"}, "I", "covers", 3),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",104.005,30.005,2026-04-30,,,", "number is missing"),
        ("6.2E+14,104.005,30.005,2026-04-30,,,", "format the column as text"),
        ("B,104.005,,2026-04-30,,,", "half a coordinate: lat is missing"),
        ("B,,30.005,2026-04-30,,,", "half a coordinate: lon is missing"),
        ("B,east,30.005,2026-04-30,,,", "lon is 'east', which is no number"),
        ("B,nan,30.005,2026-04-30,,,", "lon is 'nan', which is no number"),
        ("B,inf,30.005,2026-04-30,,,", "lon is 'inf', which is no number"),
        ("B,1e999,30.005,2026-04-30,,,", "no finite number"),
        ("B,30.005,104.005,2026-04-30,,,", "lon and lat look swapped"),
        ("B,204.005,30.005,2026-04-30,,,", "lon 204.005 is not between"),
        ("B,104.005,30.005,,,,", "time is missing"),
        ("B,104.005,30.005,yesterday,,,", "time is 'yesterday', which is no time"),
        ("B,104.005,30.005,04/30/2026 08:00,,,", "write it year first"),
        ("B,104.005,30.005,2026-02-30,,,", "which is no time"),
        ("B,104.005,30.005,0026-02-03,,,", "is not between the years"),
        ("B,104.005,30.005,2026-04-30,,a\x00b,", "a NUL byte at character 2"),
        ("B,104.005,30.005,2026-04-30,," + "x" * 20_001 + ",", "at most 20,000 are kept"),
        ("B,104.005,30.005,2026-04-30,,,,,one,more", "the row has 10 values"),
    ],
)
def test_an_unreadable_row_is_listed_and_the_good_one_goes_in(
    importer: Importer, store: Store, tmp_path: Path, row: str, reason: str
) -> None:
    path = tmp_path / "reports.csv"
    summary = bring(importer, path, f"{row}\nA1,104.005,30.005,2026-04-30 08:30,,,\n")
    assert (summary.read, summary.added, summary.refused) == (2, 1, 1)
    assert summary.refused_file == path.with_name("reports.csv.refused.csv")
    [listed] = refused(path)
    assert listed["row"] == "2"
    assert reason in listed["reason"]
    assert list(listed) == ["row", "reason", *HEADER.strip().split(",")]
    assert ask(store, "SELECT number FROM report") == [("A1",)]


def test_a_report_without_a_place_is_kept_as_such(
    importer: Importer, store: Store, tmp_path: Path
) -> None:
    summary = bring(importer, tmp_path / "r.csv", "A1,,,2026-04-30 08:30,road,,\n")
    assert (summary.added, summary.without_location) == (1, 1)
    assert ask(store, "SELECT rule, area_id, boundary_distance_m FROM assignment") == [
        ("no_location", None, None)
    ]
    assert ask(store, "SELECT area_id FROM holder") == [(None,)]


def test_the_same_file_twice_adds_nothing(importer: Importer, tmp_path: Path) -> None:
    rows = "A1,104.005,30.005,2026-04-30 08:30,road,,\nA2,,,2026-04-30,road,,\n"
    bring(importer, tmp_path / "r.csv", rows)
    again = bring(importer, tmp_path / "r.csv", rows)
    assert (again.read, again.added, again.same, again.refused) == (2, 0, 2, 0)


def test_a_repeated_number_is_the_same_or_refused(
    importer: Importer, store: Store, tmp_path: Path
) -> None:
    first = "A1,104.005,30.005,2026-04-30 08:30,road,hole,\n"
    summary = bring(importer, tmp_path / "r.csv", first * 2 + first.replace("hole", "pit"))
    assert (summary.added, summary.same, summary.refused) == (1, 1, 1)
    [listed] = refused(tmp_path / "r.csv")
    assert listed["row"] == "4"
    assert "is stored already, and its content differs" in listed["reason"]
    # Another source may use the number for another report.
    other = importer.file("reports", tmp_path / "r.csv", ImportOptions(source="patrol"))
    assert (other.added, other.same, other.refused) == (1, 1, 1)
    assert ask(store, "SELECT count(*) FROM report") == [(2,)]


def test_a_dry_run_says_the_same_and_writes_nothing(
    importer: Importer, store: Store, tmp_path: Path
) -> None:
    rows = (
        "A1,104.005,30.005,2026-04-30 08:30,road,hole,\n"
        "A1,104.005,30.005,2026-04-30 08:30,road,pit,\n"
        "A1,104.005,30.005,2026-04-30 08:30,road,hole,\n"
        "A2,104.005,,2026-04-30,road,,\n"
    )
    # Chunks of one row: what an earlier chunk would have added must count.
    reading = Reading(chunk_rows=1)
    dry = bring(importer, tmp_path / "r.csv", rows, dry_run=True, reading=reading)
    for table in ("report_key", "report", "event", "import_run"):
        assert ask(store, f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608 - names above
    wet = bring(importer, tmp_path / "r.csv", rows, reading=reading)
    assert (dry.read, dry.added, dry.same, dry.refused) == (4, 1, 1, 2)
    assert (wet.read, wet.added, wet.same, wet.refused) == (4, 1, 1, 2)


def test_bulk_and_single_reports_have_the_same_body() -> None:
    at = datetime(2026, 4, 30, 8, 30, 0, 123456, tzinfo=UTC)
    single = [
        NewReport(report_id("s", "1"), at, None, "", source="s", number="1"),
        NewReport(
            report_id("s", "2"),
            at,
            "road",
            '坑 "quoted"\n',
            Location(104.1, 30.000000000000004, 15),
            address="x",
            reporter_name="Li",
            reporter_contact="1",
            source="s",
            number="2",
            attributes={"b": [1, 2.5], "a": None},
        ),
    ]
    frame = pd.DataFrame(
        {
            "captured_at": pd.to_datetime([report.captured_at for report in single]),
            "category": [None, "road"],
            "description": ["", '坑 "quoted"\n'],
            "lon": [None, 104.1],
            "lat": [None, 30.000000000000004],
            "accuracy_m": [None, 15.0],
            "address": [None, "x"],
            "reporter_name": [None, "Li"],
            "reporter_contact": [None, "1"],
            "source": "s",
            "number": ["1", "2"],
            "attributes": [canonical_json(report.attributes) for report in single],
        }
    )
    assert body_hashes(frame) == [body_hash(report) for report in single]


def test_the_future_is_flagged_and_receipt_picks_the_edition(
    store: Store, actor: Actor, clock: FixedClock, tmp_path: Path
) -> None:
    """The grid of its time is assigned; responsible is the grid of the day it came in."""
    with store.begin() as connection:
        old = draw(connection, valid="(,2026-05-02 00:00+08)", made_at=clock.now())
        redrawn = NINE.replace("A", "B")
        new = draw(connection, redrawn, valid="[2026-05-02 00:00+08,)", made_at=clock.now())
    importer = Importer(store, actor, clock)
    bring(
        importer,
        tmp_path / "r.csv",
        "A1,104.005,30.005,2026-05-03 00:00,,,\nA2,104.005,30.005,2016-05-03 00:00,,,\n",
    )
    clock.advance(timedelta(days=3))
    bring(
        importer,
        tmp_path / "r.csv",
        "A3,104.005,30.005,2026-05-03 00:00,,,\nA4,104.005,30.005,2016-05-03 00:00,,,\n",
    )
    rows = ask(
        store,
        "SELECT number, flags, edition_id FROM report"
        " JOIN assignment ON report_id = report.id ORDER BY number",
    )
    assert rows == [
        ("A1", ["captured_in_the_future"], old.edition_id),
        ("A2", [], old.edition_id),
        ("A3", [], new.edition_id),
        ("A4", [], old.edition_id),
    ]
    held = ask(store, "SELECT number, area_id FROM report JOIN holder ON report_id = id")
    a, b = old.ids["A"], new.ids["B"]
    assert dict(held) == {"A1": a, "A2": a, "A3": b, "A4": b}


def test_an_undone_import_leaves_nothing_but_its_record(
    importer: Importer, store: Store, tmp_path: Path, actor: Actor, clock: FixedClock
) -> None:
    rows = "A1,104.005,30.005,2026-04-30 08:30,road,,\nA2,,,2016-04-30,road,,\n"
    first = bring(importer, tmp_path / "r.csv", rows)
    bring(importer, tmp_path / "more.csv", "A3,,,2016-04-30,road,,\n")
    assert first.import_id is not None
    assert undo(store, first.import_id, actor, clock) == 2
    for table in ("report_key", "report", "assignment", "holder", "event"):
        assert ask(store, f"SELECT count(*) FROM {table}") == [(1,)]  # noqa: S608 - names above
    assert ask(store, "SELECT undone_by FROM import_run ORDER BY id") == [("Li Na",), (None,)]
    back = bring(importer, tmp_path / "r.csv", rows)
    assert back.added == 2


def test_a_broken_import_goes_on_where_it_stopped(
    importer: Importer, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"A{number},104.005,30.005,2026-04-30,,,\n" for number in range(6))
    chunks = []
    store_tables = staging.store

    def gone(connection: object, tables: object) -> None:
        chunks.append(1)
        if len(chunks) == 3:
            ask(
                store,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> "
                "pg_backend_pid() AND datname = current_database()",
            )
        store_tables(connection, tables)  # type: ignore[arg-type]

    monkeypatch.setattr(staging, "store", gone)
    with pytest.raises(StoreUnavailableError, match=r"4 rows of r\.csv are done and stay; run the"):
        bring(importer, tmp_path / "r.csv", rows, reading=Reading(chunk_rows=2))
    monkeypatch.undo()
    assert ask(store, "SELECT read, added, finished_at FROM import_run") == [(4, 4, None)]
    again = bring(importer, tmp_path / "r.csv", rows, reading=Reading(chunk_rows=2))
    assert (again.added, again.same) == (2, 4)


def test_a_full_disk_says_what_is_in(
    importer: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"A{number},,,2026-04-30,,,\n" for number in range(4))
    full = [None, StoreFullError()]

    def fill(connection: object, tables: object) -> None:
        del connection, tables
        if error := full.pop(0):
            raise error

    monkeypatch.setattr(staging, "store", fill)
    with pytest.raises(StoreFullError, match=r"disk is full; the rest was not written.*2 rows of"):
        bring(importer, tmp_path / "r.csv", rows, reading=Reading(chunk_rows=2))


def test_a_skipped_hour_does_not_exist(importer: Importer, store: Store, tmp_path: Path) -> None:
    summary = bring(
        importer,
        tmp_path / "r.csv",
        "1,,,2014-03-09 02:30,,,\n2,,,2014-11-02 01:30,,,\n3,,,2014-03-09T02:30:00-06:00,,,\n",
        zone=ZoneInfo("America/Chicago"),
    )
    assert summary.refused == 1
    assert "the clocks skip it" in summary.refusals[0].reason
    # The hour that comes twice is the first, summer time.
    assert ask(store, "SELECT captured_at FROM report WHERE number = '2'") == [
        (datetime(2014, 11, 2, 6, 30, tzinfo=UTC),)
    ]
