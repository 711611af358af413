"""Early warnings: suggestions that a person takes up or dismisses; they send nobody."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from starlette.responses import Response

from gridgis.early_warnings import dismiss, take
from gridgis.errors import (
    EarlyWarningNotFoundError,
    EarlyWarningStateError,
    InvalidInputError,
    StoreUnavailableError,
)
from gridgis.store import early_warnings as store
from gridgis_api.answers import answer
from gridgis_api.dependencies import ActorHere, ServiceHere
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.early_warnings import (
    DismissBody,
    EarlyWarnings,
    EarlyWarningShape,
    EarlyWarningsQuery,
    TakeBody,
)

router = family("early warnings", "/early-warnings")

Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
DECIDING = told(
    EarlyWarningNotFoundError, EarlyWarningStateError, InvalidInputError, StoreUnavailableError
)


@router.get(
    "", response_model=EarlyWarnings, responses=told(InvalidInputError, StoreUnavailableError)
)
def get_early_warnings(
    asked: Annotated[EarlyWarningsQuery, Query()], service: ServiceHere
) -> Response:
    """List early warnings, the newest first: more reports than the past explains."""
    facts = asked.model_dump(exclude={"limit"})
    with service.store.begin() as connection:
        # One more than asked for: it says whether there is a next page.
        found = store.page(connection, store.Which(**facts), asked.limit + 1)
    shown = found[: asked.limit]
    further = None if shown == found else shown[-1].id
    return answer(
        EarlyWarnings(
            early_warnings=[EarlyWarningShape.model_validate(one) for one in shown], next=further
        )
    )


@router.post("/{number}/take", response_model=EarlyWarningShape, responses=DECIDING)
def take_early_warning(
    number: Number, body: TakeBody, service: ServiceHere, actor: ActorHere
) -> Response:
    """Take an early warning up as a report of the channel `platform`; its case begins.

    The report lies in the grid where the matter is least explicable, and says what was found.
    Nobody is sent: it waits with the other reports. What was decided already is refused (409).
    """
    moment = (service.clock.now(), actor)
    taken = take(service.store, service.intake, number, moment, body.lang)
    return answer(EarlyWarningShape.model_validate(taken))


@router.post("/{number}/dismiss", response_model=EarlyWarningShape, responses=DECIDING)
def dismiss_early_warning(
    number: Number, body: DismissBody, service: ServiceHere, actor: ActorHere
) -> Response:
    """Dismiss an early warning with a reason; while it lasts it is not suggested again."""
    done = dismiss(service.store, number, body.reason, (service.clock.now(), actor))
    return answer(EarlyWarningShape.model_validate(done))
