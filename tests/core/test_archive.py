"""Old months leave the database for files, are answered all the same, and come back bit for bit."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import geopandas as gpd
import pandas as pd
import pytest
from pyarrow import parquet
from sqlalchemy import text

from gridgis import corrections, frames
from gridgis.errors import (
    AlreadyThereError,
    ReportBodyDiffersError,
)
from gridgis.exports import WhichReports
from gridgis.imports import Importer, ImportOptions
from gridgis.intake import Intake
from gridgis.locate.territories import Territories
from gridgis.model import Location, NewReport
from gridgis.store.archive import showing
from gridgis.store.months import Months
from gridgis.store.reading import Which
from tests.archives import (
    APRIL,
    FEBRUARY,
    MARCH,
    MAY,
    ask,
    exported,
    figures,
    key,
    numbers,
    partitions,
    stored,
)
from tests.voids import void

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.archive import Archive
    from gridgis.clock import FixedClock
    from gridgis.settings import Settings
    from gridgis.store.engine import Store


pytestmark = [pytest.mark.usefixtures("three_months")]


def test_a_month_leaves_and_comes_back_bit_for_bit(
    store: Store, archive: Archive, archive_folder: Path
) -> None:
    before = stored(store)
    files = archive.put_away(MARCH)
    assert [(file.noun, file.row_count) for file in files] == [("report", 5), ("event", 8)]
    assert numbers(store) == ["1", "7"]
    assert partitions(store) == [
        *("event_2026_02", "event_2026_04", "report_2026_02", "report_2026_04")
    ]
    away = stored(store)
    unmoved = ("report_key", "assignment", "holder", "import_run")
    assert {name: away[name] for name in unmoved} == {name: before[name] for name in unmoved}
    assert sorted(path.name for path in archive_folder.iterdir()) == sorted(
        file.name for file in files
    )
    assert archive_folder.stat().st_mode & 0o777 == 0o700, "names of reporters are in the files"
    archive.bring_back(MARCH)
    assert stored(store) == before
    assert archive.listing()[1] == []
    assert archive.put_away(MARCH) == files, "the same rows are the same files"


def test_the_files_are_typed_and_open_elsewhere(archive: Archive, archive_folder: Path) -> None:
    reports_file, events_file = (archive_folder / file.name for file in archive.put_away(MARCH))
    read = parquet.ParquetFile(reports_file)
    types = {field.name: str(field.type) for field in read.schema_arrow}
    assert types["captured_at"] == "timestamp[us, tz=UTC]"
    assert types["accuracy_m"] == "double"
    assert types["import_row"] == "int64"
    assert types["flags"].startswith("list<")
    assert read.metadata.row_group(0).column(0).compression == "ZSTD"
    shapes = gpd.read_parquet(reports_file)
    assert shapes.crs.equals("OGC:CRS84")
    assert shapes.set_index("number").geometry["2"].x == 104.0123456789012
    assert pd.read_parquet(events_file)["kind"].value_counts().to_dict() == {
        "reported": 5,
        **dict.fromkeys(["corrected", "repinned", "voided"], 1),
    }


@pytest.mark.parametrize(
    "which",
    [
        WhichReports(),
        WhichReports(import_id=1),
        WhichReports(area="B"),
        WhichReports(since=datetime(2026, 3, 1, tzinfo=UTC)),
        WhichReports(before=datetime(2026, 3, 5, 2, tzinfo=UTC)),
    ],
    ids=["all", "import", "area", "since", "before"],
)
def test_an_export_is_the_same_after_a_month_was_archived(
    store: Store, archive: Archive, tmp_path: Path, settings: Settings, which: WhichReports
) -> None:
    before = exported(store, tmp_path / "before.csv", which, settings)
    for month in (MARCH, FEBRUARY):
        archive.put_away(month)
    assert exported(store, tmp_path / "after.csv", which, settings) == before
    assert before.count(b"\r\n") > 1


def test_figures_are_the_same_after_a_month_was_archived(
    store: Store, archive: Archive, clock: FixedClock
) -> None:
    before = figures(store, clock)
    assert len(before) == 6, "the retired one is left out"
    archive.put_away(MARCH)
    pd.testing.assert_frame_equal(figures(store, clock), before)


def test_figures_may_be_asked_twice_in_one_transaction(
    store: Store, archive: Archive, clock: FixedClock
) -> None:
    archive.put_away(MARCH)
    which = Which(layer="base", at=clock.now())
    with store.begin() as connection:
        first = frames.reports(connection, which)
        pd.testing.assert_frame_equal(frames.reports(connection, which), first)


def test_files_of_an_older_version_lack_a_column_and_are_read_and_brought_back(
    store: Store, archive: Archive, archive_folder: Path
) -> None:
    with store.begin() as connection:
        connection.execute(text("UPDATE report SET located = NULL"))
    before = stored(store)
    (file, _) = archive.put_away(MARCH)
    path = archive_folder / file.name
    parquet.write_table(parquet.read_table(path).drop_columns(["located"]), path)
    with store.begin() as connection:
        connection.execute(
            text("UPDATE archived_file SET sha256 = :sha256 WHERE noun = 'report'"),
            {"sha256": hashlib.sha256(path.read_bytes()).digest()},
        )
    with store.begin() as connection:
        assert corrections.report_file(connection, key("3")).report.located is None
    archive.bring_back(MARCH)
    assert stored(store) == before


def test_an_archived_report_is_read_from_its_file(store: Store, archive: Archive) -> None:
    with store.begin() as connection:
        before = [corrections.report_file(connection, key(number)) for number in "2346"]
    archive.put_away(MARCH)
    with store.begin() as connection:
        assert [corrections.report_file(connection, key(number)) for number in "2346"] == before


def test_the_same_report_again_is_known_while_it_is_archived(
    store: Store, archive: Archive, intake: Intake, actor: Actor
) -> None:
    at = datetime(2026, 3, 9, tzinfo=UTC)
    new = NewReport(UUID(int=9), at, "road", "a hole", Location(104.005, 30.005))
    first = intake.receive(new, actor)
    archive.put_away(MARCH)
    again = intake.receive(new, actor)
    assert not again.fresh
    assert (again.report, again.assignments) == (first.report, first.assignments)
    with pytest.raises(ReportBodyDiffersError):
        intake.receive(NewReport(UUID(int=9), at, "road", "another"), actor)
    assert numbers(store) == ["1", "7"]


def test_an_archived_import_adds_nothing_again(
    store: Store, archive: Archive, actor: Actor, clock: FixedClock, tmp_path: Path,
    settings: Settings,
) -> None:  # fmt: skip
    exported(store, tmp_path / "r.parquet", WhichReports(import_id=1), settings)
    archive.put_away(FEBRUARY)
    importer = Importer(store, actor, clock)
    again = importer.file("reports", tmp_path / "r.parquet", ImportOptions(source="hotline"))
    assert (again.read, again.added) == (7, 0)


def test_a_late_report_of_an_archived_month_is_taken_and_joins_the_rest(
    store: Store, archive: Archive, intake: Intake, settings: Settings, tmp_path: Path
) -> None:
    """`intake` has made March before it was archived, another process has not."""
    actor, clock = archive.actor, archive.clock
    at = datetime(2026, 3, 6, tzinfo=UTC)
    intake.receive(NewReport(UUID(int=1), at, "road", "in time"), actor)
    files = archive.put_away(MARCH)
    intake.receive(NewReport(UUID(int=2), at, "road", "late"), actor)
    assert ask(store, "SELECT description FROM report_default") == [("late",)]
    another = Intake(store, Territories(store, None), Months(store), clock, settings)
    another.receive(NewReport(UUID(int=3), at, "road", "later"), actor)
    late = ask(store, "SELECT description FROM report_2026_03 ORDER BY 1")
    assert late == [("late",), ("later",)]

    out = exported(store, tmp_path / "r.csv", WhichReports(since=at), settings).decode("utf-8-sig")
    assert [out.count(f",{text},") for text in ("in time", "late", "later")] == [1, 1, 1]
    with store.begin() as connection:
        why = corrections.Why("seen again", actor, clock.now())
        void(connection, UUID(int=3), why)
    with pytest.raises(AlreadyThereError, match=r"2 reports came later.*restore 2026-03"):
        archive.put_away(MARCH)
    choice = archive.choose([], MAY)
    assert [month.month for month in choice.left] == [MARCH]
    assert [month.month for month in choice.months] == [FEBRUARY, APRIL]

    archive.bring_back(MARCH)
    assert (
        exported(store, tmp_path / "r2.csv", WhichReports(since=at), settings)
        .decode("utf-8-sig")
        .count(",in time,")
        == 1
    )
    again = archive.put_away(MARCH)
    assert again[0].row_count == files[0].row_count + 2


def test_what_waits_in_the_default_partition_is_archived_with_its_month(
    store: Store, archive: Archive
) -> None:
    with store.begin() as connection:
        for noun in ("report", "event"):
            connection.execute(text(f"ALTER TABLE {noun} DETACH PARTITION {noun}_2026_03"))
            connection.execute(text(f"INSERT INTO {noun} SELECT * FROM {noun}_2026_03"))  # noqa: S608
            connection.execute(text(f"DROP TABLE {noun}_2026_03"))
    before = stored(store)
    listed = archive.listing()[0]
    assert [(month.month, month.reports) for month in listed][1] == (MARCH, 5)
    archive.put_away(MARCH)
    assert ask(store, "SELECT FROM report_default") == []
    archive.bring_back(MARCH)
    assert stored(store) == before


@pytest.mark.parametrize("moment", ["let_go", "drop_month"])
def test_a_crash_loses_nothing_and_the_command_runs_again(
    store: Store, archive: Archive, archive_folder: Path, moment: str
) -> None:
    """The process is gone after the files were written, or after the partition was dropped."""
    before = stored(store)
    dies = (
        "moving.let_go = lambda *_: os._exit(9)"
        if moment == "let_go"
        else "real = moving.run\n"
        "moving.run = lambda c, name, facts:"
        " (real(c, name, facts), name == 'drop_month' and os._exit(9))[0]"
    )
    program = (
        "import os, sys\nfrom gridgis.store.archive import moving\n"
        f"{dies}\nsys.argv = ['gridgis', 'archive', 'month', '2026-03']\n"
        "from gridgis_api.cli.root import main\nmain()"
    )
    environment = {
        **os.environ, "GRIDGIS_DATABASE_URL": store.url, "GRIDGIS_ARCHIVE_DIR": str(archive_folder)
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 9, done.stderr
    assert len(list(archive_folder.glob("*.parquet"))) == 2
    assert stored(store) == before
    assert archive.listing()[1] == []
    archive.put_away(MARCH)
    archive.bring_back(MARCH)
    assert stored(store) == before


@pytest.mark.parametrize("moved", ["away", "back"])
def test_whoever_reads_while_a_month_is_moved_sees_every_report_once(
    store: Store, archive: Archive, clock: FixedClock, moved: str
) -> None:
    """They have looked which months are archived: until they are done, no month is moved."""
    before = figures(store, clock)
    move = archive.put_away
    if moved == "back":
        archive.put_away(MARCH)
        move = archive.bring_back
    going = threading.Thread(target=move, args=[MARCH])
    with store.begin() as connection:
        showing.show_period(connection, None, None)
        going.start()
        while ask(store, "SELECT count(*) FROM pg_locks WHERE NOT granted") == [(0,)]:
            assert going.is_alive(), f"it was moved {moved} under a reader's eyes"
        during = frames.reports(connection, Which(layer="base", at=clock.now()))
    going.join()
    pd.testing.assert_frame_equal(during, before)
    pd.testing.assert_frame_equal(figures(store, clock), before)
    assert len(numbers(store)) == (2 if moved == "away" else 7)
