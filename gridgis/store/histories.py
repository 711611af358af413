"""Cases as they are stored, each with all that has happened to it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from gridgis.model import Event
from gridgis.store.archive import showing
from gridgis.store.case_rows import Row, case_of
from gridgis.store.queries import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from gridgis.cases.model import Case

_PART = 2_000
_FIRST = UUID(int=0)
_WIDTH = len(Row._fields)
_INDEX = (
    "DO $$ BEGIN IF to_regclass('pg_temp.archived_event') IS NOT NULL THEN"
    " CREATE INDEX ON pg_temp.archived_event (report_id); END IF; END $$"
)


class History(NamedTuple):
    """A case as it is stored, with columns that the fold does not keep, and its events.

    `next_at` says when each clock is looked at again, by task, stage and round; `category` is the
    report's own, `is_archived` says that there is no such report here.
    """

    stored: Case
    due_at: datetime | None
    category: str | None
    is_archived: bool
    next_at: Mapping[tuple[int, str, int], datetime | None]
    events: Sequence[Event]


def histories(
    connection: Connection, only: UUID | None = None, since: datetime | None = None
) -> Iterator[History]:
    """Yield cases by the number of their report: one, those received since a time, or all.

    Archived events are read from their files.

    Raises
    ------
    ArchiveFileError
        A file of an archived month is missing or damaged.
    """
    if only is None:
        showing.show_events(connection)
    else:
        showing.show_report(connection, only)
    # One case of the archive after the other is looked for.
    connection.execute(text(_INDEX))
    after = _FIRST
    while True:
        facts = {"after": after, "only": only, "since": since, "most": _PART}
        rows = run(connection, "case_histories", facts).all()
        yield from (_history(row) for row in rows)
        if len(rows) < _PART:
            return
        after = rows[-1][0]


def _history(row: Any) -> History:  # noqa: ANN401 - a row of the query
    kept = Row._make(row[:_WIDTH])
    due_at, category, events = row[_WIDTH:]
    next_at = {
        (one[0], one[1], one[2]): None if one[15] is None else datetime.fromisoformat(one[15])
        for one in kept.clocks or ()
    }
    happened = [_event(one) for one in events or ()]
    return History(case_of(kept), due_at, category, kept.is_archived, next_at, happened)


def _event(said: Sequence[Any]) -> Event:
    kind, at, recorded_at, actor, role, facts = said
    return Event(
        kind, datetime.fromisoformat(at), datetime.fromisoformat(recorded_at), actor, role, facts
    )
