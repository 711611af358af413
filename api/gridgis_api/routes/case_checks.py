"""Cases are set beside each other, drawn to be looked at again, and asked about."""

from __future__ import annotations

from uuid import UUID

from starlette.responses import Response

from gridgis.actor import Actor
from gridgis.corrections import Why
from gridgis.duplicates.similar import similar
from gridgis.errors import (
    ArchiveFileError,
    CaseRefusedError,
    ConflictError,
    InvalidInputError,
    ReportNotFoundError,
    StoreUnavailableError,
)
from gridgis.ratings.links import newest_link
from gridgis.ratings.sampling import Draw, check, draw_for_check
from gridgis.store import reports
from gridgis.store.sampling import Period
from gridgis_api.answers import answer
from gridgis_api.dependencies import ActorHere, ServiceHere
from gridgis_api.errors import BodyTooLargeError, MalformedBodyError, WrongContentTypeError
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.case_checks import (
    CheckBody,
    Checked,
    DrawnCase,
    RatingLinkShape,
    Sample,
    SampleBody,
    SimilarCases,
)

router = family("cases")

_DESK = ("dispatcher", "leader", "inspector", "administrator")
_BODY = (
    InvalidInputError,
    MalformedBodyError,
    BodyTooLargeError,
    WrongContentTypeError,
    StoreUnavailableError,
)


@router.get(
    "/reports/{report_id}/similar",
    response_model=SimilarCases,
    responses=told(ReportNotFoundError, InvalidInputError, ArchiveFileError, StoreUnavailableError),
)
def get_similar(report_id: UUID, service: ServiceHere) -> Response:
    """List the cases that may be the same matter as a report, with the score and its reasons."""
    with service.store.begin() as connection:
        about = reports.one(connection, report_id)
        found = similar(connection, about, service.settings)
    return answer(SimilarCases.model_validate({"similar": found}))


@router.get(
    "/reports/{report_id}/rating-link",
    response_model=RatingLinkShape,
    responses=told(ReportNotFoundError, CaseRefusedError, InvalidInputError, StoreUnavailableError),
)
def get_rating_link(report_id: UUID, service: ServiceHere, actor: ActorHere) -> Response:
    """Return the address by which the resident can rate a closed case, without an account.

    The desk gives it to them (409 for other roles, or when nobody was asked or it was answered).
    """
    _require_desk(actor, "is not told the link")
    with service.store.begin() as connection:
        reports.one(connection, report_id)
        token = newest_link(connection, report_id, service.clock.now())
    if token is None:
        msg = f"report {report_id} has no question open: nobody was asked, or it was answered"
        raise CaseRefusedError(msg)
    return answer(RatingLinkShape(path=f"/rate/{token}"))


@router.post("/cases/samples", response_model=Sample, responses=told(CaseRefusedError, *_BODY))
def post_sample(body: SampleBody, service: ServiceHere, actor: ActorHere) -> Response:
    """Draw closed cases to be looked at again; those solved on the spot are drawn apart.

    The same seed draws the same cases, however often it is asked.
    """
    _require_desk(actor, "draws no cases")
    period = Period(body.since, body.before, body.area, body.unit)
    draw = Draw(body.seed, body.share, body.count, tuple(body.by))
    with service.store.begin() as connection:
        drawn = draw_for_check(connection, period, draw, actor, service.clock.now())
    cases = [DrawnCase.model_validate(row) for row in drawn.to_dict("records")]
    return answer(Sample(cases=cases))


@router.post(
    "/reports/{report_id}/check",
    response_model=Checked,
    responses=told(ReportNotFoundError, ConflictError, CaseRefusedError, *_BODY),
)
def post_check(
    report_id: UUID, body: CheckBody, service: ServiceHere, actor: ActorHere
) -> Response:
    """Say what was found of a case that was drawn; it changes no state."""
    _require_desk(actor, "checks no cases")
    with service.store.begin() as connection:
        why = Why(body.reason, actor, service.clock.now())
        check(connection, report_id, body.result, why)
    return answer(Checked(report_id=report_id, result=body.result))


def _require_desk(actor: Actor, what: str) -> None:
    if actor.role not in _DESK:
        msg = f"{actor.name} ({actor.role}) {what}; that is for {', '.join(_DESK)}"
        raise CaseRefusedError(msg)
