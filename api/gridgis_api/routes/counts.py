"""Counts of reports, as they were reported or on the grids of any edition."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from gridgis.errors import (
    ArchiveFileError,
    EditionNotFoundError,
    InvalidInputError,
    LayerNotFoundError,
    StoreUnavailableError,
)
from gridgis_api.answers import answer
from gridgis_api.dependencies import ServiceHere
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.rows import plain_rows
from gridgis_api.shapes.editions import Counts, CountsQuery
from gridgis_boundaries.history import Counting, count

router = family("reports", "/reports")


@router.get(
    "/counts",
    response_model=Counts,
    responses=told(
        InvalidInputError,
        LayerNotFoundError,
        EditionNotFoundError,
        ArchiveFileError,
        StoreUnavailableError,
    ),
)
def get_counts(asked: Annotated[CountsQuery, Query()], service: ServiceHere) -> Response:
    """Count reports by grid, as they were reported or restated on an edition.

    Restated, each report counts where it is now; without a location, where the cell of its place
    is; else its grid's reports are shared out by households. Nothing is dropped: what fits nowhere
    is counted as `outside`.
    """
    counting = Counting(
        asked.layer,
        asked.when(service.clock.now()),
        asked.how,
        asked.since,
        asked.before,
        asked.category,
    )
    with service.store.begin() as connection:
        found = count(connection, counting, near_tolerance_m=service.settings.near_tolerance_m)
    return answer(
        Counts.model_validate(
            {
                "how": asked.how,
                "edition": found.edition,
                "total": int(found.counts["reports"].sum()),
                "counts": plain_rows(found.counts),
            }
        )
    )
