"""Cases are looked at: the queue of open ones, one as a whole, what is proposed for it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from gridgis.errors import (
    ArchiveFileError,
    InvalidInputError,
    ReportNotFoundError,
    StoreUnavailableError,
)
from gridgis.response.sending import propose
from gridgis.store import cases, worklists
from gridgis.store.worklists import CasePlace, WhichCases
from gridgis_api.answers import answer
from gridgis_api.cursors import moment_of, moment_or_none, read_parts, write_parts
from gridgis_api.dependencies import ActorHere, ServiceHere
from gridgis_api.doing import tag
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.case_files import (
    CaseFile,
    Cases,
    CasesQuery,
    OpenCaseShape,
    ProposalShape,
    Seen,
    case_file,
)

router = family("cases")


@router.get(
    "/cases", response_model=Cases, responses=told(InvalidInputError, StoreUnavailableError)
)
def get_cases(asked: Annotated[CasesQuery, Query()], service: ServiceHere) -> Response:
    """List the open cases, soonest due first, page by page; parked ones too.

    Those without a limit come last, the longest known first. `GET /reports` lists all reports.
    """
    now = service.clock.now()
    which = WhichCases(**{name: getattr(asked, name) for name in WhichCases._fields})
    after = None if asked.cursor is None else _place(asked.cursor)
    with service.store.begin() as connection:
        # One more than asked for: it says whether there is a next page.
        found = worklists.open_cases(connection, which, now, after=after, limit=asked.limit + 1)
        plan = service.rulings.of(connection, cases.marks(connection, now)).plan
    page = found[: asked.limit]
    further = None if page == found else write_parts(*page[-1].place)
    lines = [OpenCaseShape.of(one, plan.labels(one.family)) for one in page]
    return answer(Cases(cases=lines, next=further))


@router.get(
    "/reports/{report_id}/case",
    response_model=CaseFile,
    responses=told(InvalidInputError, ReportNotFoundError, StoreUnavailableError),
)
def get_case(report_id: UUID, service: ServiceHere, actor: ActorHere) -> Response:
    """Show what has become of a report: state, tasks, clocks, what waits, who may do what now.

    `ETag` is its version: as `If-Match` of a command it says what you have seen.
    """
    with service.store.begin() as connection:
        loaded = cases.load(connection, report_id, service.clock.now())
        around = worklists.around(connection, report_id)
        plan = service.rulings.of(connection, loaded.marks).plan
    seen = Seen(loaded.case, around, plan.labels(around.family), actor)
    return answer(case_file(seen), headers=tag(loaded.case.version))


@router.get(
    "/reports/{report_id}/proposal",
    response_model=ProposalShape,
    responses=told(InvalidInputError, ReportNotFoundError, ArchiveFileError, StoreUnavailableError),
)
def get_proposal(report_id: UUID, service: ServiceHere) -> Response:
    """Propose how grave a report is and who goes, with the reasons; nothing is done.

    The level comes from the category, the words, places nearby and the reports of its incident; a
    person confirms it. The team is what `POST dispatch` without parties sends.
    """
    now = service.clock.now()
    with service.store.begin() as connection:
        loaded = cases.load(connection, report_id, now)
        ruling = service.rulings.of(connection, loaded.marks)
        found = propose(connection, service.desk, loaded.case, ruling, now)
    return answer(ProposalShape.of(found), headers=tag(loaded.case.version))


def _place(cursor: str) -> CasePlace:
    return CasePlace(*read_parts(cursor, moment_or_none, moment_of, UUID))
