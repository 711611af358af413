"""The fold's clocks: which of them an event stops, pauses, tightens or starts.

Which ones stop follows from the event's kind; those that start, the event names.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from gridgis.cases.model import Limit, altered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridgis.cases.model import Case

_STOPS: Mapping[str, tuple[str, ...]] = {
    "filed": ("file",),
    "dispatched": ("dispatch",),
    "sent_again": ("dispatch",),
    "fed_back": ("handle",),
    "sent_back": ("handle",),
    "failed": ("verify",),
}
"""Which clocks of the case an event stops."""

_STOPS_OF_TASK: Mapping[str, tuple[str, ...]] = {
    "accepted": ("accept",),
    "arrived": ("accept", "arrive"),
    "working": ("accept",),
    **dict.fromkeys(("returned", "recalled", "done", "cannot"), ("accept", "arrive", "finish")),
}
"""Which clocks of its task an event stops."""

ENDS = frozenset({"rejected", "merged", "closed", "solved_on_the_spot", "voided", "retired"})
"""Events after which no clock runs."""

_PAUSES = frozenset({"suspended", "parked"})


def ticked(case: Case, kind: str, facts: dict[str, Any], at: datetime) -> Case:
    """Return a case whose clocks an event has stopped, paused, tightened or started."""
    limits = tuple(_ticked(one, kind, facts, at) for one in case.limits)
    for said in facts.get("clocks", ()):
        started = _started(said, case.round, at, facts.get("calendar"))
        limits = (*(one for one in limits if one.key != started.key), started)
    return case if limits == case.limits else altered(case, limits=limits)


def _ticked(one: Limit, kind: str, facts: dict[str, Any], at: datetime) -> Limit:
    if one.stopped_at is not None:
        return one
    # Who was offline tells late of what was early: no clock stops before it has started.
    at = max(at, one.started_at)
    if kind in ENDS or _is_stopped(one, kind, facts):
        return altered(one, stopped_at=at)
    if kind in _PAUSES:
        return altered(one, pauses=(*one.pauses, (at, None)))
    if kind == "resumed" and one.pauses and one.pauses[-1][1] is None:
        return altered(one, pauses=(*one.pauses[:-1], (one.pauses[-1][0], at)))
    if list(one.key) in facts.get("caps", ()):
        cap_at = datetime.fromisoformat(facts["due_at"])
        tighter = cap_at if one.cap_at is None else min(cap_at, one.cap_at)
        return altered(one, cap_at=tighter, warned_at=None, escalated_at=None)
    return one


def _is_stopped(one: Limit, kind: str, facts: dict[str, Any]) -> bool:
    if kind == "mark_reached":
        return one.stage == f"mark:{facts['mark']}"
    if one.task == 0:
        return one.stage in _STOPS.get(kind, ())
    return one.task == facts.get("task") and one.stage in _STOPS_OF_TASK.get(kind, ())


def _started(said: dict[str, Any], round_: int, at: datetime, calendar: str | None) -> Limit:
    cap_at, since = said.get("cap_at"), said.get("since")
    return Limit(
        task=said.get("task", 0),
        stage=said["stage"],
        round=said.get("round", round_),
        started_at=at if since is None else datetime.fromisoformat(since),
        spec=said["limit"],
        calendar=calendar,
        escalate_to=said.get("escalate_to"),
        cap_at=None if cap_at is None else datetime.fromisoformat(cap_at),
        extensions=tuple(said.get("extensions", ())),
        pauses=tuple(_pause(one) for one in said.get("pauses", ())),
    )


def _pause(said: list[str | None]) -> tuple[datetime, datetime | None]:
    begin, end = said
    return datetime.fromisoformat(str(begin)), None if end is None else datetime.fromisoformat(end)
