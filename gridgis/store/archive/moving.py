"""Take a month out of the database into files, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import insert, select, text

from gridgis.errors import ArchiveFileError, ConflictError
from gridgis.store import locks
from gridgis.store.archive import catalogue, columns, files, showing
from gridgis.store.months import span_of
from gridgis.store.queries import run
from gridgis.store.tables import archived_event, archived_report, event, report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from sqlalchemy import Connection, Table

    from gridgis.store.archive.files import ArchivedFile

_TABLES = {"report": (report, archived_report), "event": (event, archived_event)}


class Fingerprint(NamedTuple):
    """How many rows a noun has in a month, and a sum that any write to them changes."""

    noun: str
    row_count: int
    versions: int | None


class WrittenMonth(NamedTuple):
    """A month that was written to files and read back, and how the database looked then."""

    month: date
    files: list[ArchivedFile]
    fingerprints: list[Fingerprint]


def write_out(connection: Connection, month: date) -> WrittenMonth:
    """Write a month to files and have the database compare what they give back; nothing changes.

    Must be the first in its transaction: it fixes what the transaction sees.

    Raises
    ------
    ArchiveFileError
        The files cannot be written, or what they give back is not the same.
    """
    connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    folder = showing.folder_of(connection)
    written = [
        files.write(folder, month, noun, columns.schema_of(table), _parts(connection, table, month))
        for noun, (table, _) in _TABLES.items()
    ]
    showing.show(connection, written)
    for file in written:
        _require_same(connection, file)
    return WrittenMonth(month, written, _fingerprints(connection, month))


def let_go(connection: Connection, written: WrittenMonth, by: str, at: datetime) -> None:
    """Take a month that was written to files out of the database.

    Nobody reads or writes reports meanwhile, for as long as it takes to look whether the month is
    as it was written.

    Raises
    ------
    ConflictError
        Somebody wrote to the month since.
    StoreBusyError
        Others read or write reports all the time.
    """

    def drop() -> None:
        locks.lock_archive(connection)
        locks.lock_reports(connection)
        if _fingerprints(connection, written.month) != written.fingerprints:
            msg = (
                f"somebody wrote to {written.month:%Y-%m} while it was archived, so it stays in "
                "the database; archive it again"
            )
            raise ConflictError(msg)
        run(connection, "drop_month", {"month": written.month})

    locks.patiently(connection, drop)
    catalogue.add(connection, written.files, by, at)


def bring_back(connection: Connection, month: date) -> list[ArchivedFile]:
    """Put an archived month's rows beside what came later; its partitions must be there.

    Raises
    ------
    MonthNotFoundError
        It is not archived.
    ArchiveFileError
        A file is missing or damaged.
    StoreBusyError
        Others read the archive all the time.
    """
    known = catalogue.of_month(connection, month)
    showing.show(connection, known)
    for file in known:
        table, twin = _TABLES[file.noun]
        names = [column.name for column in table.columns]
        added = connection.execute(insert(table).from_select(names, select(twin))).rowcount
        _require_count(file, added)
    # Last, since those who are reading the files are waited for.
    locks.patiently(connection, lambda: locks.lock_archive(connection))
    catalogue.remove(connection, month)
    return known


def _parts(connection: Connection, table: Table, month: date) -> Iterator[object]:
    schema = columns.schema_of(table)
    since, before = span_of(month)
    rows = connection.execute(
        select(*columns.selected(table))
        .where(table.c.captured_at >= since, table.c.captured_at < before)
        .order_by(table.c.captured_at, table.c.id),
        execution_options={"stream_results": True, "max_row_buffer": files.BATCH_ROWS},
    )
    for part in rows.partitions(files.BATCH_ROWS):
        yield columns.part_of(part, schema)


def _fingerprints(connection: Connection, month: date) -> list[Fingerprint]:
    since, before = span_of(month)
    rows = run(connection, "month_fingerprint", {"since": since, "before": before})
    return [Fingerprint._make(row) for row in rows]


def _require_same(connection: Connection, file: ArchivedFile) -> None:
    """Compare what was read back with what is stored, bit by bit, as PostgreSQL writes it."""
    since, before = span_of(file.month)
    facts = {"since": since, "before": before}
    same = (
        run(connection, "count_same_reports", facts)
        if file.noun == "report"
        else run(connection, "count_same_events", facts)
    ).one()
    if not same.same_count == same.stored_count == file.row_count:
        msg = (
            f"{same.stored_count - same.same_count:,} of {same.stored_count:,} rows came back "
            f"otherwise from {file.name}, {file.said}; the month stays in the database"
        )
        raise ArchiveFileError(msg)


def _require_count(file: ArchivedFile, added: int) -> None:
    if added != file.row_count:
        msg = f"{file.name}, {file.said}, has {added:,} rows instead of {file.row_count:,}"
        raise ArchiveFileError(msg)
