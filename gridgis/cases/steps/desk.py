"""What the dispatcher's desk decides: taking up, levels, sending, lifting, taking out of use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gridgis.cases.words import LEVELS, TIERS
from gridgis.clocks.limits import Limit
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.cases import commands as c
    from gridgis.cases.steps.deciding import Deciding

MOST_PARTIES = 50
_RUNNING = ("file", "dispatch", "handle", "verify", "close")
_SHORTEST_WAIT = ("accept", "arrive", "finish")


def file(on: Deciding, command: c.File) -> None:
    """Take it up; the clock of dispatching starts."""
    on.move("filed", "filed", note=command.note, reason=command.reason, **on.clocks("dispatch"))


def reject(on: Deciding, command: c.Reject) -> None:
    """Refuse it as none of the grid's matters."""
    on.end("rejected", "rejected", reason=command.reason, outcome="not_in_scope")


def merge(on: Deciding, command: c.Merge) -> None:
    """Let another report go on for both."""
    if command.into == on.case.report_id:
        on.refuse("cannot be merged into itself")
    on.end("merged", "merged", into=str(command.into), reason=command.reason, outcome="duplicate")


def set_level(on: Deciding, command: c.SetLevel) -> None:
    """Confirm the level; clocks that run get the limits of that level, from when they started."""
    if command.level not in LEVELS:
        msg = f"level is {command.level}; it is 1 (the gravest) to 4"
        raise InvalidInputError(msg)
    before = on.case.level
    on.write(
        "levelled",
        level=command.level,
        before=before,
        reason=command.reason,
        **_tightened(on, command.level),
    )


def _tightened(on: Deciding, level: int) -> dict[str, object]:
    """Return the running clocks anew with a level's limits, as facts of an event."""
    case = replace(on.case, level=level)
    started = []
    for one in case.limits:
        if one.stopped_at is not None or one.task or one.stage not in _RUNNING:
            continue
        said = on.ruling.clock(case, one.stage)
        if said is None or said["limit"] == one.spec:
            continue
        started.append(
            {
                **said,
                "round": one.round,
                "since": one.started_at.isoformat(),
                "extensions": list(one.extensions),
                "pauses": [
                    [begin.isoformat(), None if end is None else end.isoformat()]
                    for begin, end in one.pauses
                ],
                **({} if one.cap_at is None else {"cap_at": one.cap_at.isoformat()}),
            }
        )
    return on.running(started)


def dispatch(on: Deciding, command: c.Dispatch) -> None:
    """Send those who go; one of them leads, unless somebody leads already."""
    case = on.case
    _require_parties(on, command.parties)
    if _is_led(on) and any(one.is_lead for one in command.parties):
        on.refuse(f"is led by {case.unit} already; recall that task first")
    first = len(case.tasks) + 1
    numbered = list(enumerate(command.parties, first))
    facts = {
        **command.facts,
        "round": case.round + 1,
        "told": list(command.told) or None,
        "note": command.note,
        "reason": command.reason,
        "tasks": [_sent(number, one) for number, one in numbered],
        **on.running(_clocks(on, numbered)),
    }
    on.move("dispatched", case.state if case.state == "handling" else "dispatched", **facts)


def _require_parties(on: Deciding, parties: Sequence[c.Party]) -> None:
    if not 1 <= len(parties) <= MOST_PARTIES:
        msg = f"{len(parties)} parties are to be sent; send 1 to {MOST_PARTIES}"
        raise InvalidInputError(msg)
    leads = sum(one.is_lead for one in parties)
    if leads > 1 or (leads == 0 and not _is_led(on)):
        msg = f"{leads} of the parties lead; one must, and only one"
        raise InvalidInputError(msg)
    for one in parties:
        if not one.unit.strip():
            msg = "a party has no unit; say who is to go"
            raise InvalidInputError(msg)


def _is_led(on: Deciding) -> bool:
    """Say whether somebody leads who would not come by this dispatch."""
    return on.case.state in {"dispatched", "handling"} and on.case.leading is not None


def _sent(number: int, one: c.Party) -> dict[str, object]:
    said: dict[str, object] = {"number": number, "unit": one.unit, "lead": one.is_lead}
    if one.part is not None:
        said["part"] = one.part
    if one.responders:
        said["responders"] = [str(person) for person in one.responders]
    return said


def _clocks(on: Deciding, numbered: Sequence[tuple[int, c.Party]]) -> list[dict[str, object]]:
    case, found = on.case, []
    if not any(one.stage == "handle" and one.stopped_at is None for one in case.limits):
        found.append(on.ruling.clock(case, "handle"))
    for number, one in numbered:
        for stage in _SHORTEST_WAIT:
            spec = str(Limit.parse(one.within)) if one.within and stage == "arrive" else None
            found.append(on.ruling.clock(case, stage, task=number, spec=spec))
    response = on.ruling.plan.response(case.category, case.level)
    known = {one.stage for one in case.limits}
    for name, limit in {} if response is None else response.marks.items():
        if f"mark:{name}" not in known:
            said = on.ruling.clock(case, f"mark:{name}", spec=str(limit))
            found.append({**(said or {}), "since": case.received_at.isoformat()})
    return [{**one, "round": case.round + 1} for one in found if one is not None]


def whistle(on: Deciding, command: c.Whistle) -> None:
    """Call a department; it has to arrive within a limit of its own."""
    if not command.unit.strip():
        msg = "unit: say which department is called"
        raise InvalidInputError(msg)
    number = len(on.case.tasks) + 1
    spec = str(Limit.parse(command.within))
    clock = on.ruling.clock(on.case, "arrive", task=number, spec=spec)
    task = {
        "number": number,
        "unit": command.unit,
        "part": "whistled",
        "whistled": True,
        "responders": [str(person) for person in command.responders],
    }
    on.write(
        "whistled",
        tasks=[task],
        round=on.case.round,
        reason=command.reason,
        **on.running([] if clock is None else [clock]),
    )


def lift(on: Deciding, command: c.Lift) -> None:
    """Hand the matter up; never down, since the lowest tier that can solves it."""
    if TIERS.index(command.to) <= TIERS.index(on.case.tier):
        on.refuse(f"is with the {on.case.tier} already; it can be lifted to a higher tier only")
    on.write("lifted", tier=command.to, tier_before=on.case.tier, reason=command.reason)


def reach_mark(on: Deciding, command: c.ReachMark) -> None:
    """Say that a mark of the response is reached."""
    stage = f"mark:{command.mark}"
    running = [one for one in on.case.limits if one.stage == stage and one.stopped_at is None]
    if not running:
        marks = [one.stage[5:] for one in on.case.limits if one.stage.startswith("mark:")]
        on.refuse(f"waits for no mark {command.mark!r}; it has {', '.join(marks) or 'none'}")
    on.write("mark_reached", mark=command.mark, note=command.note)


def void(on: Deciding, command: c.Void) -> None:
    """Take it out of use."""
    on.end("voided", "void", reason=command.reason, outcome="withdrawn")
