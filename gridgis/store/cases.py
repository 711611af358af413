"""A report's case: read whole, written whole by one statement that nobody can come between."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from sqlalchemy import insert, select, update

from gridgis.cases.model import Case, Limit, Task, Wish
from gridgis.errors import ReportNotFoundError
from gridgis.model import Location
from gridgis.store.archive import guards
from gridgis.store.months import month_of
from gridgis.store.queries import run, run_prepared
from gridgis.store.tables import casefile, event, report_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from gridgis.model import Event

_PLAIN = (
    *("channel", "category", "external_due_at", "version", "state", "state_since", "outcome"),
    *("level", "tier", "unit", "on_the_spot", "filed_at", "dispatched_at", "accepted_at"),
    *("arrived_at", "fed_back_at", "verified_at", "closed_at", "returns", "reopenings"),
    *("failures", "extensions", "deferrals", "urgings", "supervisions", "parked_until"),
    *("merged_into", "response_plan_id"),
)
_WRITTEN = tuple(name for name in _PLAIN if name not in {"channel", "category", "external_due_at"})


class Row(NamedTuple):
    """A row of ``casefile.sql``."""

    report_id: Any
    captured_at: datetime
    received_at: datetime
    channel: Any
    category: Any
    external_due_at: Any
    version: Any
    state: Any
    state_since: Any
    outcome: Any
    level: Any
    tier: Any
    unit: Any
    on_the_spot: Any
    filed_at: Any
    dispatched_at: Any
    accepted_at: Any
    arrived_at: Any
    fed_back_at: Any
    verified_at: Any
    closed_at: Any
    returns: Any
    reopenings: Any
    failures: Any
    extensions: Any
    deferrals: Any
    urgings: Any
    supervisions: Any
    parked_until: Any
    merged_into: Any
    response_plan_id: Any
    facts: Mapping[str, Any]
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    is_archived: bool
    plan_now: int | None
    calendar_now: int | None
    tasks: Sequence[Sequence[Any]] | None
    clocks: Sequence[Sequence[Any]] | None


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
            "file": _written(_file(after)),
            "events": _written([_event(one) for one in events]),
            "tasks": _written([_task(one) for one in tasks]),
            "clocks": _written([_clock(one) for one in limits]),
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
        insert(event).values(report_id=report_id, captured_at=when, **_event(event_))
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


def _written(rows: object) -> str:
    return json.dumps(rows, default=_as_text, ensure_ascii=False)


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _event(one: Event) -> dict[str, object]:
    return {
        "kind": one.kind,
        "at": one.at,
        "recorded_at": one.recorded_at,
        "actor": one.actor,
        "role": one.role,
        "facts": one.facts,
    }


def _file(case: Case) -> dict[str, object]:
    return {
        **{name: getattr(case, name) for name in _WRITTEN},
        "due_at": case.due_at,
        "facts": {
            "round": case.round,
            "wish_count": case.wish_count,
            "last_at": case.last_at,
            "suspended_from": case.suspended_from,
            "rests_until": case.rests_until,
            "verification": case.verification,
            "rating_asked_at": case.rating_asked_at,
            "wishes": [
                {
                    "number": wish.number,
                    "kind": wish.kind,
                    "asked_by": wish.asked_by,
                    "asked_at": wish.asked_at,
                    "reason": wish.reason,
                    "task": wish.task,
                    "facts": wish.facts,
                }
                for wish in case.wishes
            ],
        },
    }


def _task(one: Task) -> dict[str, object]:
    place = one.arrived_location
    return {
        **{name: getattr(one, name) for name in _TASK if name != "arrived_location"},
        "lon": None if place is None else place.lon,
        "lat": None if place is None else place.lat,
    }


_TASK = (
    *("number", "version", "state", "unit", "part", "is_lead", "is_whistled", "responders"),
    *("round", "sent_at", "accepted_at", "arrived_at", "ended_at", "reason", "reason_kind"),
    *("arrived_m", "rating"),
)


def _clock(one: Limit) -> dict[str, object]:
    return {**{name: getattr(one, name) for name in _CLOCK}, "next_at": one.next_at}


_CLOCK = (
    *("task", "stage", "round", "started_at", "spec", "extensions", "pauses", "calendar"),
    *("cap_at", "due_at", "warn_at", "warned_at", "escalated_at", "stopped_at", "escalate_to"),
)


def case_of(row: Row) -> Case:
    """Return the case that a row of ``casefile.sql`` says."""
    facts = row.facts
    return Case(
        report_id=UUID(str(row.report_id)),
        captured_at=row.captured_at,
        received_at=row.received_at,
        location=None
        if row.lon is None or row.lat is None
        else Location(row.lon, row.lat, row.accuracy_m),
        **{name: getattr(row, name) for name in _PLAIN if name != "merged_into"},
        merged_into=None if row.merged_into is None else UUID(str(row.merged_into)),
        round=facts.get("round", 0),
        wish_count=facts.get("wish_count", 0),
        last_at=_moment(facts.get("last_at")),
        suspended_from=facts.get("suspended_from"),
        rests_until=_day(facts.get("rests_until")),
        verification=facts.get("verification"),
        rating_asked_at=_moment(facts.get("rating_asked_at")),
        wishes=tuple(_wish(one) for one in facts.get("wishes", ())),
        tasks=tuple(_task_of(one) for one in row.tasks or ()),
        limits=tuple(_limit_of(one) for one in row.clocks or ()),
    )


def _wish(said: Mapping[str, Any]) -> Wish:
    return Wish(
        number=said["number"],
        kind=said["kind"],
        asked_by=said["asked_by"],
        asked_at=datetime.fromisoformat(said["asked_at"]),
        reason=said["reason"],
        task=said["task"],
        facts=said["facts"],
    )


def _task_of(said: Sequence[Any]) -> Task:
    lon, lat = said[15], said[16]
    return Task(
        number=said[0],
        version=said[1],
        state=said[2],
        unit=said[3],
        part=said[4],
        is_lead=said[5],
        is_whistled=said[6],
        responders=tuple(UUID(person) for person in said[7]),
        round=said[8],
        sent_at=datetime.fromisoformat(said[9]),
        accepted_at=_moment(said[10]),
        arrived_at=_moment(said[11]),
        ended_at=_moment(said[12]),
        reason=said[13],
        reason_kind=said[14],
        arrived_location=None if lon is None else Location(lon, lat),
        arrived_m=said[17],
        rating=said[18],
    )


def _limit_of(said: Sequence[Any]) -> Limit:
    return Limit(
        task=said[0],
        stage=said[1],
        round=said[2],
        started_at=datetime.fromisoformat(said[3]),
        spec=said[4],
        extensions=tuple(said[5]),
        pauses=tuple((datetime.fromisoformat(begin), _moment(end)) for begin, end in said[6]),
        calendar=said[7],
        cap_at=_moment(said[8]),
        due_at=_moment(said[9]),
        warn_at=_moment(said[10]),
        warned_at=_moment(said[11]),
        escalated_at=_moment(said[12]),
        stopped_at=_moment(said[13]),
        escalate_to=said[14],
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
