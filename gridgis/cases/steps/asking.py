"""What one person asks for and another one grants: time, a rest, taking out of use, giving back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.cases.words import WISHES
from gridgis.clocks.limits import Limit
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from gridgis.cases import commands as c
    from gridgis.cases.model import Wish
    from gridgis.cases.steps.deciding import Deciding

_RESTING = ("filed", "dispatched", "handling")
_ASKABLE = tuple(one for one in WISHES if one != "return")
_ABOVE = frozenset({"leader", "administrator"})
_EXTENDED = frozenset({"handle", "close", "finish"})


def ask(on: Deciding, command: c.Ask) -> None:
    """Ask for it; somebody else decides."""
    if command.wish not in _ASKABLE:
        msg = f"{command.wish!r} cannot be asked for; {', '.join(_ASKABLE)} can"
        raise InvalidInputError(msg)
    if any(one.kind == command.wish for one in on.case.wishes):
        on.refuse(f"waits for an answer to another {command.wish} already")
    by, until = _wanted(on, command)
    on.write(
        "asked",
        wish=on.case.wish_count + 1,
        asked_for=command.wish,
        by=by,
        until=until,
        plan=command.plan,
        reason=command.reason,
    )


def _wanted(on: Deciding, command: c.Ask) -> tuple[str | None, str | None]:
    """Return the time and the date that are asked for, when they are what this wish needs."""
    if command.wish == "extension":
        if command.by is None:
            msg = "by: say how much time is asked for, such as 2 working days"
            raise InvalidInputError(msg)
        return str(Limit.parse(command.by)), None
    if command.wish in {"deferral", "parking"}:
        if on.case.state not in _RESTING:
            on.refuse(f"is {on.case.state}; only a case that is worked on can rest")
        if command.until is None:
            msg = "until: say how long it shall rest"
            raise InvalidInputError(msg)
        if command.wish == "parking" and not (command.plan or "").strip():
            msg = "plan: say what is planned for a parked case"
            raise InvalidInputError(msg)
        if command.until < on.ruling.calendar(None).day_of(on.at):
            msg = f"until: {command.until} is past"
            raise InvalidInputError(msg)
        return None, command.until.isoformat()
    return None, None


def grant(on: Deciding, command: c.Grant) -> None:
    """Grant it: time is added, the case rests, or it is out of use."""
    wish = _pending(on, command.wish)
    said = {"wish": wish.number, "asked_for": wish.kind, "reason": command.reason}
    if wish.kind == "extension":
        longer = [
            list(one.key)
            for one in on.case.limits
            if one.stage in _EXTENDED and one.stopped_at is None
        ]
        on.write("granted", **said, by=wish.facts["by"], extends=longer)
        return
    if wish.kind in {"deferral", "parking"} and on.case.state not in _RESTING:
        on.refuse(f"is {on.case.state}; only a case that is worked on can rest")
    on.write("granted", **said)
    if wish.kind == "deferral":
        on.move("suspended", "suspended", until=wish.facts["until"], reason=wish.reason)
    elif wish.kind == "parking":
        rest = {"until": wish.facts["until"], "plan": wish.facts["plan"]}
        on.move("parked", "suspended", reason=wish.reason, **rest)
    elif wish.kind == "void":
        on.end("voided", "void", reason=wish.reason, outcome="withdrawn")


def refuse(on: Deciding, command: c.Refuse) -> None:
    """Refuse it; a task that was given back is sent again."""
    wish = _pending(on, command.wish)
    said = {"wish": wish.number, "asked_for": wish.kind, "reason": command.reason}
    if wish.kind == "return" and wish.task is not None:
        task = on.case.tasks[wish.task - 1]
        # While the case rests, they rest.
        rests = on.case.state == "suspended"
        paused = {"pauses": [[on.at.isoformat(), None]]} if rests else {}
        again: list[dict[str, object]] = [
            {**one, "round": task.round, **paused}
            for stage in ("accept", "arrive", "finish")
            if (one := on.ruling.clock(on.case, stage, task=task.number)) is not None
        ]
        on.move_task("refused", task, "sent", **said, **on.running(again))
        return
    on.write("refused", **said)


def _pending(on: Deciding, number: int) -> Wish:
    found = [one for one in on.case.wishes if one.number == number]
    if not found:
        waiting = ", ".join(f"{one.number} ({one.kind})" for one in on.case.wishes) or "nothing"
        on.refuse(f"waits for no answer to {number}; it waits for {waiting}")
    wish = found[0]
    if wish.asked_by == on.actor.name:
        on.refuse(f"has {wish.kind} {number} asked for by {wish.asked_by}; somebody else decides")
    if wish.kind != "return" and on.actor.role not in _ABOVE:
        on.refuse(f"has {wish.kind} {number} asked for; a leader decides that")
    return wish


def resume(on: Deciding, command: c.Resume) -> None:
    """Go on where it was."""
    to = on.case.suspended_from or "handling"
    on.move("resumed", to, reason=command.reason, note=command.note)
