"""A report's case: read whole, written whole by one statement that nobody can come between."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import insert, select, update

from gridgis.errors import ReportNotFoundError
from gridgis.store.archive import guards
from gridgis.store.case_rows import Row, case_of, clock_row, event_row, file_row, task_row, written
from gridgis.store.months import month_of
from gridgis.store.queries import run, run_prepared
from gridgis.store.tables import casefile, event, report_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from gridgis.cases.model import Case
    from gridgis.model import Event


class Happened(NamedTuple):
    """Who did what to a case last."""

    kind: str
    actor: str
    at: datetime


class Marks(NamedTuple):
    """Which response plan is in force, and which calendar was written last; None: none at all."""

    response_plan: int | None
    calendar: int | None


class Loaded(NamedTuple):
    """A case, what rules it, and whether its report lies in the archive."""

    case: Case
    marks: Marks
    is_archived: bool

    def require_here(self) -> None:
        """Refuse to change an archived report.

        Raises
        ------
        ArchivedError
            Its month is archived.
        """
        if self.is_archived:
            month = month_of(self.case.captured_at)
            guards.refuse(f"report {self.case.report_id} is", [month])


def load(connection: Connection, report_id: UUID, at: datetime) -> Loaded:
    """Return a report's case, and what rules it at a time.

    Raises
    ------
    ReportNotFoundError
        There is no report with this id.
    """
    rows = run_prepared(connection, "casefile", {"report_id": str(report_id), "at": at})
    if not rows:
        msg = f"there is no report {report_id}"
        raise ReportNotFoundError(msg)
    row = Row._make(rows[0])
    return Loaded(case_of(row), Marks(row.plan_now, row.calendar_now), row.is_archived)


def rested(connection: Connection, today: date) -> list[UUID]:
    """Return the reports whose cases were deferred until a day before today."""
    return list(run(connection, "cases_rested", {"today": today}).scalars())


def at_work(connection: Connection, since: datetime, before: datetime) -> int:
    """Count the cases of reports captured in [since, before) that somebody works on."""
    return int(run(connection, "cases_at_work", {"since": since, "before": before}).scalar_one())


def marks(connection: Connection, at: datetime) -> Marks:
    """Return what rules cases that begin at a time."""
    return Marks._make(run_prepared(connection, "ruling_marks", {"at": at})[0])


def write(
    connection: Connection,
    before: Case,
    after: Case,
    events: Sequence[Event],
    rated_until: datetime,
) -> bool:
    """Write what changed, when nobody has changed the case since it was read; say whether.

    Nothing is written under a key under which something was written before.

    Where an event asks for a rating, the resident may answer until then, and so may those whose
    reports were merged into this one.
    """
    known_tasks = {one.number: one for one in before.tasks}
    known_limits = {one.key: one for one in before.limits}
    tasks = [one for one in after.tasks if known_tasks.get(one.number) != one]
    limits = [one for one in after.limits if known_limits.get(one.key) != one]
    out_of_use = after.state_since if after.state == "void" != before.state else None
    rows = run_prepared(
        connection,
        "write_case",
        {
            "report_id": str(before.report_id),
            "expected": before.version,
            "file": written(file_row(after)),
            "events": written([event_row(one) for one in events]),
            "tasks": written([task_row(one) for one in tasks]),
            "clocks": written([clock_row(one) for one in limits]),
            "retired_at": out_of_use,
            "asked_at": next((one.at for one in events if one.kind == "rating_asked"), None),
            "rated_until": rated_until,
            "round": after.round,
            "key": events[0].facts.get("key"),
            "moves_loads": _loads(before) != _loads(after),
        },
    )
    return bool(rows[0][0])


def _loads(case: Case) -> list[tuple[int, bool]]:
    return [(one.number, one.is_at_work) for one in case.tasks if one.responders]


def recategorise(connection: Connection, report_id: UUID, category: str | None) -> None:
    """Let a case follow its report's corrected category."""
    connection.execute(
        update(casefile).where(casefile.c.report_id == report_id).values(category=category)
    )


def note(connection: Connection, report_id: UUID, event_: Event) -> None:
    """Write an event that leaves a case as it is."""
    when = select(report_key.c.captured_at).where(report_key.c.id == report_id).scalar_subquery()
    connection.execute(
        insert(event).values(report_id=report_id, captured_at=when, **event_row(event_))
    )


def last_event(connection: Connection, case: Case) -> Happened | None:
    """Return what was done to a case last, by whom."""
    table = event
    row = connection.execute(
        select(table.c.kind, table.c.actor, table.c.at)
        .where(table.c.report_id == case.report_id, table.c.captured_at == case.captured_at)
        .order_by(table.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Happened(row.kind, row.actor, row.at)


def has_key(connection: Connection, case: Case, key: str) -> bool:
    """Say whether an event of a case was written under a key: it is the same request again."""
    table = event
    found = connection.execute(
        select(table.c.id)
        .where(table.c.report_id == case.report_id, table.c.captured_at == case.captured_at)
        .where(table.c.facts["key"].astext == key)
        .limit(1)
    ).one_or_none()
    return found is not None
