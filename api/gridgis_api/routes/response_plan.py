"""The response plan: read and replaced as a whole, asked by category."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Path, Query, Request
from pydantic import ValidationError
from starlette.responses import Response

from gridgis.errors import (
    InvalidInputError,
    ResponsePlanError,
    ResponsePlanNotFoundError,
    RowNotFoundError,
    StoreUnavailableError,
)
from gridgis.response.plans import import_plan
from gridgis.store import categories, response_plans
from gridgis_api.answers import answer
from gridgis_api.dependencies import ActorHere, ServiceHere
from gridgis_api.errors import BodyTooLargeError, MalformedBodyError, WrongContentTypeError
from gridgis_api.guard import is_yaml
from gridgis_api.problems import told
from gridgis_api.refusals import sentences
from gridgis_api.routing import family
from gridgis_api.shapes.fields import Code, Moment
from gridgis_api.shapes.response_plan import (
    CategoryResponseShape,
    ResponsePlanBody,
    ResponsePlanShape,
)

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.store.connection import Connection

router = family("response", "/response-plan")

At = Annotated[Moment | None, Query(description="The plan in force at that time; default: now")]

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": ResponsePlanBody.model_json_schema()},
            "application/yaml": {"schema": {"type": "string", "examples": ["name: Our plan"]}},
        },
    }
}


async def body_of(request: Request) -> ResponsePlanBody:
    """Return the body: YAML is the document by itself.

    Raises
    ------
    InvalidInputError
        It is no text in UTF-8, or a field is missing, unknown or wrong.
    MalformedBodyError
        It is declared as JSON and is none.
    """
    body = await request.body()
    try:
        if is_yaml(request.headers.get("content-type", "")):
            return ResponsePlanBody.model_validate({"document": body.decode()})
        return ResponsePlanBody.model_validate(json.loads(body))
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        msg = f"the body is not UTF-8 in line {line}"
        raise InvalidInputError(msg) from error
    except ValidationError as error:
        raise InvalidInputError(sentences(error.errors())[0]["detail"]) from error
    except (ValueError, RecursionError) as error:
        msg = f"the body is not JSON: {error}"
        raise MalformedBodyError(msg) from error


@router.put(
    "",
    response_model=ResponsePlanShape,
    openapi_extra=_BODY,
    responses={
        201: {"model": ResponsePlanShape, "description": "The plan is stored"},
        **told(
            ResponsePlanError,
            InvalidInputError,
            MalformedBodyError,
            BodyTooLargeError,
            WrongContentTypeError,
            StoreUnavailableError,
        ),
    },
)
def put_response_plan(
    body: Annotated[ResponsePlanBody, Depends(body_of)], service: ServiceHere, actor: ActorHere
) -> Response:
    """Bring a response plan into force, now or later.

    The body is the plan as YAML (application/yaml), or JSON with it. Where the same is in force
    then, nothing is added (200). `findings` of a refusal are all lines that cannot be used.
    """
    with service.store.begin() as connection:
        now = service.clock.now()
        done = import_plan(connection, body.document, actor, now, body.in_force_from)
    return answer(ResponsePlanShape.of(done.stored), 201 if done.fresh else 200)


@router.get(
    "",
    response_model=ResponsePlanShape,
    responses=told(InvalidInputError, ResponsePlanNotFoundError, StoreUnavailableError),
)
def get_response_plan(service: ServiceHere, at: At = None) -> Response:
    """Return the response plan in force, exactly as it came in."""
    with service.store.begin() as connection:
        number = _number_at(connection, at or service.clock.now())
        stored = response_plans.one(connection, number)
    return answer(ResponsePlanShape.of(stored))


@router.get(
    "/{category}",
    response_model=CategoryResponseShape,
    responses=told(
        InvalidInputError, ResponsePlanNotFoundError, RowNotFoundError, StoreUnavailableError
    ),
)
def get_category_response(
    category: Annotated[Code, Path(description="A category's code")],
    service: ServiceHere,
    at: At = None,
) -> Response:
    """Say what the plan in force asks for a category: limits, who comes, who hears, closing."""
    with service.store.begin() as connection:
        number = _number_at(connection, at or service.clock.now())
        plan = service.response_plans.by_id(connection, number)
        known = categories.one(connection, category)
    if known is None and category not in plan.categories:
        msg = f"there is no category {category!r}"
        raise RowNotFoundError(msg)
    family_code = None if known is None else known.family
    return answer(CategoryResponseShape.of(plan, category, family_code))


def _number_at(connection: Connection, at: datetime) -> int:
    """Return the number of the plan in force then; raises ResponsePlanNotFoundError."""
    number = response_plans.id_at(connection, at)
    if number is None:
        msg = f"no response plan is in force at {at.isoformat()}; PUT one"
        raise ResponsePlanNotFoundError(msg)
    return number
