"""The fold: what a case is after one more event.

An event says all that is needed: the states (``from``, ``to``), the new ``version``, a task with
its own ``task_version``, the clocks that start. What that means for the clocks,
:mod:`gridgis.cases.ticking` says.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from gridgis.cases.model import Case, Task, Wish, altered
from gridgis.cases.ticking import ENDS, ticked
from gridgis.model import Location

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gridgis.model import Event

_UNCOUNTED = frozenset({"reported", "warned", "escalated", "retired"})
"""Events that a case knows of although they give it no new version."""


def fold(case: Case, events: Iterable[Event]) -> Case:
    """Return a case after these events, in their order."""
    for event in events:
        case = apply(case, event)
    return case


def apply(case: Case, event: Event) -> Case:
    """Return a case after one more event; one that says nothing about it leaves it as it is."""
    facts = cast("dict[str, Any]", event.facts)
    if "version" not in facts and event.kind not in _UNCOUNTED:
        return case
    # What somebody saw lies before the report; its clocks run from when it was received.
    at = event.recorded_at if event.kind == "reported" else event.at
    last_at = at if case.last_at is None else max(at, case.last_at)
    case = altered(
        case,
        version=facts.get("version", case.version),
        last_at=last_at,
        response_plan_id=facts.get("response_plan", case.response_plan_id),
        # Nobody waits for an answer about a case that has ended.
        wishes=() if event.kind in ENDS else case.wishes,
    )
    case = _moved(case, facts, at)
    case = _timed(case, event.kind, facts, at)
    if event.kind in _MORE:
        case = _MORE[event.kind](case, facts, event)
    return ticked(case, event.kind, facts, at)


def _moved(case: Case, facts: dict[str, Any], at: datetime) -> Case:
    if facts.get("to", case.state) != case.state:
        case = altered(case, state=facts["to"], state_since=at)
    if "outcome" in facts:
        case = altered(case, outcome=facts["outcome"])
    if "task" in facts and "task_to" in facts:
        number = facts["task"]
        task = altered(
            case.tasks[number - 1], state=facts["task_to"], version=facts["task_version"]
        )
        case = _with_task(case, task)
    return case


_FIRST = {"filed": "filed_at", "dispatched": "dispatched_at", "arrived": "arrived_at"}
_LAST = {"fed_back": "fed_back_at", "verified": "verified_at", "closed": "closed_at"}
_COUNTS = {
    "returned": "returns",
    "reopened": "reopenings",
    "failed": "failures",
    "urged": "urgings",
    "supervised": "supervisions",
}


def _timed(case: Case, kind: str, facts: dict[str, Any], at: datetime) -> Case:
    changes: dict[str, Any] = {}
    if kind in _FIRST and getattr(case, _FIRST[kind]) is None:
        changes[_FIRST[kind]] = at
    if kind in _LAST:
        changes[_LAST[kind]] = at
    if kind in _COUNTS:
        changes[_COUNTS[kind]] = getattr(case, _COUNTS[kind]) + 1
    if "task_to" in facts and facts["task_to"] != "returned" and case.accepted_at is None:
        changes |= {"accepted_at": at} if facts["task_to"] in {"accepted", "arrived"} else {}
    return altered(case, **changes) if changes else case


# What else an event changes, by its kind.


def _filed(case: Case, facts: dict[str, Any], event: Event) -> Case:
    del event
    return altered(case, level=facts.get("level", case.level))


def _lifted(case: Case, facts: dict[str, Any], event: Event) -> Case:
    del event
    return altered(case, tier=facts["tier"])


def _merged(case: Case, facts: dict[str, Any], event: Event) -> Case:
    del event
    return altered(case, merged_into=UUID(facts["into"]))


def _dispatched(case: Case, facts: dict[str, Any], event: Event) -> Case:
    """Add the tasks of a dispatch; what was asked to be given back is given back by it."""
    round_ = facts["round"]
    sent = tuple(
        Task(
            number=said["number"],
            unit=said["unit"],
            part=said.get("part"),
            is_lead=said.get("lead", False),
            is_whistled=said.get("whistled", False),
            responders=tuple(UUID(one) for one in said.get("responders", ())),
            round=round_,
            sent_at=event.at,
        )
        for said in facts["tasks"]
    )
    leading = next((one.unit for one in sent if one.is_lead), case.unit)
    wishes = case.wishes
    if event.kind == "dispatched":
        wishes = tuple(one for one in wishes if one.kind != "return")
    return altered(case, tasks=(*case.tasks, *sent), unit=leading, round=round_, wishes=wishes)


def _accepted(case: Case, facts: dict[str, Any], event: Event) -> Case:
    return _changed(case, facts, accepted_at=event.at)


def _arrived(case: Case, facts: dict[str, Any], event: Event) -> Case:
    place = facts.get("location")
    task = case.tasks[facts["task"] - 1]
    return _changed(
        case,
        facts,
        accepted_at=task.accepted_at or event.at,
        arrived_at=event.at,
        arrived_location=None if place is None else Location(place["lon"], place["lat"]),
        arrived_m=facts.get("distance_m"),
    )


def _ended(case: Case, facts: dict[str, Any], event: Event) -> Case:
    return _changed(
        case,
        facts,
        ended_at=event.at,
        reason=facts.get("reason"),
        reason_kind=facts.get("reason_kind"),
    )


def _returned(case: Case, facts: dict[str, Any], event: Event) -> Case:
    return _asked(_ended(case, facts, event), facts, event)


def _asked(case: Case, facts: dict[str, Any], event: Event) -> Case:
    wish = Wish(
        number=facts["wish"],
        kind=facts["asked_for"],
        asked_by=event.actor,
        asked_at=event.at,
        reason=facts["reason"],
        task=facts.get("task"),
        facts={name: facts[name] for name in ("by", "until", "plan") if name in facts},
    )
    return altered(case, wishes=(*case.wishes, wish), wish_count=wish.number)


def _decided(case: Case, facts: dict[str, Any], event: Event) -> Case:
    wishes = tuple(one for one in case.wishes if one.number != facts["wish"])
    case = altered(case, wishes=wishes)
    granted = event.kind == "granted"
    if granted and facts["asked_for"] == "extension":
        case = altered(case, extensions=case.extensions + 1)
        return _extended(case, facts)
    if not granted and facts["asked_for"] == "return":
        return _changed(case, facts, ended_at=None)
    return case


def _extended(case: Case, facts: dict[str, Any]) -> Case:
    """Add time to the clocks that an extension names; they warn and escalate anew."""
    longer = {tuple(key) for key in facts["extends"]}
    return altered(
        case,
        limits=tuple(
            altered(
                one, extensions=(*one.extensions, facts["by"]), warned_at=None, escalated_at=None
            )
            if one.key in longer
            else one
            for one in case.limits
        ),
    )


def _suspended(case: Case, facts: dict[str, Any], event: Event) -> Case:
    until = date.fromisoformat(facts["until"])
    case = altered(case, suspended_from=facts["from"], rests_until=until)
    if event.kind == "parked":
        return altered(case, outcome="parked", parked_until=until)
    return altered(case, deferrals=case.deferrals + 1)


def _resumed(case: Case, facts: dict[str, Any], event: Event) -> Case:
    del facts, event
    outcome = None if case.outcome == "parked" else case.outcome
    return altered(case, suspended_from=None, rests_until=None, parked_until=None, outcome=outcome)


def _verified(case: Case, facts: dict[str, Any], event: Event) -> Case:
    found: dict[str, Any] = {
        name: facts[name]
        for name in ("passed", "location", "distance_m", "note", "reason")
        if name in facts
    }
    return altered(case, verification={**found, "at": event.at.isoformat(), "by": event.actor})


def _reworked(case: Case, facts: dict[str, Any], event: Event) -> Case:
    del event
    case = _changed(case, facts, ended_at=None)
    return altered(case, verification=None, round=facts["round"])


def _rating_asked(case: Case, facts: dict[str, Any], event: Event) -> Case:
    del facts
    return altered(case, rating_asked_at=event.at)


def _spotted(case: Case, facts: dict[str, Any], event: Event) -> Case:
    said: dict[str, Any] = {**facts, "passed": True}
    case = _verified(case, said, event)
    return altered(
        case,
        on_the_spot=True,
        verified_at=event.at,
        closed_at=event.at,
        filed_at=case.filed_at or event.at,
    )


def _reopened(case: Case, facts: dict[str, Any], event: Event) -> Case:
    del event
    return altered(
        case,
        outcome=None,
        verification=None,
        rating_asked_at=None,
        round=facts["round"],
    )


def _warned(case: Case, facts: dict[str, Any], event: Event) -> Case:
    return _watched(case, facts, warned_at=event.at)


def _escalated(case: Case, facts: dict[str, Any], event: Event) -> Case:
    return _watched(case, facts, escalated_at=event.at)


def _whistle_rated(case: Case, facts: dict[str, Any], event: Event) -> Case:
    del event
    return _changed(case, facts, rating=facts["rating"])


def _retired(case: Case, facts: dict[str, Any], event: Event) -> Case:
    """Fold what an earlier version wrote, which had neither versions nor outcomes."""
    del facts
    return altered(
        case, state="void", state_since=event.at, outcome="withdrawn", version=case.version + 1
    )


_MORE: Mapping[str, Callable[[Case, dict[str, Any], Event], Case]] = {
    "filed": _filed,
    "levelled": _filed,
    "lifted": _lifted,
    "merged": _merged,
    "dispatched": _dispatched,
    "whistled": _dispatched,
    "accepted": _accepted,
    "arrived": _arrived,
    "returned": _returned,
    "recalled": _ended,
    "done": _ended,
    "cannot": _ended,
    "asked": _asked,
    "granted": _decided,
    "refused": _decided,
    "suspended": _suspended,
    "parked": _suspended,
    "resumed": _resumed,
    "verified": _verified,
    "failed": _verified,
    "reworked": _reworked,
    "rating_asked": _rating_asked,
    "solved_on_the_spot": _spotted,
    "reopened": _reopened,
    "warned": _warned,
    "escalated": _escalated,
    "whistle_rated": _whistle_rated,
    "retired": _retired,
}


def _changed(case: Case, facts: dict[str, Any], **changes: Any) -> Case:  # noqa: ANN401 - a task's
    return _with_task(case, altered(case.tasks[facts["task"] - 1], **changes))


def _with_task(case: Case, task: Task) -> Case:
    tasks = (*case.tasks[: task.number - 1], task, *case.tasks[task.number :])
    return altered(case, tasks=tasks)


def _watched(case: Case, facts: dict[str, Any], **changes: Any) -> Case:  # noqa: ANN401 - a clock's
    key = (facts["task"], facts["stage"], facts["round"])
    return altered(
        case,
        limits=tuple(altered(one, **changes) if one.key == key else one for one in case.limits),
    )
