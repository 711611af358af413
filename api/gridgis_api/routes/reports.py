"""Reports come in, are read, are corrected."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated
from uuid import UUID, uuid4

from fastapi import Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from gridgis import corrections
from gridgis.body import report_id as id_of
from gridgis.cases.commands import Void
from gridgis.coded import require_edition
from gridgis.errors import (
    ArchivedError,
    ArchiveFileError,
    CaseChangedError,
    CaseRefusedError,
    ConflictError,
    EditionNotFoundError,
    InvalidInputError,
    ReportBodyDiffersError,
    ReportNotFoundError,
    StoreUnavailableError,
    UnreadableFileError,
)
from gridgis.model import Location, NewReport
from gridgis.store import reports as store
from gridgis_api.answers import answer
from gridgis_api.batches import bring, spooled
from gridgis_api.candidates import with_grids
from gridgis_api.cursors import read_cursor, write_cursor
from gridgis_api.dependencies import ActorHere, ServiceHere, wgs84
from gridgis_api.doing import DoingHere, tag
from gridgis_api.errors import (
    BatchTooLargeError,
    BodyTooLargeError,
    MalformedBodyError,
    WrongBatchTypeError,
    WrongContentTypeError,
)
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.service import Service
from gridgis_api.shapes.fields import OfEdition, box
from gridgis_api.shapes.reports import (
    BatchAnswer,
    BatchQuery,
    CorrectionBody,
    LocationBody,
    ReasonBody,
    Received,
    RepinBody,
    ReportBody,
    ReportDetail,
    Reports,
    ReportsQuery,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

router = family("reports", "/reports")

_BODY = (
    InvalidInputError,
    MalformedBodyError,
    BodyTooLargeError,
    WrongContentTypeError,
    StoreUnavailableError,
)


@router.post(
    "",
    status_code=201,
    response_model=Received,
    responses={
        200: {"model": Received, "description": "The same report was stored before"},
        **told(ReportBodyDiffersError, ArchiveFileError, *_BODY),
    },
)
def post_report(body: ReportBody, service: ServiceHere, actor: ActorHere) -> Response:
    """Hand in a report; the answer names its grids and the nearest able responders.

    The same id with the same content may be sent any number of times: it is stored once, and each
    time gets the same grids. The same id with other content is refused.

    Without a location, the address is searched, or else the places that the description names.
    When they are clear, the report is located (`report.located` says how); when not, it is stored,
    with `candidates`, and waits in `GET /reports/unlocated`. A report that no grid covers is stored
    as well, with that as its rule.
    """
    receipt = service.intake.receive(_new_report(body), actor)
    received = Received.model_validate(receipt)
    if receipt.candidates:
        found = with_grids(service, receipt.candidates)
        received = received.model_copy(update={"candidates": found})
    return answer(
        received,
        201 if receipt.fresh else 200,
        {"Location": f"/api/v1/reports/{receipt.report.id}"},
    )


@router.post(
    "/batch",
    response_model=BatchAnswer,
    responses=told(
        InvalidInputError,
        UnreadableFileError,
        MalformedBodyError,
        BatchTooLargeError,
        WrongBatchTypeError,
        StoreUnavailableError,
    ),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/x-ndjson": {"schema": {"type": "string"}},
                "text/csv": {"schema": {"type": "string"}},
            },
        }
    },
)
async def post_reports(
    asked: Annotated[BatchQuery, Query()],
    request: Request,
    service: ServiceHere,
    actor: ActorHere,
) -> Response:
    """Hand in many reports at once: NDJSON or CSV, plain or gzip, up to a million rows.

    Each line of NDJSON is a report as `POST /reports` takes it, with its time, and with its id or
    number; a CSV names its columns like an imported file, and may have a column `uuid`. Good rows
    are stored, every other one is listed with its reason; the same batch again changes nothing.
    With `locate=true`, a row without a point is located by its words where they are clear.
    """
    async with spooled(request) as path:
        summary = await run_in_threadpool(bring, service, path, asked, actor)
    return answer(BatchAnswer.model_validate(summary))


@router.get(
    "",
    response_model=Reports,
    responses=told(InvalidInputError, EditionNotFoundError, StoreUnavailableError),
)
def get_reports(asked: Annotated[ReportsQuery, Query()], service: ServiceHere) -> Response:
    """List reports, newest first, page by page; those of archived months are left out."""
    which = store.Filter(
        since=asked.since,
        before=asked.before,
        bbox=None if asked.bbox is None else box(asked.bbox),
        area=asked.area,
        layer=asked.layer,
        category=asked.category,
        state=asked.state,
        at=asked.at,
        edition=asked.edition,
    )
    if asked.edition is not None:
        with service.store.begin() as connection:
            require_edition(connection, asked.layer, asked.when(service.clock.now()))
    after = None if asked.cursor is None else read_cursor(asked.cursor)
    # One more than asked for: it says whether there is a next page.
    found = service.store.ask(partial(store.page, which=which, after=after, limit=asked.limit + 1))
    page = found[: asked.limit]
    further = None if page == found else write_cursor(page[-1].captured_at, page[-1].id)
    return answer(Reports.model_validate({"reports": page, "next": further}))


@router.get(
    "/{report_id}",
    response_model=ReportDetail,
    responses=told(
        InvalidInputError,
        ReportNotFoundError,
        EditionNotFoundError,
        ArchiveFileError,
        StoreUnavailableError,
    ),
)
def get_report(
    report_id: UUID, asked: Annotated[OfEdition, Query()], service: ServiceHere
) -> Response:
    """Show a report with everything that was decided about it, oldest first.

    `at` and `edition` say how the grid that holds it now is named; each assignment names the
    edition that made it.
    """
    with service.store.begin() as connection:
        require_edition(connection, None, asked.when(service.clock.now()))
        file = corrections.report_file(connection, report_id, at=asked.at, edition=asked.edition)
    return answer(ReportDetail.model_validate(file))


@router.post(
    "/{report_id}/location",
    response_model=ReportDetail,
    responses=told(ReportNotFoundError, ConflictError, ArchivedError, *_BODY),
)
def post_report_location(
    report_id: UUID, body: RepinBody, service: ServiceHere, actor: ActorHere
) -> Response:
    """Move a report's pin; it gets new grids and a new holder, the old answers stay readable."""
    with service.store.begin() as connection:
        corrections.repin(
            connection,
            report_id,
            _location(body.location),
            corrections.Why(body.reason, actor, service.clock.now()),
            service.territories,
            service.settings,
        )
    return _detail(service, report_id)


@router.patch(
    "/{report_id}",
    response_model=ReportDetail,
    responses=told(ReportNotFoundError, ConflictError, ArchivedError, *_BODY),
)
def patch_report(
    report_id: UUID, body: CorrectionBody, service: ServiceHere, actor: ActorHere
) -> Response:
    """Correct a report's category, description or address; an event keeps the old values."""
    changes = body.model_dump(exclude_unset=True, exclude={"reason"})
    with service.store.begin() as connection:
        corrections.correct(
            connection,
            report_id,
            changes,
            corrections.Why(body.reason, actor, service.clock.now()),
            service.territories,
            service.settings,
        )
    return _detail(service, report_id)


@router.post(
    "/{report_id}/retire",
    response_model=ReportDetail,
    responses=told(ReportNotFoundError, CaseRefusedError, CaseChangedError, ArchivedError, *_BODY),
)
def retire_report(report_id: UUID, body: ReasonBody, doing: DoingHere) -> Response:
    """Take a report out of use: a test, a mistake. A leader does; it stays readable."""
    service = doing.service
    command = Void(reason=body.reason)
    done = service.workflow.change(report_id, command, doing.actor, known=doing.known)
    return _detail(service, report_id, tag(done.case.version))


def _detail(
    service: Service, report_id: UUID, headers: Mapping[str, str] | None = None
) -> Response:
    with service.store.begin() as connection:
        file = corrections.report_file(connection, report_id)
    return answer(ReportDetail.model_validate(file), headers=headers)


def _new_report(body: ReportBody) -> NewReport:
    made = (
        uuid4() if body.source is None or body.number is None else id_of(body.source, body.number)
    )
    reporter = body.reporter
    return NewReport(
        id=body.id or made,
        captured_at=body.captured_at,
        category=body.category,
        description=body.description,
        location=_location(body.location),
        address=body.address,
        reporter_name=None if reporter is None else reporter.name,
        reporter_contact=None if reporter is None else reporter.contact,
        source=body.source or "api",
        number=body.number,
        attributes=body.attributes,
        channel=body.channel,
        external_due_at=body.external_due_at,
    )


def _location(given: LocationBody | None) -> Location | None:
    return None if given is None else wgs84(given.lon, given.lat, given.datum, given.accuracy_m)
