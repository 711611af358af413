"""What is done to a case; each transition is a route of its own.

The rows of the transition table (:mod:`gridgis.cases.table`) say who may, and when.
"""

from __future__ import annotations

from uuid import UUID

from starlette.responses import Response

from gridgis.cases import commands as c
from gridgis.errors import ArchiveFileError, ResponderNotFoundError
from gridgis.response.sending import propose
from gridgis.store import cases
from gridgis_api.doing import DoingHere, transition
from gridgis_api.routing import family
from gridgis_api.shapes.cases import (
    AnswerUpBody,
    CloseBody,
    CommandBody,
    DispatchBody,
    ExtensionUpBody,
    LevelBody,
    LiftBody,
    MarkBody,
    MergeBody,
    ReasonedBody,
    SpotBody,
    SuperviseBody,
    UrgeBody,
    VerifyBody,
    WhistleBody,
)

router = family("cases", "/reports/{report_id}")


@transition(router, "/file", c.File)
def file_case(report_id: UUID, body: CommandBody, doing: DoingHere) -> Response:
    """Take a report up; the clock of dispatching starts."""
    return doing.case(report_id, c.File, body)


@transition(router, "/reject", c.Reject)
def reject_case(report_id: UUID, body: ReasonedBody, doing: DoingHere) -> Response:
    """Refuse a report: it is none of the grid's matters."""
    return doing.case(report_id, c.Reject, body)


@transition(router, "/merge", c.Merge)
def merge_case(report_id: UUID, body: MergeBody, doing: DoingHere) -> Response:
    """Let another open report go on for both; its reporter stays attached.

    Nobody merges a report into itself, or into a case that has ended (409).
    """
    return doing.case(report_id, c.Merge, body)


@transition(router, "/level", c.SetLevel)
def level_case(report_id: UUID, body: LevelBody, doing: DoingHere) -> Response:
    """Confirm how grave a report is; clocks that run get the limits of that level.

    `GET /reports/{id}/proposal` proposes one, with its reasons.
    """
    return doing.case(report_id, c.SetLevel, body)


@transition(router, "/dispatch", c.Dispatch, ResponderNotFoundError, ArchiveFileError)
def dispatch_case(report_id: UUID, body: DispatchBody, doing: DoingHere) -> Response:
    """Send somebody: one party leads, others help, some are only told.

    Without parties those go whom `GET /reports/{id}/proposal` shows: the team of the response plan,
    else the responsible unit, else the worker of the grid that holds it; the event keeps who was
    chosen, who was skipped, and why. That is refused (409) while the plan has a response and nobody
    has confirmed the level, and where nobody is known who could lead.
    """
    if body.parties is not None:
        return doing.case(report_id, c.Dispatch, body)
    service = doing.service
    now = service.clock.now()
    with service.store.begin() as connection:
        loaded = cases.load(connection, report_id, now)
        loaded.require_here()
        ruling = service.rulings.of(connection, loaded.marks)
        found = propose(connection, service.desk, loaded.case, ruling, now)
    return doing.give(report_id, found.command(body.reason, body.note), body)


@transition(router, "/whistle", c.Whistle, ResponderNotFoundError)
def whistle_case(report_id: UUID, body: WhistleBody, doing: DoingHere) -> Response:
    """Call a department to the street: it has to be there within a limit, and is rated."""
    return doing.case(report_id, c.Whistle, body)


@transition(router, "/start-verifying", c.StartVerifying)
def start_verifying_case(report_id: UUID, body: CommandBody, doing: DoingHere) -> Response:
    """Go and look whether it is done."""
    return doing.case(report_id, c.StartVerifying, body)


@transition(router, "/verify", c.Verify)
def verify_case(report_id: UUID, body: VerifyBody, doing: DoingHere) -> Response:
    """Say what was found on site.

    Where the category is verified on site, whoever says that it is done must stand within so many
    metres of the report (409 otherwise). What is not done goes back, with a reason.
    """
    return doing.case(report_id, c.Verify, body)


@transition(router, "/rework", c.Rework)
def rework_case(report_id: UUID, body: CommandBody, doing: DoingHere) -> Response:
    """Send those who led back to what was found not done."""
    return doing.case(report_id, c.Rework, body)


@transition(router, "/close", c.Close)
def close_case(report_id: UUID, body: CloseBody, doing: DoingHere) -> Response:
    """End a case with what came of it; the resident is asked whether they are satisfied.

    Refused (409) while a task is to be done or was given back, and as solved while it was not
    verified on site where the category asks for that.
    """
    return doing.case(report_id, c.Close, body)


@transition(router, "/reopen", c.Reopen)
def reopen_case(report_id: UUID, body: ReasonedBody, doing: DoingHere) -> Response:
    """Take a closed case up again, within 30 days."""
    return doing.case(report_id, c.Reopen, body)


@transition(router, "/on-the-spot", c.SolveOnTheSpot)
def solve_on_the_spot(report_id: UUID, body: SpotBody, doing: DoingHere) -> Response:
    """Solve a small matter where it was found, from report to closed.

    Where the category is verified on site, from within so many metres; not of level 1 or 2 (409).
    """
    return doing.case(report_id, c.SolveOnTheSpot, body)


@transition(router, "/lift", c.Lift)
def lift_case(report_id: UUID, body: LiftBody, doing: DoingHere) -> Response:
    """Hand the matter to a higher tier; never to a lower one (409)."""
    return doing.case(report_id, c.Lift, body)


@transition(router, "/urge", c.Urge)
def urge_case(report_id: UUID, body: UrgeBody, doing: DoingHere) -> Response:
    """Urge whoever works on it, perhaps with a tighter limit."""
    return doing.case(report_id, c.Urge, body)


@transition(router, "/supervise", c.Supervise)
def supervise_case(report_id: UUID, body: SuperviseBody, doing: DoingHere) -> Response:
    """Put a case under supervision by a paper, perhaps with a tighter limit."""
    return doing.case(report_id, c.Supervise, body)


@transition(router, "/mark", c.ReachMark)
def mark_case(report_id: UUID, body: MarkBody, doing: DoingHere) -> Response:
    """Say that a mark of the response is reached, such as `evacuated`."""
    return doing.case(report_id, c.ReachMark, body)


@transition(router, "/return-up", c.ReturnUp)
def return_case_up(report_id: UUID, body: ReasonedBody, doing: DoingHere) -> Response:
    """Give a report back to the hotline or platform that sent it."""
    return doing.case(report_id, c.ReturnUp, body)


@transition(router, "/ask-extension-up", c.AskExtensionUp)
def ask_extension_up(report_id: UUID, body: ExtensionUpBody, doing: DoingHere) -> Response:
    """Ask the hotline or platform that sent a report for more time; its limit stays till then."""
    return doing.case(report_id, c.AskExtensionUp, body)


@transition(router, "/answer-up", c.AnswerUp)
def answer_case_up(report_id: UUID, body: AnswerUpBody, doing: DoingHere) -> Response:
    """Answer the hotline or platform that sent a report."""
    return doing.case(report_id, c.AnswerUp, body)
