"""Refuse what would change rows that lie in files, and keep them from going there meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from gridgis.errors import ArchivedError
from gridgis.store import locks
from gridgis.store.archive import catalogue
from gridgis.store.queries import run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy import Connection

SHOWN = 12


def require_report_here(connection: Connection, report_id: UUID) -> None:
    """Refuse to change an archived report.

    Raises
    ------
    ArchivedError
        It is one.
    """
    locks.share_archive(connection)
    key = catalogue.key_of(connection, report_id)
    if key is not None:
        refuse(f"report {report_id} is", [key.month])


def require_import_here(connection: Connection, import_id: int) -> None:
    """Refuse to undo an import of which some reports are archived.

    Raises
    ------
    ArchivedError
        Some are.
    """
    locks.share_archive(connection)
    facts = {"import_id": import_id}
    months = list(run(connection, "archived_months_of_import", facts).scalars())
    if months:
        refuse(f"some reports of import {import_id} are", months)


def require_source_here(connection: Connection, source: str) -> None:
    """Refuse to take a source out of which some reports, or answered by its layers, are archived.

    Raises
    ------
    ArchivedError
        Some are.
    """
    locks.share_archive(connection)
    months = list(run(connection, "archived_months_of_source", {"source": source}).scalars())
    if months:
        refuse(f"some reports of {source!r}, or answered by its grids, are", months)


def refuse(what: str, months: Sequence[date]) -> NoReturn:
    """Refuse to change something of archived months; `what` begins the sentence.

    Raises
    ------
    ArchivedError
        Always.
    """
    named = [f"{month:%Y-%m}" for month in months]
    many = len(named) > 1
    more = f" and {len(named) - SHOWN} more months" if len(named) > SHOWN else ""
    msg = (
        f"{what} of {', '.join(named[:SHOWN])}{more}, which {'are' if many else 'is'} archived; "
        f"bring {'them' if many else 'it'} back first: "
        f"`gridgis archive restore {' '.join(named[:SHOWN])}`"
    )
    raise ArchivedError(msg, named)
