"""``gridgis case``: what one person asks for and another one grants, and words with those above."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from gridgis.cases import commands as c
from gridgis.errors import InvalidInputError
from gridgis_api.cli.doing import (
    ADMINISTRATOR,
    As,
    At,
    How,
    MaybeReason,
    Note,
    Reason,
    Report,
    do,
)
from gridgis_api.cli.moments import moment

Wish = Annotated[int, typer.Argument(min=1, help="Its number; `gridgis case show` has it.")]
Until = Annotated[str, typer.Option(help="A day, like 2026-06-30.")]


def ask(  # noqa: PLR0913, PLR0917 - one parameter an option
    report: Report,
    wish: Annotated[str, typer.Argument(help="extension, deferral or void.")],
    reason: Reason,
    by: Annotated[str | None, typer.Option(help="How much time, like '2 working days'.")] = None,
    until: Annotated[str | None, typer.Option(help="A day, like 2026-06-30.")] = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Ask for more time, for a rest, or for taking a case out of use; somebody else decides."""
    day = None if until is None else _day(until)
    command = c.Ask(wish=wish, by=by, until=day, reason=reason)
    do(report, How(as_, at), command, f"{wish} is asked for")


def park(
    report: Report,
    until: Until,
    plan: Annotated[str, typer.Option(help="What is planned, and how it will end.")],
    reason: Reason,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Ask for parking a case that cannot be solved soon; granted, it rests and stays open."""
    command = c.Ask(wish="parking", until=_day(until), plan=plan, reason=reason)
    do(report, How(as_, at), command, "parking is asked for")


def grant(
    report: Report,
    wish: Wish,
    reason: MaybeReason = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Grant what somebody else asked for."""
    do(report, How(as_, at), c.Grant(wish=wish, reason=reason), f"wish {wish} is granted")


def refuse(
    report: Report, wish: Wish, reason: Reason, as_: As = ADMINISTRATOR, at: At = None
) -> None:
    """Refuse what somebody else asked for."""
    do(report, How(as_, at), c.Refuse(wish=wish, reason=reason), f"wish {wish} is refused")


def resume(report: Report, note: Note = None, as_: As = ADMINISTRATOR, at: At = None) -> None:
    """Go on with a case that rests."""
    do(report, How(as_, at), c.Resume(note=note), "goes on")


def return_up(report: Report, reason: Reason, as_: As = ADMINISTRATOR, at: At = None) -> None:
    """Give a report back to the hotline or platform that sent it."""
    do(report, How(as_, at), c.ReturnUp(reason=reason), "given back to who sent it")


def ask_extension_up(
    report: Report,
    until: Annotated[str, typer.Option(help="A day or time.")],
    reason: Reason,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Ask the hotline or platform that sent a report for more time."""
    then = moment(until, "--until")
    if then is not None:
        command = c.AskExtensionUp(until=then, reason=reason)
        do(report, How(as_, at), command, "more time is asked for above")


def answer_up(
    report: Report,
    answer: Annotated[str, typer.Argument(help="What it is told.")],
    note: Note = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Answer the hotline or platform that sent a report."""
    do(report, How(as_, at), c.AnswerUp(answer=answer, note=note), "answered above")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        msg = f"--until: {text!r} is no day; write 2026-06-30"
        raise InvalidInputError(msg) from error


COMMANDS = {
    "ask": ask,
    "park": park,
    "grant": grant,
    "refuse": refuse,
    "resume": resume,
    "return-up": return_up,
    "ask-extension-up": ask_extension_up,
    "answer-up": answer_up,
}
"""The first word after ``gridgis case``, and what does it."""
