"""Plans are reviewed, approved, published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pandas as pd
from fastapi import Query
from starlette.responses import Response

from gridgis.errors import (
    AreaNotFoundError,
    ConflictError,
    EditionNotFoundError,
    EditionOverlapsError,
    InvalidInputError,
    PlanOutdatedError,
    PlanRejectedError,
)
from gridgis_api.answers import answer
from gridgis_api.dependencies import ActorHere, ServiceHere
from gridgis_api.problems import told
from gridgis_api.routes.plans import READING, WRITING, Number
from gridgis_api.routing import family
from gridgis_api.shapes.plans import (
    AcceptBody,
    CompareQuery,
    ComparisonShape,
    FindingsShape,
    Identities,
    IdentityBody,
    MeasuresShape,
    PlanShape,
    PublishBody,
    PublishedShape,
    RebasedShape,
    StepBody,
)
from gridgis_boundaries import planning
from gridgis_boundaries.planning import Step
from gridgis_boundaries.publishing import Publishing

router = family("plans", "/plans")


@router.get("/{number}/findings", response_model=FindingsShape, responses=told(*READING))
def get_findings(number: Number, service: ServiceHere) -> Response:
    """Say what stands against publishing a plan, and what of it somebody accepted."""
    return answer(_findings(service, number))


@router.get("/{number}/measures", response_model=MeasuresShape, responses=told(*READING))
def get_measures(number: Number, service: ServiceHere) -> Response:
    """Measure the grids of a plan: households, shapes, the work of the last year's reports."""
    found = planning.measured(service.planning, number)
    return answer(
        MeasuresShape(summary=_figures(found.summary), grids=_rows(found.grids.reset_index()))
    )


@router.get(
    "/{number}/compare",
    response_model=ComparisonShape,
    responses=told(*READING, EditionNotFoundError),
)
def get_compare(
    number: Number, asked: Annotated[CompareQuery, Query()], service: ServiceHere
) -> Response:
    """Compare a plan with another one, or an edition: who stays, who moves, how far apart.

    Labels are matched before anybody is counted: a grid that only has another code moves nobody.
    """
    if asked.plan is not None and asked.edition is not None:
        msg = "compare with a plan or with an edition, not with both"
        raise InvalidInputError(msg)
    beside = planning.Beside(asked.plan, asked.edition)
    found = planning.compared(service.planning, number, beside)
    return answer(
        ComparisonShape(
            moved_households=found.grids.moved_households,
            moved_share=found.grids.moved_share,
            variation_bits=found.grids.variation_bits,
            grids=_rows(found.grids.matches),
            moves=_rows(found.grids.moves),
            measures=_rows(found.figures.reset_index(names="measure")),
            open_reports=_rows(found.reports),
            workers=_rows(found.workers),
        )
    )


@router.post("/{number}/exceptions", response_model=FindingsShape, responses=told(*WRITING))
def post_exceptions(
    number: Number, body: AcceptBody, service: ServiceHere, actor: ActorHere
) -> Response:
    """Take responsibility for findings, each by its rule and areas; stored with who and why."""
    keys = [(one.rule, tuple(one.areas)) for one in body.findings]
    planning.accept(service.planning, number, keys, body.reason, actor)
    return answer(_findings(service, number))


@router.get("/{number}/identities", response_model=Identities, responses=told(*READING))
def get_identities(number: Number, service: ServiceHere) -> Response:
    """Say which area of the edition before each area of a plan is, and by what share."""
    found = planning.identities(service.planning, number)
    return answer(Identities.model_validate({"identities": found}))


@router.post(
    "/{number}/identities",
    response_model=Identities,
    responses=told(*WRITING, AreaNotFoundError),
)
def post_identity(
    number: Number, body: IdentityBody, service: ServiceHere, actor: ActorHere
) -> Response:
    """Say which area an area of a plan is, whatever the shares say; stored with who and why."""
    area, why = (body.level, body.code), (body.reason, actor)
    planning.say_identity(service.planning, number, area, body.before, why)
    found = planning.identities(service.planning, number)
    return answer(Identities.model_validate({"identities": found}))


@router.post(
    "/{number}/submit",
    response_model=PlanShape,
    responses=told(*WRITING, PlanOutdatedError, PlanRejectedError),
)
def post_submit(number: Number, body: StepBody, service: ServiceHere, actor: ActorHere) -> Response:
    """Hand a draft in for review: nothing may stand against it that nobody accepted."""
    done = planning.submit(service.planning, number, Step(actor, body.reason))
    return answer(PlanShape.model_validate(done))


@router.post(
    "/{number}/approve", response_model=PlanShape, responses=told(*WRITING, PlanOutdatedError)
)
def post_approve(
    number: Number, body: StepBody, service: ServiceHere, actor: ActorHere
) -> Response:
    """Approve what was submitted; whoever edited or submitted it may not."""
    done = planning.approve(service.planning, number, Step(actor, body.reason))
    return answer(PlanShape.model_validate(done))


@router.post("/{number}/return", response_model=PlanShape, responses=told(*WRITING))
def post_return(number: Number, body: StepBody, service: ServiceHere, actor: ActorHere) -> Response:
    """Make a plan in review, or an approved one, a draft again; the reason is needed."""
    done = planning.send_back(service.planning, number, Step(actor, body.reason))
    return answer(PlanShape.model_validate(done))


@router.post("/{number}/withdraw", response_model=PlanShape, responses=told(*WRITING))
def post_withdraw(
    number: Number, body: StepBody, service: ServiceHere, actor: ActorHere
) -> Response:
    """Give a plan up; the reason is needed."""
    done = planning.withdraw(service.planning, number, Step(actor, body.reason))
    return answer(PlanShape.model_validate(done))


@router.post(
    "/{number}/publish",
    response_model=PublishedShape,
    responses=told(*WRITING, PlanOutdatedError, PlanRejectedError, EditionOverlapsError),
)
def post_publish(
    number: Number, body: PublishBody, service: ServiceHere, actor: ActorHere
) -> Response:
    """Put an approved plan in force: one transaction, after which reports go to the new grids.

    With a start that is still to come, open reports and people move when it has come.
    """
    how = Publishing(
        starts=body.starts,
        near_tolerance_m=service.settings.near_tolerance_m,
        document=body.document,
    )
    done = planning.publish(service.planning, number, Step(actor, body.reason), how)
    edition = done.edition
    return answer(
        PublishedShape(
            edition=edition.id,
            valid_from=edition.valid_from,
            content_hash=edition.content_hash,
            accepted=len(done.accepted),
            moved_reports=done.moved_reports,
            moved_responders=done.moved_responders,
            lineage=dict(done.lineage),
        )
    )


@router.post(
    "/{number}/rebase",
    status_code=201,
    response_model=RebasedShape,
    responses=told(*WRITING, ConflictError),
)
def post_rebase(number: Number, service: ServiceHere, actor: ActorHere) -> Response:
    """Bring a plan onto the edition that superseded its base, as a new plan.

    Its edits are done again there; those that no longer apply are listed with their reasons.
    """
    done = planning.rebase(service.planning, number, actor)
    return answer(RebasedShape.model_validate(done), 201)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table's rows as JSON has them: what is missing is None."""
    return [_figures(row) for row in table.to_dict("records")]


def _figures(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        str(name): None if pd.isna(value) else value.item() if hasattr(value, "item") else value
        for name, value in row.items()
    }


def _findings(service: ServiceHere, number: int) -> FindingsShape:
    found = planning.against(service.planning, number)
    accepted = [
        {
            "rule": finding.rule,
            "areas": list(finding.areas),
            "place": finding.place,
            "sentence": finding.sentence,
            "reason": said.reason,
            "actor": said.actor,
            "recorded_at": said.recorded_at,
        }
        for finding, said in found.accepted
    ]
    return FindingsShape.model_validate(
        {"open": found.open, "accepted": accepted, "outdated": found.outdated}
    )
