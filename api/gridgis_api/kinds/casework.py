"""The kinds ``workload``, ``response-time`` and ``satisfaction``: figures of the assembly line."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd
from pydantic import Field

from gridgis import frames
from gridgis.errors import ArchiveFileError, LevelNotFoundError
from gridgis.figures import DEFINITIONS, Asked, figures
from gridgis.figures.periods import period_between
from gridgis_api.kinds.kind import Kind
from gridgis_api.kinds.query import PeriodQuery
from gridgis_api.shapes.fields import Code  # noqa: TC001 - pydantic reads it
from gridgis_maps import FigureFrames, Period, response_time, satisfaction, workload

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import geopandas as gpd

    from gridgis_api.kinds.maker import Maker
    from gridgis_maps import Page

LAST_DAYS = 30
"""The period when none is asked for."""


class CaseworkQuery(PeriodQuery):
    """Whose figures to draw; without a period, those of the last 30 days."""

    category: Code | None = Field(
        None, description="Only cases of this category", examples=["gas-smell"]
    )


def _page(draw: Callable[..., Page]) -> Callable[[Maker, CaseworkQuery], Page]:
    """Return what makes one of the pages: they read the same figures, and draw others."""

    def made(maker: Maker, asked: CaseworkQuery) -> Page:
        grids, outlines = maker.grids(asked)
        period = _closed(maker, asked)
        category_name = maker.category_name(asked.category, asked.lang)
        return draw(
            _frames(maker, asked, grids, outlines, period),
            maker.about(asked, grids, outlines),
            period=Period(*period),
            category_name=category_name,
            fewest=maker.settings.figures_small_n,
            lang=asked.lang,
        )

    return made


def _closed(maker: Maker, asked: CaseworkQuery) -> tuple[datetime, datetime]:
    """Return the period that was asked for; one without a beginning has the last days until it."""
    period = maker.period(asked) or maker.last_days(LAST_DAYS)
    before = period.end or maker.now
    return period.start or before - timedelta(days=LAST_DAYS), before


def _frames(
    maker: Maker,
    asked: CaseworkQuery,
    grids: gpd.GeoDataFrame,
    outlines: gpd.GeoDataFrame,
    period: tuple[datetime, datetime],
) -> FigureFrames:
    """Return the figures of each grid of the edition, and of all together."""
    since, before = period
    question = Asked(
        (period_between(since, before, maker.settings.zone),),
        asked.when(maker.now),
        layer=maker.layer(asked),
        category=asked.category,
    )
    by_grid = figures(maker.connection, question, maker.settings).frame
    whole = figures(maker.connection, question._replace(by="none"), maker.settings).frame
    placed = by_grid[by_grid["code"].isin(grids["code"])]
    known = {one.column: one for one in DEFINITIONS}
    return FigureFrames(
        grids=grids.assign(workers=workers_of(maker, grids)),
        figures=pd.DataFrame(placed.drop(columns="geometry")).set_index("code")[[*known, "small"]],
        whole={key: float(whole[key].astype("float64").iloc[0]) for key in known},
        definitions=known,
        base=maker.base(asked, grids, outlines),
    )


def workers_of(maker: Maker, grids: gpd.GeoDataFrame) -> pd.Series[int]:
    """Return how many workers are bound to each grid."""
    bound = frames.bound_workers(maker.connection)
    count = bound.drop_duplicates(["id", "area_id"])["area_id"].value_counts()
    return grids["area_id"].map(count).fillna(0).astype("int64")


_REFUSALS = (ArchiveFileError, LevelNotFoundError)

WORKLOAD = Kind(
    "workload",
    CaseworkQuery,
    _page(workload),
    "Draw the grids by their work: received, open, late, each per worker.",
    refusals=_REFUSALS,
)
RESPONSE_TIME = Kind(
    "response-time",
    CaseworkQuery,
    _page(response_time),
    "Draw the grids by how long it takes to arrive, handle and close.",
    refusals=_REFUSALS,
)
SATISFACTION = Kind(
    "satisfaction",
    CaseworkQuery,
    _page(satisfaction),
    "Draw the grids by what residents say, and by how many say anything.",
    refusals=_REFUSALS,
)
