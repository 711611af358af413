"""What every error looks like over HTTP: one table, turned into handlers by one loop (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from gridgis import errors
from gridgis_api import errors as edge
from gridgis_api.refusals import sentences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI
    from starlette.requests import Request

MEDIA_TYPE = "application/problem+json"
SCHEMA = "#/components/schemas/Problem"


class Row(NamedTuple):
    """How one class of errors is told: HTTP status, the end of its type's address, its title."""

    status: int
    slug: str
    title: str


PROBLEMS: dict[type[errors.GridgisError], Row] = {
    errors.InvalidInputError: Row(422, "invalid-input", "The input cannot be used"),
    errors.InvalidGeometryError: Row(422, "invalid-geometry", "The shape is not valid"),
    errors.UnsupportedCrsError: Row(422, "unsupported-crs", "The coordinates cannot be used"),
    errors.UnreadableFileError: Row(422, "unreadable-file", "The file cannot be read"),
    errors.EditRefusedError: Row(422, "edit-refused", "The edit would break the partition"),
    errors.DoubtfulFileError: Row(422, "doubtful-file", "The file leaves a question open"),
    errors.ResponsePlanError: Row(422, "response-plan", "The response plan cannot be used"),
    errors.RowsRefusedError: Row(422, "rows-refused", "Some rows were refused"),
    errors.NotFoundError: Row(404, "not-found", "There is no such thing"),
    errors.LayerNotFoundError: Row(404, "layer-not-found", "There is no such layer"),
    errors.LevelNotFoundError: Row(404, "level-not-found", "There is no such level"),
    errors.AreaNotFoundError: Row(404, "area-not-found", "There is no such area"),
    errors.EditionNotFoundError: Row(404, "edition-not-found", "There is no such edition"),
    errors.ReportNotFoundError: Row(404, "report-not-found", "There is no such report"),
    errors.ResponderNotFoundError: Row(404, "responder-not-found", "There is no such responder"),
    errors.RowNotFoundError: Row(404, "row-not-found", "There is no such row"),
    errors.PlaceNotFoundError: Row(404, "place-not-found", "There is no such place"),
    errors.ImportNotFoundError: Row(404, "import-not-found", "There is no such import"),
    errors.MonthNotFoundError: Row(404, "month-not-found", "There is no such month"),
    errors.PlanNotFoundError: Row(404, "plan-not-found", "There is no such plan"),
    errors.IncidentNotFoundError: Row(404, "incident-not-found", "There is no such incident"),
    errors.EarlyWarningNotFoundError: Row(
        404, "early-warning-not-found", "There is no such early warning"
    ),
    errors.RatingLinkError: Row(404, "rating-link", "There is no such link"),
    errors.ResponsePlanNotFoundError: Row(
        404, "response-plan-not-found", "There is no such response plan"
    ),
    errors.UnitNotFoundError: Row(404, "unit-not-found", "There is no such unit"),
    errors.CalendarNotFoundError: Row(404, "calendar-not-found", "There is no such calendar"),
    errors.TaskNotFoundError: Row(404, "task-not-found", "There is no such task"),
    errors.RoadsMissingError: Row(404, "roads-missing", "There are no roads"),
    errors.ConflictError: Row(409, "conflict", "It does not fit to what is there"),
    errors.ReportBodyDiffersError: Row(409, "report-body-differs", "One number, two reports"),
    errors.CaseRefusedError: Row(409, "case-refused", "The case does not allow that now"),
    errors.CaseChangedError: Row(409, "case-changed", "Somebody else was quicker"),
    errors.VisitBodyDiffersError: Row(409, "visit-body-differs", "One number, two visits"),
    errors.EditionNotDraftError: Row(409, "edition-not-draft", "The edition is published already"),
    errors.EditionOverlapsError: Row(409, "edition-overlaps", "Another edition is in force"),
    errors.EarlyWarningStateError: Row(
        409, "early-warning-state", "The early warning was decided already"
    ),
    errors.PlanStateError: Row(409, "plan-state", "The plan is not in a state for that"),
    errors.PlanOutdatedError: Row(409, "plan-outdated", "The plan stands on something older"),
    errors.RatingExpiredError: Row(410, "rating-expired", "It is too late to rate"),
    errors.RatingAnsweredError: Row(409, "rating-answered", "This was rated already"),
    errors.AlreadyThereError: Row(409, "already-there", "It exists already"),
    errors.EditConflictError: Row(409, "edit-conflict", "Somebody else changed the same since"),
    errors.InUseError: Row(409, "in-use", "Something else still needs it"),
    errors.ArchivedError: Row(409, "archived", "Its month is archived"),
    errors.PlanRejectedError: Row(422, "plan-rejected", "The edition breaks a rule"),
    errors.StoreError: Row(503, "store", "The database refused the work"),
    errors.StoreUnavailableError: Row(503, "store-unavailable", "The database cannot be reached"),
    errors.StoreFullError: Row(507, "store-full", "The database's disk is full"),
    errors.StoreBusyError: Row(503, "store-busy", "Others use these tables all the time"),
    errors.QueueFullError: Row(503, "queue-full", "Too much waits for the database"),
    errors.ArchiveFileError: Row(503, "archive-file", "An archived month's file cannot be read"),
    errors.SchemaOutdatedError: Row(503, "schema-outdated", "The database's tables are outdated"),
    errors.ClusterError: Row(503, "cluster", "The embedded database cannot be used"),
    errors.PartsUnfinishedError: Row(500, "parts-unfinished", "Some parts could not be done"),
    errors.WordMissingError: Row(500, "word-missing", "A text is missing"),
    errors.PageError: Row(503, "page", "A page cannot be made"),
    errors.PrintingError: Row(503, "printing", "A page cannot be printed on this machine"),
    errors.SettingsError: Row(500, "settings", "A setting is wrong"),
    errors.GridgisError: Row(500, "gridgis", "Something went wrong"),
    edge.EdgeError: Row(400, "request", "The request does not fit"),
    edge.RouteNotFoundError: Row(404, "route-not-found", "There is nothing at this address"),
    edge.MethodNotAllowedError: Row(405, "method-not-allowed", "Not for this method"),
    edge.MalformedBodyError: Row(400, "malformed-body", "The body is not JSON"),
    edge.BodyTooLargeError: Row(413, "body-too-large", "The body is too large"),
    edge.WrongContentTypeError: Row(415, "wrong-content-type", "The body is not declared as JSON"),
    edge.WrongBatchTypeError: Row(415, "wrong-batch-type", "The batch is of another kind"),
    edge.BatchTooLargeError: Row(413, "batch-too-large", "The batch is too large"),
    edge.HostRefusedError: Row(421, "host-refused", "The service has another name"),
    edge.OriginRefusedError: Row(403, "origin-refused", "A page of another site may not write"),
    edge.UnexpectedError: Row(500, "unexpected", "Something broke inside"),
}
"""Every error class and its row; a class without one is told like its nearest ancestor."""


def add_handlers(app: FastAPI) -> None:
    """Let the app tell every error as a problem document."""
    for error_class in PROBLEMS:
        app.add_exception_handler(error_class, _tell_error)
    app.add_exception_handler(RequestValidationError, _tell_invalid)
    app.add_exception_handler(HTTPException, _tell_http)


def problem(
    error: errors.GridgisError,
    headers: Mapping[str, str] | None = None,
    facts: Mapping[str, object] | None = None,
) -> Response:
    """Return the problem document that tells an error, its attributes beside the fixed members."""
    row = row_of(type(error))
    known = {name: value for name, value in vars(error).items() if not name.startswith("_")}
    body = {
        "type": f"/problems/{row.slug}",
        "title": row.title,
        "status": row.status,
        "detail": _writable(str(error)),
        "code": type(error).__name__,
        **known,
        **(facts or {}),
    }
    return Response(
        to_json(body, fallback=_plain),
        row.status,
        {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **(headers or {})},
        MEDIA_TYPE,
    )


def row_of(error_class: type[errors.GridgisError]) -> Row:
    """Return the row of a class of errors, or of its nearest ancestor that has one.

    >>> row_of(errors.ReportNotFoundError).status
    404
    """
    return next(PROBLEMS[known] for known in error_class.__mro__ if known in PROBLEMS)


def told(*error_classes: type[errors.GridgisError]) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI entries of the problems that a route may answer with."""
    entries: dict[int | str, dict[str, Any]] = {}
    for error_class in error_classes:
        row = row_of(error_class)
        entry = entries.setdefault(
            row.status,
            {
                "description": HTTPStatus(row.status).phrase,
                "content": {MEDIA_TYPE: {"schema": {"$ref": SCHEMA}, "examples": {}}},
            },
        )
        entry["content"][MEDIA_TYPE]["examples"][row.slug] = {
            "summary": row.title,
            "value": {
                "type": f"/problems/{row.slug}",
                "title": row.title,
                "status": row.status,
                "detail": (error_class.__doc__ or "").strip(),
                "code": error_class.__name__,
            },
        }
    return entries


def _plain(fact: object) -> object:
    """Return what JSON has no word for: a line as its corners, anything else as a text."""
    return fact.tolist() if isinstance(fact, np.ndarray) else str(fact)


async def _tell_error(_request: Request, error: Exception) -> Response:
    if not isinstance(error, errors.GridgisError):
        raise error
    return problem(error)


async def _tell_invalid(_request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = sentences(error.errors())
    if error.errors()[0]["type"] == "json_invalid":
        return problem(edge.MalformedBodyError(found[0]["detail"]))
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return problem(errors.InvalidInputError(f"{found[0]['detail']}{more}"), facts={"errors": found})


async def _tell_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    where = _writable(request.url.path)
    if error.status_code == HTTPStatus.NOT_FOUND:
        return problem(
            edge.RouteNotFoundError(f"there is nothing at {where}; /docs lists what there is")
        )
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(_allowed(request))
        return problem(
            edge.MethodNotAllowedError(
                f"{request.method} is not possible at {where}; possible: {allowed}"
            ),
            {"Allow": allowed},
        )
    return problem(edge.MalformedBodyError(), error.headers)


def _allowed(request: Request) -> list[str]:
    # Each route knows its own methods only.
    routes = request.app.router.routes
    return [
        method
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
        if any(
            route.matches({**request.scope, "method": method})[0] == Match.FULL for route in routes
        )
    ]


def _writable(text: str) -> str:
    # Half characters that came in must not break the answer that refuses them.
    return text.encode("utf-8", "replace").decode("utf-8")
