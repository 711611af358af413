"""Undo an import: its rows go out again in one transaction, the record of it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.errors import ConflictError, InUseError
from gridgis.store import (
    categories,
    cells,
    imports,
    places,
    responders,
    undoing,
    visit_plans,
)

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.clock import Clock
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store
    from gridgis.store.imports import ImportRun

REGISTERS = {
    room.REGISTER.noun: room.REGISTER
    for room in (responders, cells, places, categories, visit_plans)
}


def undo(
    store: Store, number: int, actor: Actor, clock: Clock, *, with_corrections: bool = False
) -> int:
    """Take an import's rows out and return how many they were.

    Reports go with their assignments, events and holders; areas with the edition they filled.
    `with_corrections`: also reports that somebody has corrected, repinned or retired since.

    Raises
    ------
    ImportNotFoundError
        There is none with this number.
    ConflictError
        It is undone already.
    InUseError
        Something depends on its rows; the message says what.
    ArchivedError
        Some of its reports are archived.
    """
    with store.begin() as connection:
        run = imports.one(connection, number)
        if run.undone_at is not None:
            msg = f"import {number} is undone already, by {run.undone_by}"
            raise ConflictError(msg)
        if run.noun == "reports" and not with_corrections:
            undoing.require_no_corrections(connection, run.id)
        gone = _take_out(connection, run)
        imports.mark_undone(connection, number, actor.name, clock.now())
    return gone


def _take_out(connection: Connection, run: ImportRun) -> int:
    if run.noun == "reports":
        return undoing.take_out_reports(connection, run.id)
    if run.noun == "areas":
        return 0 if run.edition_id is None else _take_out_edition(connection, run, run.edition_id)
    undoing.require_no_replacements(connection, run.noun, run.id)
    return undoing.take_out_rows(connection, REGISTERS[run.noun], run.id)


def _take_out_edition(connection: Connection, run: ImportRun, edition_id: int) -> int:
    others = [number for number in imports.of_draft(connection, edition_id) if number != run.id]
    if others:
        msg = (
            f"draft edition {edition_id} holds the areas of import {run.id} and of "
            f"{', '.join(map(str, others))}, and goes as a whole; "
            f"`gridgis editions discard {edition_id}` takes it away"
        )
        raise InUseError(msg)
    return undoing.withdraw_edition(connection, edition_id)
