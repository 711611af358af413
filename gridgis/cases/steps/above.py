"""What comes from above and outside: urging, supervision, the platform that sent a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.clock import aware
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.cases import commands as c
    from gridgis.cases.steps.deciding import Deciding

_CAPPED = frozenset({"handle", "close"})
OUTSIDE = frozenset({"hotline", "platform"})
"""Channels of those who wait for an answer from here."""


def urge(on: Deciding, command: c.Urge) -> None:
    """Urge whoever works on it."""
    on.write(
        "urged",
        document=command.document,
        reason=command.reason,
        note=command.note,
        **_capped(on, command.due_at),
    )


def supervise(on: Deciding, command: c.Supervise) -> None:
    """Put it under supervision."""
    if not command.document.strip():
        msg = "document: name the paper by which it is supervised"
        raise InvalidInputError(msg)
    on.write(
        "supervised",
        document=command.document,
        reason=command.reason,
        note=command.note,
        **_capped(on, command.due_at),
    )


def _capped(on: Deciding, due_at: datetime | None) -> dict[str, object]:
    """Return a tighter end of the clocks that run, as facts of an event."""
    if due_at is None:
        return {}
    limit = aware(due_at, "due_at")
    if limit <= on.at:
        msg = f"due_at: {due_at.isoformat()} is past"
        raise InvalidInputError(msg)
    running = [
        list(one.key) for one in on.case.limits if one.stage in _CAPPED and one.stopped_at is None
    ]
    return {"due_at": limit.isoformat(), "caps": running}


def return_up(on: Deciding, command: c.ReturnUp) -> None:
    """Give it back to the platform that sent it."""
    _require_outside(on)
    on.write("returned_up", reason=command.reason)


def ask_extension_up(on: Deciding, command: c.AskExtensionUp) -> None:
    """Ask the platform that sent it for more time; its own limit stays until it says otherwise."""
    _require_outside(on)
    on.write(
        "extension_asked_up",
        until=aware(command.until, "until").isoformat(),
        reason=command.reason,
    )


def answer_up(on: Deciding, command: c.AnswerUp) -> None:
    """Answer the platform that sent it."""
    _require_outside(on)
    if not command.answer.strip():
        msg = "answer: say what the platform is to be told"
        raise InvalidInputError(msg)
    on.write("answered_up", answer=command.answer, note=command.note)


def _require_outside(on: Deciding) -> None:
    if on.case.channel not in OUTSIDE:
        came = on.case.channel or "nobody knows where"
        on.refuse(f"came from {came}, not from the hotline or another platform")
