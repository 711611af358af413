"""The kind ``coverage``: how far each grid is from its nearest responder."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import Field

from gridgis import frames
from gridgis_api.kinds.kind import Kind
from gridgis_api.kinds.query import MapQuery
from gridgis_api.shapes.fields import Code  # noqa: TC001 - pydantic reads it
from gridgis_maps import CoverageFrames, coverage

if TYPE_CHECKING:
    from gridgis_api.kinds.maker import Maker
    from gridgis_maps import Page


class CoverageQuery(MapQuery):
    """Whose reach to draw."""

    skill: Code | None = Field(
        None, description="Only responders with this skill", examples=["gas"]
    )


def _page(maker: Maker, asked: CoverageQuery) -> Page:
    """Return the page of grids shaded by distance to their nearest responder, as they are now."""
    grids, outlines = maker.grids(asked)
    fresh_from = maker.now - timedelta(seconds=maker.settings.position_max_age_s)
    cells = frames.cells(maker.connection)
    return coverage(
        CoverageFrames(
            grids=grids,
            responders=frames.responders(maker.connection, at=maker.now, fresh_from=fresh_from),
            cells=cells if len(cells) else None,
            base=maker.base(asked, grids, outlines),
        ),
        maker.about(asked, grids, outlines),
        skill=asked.skill,
        skill_name=maker.skill_name(asked.skill, asked.lang),
        lang=asked.lang,
    )


COVERAGE = Kind(
    "coverage",
    CoverageQuery,
    _page,
    "Draw the grids by distance to their nearest responder.",
    public=True,
)
