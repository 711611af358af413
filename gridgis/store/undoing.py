"""Take an import's rows out again, all in the transaction of the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Text, and_, cast, delete, exists, func, or_, select, text, update

from gridgis.errors import InUseError
from gridgis.store import editions
from gridgis.store.archive import guards
from gridgis.store.queries import run
from gridgis.store.tables import correction, edition

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gridgis.store.merging import Register


def take_out_reports(connection: Connection, import_id: int) -> int:
    """Take out an import's reports with their assignments, events and holders; return how many.

    Raises
    ------
    ArchivedError
        Some are archived.
    """
    guards.require_import_here(connection, import_id)
    # The triggers that keep assignments and events as they are let an undo pass.
    connection.execute(text("SELECT set_config('gridgis.undo', 'on', TRUE)"))
    gone = int(run(connection, "undo_reports", {"import_id": import_id}).scalar_one())
    connection.execute(text("SELECT set_config('gridgis.undo', 'off', TRUE)"))
    return gone


def require_no_corrections(connection: Connection, import_id: int) -> None:
    """Refuse to undo an import of reports whose rows somebody has worked on.

    Raises
    ------
    InUseError
        Some were corrected, repinned or retired since.
    """
    count = int(run(connection, "count_corrected", {"import_id": import_id}).scalar_one())
    if count:
        msg = (
            f"{count:,} reports of import {import_id} were corrected, repinned or retired since; "
            "add --with-corrections to take them out all the same"
        )
        raise InUseError(msg)


def take_out_rows(connection: Connection, register: Register, import_id: int) -> int:
    """Take out a register's rows that an import added; return how many.

    Raises
    ------
    InUseError
        Some were corrected since: undoing would throw that work away.
    """
    table = register.table
    own = table.c.import_id == import_id
    corrected = select(func.count()).where(
        own,
        exists().where(
            correction.c.noun == register.noun,
            correction.c.key == cast(table.c[register.name], Text),
        ),
    )
    if (count := connection.execute(corrected).scalar_one()) > 0:
        what = f"{count:,} {register.noun} of import {import_id}"
        msg = f"{what} were corrected since; retire them instead"
        raise InUseError(msg)
    return connection.execute(delete(table).where(own)).rowcount


def require_no_replacements(connection: Connection, noun: str, import_id: int) -> None:
    """Refuse to undo an import that replaced stored rows.

    Raises
    ------
    InUseError
        It did: what was before would have to be put back by hand.
    """
    replaced = connection.execute(
        select(func.count()).where(
            correction.c.noun == noun,
            or_(
                correction.c.reason == f"import {import_id}",
                correction.c.reason.startswith(f"import {import_id}: ", autoescape=True),
            ),
        )
    ).scalar_one()
    if replaced:
        msg = (
            f"import {import_id} replaced {replaced:,} stored {noun}; "
            "bring the former ones back by an import with --update"
        )
        raise InUseError(msg)


def withdraw_edition(connection: Connection, edition_id: int) -> int:
    """Take out a draft, or a published edition that nothing needs; return how many areas it had.

    The edition before it is in force again.

    Raises
    ------
    InUseError
        Reports were answered by it, a later edition follows, or its areas are referred to.
    """
    found = editions.find(connection, edition_id)
    if found.published_at is not None:
        _reopen_before(connection, edition_id)
    editions.discard(connection, edition_id)
    return found.areas


def _reopen_before(connection: Connection, edition_id: int) -> None:
    """Make a published edition that nothing needs a draft, and give its time to the one before."""
    uses = run(connection, "edition_in_use", {"edition_id": edition_id}).one()._mapping
    needed = [f"{count:,} {what.replace('_', ' ')}" for what, count in uses.items() if count]
    if needed:
        msg = f"edition {edition_id} is still needed by {', '.join(needed)}"
        raise InUseError(msg)
    own = connection.execute(
        select(
            edition.c.layer_id,
            func.lower(edition.c.valid).label("starts"),
            func.upper(edition.c.valid).label("ends"),
        ).where(edition.c.id == edition_id)
    ).one()
    connection.execute(
        update(edition)
        .where(edition.c.id == edition_id)
        .values(
            valid=None,
            published_at=None,
            published_by=None,
            content_hash=None,
            findings=None,
            followed_at=None,
        )
    )
    if own.starts is None:
        return
    before = and_(edition.c.layer_id == own.layer_id, func.upper(edition.c.valid) == own.starts)
    connection.execute(
        update(edition)
        .where(before)
        .values(valid=func.tstzrange(func.lower(edition.c.valid), own.ends, "[)"))
    )
