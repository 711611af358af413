"""Take out everything that one source brought: the demo, before real data comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from gridgis.errors import InUseError
from gridgis.store import locks
from gridgis.store.archive import guards
from gridgis.store.queries import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection


class Removed(NamedTuple):
    """How many reports, areas and other rows were taken out."""

    reports: int
    areas: int
    rows: int


class Brought(NamedTuple):
    """What a source brought to rule its cases: codes of units, documents as they were imported."""

    units: Sequence[str]
    response_plan: str
    calendar: str


def is_empty(connection: Connection) -> bool:
    """Return whether nobody has stored anything yet."""
    return bool(run(connection, "is_empty").scalar_one())


def is_unfinished(connection: Connection, source: str) -> bool:
    """Return whether a source's layers are there, but not its standing visits, which come last."""
    return bool(run(connection, "is_unfinished", {"source": source}).scalar_one())


def remove_source(connection: Connection, source: str, *, with_reports: bool) -> Removed:
    """Take out a source's layers, reports, responders, cells, places, roads and categories.

    Its water and greens go as well. `with_reports`: also other reports that the source's layers
    answered.

    Raises
    ------
    InUseError
        Reports of another source were answered by the source's layers.
    ArchivedError
        Some of the reports to take out are archived.
    """
    # The triggers that keep assignments and events as they are let a removal pass.
    connection.execute(text("SELECT set_config('gridgis.undo', 'on', TRUE)"))
    others = int(run(connection, "count_answered_by", {"source": source}).scalar_one())
    if others and not with_reports:
        msg = (
            f"{others:,} reports that are not part of it were answered by the grids of {source!r}; "
            "add --with-reports to take them out as well"
        )
        raise InUseError(msg)
    guards.require_source_here(connection, source)
    locks.lock_roads(connection)
    return Removed._make(run(connection, "remove_source", {"source": source}).one())


def remove_rules(connection: Connection, source: str, brought: Brought) -> int:
    """Take out what ruled the cases of a source that is gone, unless somebody else uses it.

    Return how many rows that were.
    """
    asked = {**brought._asdict(), "units": list(brought.units), "source": source}
    return int(run(connection, "remove_rules", asked).scalar_one())
