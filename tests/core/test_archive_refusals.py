"""What is damaged, busy, changed or wrong about archived months is said, and nothing is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sqlalchemy import text

from gridgis import corrections
from gridgis.archive import Archive, read_month
from gridgis.cases import commands as c
from gridgis.cases.rulings import Rulings
from gridgis.cases.workflow import Workflow
from gridgis.errors import (
    AlreadyThereError,
    ArchivedError,
    ArchiveFileError,
    ConflictError,
    InUseError,
    InvalidInputError,
    MonthNotFoundError,
    SettingsError,
    StoreBusyError,
)
from gridgis.exports import WhichReports
from gridgis.imports.undo import undo
from gridgis.locate.territories import Territories
from gridgis.store import locks, removal, reports
from gridgis.store.archive import moving, showing
from gridgis.store.engine import Store
from tests.archives import (
    APRIL,
    FEBRUARY,
    MARCH,
    MAY,
    exported,
    figures,
    key,
    partitions,
    stored,
)
from tests.voids import void

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.settings import Settings


pytestmark = [pytest.mark.usefixtures("three_months")]


def flip(path: Path, place: int) -> None:
    """Change one bit of a file."""
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def test_a_file_is_read_only_by_those_who_ask_for_its_month(
    store: Store, archive: Archive, clock: FixedClock, archive_folder: Path
) -> None:
    april = datetime(2026, 4, 1, tzinfo=UTC)
    before = figures(store, clock, since=april)
    (file, _) = archive.put_away(MARCH)
    (archive_folder / file.name).unlink()
    pd.testing.assert_frame_equal(figures(store, clock, since=april), before)
    assert len(figures(store, clock, before=datetime(2026, 3, 1, tzinfo=UTC))) == 1
    with pytest.raises(ArchiveFileError, match="2026-03"):
        figures(store, clock, since=datetime(2026, 3, 31, tzinfo=UTC))


def test_a_month_that_changes_while_it_is_written_stays(
    store: Store, archive: Archive, actor: Actor, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_out = moving.write_out

    def slow(connection: object, month: date) -> moving.WrittenMonth:
        written = write_out(connection, month)
        with store.begin() as another:
            void(another, key("3"), corrections.Why("twice", actor, clock.now()))
        return written

    monkeypatch.setattr(moving, "write_out", slow)
    with pytest.raises(ConflictError, match="wrote to 2026-03 while it was archived"):
        archive.put_away(MARCH)
    monkeypatch.undo()
    before = stored(store)
    assert len(before["report"]) == 7
    archive.put_away(MARCH)
    archive.bring_back(MARCH)
    assert stored(store) == before


def test_a_file_that_does_not_give_back_the_same_bits_is_not_trusted(
    store: Store, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_copied = showing.as_copied

    def rounded(part: object) -> object:
        copied = as_copied(part)
        names = copied.schema.names
        if "accuracy_m" not in names:
            return copied
        place = names.index("accuracy_m")
        metres = [None if m is None else round(m, 3) for m in copied["accuracy_m"].to_pylist()]
        return copied.set_column(place, "accuracy_m", [metres])

    monkeypatch.setattr(showing, "as_copied", rounded)
    before = stored(store)
    with pytest.raises(ArchiveFileError, match="1 of 5 rows came back otherwise"):
        archive.put_away(MARCH)
    assert stored(store) == before


def test_an_archive_that_never_gets_its_turn_says_so(
    store: Store, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored(store)
    monkeypatch.setattr(locks, "PATIENCE", 1)
    with store.begin() as reader:
        reader.execute(text("SELECT count(*) FROM report"))
        with pytest.raises(StoreBusyError, match="all the time"):
            archive.put_away(MARCH)
    assert stored(store) == before


@pytest.mark.parametrize("harm", ["cut", "flip", "missing", "other"])
def test_a_damaged_file_is_named_and_breaks_nothing_else(
    store: Store, archive: Archive, archive_folder: Path, settings: Settings, tmp_path: Path,
    harm: str,
) -> None:  # fmt: skip
    (file, events) = archive.put_away(MARCH)
    path = archive_folder / file.name
    if harm == "cut":
        path.write_bytes(path.read_bytes()[:-10])
    elif harm == "flip":
        flip(path, path.stat().st_size // 2)
    elif harm == "missing":
        path.unlink()
    else:
        path.write_bytes((archive_folder / events.name).read_bytes())
    away = stored(store)
    sentence = f"{file.name}, the file of the reports of 2026-03, is .*put it back from a backup"
    with pytest.raises(ArchiveFileError, match=sentence):
        exported(store, tmp_path / "r.csv", WhichReports(), settings)
    assert not (tmp_path / "r.csv").exists(), "nothing half-written"
    with pytest.raises(ArchiveFileError, match=sentence):
        figures(store, archive.clock)
    with pytest.raises(ArchiveFileError, match=sentence), store.begin() as connection:
        reports.one(connection, key("2"))
    with pytest.raises(ArchiveFileError, match=sentence):
        archive.bring_back(MARCH)
    assert stored(store) == away
    april = WhichReports(since=datetime(2026, 4, 1, tzinfo=UTC))
    assert exported(store, tmp_path / "r.csv", april, settings).count(b"\r\n") == 2
    with store.begin() as connection:
        assert reports.one(connection, key("7")).number == "7"


def test_a_folder_that_cannot_be_written_to_is_named(
    database_url: str, store: Store, actor: Actor, clock: FixedClock, tmp_path: Path
) -> None:
    before = stored(store)
    (tmp_path / "file").touch()
    closed = Store(database_url, archive_folder=tmp_path / "file" / "archive")
    with pytest.raises(ArchiveFileError, match=r"file/archive cannot be written to .* stays in"):
        Archive(closed, actor, clock).put_away(MARCH)
    closed.close()
    assert stored(store) == before


def test_whoever_opens_the_store_without_a_folder_is_told(
    database_url: str, archive: Archive, clock: FixedClock
) -> None:
    archive.put_away(MARCH)
    bare = Store(database_url)
    with pytest.raises(SettingsError, match="without an archive folder"):
        figures(bare, clock)
    assert len(figures(bare, clock, since=datetime(2026, 4, 1, tzinfo=UTC))) == 1
    bare.close()


def test_an_archived_report_is_not_changed(
    store: Store, archive: Archive, actor: Actor, clock: FixedClock, settings: Settings
) -> None:
    archive.put_away(MARCH)
    away = stored(store)
    why = corrections.Why("a mistake", actor, clock.now())
    by = (why, Territories(store, None), settings)
    changes = [
        lambda c: corrections.correct(c, key("2"), {"description": "x"}, *by),
        lambda c: corrections.repin(c, key("2"), None, *by),
        lambda c: void(c, key("2"), why),
    ]
    for change in changes:
        with (
            pytest.raises(ArchivedError, match="`gridgis archive restore 2026-03`") as refused,
            store.begin() as connection,
        ):
            change(connection)
        assert refused.value.months == ["2026-03"]
    assert stored(store) == away
    archive.bring_back(MARCH)
    with store.begin() as connection:
        void(connection, key("2"), why)


def test_an_import_with_archived_reports_is_not_undone(
    store: Store, archive: Archive, actor: Actor, clock: FixedClock
) -> None:
    archive.put_away(MARCH)
    archive.put_away(FEBRUARY)
    away = stored(store)
    with pytest.raises(ArchivedError, match="restore 2026-02 2026-03"):
        undo(store, 1, actor, clock, with_corrections=True)
    assert stored(store) == away
    archive.bring_back(MARCH)
    archive.bring_back(FEBRUARY)
    assert undo(store, 1, actor, clock, with_corrections=True) == 7


def test_a_source_with_archived_reports_is_not_taken_out(store: Store, archive: Archive) -> None:
    archive.put_away(MARCH)
    away = stored(store)
    with pytest.raises(ArchivedError, match="restore 2026-03"), store.begin() as connection:
        removal.remove_source(connection, "hotline", with_reports=True)
    assert stored(store) == away
    archive.bring_back(MARCH)
    with store.begin() as connection:
        assert removal.remove_source(connection, "hotline", with_reports=True).reports == 7


def test_a_month_that_is_not_over_stays(archive: Archive, clock: FixedClock) -> None:
    for month in (MAY, date(2026, 6, 1)):
        with pytest.raises(InvalidInputError, match=r"is not over; only months before 2026-05"):
            archive.put_away(month)
    clock.at = datetime(2026, 4, 30, 23, 59, 59, tzinfo=UTC)
    with pytest.raises(InvalidInputError, match="only months before 2026-04"):
        archive.put_away(APRIL)
    with pytest.raises(InvalidInputError, match="2026-04 is still running"):
        archive.choose([], MAY)
    clock.at = datetime(2026, 5, 1, tzinfo=UTC)
    assert archive.put_away(APRIL)[0].row_count == 1


def test_what_is_not_there_is_said(store: Store, archive: Archive) -> None:
    with pytest.raises(MonthNotFoundError, match="no reports of 2025-12"):
        archive.put_away(date(2025, 12, 1))
    assert "report_2025_12" not in partitions(store)
    with pytest.raises(MonthNotFoundError, match="2026-03 is not archived"):
        archive.bring_back(MARCH)
    archive.put_away(MARCH)
    with pytest.raises(AlreadyThereError, match="2026-03 is archived already"):
        archive.put_away(MARCH)
    with pytest.raises(InvalidInputError, match="say which months"):
        archive.choose([], None)


@pytest.mark.parametrize(
    "said", ["2026", "2026-13", "2026-3", "March", "2026-03-01", "２０２６-03"]
)
def test_a_month_is_written_one_way(said: str) -> None:
    with pytest.raises(InvalidInputError, match="write it like 2014-03"):
        read_month(said)


@pytest.mark.parametrize("said", ["1989-12", "2100-01"])
def test_months_of_other_years_have_no_partition(said: str) -> None:
    with pytest.raises(InvalidInputError, match="1990 to 2099"):
        read_month(said)


def test_a_month_whose_cases_are_not_at_their_end_stays(
    archive: Archive, store: Store, clock: FixedClock, actor: Actor, settings: Settings
) -> None:
    workflow = Workflow(store, Rulings(settings), clock)
    workflow.change(key("3"), c.File(), actor)
    with pytest.raises(InUseError, match="1 cases of 2026-03 are not at their end"):
        archive.put_away(MARCH)
    workflow.change(key("3"), c.Reject(reason="none of ours"), actor)
    assert archive.put_away(MARCH)
