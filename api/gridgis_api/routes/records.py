"""Single rows of the registers corrected and retired; the old ones stay readable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path
from starlette.responses import Response

from gridgis.errors import (
    ConflictError,
    InvalidInputError,
    RowNotFoundError,
    StoreUnavailableError,
)
from gridgis.imports.categories import Categories
from gridgis.imports.cells import Cells
from gridgis.imports.correcting import Change, correct, retire
from gridgis.imports.places import Places
from gridgis.imports.responders import Responders
from gridgis.store import corrections
from gridgis_api.answers import answer
from gridgis_api.dependencies import ActorHere, ServiceHere, wgs84
from gridgis_api.errors import BodyTooLargeError, MalformedBodyError, WrongContentTypeError
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.fields import Code
from gridgis_api.shapes.records import (
    CategoryBody,
    CellBody,
    PlaceBody,
    ResponderBody,
    RowBody,
    RowHistory,
)
from gridgis_api.shapes.reports import ReasonBody

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.imports.registers import RegisterNoun
    from gridgis_api.service import Service

router = family("records")

Name = Annotated[
    Code, Path(description="Its id, number or code; SOURCE:CODE where several sources have it")
]

_READ = told(InvalidInputError, RowNotFoundError, ConflictError, StoreUnavailableError)
_WRITE = told(
    InvalidInputError,
    RowNotFoundError,
    ConflictError,
    MalformedBodyError,
    BodyTooLargeError,
    WrongContentTypeError,
    StoreUnavailableError,
)


@router.patch("/responders/{name}", response_model=RowHistory, responses=_WRITE)
def patch_responder(
    name: Name, body: ResponderBody, service: ServiceHere, actor: ActorHere
) -> Response:
    """Correct what is stored of a responder."""
    return _corrected(service, Responders(), name, body, actor)


@router.patch("/cells/{name}", response_model=RowHistory, responses=_WRITE)
def patch_cell(name: Name, body: CellBody, service: ServiceHere, actor: ActorHere) -> Response:
    """Correct what is stored of a cell."""
    return _corrected(service, Cells(), name, body, actor)


@router.patch("/places/{name}", response_model=RowHistory, responses=_WRITE)
def patch_place(name: Name, body: PlaceBody, service: ServiceHere, actor: ActorHere) -> Response:
    """Correct what is stored of a place."""
    return _corrected(service, Places(), name, body, actor)


@router.patch("/categories/{name}", response_model=RowHistory, responses=_WRITE)
def patch_category(
    name: Name, body: CategoryBody, service: ServiceHere, actor: ActorHere
) -> Response:
    """Correct what is stored of a category."""
    return _corrected(service, Categories(), name, body, actor)


@router.post("/responders/{name}/retire", response_model=RowHistory, responses=_WRITE)
def retire_responder(
    name: Name, body: ReasonBody, service: ServiceHere, actor: ActorHere
) -> Response:
    """Take a responder out of service."""
    return _retired(service, Responders(), name, body, actor)


@router.post("/cells/{name}/retire", response_model=RowHistory, responses=_WRITE)
def retire_cell(name: Name, body: ReasonBody, service: ServiceHere, actor: ActorHere) -> Response:
    """Take a cell out of use."""
    return _retired(service, Cells(), name, body, actor)


@router.post("/places/{name}/retire", response_model=RowHistory, responses=_WRITE)
def retire_place(name: Name, body: ReasonBody, service: ServiceHere, actor: ActorHere) -> Response:
    """Take a place out of use."""
    return _retired(service, Places(), name, body, actor)


@router.post("/categories/{name}/retire", response_model=RowHistory, responses=_WRITE)
def retire_category(
    name: Name, body: ReasonBody, service: ServiceHere, actor: ActorHere
) -> Response:
    """Take a category out of use."""
    return _retired(service, Categories(), name, body, actor)


@router.get("/responders/{name}/corrections", response_model=RowHistory, responses=_READ)
def responder_corrections(name: Name, service: ServiceHere) -> Response:
    """Show what was corrected of a responder, oldest first."""
    return _history(service, Responders(), name)


@router.get("/cells/{name}/corrections", response_model=RowHistory, responses=_READ)
def cell_corrections(name: Name, service: ServiceHere) -> Response:
    """Show what was corrected of a cell, oldest first."""
    return _history(service, Cells(), name)


@router.get("/places/{name}/corrections", response_model=RowHistory, responses=_READ)
def place_corrections(name: Name, service: ServiceHere) -> Response:
    """Show what was corrected of a place, oldest first."""
    return _history(service, Places(), name)


@router.get("/categories/{name}/corrections", response_model=RowHistory, responses=_READ)
def category_corrections(name: Name, service: ServiceHere) -> Response:
    """Show what was corrected of a category, oldest first."""
    return _history(service, Categories(), name)


def _corrected(
    service: Service, noun: RegisterNoun, name: str, body: RowBody, actor: Actor
) -> Response:
    layer = body.layer if isinstance(body, ResponderBody) else "base"
    change = Change(body.reason, actor, service.clock.now(), layer)
    with service.store.begin() as connection:
        correct(connection, noun, name, _values(body), change)
    _let_know(service, noun)
    return _history(service, noun, name)


def _retired(
    service: Service, noun: RegisterNoun, name: str, body: ReasonBody, actor: Actor
) -> Response:
    with service.store.begin() as connection:
        retire(connection, noun.name, name, Change(body.reason, actor, service.clock.now()))
    _let_know(service, noun)
    return _history(service, noun, name)


def _let_know(service: Service, noun: RegisterNoun) -> None:
    """Have whoever asks next find responders as they are now; the database tells a bit later."""
    if isinstance(noun, Responders):
        service.live.refresh()


def _history(service: Service, noun: RegisterNoun, name: str) -> Response:
    with service.store.begin() as connection:
        row = corrections.find(connection, noun.register, name)
        made = corrections.history(connection, noun.register, row.key)
    return answer(
        RowHistory.model_validate(
            {"key": row.key, "retired_at": row.retired_at, "corrections": made}
        )
    )


def _values(body: RowBody) -> dict[str, str | list[str] | None]:
    """Return the fields that were given, written as they stand in a file."""
    given = body.model_dump(exclude_unset=True, exclude={"reason", "datum"})
    if isinstance(body, ResponderBody):
        # There it says where the area's code is looked up; a category's layer is its own field.
        given.pop("layer", None)
    if body.lon is not None and body.lat is not None:
        place = wgs84(body.lon, body.lat, body.datum)
        given |= {"lon": place.lon, "lat": place.lat}
    return {field: _text(value) for field, value in given.items()}


def _text(value: object) -> str | list[str] | None:
    return value if value is None or isinstance(value, list) else str(value)
