"""``gridgis case``: what the dispatcher's desk decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.cases import commands as c
from gridgis.cases.words import TIERS
from gridgis.errors import InvalidInputError
from gridgis.store import cases
from gridgis_api.cli import context, naming
from gridgis_api.cli.doing import (
    ADMINISTRATOR,
    As,
    At,
    How,
    MaybeReason,
    Note,
    Reason,
    Report,
    Responder,
    Within,
    acting,
    do,
)
from gridgis_api.cli.moments import moment, shown

if TYPE_CHECKING:
    from uuid import UUID

    from gridgis.store.engine import Store
    from gridgis_api.cli.doing import Acting

Level = Annotated[int, typer.Argument(min=1, max=4, help="1: the gravest.")]
Due = Annotated[str | None, typer.Option(help="A tighter limit: a day or time.")]


def file(report: Report, note: Note = None, as_: As = ADMINISTRATOR, at: At = None) -> None:
    """Take a report up; the clock of dispatching starts."""
    do(report, How(as_, at), c.File(note=note), "taken up")


def reject(report: Report, reason: Reason, as_: As = ADMINISTRATOR, at: At = None) -> None:
    """Refuse a report: it is none of the grid's matters."""
    do(report, How(as_, at), c.Reject(reason=reason), "refused")


def merge(
    report: Report,
    into: Annotated[str, typer.Argument(help="The report that goes on for both.")],
    reason: MaybeReason = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Let another open report go on for both."""
    with acting(report, How(as_, at)) as one:
        other = one.store.ask(lambda connection: naming.report_id(connection, into))
        one.tell(one.give(c.Merge(into=other, reason=reason)).case, f"merged into {into}")


def level(
    report: Report,
    level: Level,
    reason: MaybeReason = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Confirm how grave a report is; `gridgis case proposal` proposes a level."""
    do(report, How(as_, at), c.SetLevel(level=level, reason=reason), f"is of level {level}")


def dispatch(
    report: Report,
    unit: Annotated[
        list[str] | None,
        typer.Option(help="Who goes; the first one leads. Else the response plan's team."),
    ] = None,
    responder: Responder = None,
    note: Note = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Send the response plan's team, else the responsible unit, or whom you name.

    People named by --responder go for the first unit.
    """
    with acting(report, How(as_, at)) as one:
        if unit:
            people = _people(one.store, responder)
            led = one.case.state in {"dispatched", "handling"} and one.case.leading is not None
            parties = tuple(
                c.Party(name, None, place == 0 and not led, people if place == 0 else ())
                for place, name in enumerate(unit)
            )
            command = c.Dispatch(parties=parties, note=note)
        elif responder:
            msg = "--responder goes with --unit: say whose people they are"
            raise InvalidInputError(msg)
        else:
            command = _planned(one, note)
        one.tell(one.give(command).case, _sent(command))


def _sent(command: c.Dispatch) -> str:
    number = len(command.parties)
    return "1 party is sent" if number == 1 else f"{number} parties are sent"


def _planned(one: Acting, note: str | None) -> c.Dispatch:
    # Only here: it knows the engine of the nearest, and other commands need none.
    from gridgis.response.sending import propose  # noqa: PLC0415

    service = context.service(one.store)
    now = context.clock.now()
    with one.store.begin() as connection:
        loaded = cases.load(connection, one.report_id, now)
        ruling = service.rulings.of(connection, loaded.marks)
        return propose(connection, service.desk, loaded.case, ruling, now).command(note=note)


def whistle(  # noqa: PLR0913, PLR0917 - one parameter an option
    report: Report,
    unit: Annotated[str, typer.Argument(help="The department that has to come.")],
    within: Within,
    reason: Reason,
    responder: Responder = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Call a department to the street: it has to be there within a limit, and is rated."""
    with acting(report, How(as_, at)) as one:
        people = _people(one.store, responder)
        command = c.Whistle(unit=unit, within=within, reason=reason, responders=people)
        one.tell(one.give(command).case, f"whistled for {unit}")


def lift(
    report: Report,
    to: Annotated[str, typer.Argument(help=f"The tier: {', '.join(TIERS)}.")],
    reason: Reason,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Hand the matter to a higher tier."""
    found = next((tier for tier in TIERS if tier == to), None)
    if found is None:
        msg = f"{to!r} is no tier; {', '.join(TIERS)} are"
        raise InvalidInputError(msg)
    do(report, How(as_, at), c.Lift(to=found, reason=reason), f"lifted to the {to}")


def urge(
    report: Report,
    document: Annotated[str | None, typer.Option(help="Number of the paper.")] = None,
    due: Due = None,
    note: Note = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Urge whoever works on it."""
    due_at = moment(due, "--due")
    command = c.Urge(document=document, due_at=due_at, note=note)
    do(report, How(as_, at), command, f"urged{_by(due_at)}")


def supervise(
    report: Report,
    document: Annotated[str, typer.Option(help="Number of the paper.")],
    due: Due = None,
    note: Note = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Put it under supervision by a paper."""
    due_at = moment(due, "--due")
    command = c.Supervise(document=document, due_at=due_at, note=note)
    do(report, How(as_, at), command, f"supervised by {document}{_by(due_at)}")


def mark(
    report: Report,
    mark: Annotated[str, typer.Argument(help="A mark of the response, like evacuated.")],
    note: Note = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Say that a mark of the response is reached."""
    do(report, How(as_, at), c.ReachMark(mark=mark, note=note), f"{mark} is reached")


def _by(due_at: object) -> str:
    return "" if due_at is None else f", due {shown(due_at, '')}"  # type: ignore[arg-type]


def _people(store: Store, names: list[str] | None) -> tuple[UUID, ...]:
    return tuple(naming.responder_ids(store, names or []))


COMMANDS = {
    "file": file,
    "reject": reject,
    "merge": merge,
    "level": level,
    "dispatch": dispatch,
    "whistle": whistle,
    "lift": lift,
    "urge": urge,
    "supervise": supervise,
    "mark": mark,
}
"""The first word after ``gridgis case``, and what does it."""
