"""Reports that came without a point wait here until a person says where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from gridgis import locating
from gridgis.corrections import Why, report_file
from gridgis.errors import (
    ArchivedError,
    ConflictError,
    InvalidInputError,
    PlaceNotFoundError,
    ReportNotFoundError,
    StoreUnavailableError,
)
from gridgis.seeking import NOTHING
from gridgis.store import reports
from gridgis_api.answers import answer
from gridgis_api.candidates import with_grids
from gridgis_api.cursors import read_cursor, write_cursor
from gridgis_api.dependencies import ActorHere, ServiceHere, wgs84
from gridgis_api.errors import BodyTooLargeError, MalformedBodyError, WrongContentTypeError
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.reports import ReportDetail, ReportShape
from gridgis_api.shapes.unlocated import LocateBody, Unlocated, UnlocatedQuery, WaitingShape

if TYPE_CHECKING:
    from gridgis.seeking import Sought
    from gridgis_api.service import Service

router = family("reports", "/reports")


@router.get(
    "/unlocated", response_model=Unlocated, responses=told(InvalidInputError, StoreUnavailableError)
)
def get_unlocated(asked: Annotated[UnlocatedQuery, Query()], service: ServiceHere) -> Response:
    """List the reports that have no location, newest first, with the places that they may mean.

    A person chooses one with `POST /reports/{id}/locate`. Retired reports and those of archived
    months are left out.
    """
    after = None if asked.cursor is None else read_cursor(asked.cursor)
    # One more than asked for: it says whether there is a next page.
    queue = locating.queue(service.store, service.seeker, after=after, limit=asked.limit + 1)
    page = queue.reports[: asked.limit]
    last = page[-1].report if len(queue.reports) > asked.limit else None
    return answer(
        Unlocated(
            reports=[_waiting(service, one) for one in page],
            next=None if last is None else write_cursor(last.captured_at, last.id),
            waiting=queue.waiting,
            searched=all(one.sought is not None for one in page),
        )
    )


@router.post(
    "/{report_id}/locate",
    response_model=ReportDetail,
    responses=told(
        ReportNotFoundError,
        PlaceNotFoundError,
        ConflictError,
        ArchivedError,
        InvalidInputError,
        MalformedBodyError,
        BodyTooLargeError,
        WrongContentTypeError,
        StoreUnavailableError,
    ),
)
def locate_report(
    report_id: UUID, body: LocateBody, service: ServiceHere, actor: ActorHere
) -> Response:
    """Say where a report is that came without a location: at a place, or at a point.

    It gets its grids and its holder; an event keeps who said so and why. A report that has a
    location is a conflict: `POST /reports/{id}/location` moves its pin.
    """
    why = Why(body.reason, actor, service.clock.now())
    place = body.location
    choice = locating.Choice(
        body.place,
        None if place is None else wgs84(place.lon, place.lat, place.datum, place.accuracy_m),
        NOTHING if body.place is None else _sought(service, report_id),
    )
    with service.store.begin() as connection:
        locating.locate(connection, report_id, choice, why, service.territories, service.settings)
    with service.store.begin() as connection:
        file = report_file(connection, report_id)
    return answer(ReportDetail.model_validate(file))


def _sought(service: Service, report_id: UUID) -> Sought:
    report = service.store.ask(lambda connection: reports.one(connection, report_id))
    return service.seeker.soon(report.address, report.description) or NOTHING


def _waiting(service: Service, one: locating.Waiting) -> WaitingShape:
    sought = one.sought or NOTHING
    return WaitingShape(
        report=ReportShape.model_validate(one.report),
        candidates=with_grids(service, sought.candidates),
        sure=sought.taken is not None,
    )
