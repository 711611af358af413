"""``gridgis case``: how a case ends: verified, closed, rated, taken up again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.cases import commands as c
from gridgis.cases.words import OUTCOMES
from gridgis.errors import CaseRefusedError, InvalidInputError
from gridgis.ratings import answering
from gridgis.ratings.links import newest_link
from gridgis.store.ratings import Answer
from gridgis_api.cli import context, naming
from gridgis_api.cli.doing import (
    ADMINISTRATOR,
    As,
    At,
    How,
    Lat,
    Lon,
    MaybeReason,
    Note,
    Reason,
    Report,
    acting,
    do,
    stand,
)

if TYPE_CHECKING:
    from gridgis_api.cli.doing import Acting


def start_verifying(
    report: Report, note: Note = None, as_: As = ADMINISTRATOR, at: At = None
) -> None:
    """Go and look whether it is done."""
    do(report, How(as_, at), c.StartVerifying(note=note), "is looked at")


def verify(  # noqa: PLR0913, PLR0917 - one parameter an option
    report: Report,
    failed: Annotated[
        bool, typer.Option("--failed", help="It is not done; --reason says what is not.")
    ] = False,
    reason: MaybeReason = None,
    lon: Lon = None,
    lat: Lat = None,
    datum: naming.Datum = "wgs84",
    note: Note = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Say what was found on site."""
    here = stand(lon, lat, datum)
    command = c.Verify(passed=not failed, location=here, reason=reason, note=note)
    do(report, How(as_, at), command, "found not done" if failed else "verified")


def rework(report: Report, note: Note = None, as_: As = ADMINISTRATOR, at: At = None) -> None:
    """Send those who led back to what was found not done."""
    do(report, How(as_, at), c.Rework(note=note), "sent back to be done")


def close(  # noqa: PLR0913, PLR0917 - one parameter an option
    report: Report,
    outcome: Annotated[str, typer.Option(help="solved, not_in_scope or withdrawn.")] = "solved",
    lon: Lon = None,
    lat: Lat = None,
    datum: naming.Datum = "wgs84",
    reason: MaybeReason = None,
    note: Note = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """End a case with what came of it; with a position whoever closes it verifies it first."""
    if outcome not in OUTCOMES:
        msg = f"--outcome {outcome}: it is one of {', '.join(OUTCOMES)}"
        raise InvalidInputError(msg)
    here = stand(lon, lat, datum)
    with acting(report, How(as_, at)) as one:
        if here is not None:
            one.give(c.Verify(location=here))
        command = c.Close(outcome=outcome, reason=reason, note=note)
        one.tell(one.give(command).case, "closed")
        _tell_link(one)


def _tell_link(one: Acting) -> None:
    """Say by which link the resident rates, when they were asked."""
    with one.store.begin() as connection:
        token = newest_link(connection, one.report_id, context.clock.now())
    if token is not None:
        context.say(f"  the resident rates it at /rate/{token} of the service")


def rate(
    report: Report,
    satisfaction: Annotated[int, typer.Argument(min=1, max=5, help="5 is best.")],
    contacted: Annotated[
        bool, typer.Option("--contacted/--not-contacted", help="Whether anybody called.")
    ] = True,
    solved: Annotated[
        bool, typer.Option("--solved/--not-solved", help="Whether it is solved.")
    ] = True,
    words: Annotated[str | None, typer.Option(help="What the resident says.")] = None,
) -> None:
    """Keep what a resident says who was called; a low rating brings the case back."""
    with acting(report, How()) as one:
        now = context.clock.now()
        with one.store.begin() as connection:
            token = newest_link(connection, one.report_id, now)
            if token is None:
                msg = f"report {report} waits for no rating: nobody was asked, or has answered"
                raise CaseRefusedError(msg)
            said = Answer(contacted, solved, satisfaction, words)
            through = answering.through(one.workflow)
            rated = answering.answer(connection, token, said, now, through)
        back = "; it comes back to the dispatcher" if rated.returned else ""
        one.tell(one.case, f"rated {satisfaction} of 5{back}")


def reopen(report: Report, reason: Reason, as_: As = ADMINISTRATOR, at: At = None) -> None:
    """Take a closed case up again."""
    do(report, How(as_, at), c.Reopen(reason=reason), "taken up again")


def on_the_spot(  # noqa: PLR0913, PLR0917 - one parameter an option
    report: Report,
    lon: Lon = None,
    lat: Lat = None,
    datum: naming.Datum = "wgs84",
    note: Note = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Solve a small matter where it was found, from report to closed."""
    here = stand(lon, lat, datum)
    do(report, How(as_, at), c.SolveOnTheSpot(location=here, note=note), "solved on the spot")


COMMANDS = {
    "start-verifying": start_verifying,
    "verify": verify,
    "rework": rework,
    "close": close,
    "rate": rate,
    "reopen": reopen,
    "on-the-spot": on_the_spot,
}
"""The first word after ``gridgis case``, and what does it."""
