"""Editions, what changed between two, and how counts move from one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query
from starlette.responses import Response

from gridgis.errors import EditionNotFoundError, InvalidInputError, StoreUnavailableError
from gridgis.store import editions
from gridgis_api.answers import answer
from gridgis_api.dependencies import ServiceHere
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.rows import plain_rows
from gridgis_api.shapes.editions import (
    Crosswalk,
    EditionChanges,
    EditionDetail,
    EditionOfLayer,
    Editions,
)
from gridgis_api.shapes.fields import Code
from gridgis_boundaries.history import Sides, changes, crosswalk, sides

if TYPE_CHECKING:
    from gridgis_api.service import Service

router = family("grids", "/editions")

Number = Annotated[int, Path(ge=1, le=2**31 - 1, examples=[1], description="An edition's number")]

_PROBLEMS = told(InvalidInputError, EditionNotFoundError, StoreUnavailableError)


@router.get("", response_model=Editions, responses=told(InvalidInputError, StoreUnavailableError))
def get_editions(
    service: ServiceHere,
    layer: Annotated[Code | None, Query(description="Only of this layer")] = None,
) -> Response:
    """List the editions of the layers, oldest first, drafts last."""
    with service.store.begin() as connection:
        found = editions.listing(connection, layer)
    return answer(Editions.model_validate({"editions": found}))


@router.get("/{number}", response_model=EditionDetail, responses=_PROBLEMS)
def get_edition(number: Number, service: ServiceHere) -> Response:
    """Show one edition, and the findings that were accepted when it was published."""
    with service.store.begin() as connection:
        found = editions.find(connection, number)
        accepted = editions.accepted(connection, number)
    told_of = {name: getattr(found, name) for name in EditionOfLayer.model_fields}
    return answer(EditionDetail.model_validate({**told_of, "accepted": accepted}))


@router.get("/{before}/changes/{after}", response_model=EditionChanges, responses=_PROBLEMS)
def get_changes(before: Number, after: Number, service: ServiceHere) -> Response:
    """Say what became of each grid: kept, split, merged, transferred, new, gone.

    Each piece of ground has its households, by the cells in it, its size, and its share of the old
    and of the new grid. Grids that are called or coded otherwise are listed.
    """
    both = _sides(service, before, after)
    found = changes(both.old, both.new, both.cells)
    return answer(
        EditionChanges.model_validate(
            {
                "before": both.before,
                "after": both.after,
                "pieces": plain_rows(found.pieces),
                "renamed": plain_rows(found.renamed),
                "recoded": plain_rows(found.recoded),
            }
        )
    )


@router.get("/{before}/crosswalk/{after}", response_model=Crosswalk, responses=_PROBLEMS)
def get_crosswalk(before: Number, after: Number, service: ServiceHere) -> Response:
    """Say which share of a count of each old grid belongs to which new one.

    The weights of each old grid add up to 1; what no grid covers goes to `outside`.
    """
    both = _sides(service, before, after)
    rows = plain_rows(crosswalk(both.old, both.new, both.cells))
    return answer(
        Crosswalk.model_validate({"before": both.before, "after": both.after, "rows": rows})
    )


def _sides(service: Service, before: int, after: int) -> Sides:
    with service.store.begin() as connection:
        return sides(connection, before, after, now=service.clock.now())
