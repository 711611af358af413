"""What one person asks for and another one grants: time, a rest, taking out of use."""

from __future__ import annotations

from uuid import UUID

from starlette.responses import Response

from gridgis.cases import commands as c
from gridgis_api.doing import DoingHere, transition
from gridgis_api.routing import family
from gridgis_api.shapes.cases import CommandBody
from gridgis_api.shapes.wishes import AskBody, GrantBody, RefuseBody

router = family("cases", "/reports/{report_id}")


@transition(router, "/ask", c.Ask)
def ask_for(report_id: UUID, body: AskBody, doing: DoingHere) -> Response:
    """Ask for more time, for a rest (deferral, parking), or for taking a case out of use.

    An extension says `by` how much, a rest `until` when; a parked case has a `plan` as well, and
    stays open. A second wish of the same kind waits until the first is answered (409).
    """
    return doing.case(report_id, c.Ask, body)


@transition(router, "/grant", c.Grant)
def grant_wish(report_id: UUID, body: GrantBody, doing: DoingHere) -> Response:
    """Grant what was asked for: time is added, the case rests, or it is out of use.

    Somebody else than whoever asked; a leader, but for a task that was given back.
    """
    return doing.case(report_id, c.Grant, body)


@transition(router, "/refuse", c.Refuse)
def refuse_wish(report_id: UUID, body: RefuseBody, doing: DoingHere) -> Response:
    """Refuse what was asked for; a task that was given back is sent again."""
    return doing.case(report_id, c.Refuse, body)


@transition(router, "/resume", c.Resume)
def resume_case(report_id: UUID, body: CommandBody, doing: DoingHere) -> Response:
    """Go on with a case that rests; its clocks run on."""
    return doing.case(report_id, c.Resume, body)
