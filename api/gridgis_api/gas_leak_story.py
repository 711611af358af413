"""The story of a case as lines: when, who, what, how far, which clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from gridgis.cases.model import Case, Limit
    from gridgis.model import Event


class Moment(NamedTuple):
    """A line of the story, ready to be read."""

    time: str
    who: str
    what: str
    how_far: str
    clock: str


_WORDS = {
    "reported": "reports a smell of gas",
    "filed": "takes it up",
    "handling": "the case is being handled",
    "fed_back": "all are done: fed back",
    "rating_asked": "the resident is asked",
    "closed": "closes the case",
    "working": "begins",
}
_STAGE_OF_TASK = {"accepted": "accept", "arrived": "arrive", "done": "finish"}
_STAGE = {"filed": "file", "dispatched": "dispatch", "fed_back": "handle", "closed": "close"}


def story(case: Case, events: Sequence[Event], zone: ZoneInfo) -> list[Moment]:
    """Return the story of a case: each event a line, each party that is sent one more."""
    lines: list[Moment] = []
    for event in events:
        lines.append(_line(case, event, zone))
        if event.kind == "dispatched":
            lines += _sent(event)
    return lines


def _line(case: Case, event: Event, zone: ZoneInfo) -> Moment:
    facts = cast("dict[str, Any]", event.facts)
    far = facts.get("distance_m")
    return Moment(
        time=_time(event.at.astimezone(zone), case.received_at.astimezone(zone)),
        who=f"{event.actor or 'gridgis'} ({event.role})",
        what=_what(case, event.kind, facts),
        how_far="" if far is None else f"{far:g} m",
        clock=_clock(case, event, facts, zone),
    )


def _time(at: datetime, begun: datetime) -> str:
    """Return the time of day, with the day where it is another than that of the beginning."""
    return f"{at:%H:%M:%S}" if at.date() == begun.date() else f"{at:%m-%d %H:%M:%S}"


def _what(case: Case, kind: str, facts: dict[str, Any]) -> str:
    if kind in _WORDS and "task" not in facts:
        return _WORDS[kind]
    known = {
        "levelled": lambda: f"level {facts['level']} is confirmed; {facts.get('reason', '')}",
        "dispatched": lambda: _dispatched(facts),
        "mark_reached": lambda: f"{facts['mark']}: {facts.get('note', 'done')}",
        "verified": lambda: f"verified on site: {facts.get('note', 'done')}",
        "rated": lambda: f"satisfied {facts['satisfaction']} of 5: {facts.get('note', '')}",
        "warned": lambda: f"warns of {facts['stage']}",
        "escalated": lambda: f"{facts['stage']} is late: tells the {facts.get('escalate_to')}",
        "lifted": lambda: f"lifts it to the {facts['tier']}",
    }
    if kind in known:
        return known[kind]()
    if "task" in facts and 0 < facts["task"] <= len(case.tasks):
        task = case.tasks[facts["task"] - 1]
        return f"{task.part or task.unit}: {_WORDS.get(kind, kind)}"
    return kind.replace("_", " ")


def _dispatched(facts: dict[str, Any]) -> str:
    said = f"sends {len(facts['parties'])} parties by {facts.get('by') or 'hand'}"
    if facts.get("note"):
        said += f"; {facts['note']}"
    there = facts.get("households")
    if there is None:
        return said
    return (
        f"{said}; {there['households']:.0f} households within {facts['evacuate_m']:.0f} m "
        "have to leave"
    )


def _sent(event: Event) -> list[Moment]:
    """Return a line for each party: who goes, from how far, how long it takes."""
    parties = cast("dict[str, Any]", event.facts)["parties"]
    lines = []
    for one in parties:
        chosen = one["chosen"]
        names = ", ".join(person["name"] for person in chosen) or "nobody is there"
        far_m = max((person["distance_m"] for person in chosen), default=None)
        travel_s = [person["travel_s"] for person in chosen if person["travel_s"] is not None]
        road = f"on the road {max(travel_s) / 60:.1f} min" if travel_s else ""
        within = f"within {one['within']}" if one["within"] else ""
        passed = f"; {len(one['skipped'])} passed over" if one["skipped"] else ""
        lines.append(
            Moment(
                "",
                f"  {one['party']} ({one['unit']})",
                f"{names}{passed}",
                "" if far_m is None else f"{far_m:.0f} m",
                ", ".join(said for said in (within, road) if said),
            )
        )
    return lines


def _clock(case: Case, event: Event, facts: dict[str, Any], zone: ZoneInfo) -> str:
    """Return the limit that an event meets, misses or warns of."""
    one = _limit(case, event.kind, facts)
    if one is None or one.due_at is None:
        return ""
    stage = one.stage.removeprefix("mark:")
    due = f"{one.due_at.astimezone(zone):%H:%M:%S}"
    if event.kind in {"warned", "escalated"}:
        return f"{stage} within {one.spec}: by {due}"
    return f"{stage} within {one.spec}: by {due}, {_held(event.at, one.due_at)}"


def _held(at: datetime, due_at: datetime) -> str:
    left_s = (due_at - at).total_seconds()
    minutes = f"{abs(left_s) / 60:.1f} min"
    return f"met, {minutes} left" if left_s >= 0 else f"missed by {minutes}"


def _limit(case: Case, kind: str, facts: dict[str, Any]) -> Limit | None:
    task, stage = 0, _STAGE.get(kind)
    if kind in {"warned", "escalated"}:
        task, stage = facts["task"], facts["stage"]
    elif kind == "mark_reached":
        stage = f"mark:{facts['mark']}"
    elif "task" in facts:
        task, stage = facts["task"], _STAGE_OF_TASK.get(kind)
    found = [one for one in case.limits if one.task == task and one.stage == stage]
    return found[-1] if found else None
