"""``gridgis archive`` at the terminal: list, archive, restore, and what is typed wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from gridgis.clock import FixedClock, SystemClock
from gridgis.errors import (
    AlreadyThereError,
    ArchivedError,
    ArchiveFileError,
    GridgisError,
    ReportNotFoundError,
)
from gridgis.settings import Settings
from gridgis.store.engine import Store
from gridgis.store.months import Months
from gridgis_api.cli import archive, imports, reports
from gridgis_api.kinds.hotspots import HOTSPOTS, HotspotsQuery
from gridgis_api.kinds.maker import Maker
from tests.archives import key
from tests.cities import draw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

app = typer.Typer()
for name, room in {"archive": archive, "reports": reports, "imports": imports}.items():
    app.add_typer(room.app, name=name)

ROWS = """number,lon,lat,captured_at,description
1,104.005,30.005,2014-02-28T23:00:00Z,hole
2,104.015,30.015,2014-03-01T00:00:00Z,smell
3,104.025,30.025,2014-03-31T23:59:59Z,light
4,104.015,30.005,2014-05-05T12:00:00Z,dog
"""


@pytest.fixture
def folder(archive_folder: Path) -> Path:
    return archive_folder


@pytest.fixture(autouse=True)
def town(
    database_url: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    """Nine grids, and an import with reports of three months of 2014."""
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDGIS_ARCHIVE_DIR", str(folder))
    monkeypatch.setenv("GRIDGIS_ACTOR", "Li Na")
    store = Store(database_url, archive_folder=folder)
    with store.begin() as connection:
        draw(connection, made_at=SystemClock().now())
    file = tmp_path / "r.csv"
    file.write_text(ROWS, encoding="utf-8")
    said("reports", "import", file, "--source", "hotline")
    yield store
    store.close()


def said(*words: object) -> str:
    """What a command writes, on both channels."""
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_an_administrator_looks_archives_and_brings_back(folder: Path) -> None:
    listed = said("archive", "list")
    assert "2014-02 database 1 1 " in listed
    assert "2014-03 database 2 2 " in listed
    done = said("archive", "month", "2014-03")
    assert "2014-03 is archived: 2 reports, 2 events (0.0 MB in files)" in done
    assert f"the files lie in {folder}; a backup needs them beside the database" in done
    listed = said("archive", "list")
    assert "2014-03 files 2 2 0.0 MB" in listed
    assert "by Li Na" in listed
    assert "2014-02 database 1 1 " in listed
    back = said("archive", "restore", "2014-03")
    assert "2014-03 is in the database again: 2 reports, 2 events" in back
    assert "files" not in said("archive", "list")
    assert len(list(folder.iterdir())) == 2, "kept for older backups"


def test_all_months_before_one_are_archived_in_turn(folder: Path) -> None:
    dry = said("archive", "month", "--before", "2014-05", "--dry-run")
    assert dry == "would archive 2014-02: 1 reports, 1 events " + (
        "would archive 2014-03: 2 reports, 2 events"
    )
    assert not folder.exists()
    done = said("archive", "month", "--before", "2014-05")
    assert "2014-02 is archived" in done
    assert "2014-03 is archived" in done
    assert "2014-05 database 1 1 " in said("archive", "list")
    assert said("archive", "month", "--before", "2014-05") == "there is nothing to archive"
    assert "2014-05 is archived" in said("archive", "month", "--before", "2015-01")
    with pytest.raises(GridgisError, match="2014-04 is not archived"):
        said("archive", "restore", "2014-02", "2014-04")
    assert "2014-02 files" in said("archive", "list"), "all of them, or none"
    months = ("2014-02", "2014-03", "2014-02")
    assert said("archive", "restore", *months).count("in the database again") == 2


def test_an_export_is_the_same_file_after_the_months_were_archived(tmp_path: Path) -> None:
    files = [tmp_path / "before.csv", tmp_path / "after.csv"]
    said("reports", "export", "-o", files[0], "--from", "2014-01-01", "--to", "2014-04-10")
    said("archive", "month", "--before", "2015-01")
    said("reports", "export", "-o", files[1], "--from", "2014-01-01", "--to", "2014-04-10")
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].read_bytes().count(b"covers") == 3


def test_a_map_of_hotspots_is_the_same_page_after_the_months_were_archived(town: Store) -> None:
    clock = FixedClock(datetime(2026, 5, 1, tzinfo=UTC))

    def page() -> str:
        with town.begin() as connection:
            maker = Maker(connection, clock, Settings(timezone="UTC"))
            return HOTSPOTS.page(maker, HotspotsQuery(lang="en")).html

    before = page()
    said("archive", "month", "--before", "2015-01")
    assert page() == before
    said("archive", "restore", "2014-03")
    assert page() == before


def test_late_reports_are_listed_beside_the_files(tmp_path: Path) -> None:
    said("archive", "month", "2014-03")
    late = tmp_path / "late.csv"
    late.write_text("number,captured_at\n9,2014-03-05T00:00:00Z\n", encoding="utf-8")
    assert "1 added" in said("reports", "import", late, "--source", "hotline")
    listed = said("archive", "list")
    assert "2014-03 database 1 1 " in listed
    assert "2014-03 files 2 2 " in listed
    with pytest.raises(AlreadyThereError, match="1 reports came later"):
        said("archive", "month", "2014-03")
    done = said("archive", "month", "--before", "2014-04")
    assert "2014-03 is archived already; 1 later reports stay in the database" in done
    assert "2014-02 is archived" in done


def test_an_archived_report_is_not_changed_by_its_number_or_its_id() -> None:
    said("archive", "month", "2014-03")
    why = ("--reason", "a mistake")
    for name in ("2", key("2")):
        with pytest.raises(ArchivedError, match="`gridgis archive restore 2014-03`"):
            said("reports", "retire", name, *why)
    with pytest.raises(ArchivedError, match="import 1 are of 2014-03"):
        said("imports", "undo", 1)
    with pytest.raises(ReportNotFoundError, match="'77'"):
        said("reports", "retire", "77", *why)
    said("archive", "restore", "2014-03")
    assert "is out of use" in said("reports", "retire", "2", *why)


def test_a_missing_file_is_seen_in_the_list_and_named(folder: Path, tmp_path: Path) -> None:
    said("archive", "month", "2014-03")
    (file,) = folder.glob("report-*")
    file.rename(tmp_path / "elsewhere")
    assert f"2014-03 missing: {file.name} 2 2 " in said("archive", "list")
    with pytest.raises(ArchiveFileError, match=f"{file.name}.*is missing"):
        said("archive", "restore", "2014-03")
    (tmp_path / "elsewhere").rename(file)
    assert "in the database again" in said("archive", "restore", "2014-03")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["month"], "say which months: 2014-03, or --before 2015-01"),
        (["month", "March"], "'March' is no month; write it like 2014-03"),
        (["month", "2014-13"], "'2014-13' is no month"),
        (["month", "1970-01"], "only months of the years 1990 to 2099"),
        (["month", "2013-01"], "there are no reports of 2013-01"),
        (["month", "2014-02", "2014-04"], "there are no reports of 2014-04"),
        (["month", "2098-01"], "2098-01 is not over"),
        (["month", "--before", "2098-01"], "is still running"),
        (["month", "--before", "soon"], "'soon' is no month"),
        (["restore", "2014-02"], "2014-02 is not archived; `gridgis archive list`"),
        (["restore", "2014-2"], "'2014-2' is no month"),
    ],
)
def test_a_wrong_word_gets_one_sentence_and_nothing_moves(
    folder: Path, words: list[str], sentence: str
) -> None:
    before = said("archive", "list")
    with pytest.raises(GridgisError, match=sentence):
        said("archive", *words)
    assert said("archive", "list") == before
    assert not folder.exists()


def test_the_running_month_stays(town: Store, tmp_path: Path) -> None:
    now = SystemClock().now()
    Months(town).make([now])
    file = tmp_path / "now.csv"
    file.write_text(f"number,captured_at\n9,{now.isoformat()}\n", encoding="utf-8")
    said("reports", "import", file)
    with pytest.raises(GridgisError, match=f"{now:%Y-%m} is not over"):
        said("archive", "month", f"{now:%Y-%m}")
    assert "database" in said("archive", "list")


def test_without_anything_to_restore_the_command_says_what_it_wants() -> None:
    result = CliRunner().invoke(app, ["archive", "restore"])
    assert result.exit_code == 2
    assert "Missing argument 'MONTH...'" in result.output
