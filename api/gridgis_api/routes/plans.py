"""Plans are begun, read and edited."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from starlette.responses import Response

from gridgis.errors import (
    AreaNotFoundError,
    EditConflictError,
    EditionNotFoundError,
    EditRefusedError,
    InvalidInputError,
    LayerNotFoundError,
    LevelNotFoundError,
    PlanNotFoundError,
    PlanStateError,
    StoreUnavailableError,
)
from gridgis.outlines import collection
from gridgis.store import plans as store
from gridgis_api.answers import answer
from gridgis_api.dependencies import ActorHere, ServiceHere
from gridgis_api.errors import BodyTooLargeError, MalformedBodyError, WrongContentTypeError
from gridgis_api.problems import told
from gridgis_api.routes.areas import GeoJson
from gridgis_api.routing import family
from gridgis_api.shapes.areas import Areas
from gridgis_api.shapes.plans import (
    EditedShape,
    EditsBody,
    Entries,
    EntriesQuery,
    PlanAreasQuery,
    PlanBody,
    PlanDetail,
    Plans,
    PlanShape,
    PlansQuery,
    SeenBody,
)
from gridgis_boundaries.planning import Begin

router = family("plans", "/plans")

Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The plan's number")]

READING = (InvalidInputError, PlanNotFoundError, StoreUnavailableError)
WRITING = (
    *READING,
    PlanStateError,
    MalformedBodyError,
    BodyTooLargeError,
    WrongContentTypeError,
)
_EDITING = (*WRITING, EditRefusedError, EditConflictError)


@router.post(
    "",
    status_code=201,
    response_model=PlanShape,
    responses=told(
        LayerNotFoundError,
        LevelNotFoundError,
        EditionNotFoundError,
        InvalidInputError,
        MalformedBodyError,
        BodyTooLargeError,
        WrongContentTypeError,
        StoreUnavailableError,
    ),
)
def post_plan(body: PlanBody, service: ServiceHere, actor: ActorHere) -> Response:
    """Begin a plan: a draft of the next edition, with the areas of the one before it."""
    wanted = Begin(body.layer, body.name, body.starts, body.document, body.redraws)
    made = service.planning.begin(wanted, actor)
    return answer(PlanShape.model_validate(made), 201)


@router.get("", response_model=Plans, responses=told(InvalidInputError, StoreUnavailableError))
def get_plans(asked: Annotated[PlansQuery, Query()], service: ServiceHere) -> Response:
    """List the plans, newest first."""
    with service.store.begin() as connection:
        found = store.listing(connection, asked.layer, asked.state)
    return answer(Plans.model_validate({"plans": found}))


@router.get("/{number}", response_model=PlanDetail, responses=told(*READING))
def get_plan(number: Number, service: ServiceHere) -> Response:
    """Show a plan, and who took it from state to state."""
    with service.store.begin() as connection:
        found = store.find(connection, number)
        steps = store.steps(connection, number)
    return answer(PlanDetail.model_validate({**found._asdict(), "steps": steps}))


@router.get(
    "/{number}/areas",
    response_model=Areas,
    response_class=GeoJson,
    responses=told(*READING, LevelNotFoundError),
)
def get_plan_areas(
    number: Number, asked: Annotated[PlanAreasQuery, Query()], service: ServiceHere
) -> Response:
    """Draw the areas of a plan as GeoJSON, as they stand."""
    with service.planning.open(number) as opened:
        found = opened.plan.areas()
        changed = opened.plan.changed() if asked.changed else None
    if asked.level is not None:
        if asked.level not in {level.code for level in opened.layer.levels}:
            msg = f"layer {opened.layer.code!r} has no level {asked.level!r}"
            raise LevelNotFoundError(msg)
        found = found[found["level"] == asked.level]
    if changed is not None:
        found = found[found["code"].isin(changed)]
    return GeoJson(collection(found), 200, {"Cache-Control": "no-store"})


@router.post(
    "/{number}/edits", response_model=EditedShape, responses=told(*_EDITING, AreaNotFoundError)
)
def post_edits(number: Number, body: EditsBody, service: ServiceHere, actor: ActorHere) -> Response:
    """Redraw: move, reshape, split, merge, rename, recode; all of the operations or none.

    An operation that would break the partition is refused with the place and the reason. When
    somebody else changed the same border or area since `seen`, the conflicts are listed.
    """
    done = service.planning.edit(number, body.operations, actor, body.seen)
    return answer(EditedShape.model_validate(done))


@router.post("/{number}/undo", response_model=EditedShape, responses=told(*_EDITING))
def post_undo(number: Number, body: SeenBody, service: ServiceHere, actor: ActorHere) -> Response:
    """Take back the latest edit that holds: bit for bit as before it."""
    return answer(EditedShape.model_validate(service.planning.undo(number, actor, body.seen)))


@router.post("/{number}/redo", response_model=EditedShape, responses=told(*_EDITING))
def post_redo(number: Number, body: SeenBody, service: ServiceHere, actor: ActorHere) -> Response:
    """Do again what the latest undo took back."""
    return answer(EditedShape.model_validate(service.planning.redo(number, actor, body.seen)))


@router.get("/{number}/entries", response_model=Entries, responses=told(*READING))
def get_entries(
    number: Number, asked: Annotated[EntriesQuery, Query()], service: ServiceHere
) -> Response:
    """Read the log of a plan: who did what and when; replayed, it is the plan."""
    with service.store.begin() as connection:
        store.find(connection, number)
        found = store.entries(connection, number, after=asked.after)
    return answer(Entries.model_validate({"entries": found}))
