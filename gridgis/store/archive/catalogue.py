"""Which months lie in which files, and which in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, insert, select

from gridgis.errors import MonthNotFoundError
from gridgis.store.archive.files import ArchivedFile
from gridgis.store.queries import run
from gridgis.store.tables import archived_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy import Connection

COUNTED_ROWS = 100_000
"""Up to so many rows a month's are counted; of more, the planner's estimate is told."""


class StoredMonth(NamedTuple):
    """A month in the database; `estimated`: too large to be counted for a list."""

    month: date
    reports: int
    events: int
    size_bytes: int
    estimated: bool


class ArchivedMonth(NamedTuple):
    """A month in files."""

    month: date
    files: list[ArchivedFile]
    archived_at: datetime
    archived_by: str


class ArchivedKey(NamedTuple):
    """Of which archived month a report is, and when it was captured."""

    month: date
    captured_at: datetime


_FILE = [archived_file.c[name] for name in ArchivedFile._fields]


def stored(connection: Connection) -> list[StoredMonth]:
    """Return the months that have rows in the database, oldest first."""
    rows = run(connection, "months_stored", {"counted": COUNTED_ROWS})
    return [StoredMonth._make(row) for row in rows]


def archived(connection: Connection) -> list[ArchivedMonth]:
    """Return the months that lie in files, oldest first."""
    rows = connection.execute(
        select(*_FILE, archived_file.c.archived_at, archived_file.c.archived_by).order_by(
            archived_file.c.month, archived_file.c.noun.desc()
        )
    )
    months: dict[date, ArchivedMonth] = {}
    for row in rows:
        known = ArchivedMonth(row.month, [], row.archived_at, row.archived_by)
        months.setdefault(row.month, known).files.append(_file(row))
    return list(months.values())


def of_month(connection: Connection, month: date) -> list[ArchivedFile]:
    """Return the files of an archived month, the reports' first.

    Raises
    ------
    MonthNotFoundError
        It is not archived.
    """
    rows = connection.execute(
        select(*_FILE).where(archived_file.c.month == month).order_by(archived_file.c.noun.desc())
    ).all()
    if not rows:
        msg = f"{month:%Y-%m} is not archived; `gridgis archive list` shows the months that are"
        raise MonthNotFoundError(msg)
    return [_file(row) for row in rows]


def reports_of_period(
    connection: Connection, since: datetime | None, before: datetime | None, import_id: int | None
) -> list[ArchivedFile]:
    """Return the files with reports captured in [since, before), of one import; None: of all."""
    facts = {"since": since, "before": before, "import_id": import_id}
    return [_file(row) for row in run(connection, "archived_in_period", facts)]


def key_of(connection: Connection, report_id: UUID) -> ArchivedKey | None:
    """Return in which archived month a report lies; None when it is in none."""
    row = run(connection, "archived_report_key", {"report_id": report_id}).one_or_none()
    return None if row is None else ArchivedKey._make(row)


def add(connection: Connection, files: Sequence[ArchivedFile], by: str, at: datetime) -> None:
    """Say that a month lies in these files from now on."""
    connection.execute(
        insert(archived_file),
        [{**file._asdict(), "archived_at": at, "archived_by": by} for file in files],
    )


def remove(connection: Connection, month: date) -> None:
    """Say that a month lies in the database again."""
    connection.execute(delete(archived_file).where(archived_file.c.month == month))


def _file(row: Any) -> ArchivedFile:  # noqa: ANN401 - a row of the query
    known = ArchivedFile._make(row[: len(_FILE)])
    return known._replace(sha256=bytes(known.sha256))
