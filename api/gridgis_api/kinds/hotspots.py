"""The kind ``hotspots``: how many reports each grid has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from gridgis.errors import ArchiveFileError
from gridgis_api.kinds.kind import Kind
from gridgis_api.kinds.query import PeriodQuery
from gridgis_api.shapes.fields import Code  # noqa: TC001 - pydantic reads it
from gridgis_maps import HotspotFrames, Period, hotspots

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd

    from gridgis_api.kinds.maker import Maker
    from gridgis_maps import Page


class HotspotsQuery(PeriodQuery):
    """Which reports to draw."""

    category: Code | None = Field(
        None, description="Only reports of this category", examples=["gas-smell"]
    )


def _page(maker: Maker, asked: HotspotsQuery) -> Page:
    """Return the page of grids shaded by their reports; without a period, all until now count."""
    grids, outlines = maker.grids(asked)
    period = maker.period(asked)
    category_name = maker.category_name(asked.category, asked.lang)
    reports = maker.reports(asked, grids, period=period, category=asked.category)
    return hotspots(
        HotspotFrames(
            grids=grids,
            reports=reports,
            base=maker.base(asked, grids, outlines),
            moved=maker.moved(reports, grids, outlines) if asked.donut else None,
        ),
        maker.about(asked, grids, outlines),
        period=period or _until(maker.now, reports),
        category_name=category_name,
        lang=asked.lang,
    )


def _until(now: datetime, reports: gpd.GeoDataFrame) -> Period:
    """Return the time from the first report until now: what says a later one is not so yet."""
    first = reports["captured_at"].min()
    return Period(first.to_pydatetime() if first < now else None, now)


HOTSPOTS = Kind(
    "hotspots",
    HotspotsQuery,
    _page,
    "Draw the grids by their reports of a period.",
    refusals=(ArchiveFileError,),
    public=True,
    donut=True,
)
