"""The kind ``timeline``: the reports of each day or week, played through time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from gridgis.errors import ArchiveFileError
from gridgis_api.kinds.kind import Kind
from gridgis_api.kinds.query import PeriodQuery
from gridgis_api.shapes.fields import Code  # noqa: TC001 - pydantic reads it
from gridgis_maps import HotspotFrames, Period, timeline

if TYPE_CHECKING:
    from gridgis_api.kinds.maker import Maker
    from gridgis_maps import Page


class TimelineQuery(PeriodQuery):
    """Which reports to play, and how long each step is."""

    category: Code | None = Field(
        None, description="Only reports of this category", examples=["gas-smell"]
    )
    each: Literal["day", "week", "month"] | None = Field(
        None, description="How long a step is; default: by how long the period is"
    )


def _page(maker: Maker, asked: TimelineQuery) -> Page:
    """Return the page of the days of a period; without one, of all reports until now."""
    grids, outlines = maker.grids(asked)
    period = maker.period(asked) or Period(end=maker.now)
    category_name = maker.category_name(asked.category, asked.lang)
    reports = maker.reports(asked, grids, period=period, category=asked.category)
    return timeline(
        HotspotFrames(grids=grids, reports=reports, base=maker.base(asked, grids, outlines)),
        maker.about(asked, grids, outlines),
        period=period,
        each=asked.each,
        category_name=category_name,
        lang=asked.lang,
    )


TIMELINE = Kind(
    "timeline",
    TimelineQuery,
    _page,
    "Play the reports of each day or week through time.",
    refusals=(ArchiveFileError,),
)
