"""What figures are made of: narrow tables of cases, tasks and ratings.

Times are microseconds since 2000-01-01 in UTC; :data:`NEVER` is one that did not come.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridgis.store.archive import showing
from gridgis.store.copying import read_columns
from gridgis.store.queries import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection

NEVER = np.iinfo(np.int64).max

CLOSED, VOIDED, ON_THE_SPOT, RETURNED, REOPENED, FAILED, EXTENDED, DEFERRED = (
    1 << bit for bit in range(8)
)
"""The bits of a case's `marks`."""

_START = datetime(2000, 1, 1, tzinfo=UTC)
_ID, _TIME, _INT, _SMALL, _BIG, _FLOAT = "V16", ">i8", ">i4", ">i2", ">i8", ">f8"

_CASES = {
    "report_id": _ID,
    **dict.fromkeys(("captured_at", "received_at", "ended_at", "filed_at", "dispatched_at"), _TIME),
    **dict.fromkeys(("accepted_at", "arrived_at", "fed_back_at", "limit_at"), _TIME),
    **dict.fromkeys(("marks", "outcome", "tier"), _INT),
    **{"urgings": _SMALL, "supervisions": _SMALL, "key": _BIG},
}
_TASKS = {"report_id": _ID, "sent_at": _TIME, "wrong": _INT, "key": _BIG}
_DOERS = {"report_id": _ID, "key": _BIG}
_RATINGS = {
    **{"report_id": _ID, "asked_at": _TIME, "answered_at": _TIME},
    **dict.fromkeys(("satisfaction", "contacted", "solved"), _INT),
}
_ESCALATIONS = {"report_id": _ID, "escalated_at": _TIME}
_REOPENINGS = {"report_id": _ID, "closed_at": _TIME, "reopened_at": _TIME}
_ASSIGNMENTS = {
    **{"id": _BIG, "report_id": _ID, "edition_id": _INT, "area_id": _BIG, "unlocated": _INT},
}
_SPOTS = {"report_id": _ID, "lon": _FLOAT, "lat": _FLOAT}

Columns = dict[str, "NDArray[Any]"]
"""Arrays of one length by name: a narrow table."""


class Span(NamedTuple):
    """Cases that matter to figures of [since, before): of a category, by the number of their key.

    `by` is ``category``, ``family``, ``unit``, ``worker``, ``tier``, ``channel``, ``level``; else
    cases have no key. `keys` are those that are told apart: the first is number 1.
    """

    since: datetime
    before: datetime
    by: str = "none"
    keys: Sequence[str] = ()
    category: str | None = None


class Read(NamedTuple):
    """What was read; columns as the queries name them."""

    cases: Columns
    tasks: Columns
    ratings: Columns
    escalations: Columns
    reopenings: Columns


def instant(at: datetime) -> int:
    """Return an aware time as microseconds since 2000-01-01 in UTC, as columns have it."""
    return (at - _START) // timedelta(microseconds=1)


def moment(instant_us: int) -> datetime:
    """Return the aware time of microseconds since 2000-01-01, in UTC."""
    return _START + timedelta(microseconds=int(instant_us))


def keys(connection: Connection, by: str, before: datetime) -> list[tuple[str, str | None]]:
    """Return by which keys cases fall apart, with their names; by name."""
    rows = run(connection, "figure_keys", {"by": by, "before": before})
    return sorted(((row.key, row.name) for row in rows), key=lambda one: (one[1] or one[0], one[0]))


def read(connection: Connection, span: Span) -> Read:
    """Return what figures of a span are made of."""
    asked = {**span._asdict(), "keys": list(span.keys)}
    return Read(
        read_columns(connection, "figure_cases", asked, _CASES),
        read_columns(connection, "figure_tasks", asked, _TASKS),
        read_columns(connection, "figure_ratings", asked, _RATINGS),
        read_columns(connection, "figure_escalations", asked, _ESCALATIONS),
        read_columns(connection, "figure_reopenings", asked, _REOPENINGS),
    )


def doers(connection: Connection, responders: Sequence[str]) -> Columns:
    """Return who had a task of which case: report_id, key (the responder's number from 1)."""
    return read_columns(connection, "figure_doers", {"keys": list(responders)}, _DOERS)


def assignments(connection: Connection, layer: str, first: datetime, before: datetime) -> Columns:
    """Return the assignments on a layer of the cases received in [first, before)."""
    asked = {"layer": layer, "first": first, "before": before}
    return read_columns(connection, "figure_assignments", asked, _ASSIGNMENTS)


def spots(connection: Connection, first: datetime, last: datetime) -> Columns:
    """Return where the reports are that were captured from `first` to `last`, archived ones too.

    Raises
    ------
    ArchiveFileError
        The file of an archived month that is needed is missing or damaged.
    """
    showing.show_period(connection, first, last + timedelta(microseconds=1))
    return read_columns(connection, "figure_spots", {"first": first, "last": last}, _SPOTS)
