"""Clocks over cases and tasks, and what happens when they come to their warning or their limit."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from gridgis.cases.words import TIERS
from gridgis.errors import ReportNotFoundError
from gridgis.store.queries import run
from gridgis.store.tables import casefile, clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import Connection

    from gridgis.actor import Actor


class Swept(NamedTuple):
    """How many clocks a sweep looked at, and how many of each event it wrote."""

    clocks: int
    warned: int
    escalated: int
    lifted: int


class KeptClock(NamedTuple):
    """A clock as its row says it; `task` is 0 for the report's own."""

    report_id: UUID
    task: int
    stage: str
    round: int
    started_at: datetime
    spec: str
    extensions: Sequence[str]
    pauses: Sequence[tuple[datetime, datetime | None]]
    calendar: str | None
    cap_at: datetime | None
    due_at: datetime | None
    warn_at: datetime | None
    warned_at: datetime | None
    escalated_at: datetime | None
    stopped_at: datetime | None
    escalate_to: str | None


def of_report(connection: Connection, report_id: UUID) -> list[KeptClock]:
    """Return the clocks of a report, in the order of their start.

    Raises
    ------
    ReportNotFoundError
        There is no report with this id.
    """
    rows = connection.execute(
        select(*(clock.c[name] for name in KeptClock._fields))
        .where(clock.c.report_id == report_id)
        .order_by(clock.c.started_at, clock.c.task, clock.c.stage, clock.c.round)
    )
    found = [_kept(row) for row in rows]
    there = select(casefile.c.report_id).where(casefile.c.report_id == report_id)
    if not found and connection.execute(there).one_or_none() is None:
        msg = f"there is no report {report_id}"
        raise ReportNotFoundError(msg)
    return found


def running(connection: Connection, code: str, after: UUID, most: int) -> list[KeptClock]:
    """Return the clocks that run by a calendar, of the next cases after a report; they are held."""
    rows = run(connection, "running_clocks", {"code": code, "after": after, "most": most})
    return [_kept(row) for row in rows]


def rewrite(connection: Connection, reckoned: Sequence[Mapping[str, object]]) -> None:
    """Write until when clocks run that the caller holds; each with its key, due, warn and next."""
    run(connection, "rewrite_clocks", {"clocks": json.dumps(reckoned, default=str)})


def sweep(connection: Connection, at: datetime, actor: Actor, most: int) -> Swept:
    """Do what clocks that are due by a time ask for, at most about so many of them.

    All is written in the caller's transaction: a clock is either done, with its events, or waits.
    """
    facts = {
        "at": at,
        "tiers": list(TIERS),
        "actor": actor.name,
        "role": actor.role,
        "most": most,
    }
    return Swept._make(run(connection, "sweep_clocks", facts).one())


def _kept(row: Any) -> KeptClock:  # noqa: ANN401 - a row
    return KeptClock._make(row)._replace(pauses=tuple(map(_pause, row.pauses)))


def _pause(written: list[str]) -> tuple[datetime, datetime | None]:
    begin, end = written
    return datetime.fromisoformat(begin), datetime.fromisoformat(end) if end else None
