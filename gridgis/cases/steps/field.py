"""What those who were sent say of their task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.cases.steps.deciding import distance_m, told
from gridgis.cases.words import REASON_KINDS
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from gridgis.cases import commands as c
    from gridgis.cases.steps.deciding import Deciding

MOST_STARS = 5


def accept(on: Deciding, command: c.Accept) -> None:
    """Take it."""
    on.move_task("accepted", on.case.tasks[command.task - 1], "accepted", note=command.note)


def give_back(on: Deciding, command: c.Return) -> None:
    """Give it back to the dispatcher, who takes it back or refuses."""
    on.move_task(
        "returned",
        on.case.tasks[command.task - 1],
        "returned",
        reason=command.reason,
        reason_kind=_known(command.kind),
        wish=on.case.wish_count + 1,
        asked_for="return",
    )


def recall(on: Deciding, command: c.Recall) -> None:
    """Call it off."""
    task = on.case.tasks[command.task - 1]
    on.move_task("recalled", task, "recalled", reason=command.reason)


def arrive(on: Deciding, command: c.Arrive) -> None:
    """Be there, as far as the position says."""
    there, place = on.case.location, command.location
    far = None if there is None or place is None else round(distance_m(there, place), 1)
    on.move_task(
        "arrived",
        on.case.tasks[command.task - 1],
        "arrived",
        location=told(place),
        distance_m=far,
        note=command.note,
    )


def begin(on: Deciding, command: c.Begin) -> None:
    """Begin."""
    on.move_task("working", on.case.tasks[command.task - 1], "working", note=command.note)


def finish(on: Deciding, command: c.Finish) -> None:
    """Be done."""
    on.move_task("done", on.case.tasks[command.task - 1], "done", note=command.note)


def cannot(on: Deciding, command: c.Cannot) -> None:
    """Say that it cannot be done."""
    on.move_task(
        "cannot",
        on.case.tasks[command.task - 1],
        "cannot",
        reason=command.reason,
        reason_kind=_known(command.kind),
    )


def rate_task(on: Deciding, command: c.RateTask) -> None:
    """Rate a department that was whistled for."""
    task = on.case.tasks[command.task - 1]
    if not task.is_whistled:
        on.refuse(f"did not whistle for {task.unit}; only departments that came so are rated")
    if not 1 <= command.rating <= MOST_STARS:
        msg = f"rating is {command.rating}; it is 1 to {MOST_STARS}"
        raise InvalidInputError(msg)
    on.move_task("whistle_rated", task, task.state, rating=command.rating, note=command.note)


def _known(kind: str) -> str:
    if kind not in REASON_KINDS:
        msg = f"{kind!r} is no kind of reason; {', '.join(REASON_KINDS)} are"
        raise InvalidInputError(msg)
    return kind
