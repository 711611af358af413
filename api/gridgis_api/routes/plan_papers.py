"""What a planner looks at beside the areas: borders, proposals, papers."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from gridgis.errors import AreaNotFoundError, EditRefusedError
from gridgis.outlines import lines
from gridgis_api.answers import answer
from gridgis_api.dependencies import ServiceHere
from gridgis_api.problems import told
from gridgis_api.routes.areas import GeoJson
from gridgis_api.routes.plans import READING, Number
from gridgis_api.routing import family
from gridgis_api.shapes.plans import PapersQuery, ProposalsQuery, ProposalsShape
from gridgis_boundaries import planning
from gridgis_boundaries.papers import write_approval

router = family("plans", "/plans")

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KEPT_NOWHERE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
# A notice is text and style of its own; nothing is loaded.
_STYLE_ALONE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


@router.get(
    "/{number}/edges",
    response_class=GeoJson,
    responses={200: {"content": {"application/geo+json": {}}}, **told(*READING)},
)
def get_edges(number: Number, service: ServiceHere) -> Response:
    """Draw the borders of a plan as GeoJSON lines: both sides, and what each follows.

    `level` is the highest whose border it is; one that is `locked` may not be redrawn. `reason` is
    a parent border, a road, a river, a wall or none.
    """
    found = planning.borders(service.planning, number)
    return GeoJson(lines(found), 200, _KEPT_NOWHERE)


@router.get(
    "/{number}/proposals",
    response_model=ProposalsShape,
    responses=told(*READING, AreaNotFoundError, EditRefusedError),
)
def get_proposals(
    number: Number, asked: Annotated[ProposalsQuery, Query()], service: ServiceHere
) -> Response:
    """Propose lines that split a grid in two halves with as many households, the best first."""
    found = planning.proposed(service.planning, number, asked.area, asked.count)
    told_ones = [
        {
            "line": [list(corner) for corner in one.line.coords],
            "along": one.along,
            "households": list(one.households),
            "deviation": one.deviation,
            "cut_compounds": list(one.cut_compounds),
            "polsby_popper": list(one.polsby_popper),
        }
        for one in found
    ]
    return answer(ProposalsShape.model_validate({"proposals": told_ones}))


@router.get(
    "/{number}/notices.html",
    response_class=Response,
    responses={200: {"content": {"text/html": {}}}, **told(*READING)},
)
def get_notices(
    number: Number, asked: Annotated[PapersQuery, Query()], service: ServiceHere
) -> Response:
    """Print a notice for each grid that changes: what came and went, its boundary in words."""
    found = planning.plan_papers(service.planning, number, lang=asked.lang)
    headers = {**_KEPT_NOWHERE, **_STYLE_ALONE}
    return Response(found.notices, 200, headers, "text/html; charset=utf-8")


@router.get(
    "/{number}/approval.xlsx",
    response_class=Response,
    responses={200: {"content": {_EXCEL: {}}}, **told(*READING)},
)
def get_approval(
    number: Number, asked: Annotated[PapersQuery, Query()], service: ServiceHere
) -> Response:
    """Write the approval file: summary, measures, findings, who moves, lineage, boundaries."""
    found = planning.plan_papers(service.planning, number, lang=asked.lang)
    with tempfile.TemporaryDirectory(prefix="gridgis-") as folder:
        file = Path(folder) / "approval.xlsx"
        write_approval(file, found.approval, lang=asked.lang)
        content = file.read_bytes()
    headers = {**_KEPT_NOWHERE, "Content-Disposition": f'attachment; filename="plan-{number}.xlsx"'}
    return Response(content, 200, headers, _EXCEL)
