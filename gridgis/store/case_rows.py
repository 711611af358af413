"""A case between its rows and its object: read from the one, written as the other."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from gridgis.cases.model import Case, Limit, Task, Wish
from gridgis.model import Location

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


def written(rows: object) -> str:
    """Return rows as the JSON that ``write_case.sql`` reads."""
    return json.dumps(rows, default=_as_text, ensure_ascii=False)


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def event_row(one: Event) -> dict[str, object]:
    """Return an event as a row of its table, but for the report that it is of."""
    return {
        "kind": one.kind,
        "at": one.at,
        "recorded_at": one.recorded_at,
        "actor": one.actor,
        "role": one.role,
        "facts": one.facts,
    }


def file_row(case: Case) -> dict[str, object]:
    """Return a case as a row of ``casefile``; what has no column of its own stands in `facts`."""
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


def task_row(one: Task) -> dict[str, object]:
    """Return a task as a row of its table, the place of arrival as lon and lat."""
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


def clock_row(one: Limit) -> dict[str, object]:
    """Return a clock as a row of its table."""
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
