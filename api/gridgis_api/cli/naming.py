"""How people call things on the command line: reports, responders, the datum of a position."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from gridgis.store import reports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store

Datum = Annotated[str, typer.Option(help="wgs84, cgcs2000, gcj02 or bd09.")]


def report_id(connection: Connection, name: str) -> UUID:
    """Return the id of the report that people call by this number or id."""
    try:
        return UUID(name)
    except ValueError:
        return reports.id_of(connection, name)


def responder_ids(store: Store, names: Sequence[str]) -> list[UUID]:
    """Return the ids of responders in service, each called by id, number or SOURCE:NUMBER."""
    # Only here: it knows the engine of rounds, and most commands need none.
    from gridgis.rounds.daily import known_responder  # noqa: PLC0415

    def known(name: str) -> UUID:
        try:
            # Whoever has left is told of with the day, when they are sent.
            return UUID(name)
        except ValueError:
            return store.ask(partial(known_responder, name=name)).id

    return [known(name) for name in names]
