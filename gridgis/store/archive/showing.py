"""Let a transaction's queries see archived rows.

``archived_report`` and ``archived_event`` are empty tables that queries read beside ``report`` and
``event``. Here a temporary table of the same name takes their place until the transaction ends,
filled from the files, part by part. Until then no month is archived or brought back, so that every
row is seen once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from gridgis.errors import SettingsError
from gridgis.store import locks
from gridgis.store.archive import catalogue, files
from gridgis.store.archive.columns import as_copied
from gridgis.store.copying import copy_table
from gridgis.store.tables import event, report

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from sqlalchemy import Connection

    from gridgis.store.archive.files import ArchivedFile

_SHOW = {
    "report": (
        "DROP TABLE IF EXISTS pg_temp.archived_report;"
        " CREATE TEMPORARY TABLE archived_report (LIKE report INCLUDING DEFAULTS) ON COMMIT DROP"
    ),
    "event": (
        "DROP TABLE IF EXISTS pg_temp.archived_event;"
        " CREATE TEMPORARY TABLE archived_event (LIKE event INCLUDING DEFAULTS) ON COMMIT DROP"
    ),
}
# A file of an earlier version may have columns that are no more.
_COLUMNS = {
    "report": frozenset(report.columns.keys()),
    "event": frozenset(event.columns.keys()),
}
_MEASURE = {"report": "ANALYZE pg_temp.archived_report", "event": "ANALYZE pg_temp.archived_event"}


def folder_of(connection: Connection) -> Path:
    """Return the folder of the archive, which whoever opened the store has said.

    Raises
    ------
    SettingsError
        Nobody has.
    """
    folder: Path | None = connection.get_execution_options().get("archive_folder")
    if folder is None:
        msg = "there are archived months, and the store was opened without an archive folder"
        raise SettingsError(msg)
    return folder


def show_period(
    connection: Connection,
    since: datetime | None,
    before: datetime | None,
    import_id: int | None = None,
) -> None:
    """Show the archived reports of the months that [since, before) touches; None: of all.

    Raises
    ------
    ArchiveFileError
        A file that is needed is missing or damaged.
    """
    locks.share_archive(connection)
    if needed := catalogue.reports_of_period(connection, since, before, import_id):
        show(connection, needed)


def show_events(connection: Connection) -> None:
    """Show the events of all archived months.

    Raises
    ------
    ArchiveFileError
        A file that is needed is missing or damaged.
    """
    locks.share_archive(connection)
    months = {one.month for one in catalogue.archived(connection)}
    files_ = [one for month in sorted(months) for one in catalogue.of_month(connection, month)]
    if needed := [one for one in files_ if one.noun == "event"]:
        show(connection, needed)


def show_report(connection: Connection, report_id: UUID) -> bool:
    """Show a report with its events; False when it is not archived.

    Raises
    ------
    ArchiveFileError
        Its month's file is missing or damaged.
    """
    locks.share_archive(connection)
    key = catalogue.key_of(connection, report_id)
    if key is None:
        return False
    show(connection, catalogue.of_month(connection, key.month), key.captured_at)
    return True


def show(
    connection: Connection, needed: Iterable[ArchivedFile], at: datetime | None = None
) -> None:
    """Show the rows of these files; with `at` only those captured then."""
    folder = folder_of(connection)
    shown: set[str] = set()
    for file in needed:
        if file.noun not in shown:
            connection.execute(text(_SHOW[file.noun]))
            shown.add(file.noun)
        for part in files.parts(folder, file, at):
            known = [name for name in part.schema.names if name in _COLUMNS[file.noun]]
            copy_table(connection, f"archived_{file.noun}", as_copied(part.select(known)))
    for noun in shown:
        connection.execute(text(_MEASURE[noun]))
