"""By when something must be done, and why."""

from __future__ import annotations

from uuid import UUID

from starlette.responses import Response

from gridgis.clocks.calendar_files import read_calendar
from gridgis.clocks.telling import tell
from gridgis.errors import InvalidInputError, ReportNotFoundError, StoreUnavailableError
from gridgis.store import calendars
from gridgis_api.answers import answer
from gridgis_api.dependencies import ServiceHere
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.clocks import Calendars, Clocks, calendar_shape, clock_shape

router = family("clocks")


@router.get(
    "/reports/{report_id}/clocks",
    response_model=Clocks,
    responses=told(InvalidInputError, ReportNotFoundError, StoreUnavailableError),
)
def get_clocks(report_id: UUID, service: ServiceHere) -> Response:
    """Show every clock of a report: each interval, whether it counts, and why."""
    now = service.clock.now()
    with service.store.begin() as connection:
        found = tell(connection, report_id, now, service.settings.zone)
    return answer(Clocks(clocks=[clock_shape(one) for one in found]))


@router.get("/calendars", response_model=Calendars, responses=told(StoreUnavailableError))
def get_calendars(service: ServiceHere) -> Response:
    """List the calendars that count: hours, night, holidays and make-up working days."""
    with service.store.begin() as connection:
        kept = calendars.everything(connection)
    shapes = [calendar_shape(one, read_calendar(one.text)) for one in kept]
    return answer(Calendars(calendars=shapes))
