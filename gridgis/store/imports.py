"""Who brought what in, and how many rows came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import insert, select, update

from gridgis.errors import ImportNotFoundError
from gridgis.store.tables import edition, import_run

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


class Counts(NamedTuple):
    """Rows: read from the file, added (or updated), the same as stored ones, refused."""

    read: int = 0
    added: int = 0
    same: int = 0
    refused: int = 0


class NewRun(NamedTuple):
    """An import that begins: of which noun, from which source and file, by whom."""

    noun: str
    source: str
    file: str
    actor: str
    started_at: datetime


class ImportRun(NamedTuple):
    """One import as it is stored; not finished: it was interrupted, or is still running."""

    id: int
    noun: str
    source: str
    file: str
    edition_id: int | None
    started_at: datetime
    finished_at: datetime | None
    actor: str
    counts: Counts
    undone_at: datetime | None
    undone_by: str | None


def start(connection: Connection, new: NewRun) -> int:
    """Open an import and return its number."""
    number: int = connection.execute(
        insert(import_run).values(**new._asdict()).returning(import_run.c.id)
    ).scalar_one()
    return number


def count(connection: Connection, number: int, more: Counts) -> None:
    """Add to an import's counts, in the transaction that wrote the rows."""
    table = import_run.c
    connection.execute(
        update(import_run)
        .where(table.id == number)
        .values(
            read=table.read + more.read,
            added=table.added + more.added,
            same=table.same + more.same,
            refused=table.refused + more.refused,
        )
    )


def fills(connection: Connection, number: int, edition_id: int) -> None:
    """Say which draft an import of areas fills."""
    connection.execute(
        update(import_run).where(import_run.c.id == number).values(edition_id=edition_id)
    )


def finish(connection: Connection, number: int, at: datetime) -> None:
    """Close an import: all its rows were read."""
    connection.execute(update(import_run).where(import_run.c.id == number).values(finished_at=at))


def one(connection: Connection, number: int) -> ImportRun:
    """Return an import, and keep others from undoing it until the transaction ends.

    Raises
    ------
    ImportNotFoundError
        There is none with this number.
    """
    row = connection.execute(
        select(import_run).where(import_run.c.id == number).with_for_update()
    ).one_or_none()
    if row is None:
        msg = f"there is no import {number}; `gridgis imports list` shows those that exist"
        raise ImportNotFoundError(msg)
    return _import_run(row)


def of_draft(connection: Connection, edition_id: int) -> list[int]:
    """Return the imports that fill an edition while it is a draft, oldest first."""
    return list(
        connection.execute(
            select(import_run.c.id)
            .join(edition, import_run.c.edition_id == edition.c.id)
            .where(edition.c.id == edition_id, edition.c.published_at.is_(None))
            .order_by(import_run.c.id)
        ).scalars()
    )


def everything(connection: Connection) -> list[ImportRun]:
    """Return all imports, newest first."""
    rows = connection.execute(select(import_run).order_by(import_run.c.id.desc()))
    return [_import_run(row) for row in rows]


def mark_undone(connection: Connection, number: int, by: str, at: datetime) -> None:
    """Say that an import's rows were taken out again."""
    connection.execute(
        update(import_run).where(import_run.c.id == number).values(undone_at=at, undone_by=by)
    )


def _import_run(row: Any) -> ImportRun:  # noqa: ANN401 - a row of the query
    return ImportRun(
        row.id,
        row.noun,
        row.source,
        row.file,
        row.edition_id,
        row.started_at,
        row.finished_at,
        row.actor,
        Counts(row.read, row.added, row.same, row.refused),
        row.undone_at,
        row.undone_by,
    )
