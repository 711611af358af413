"""The kind ``hotspots``: how many reports each grid has."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import pandas as pd
from pydantic import AfterValidator, Field

from gridgis.errors import ArchiveFileError, InvalidInputError
from gridgis.store import early_warnings
from gridgis_api.kinds.kind import Kind
from gridgis_api.kinds.query import LONGEST_LINE, PeriodQuery
from gridgis_api.shapes.fields import Code  # noqa: TC001 - pydantic reads it
from gridgis_maps import HotspotFrames, Period, hotspots
from gridgis_maps.frames.reports import WARNING_COLUMNS
from gridgis_maps.numbers.judging import ANALYSES, USUAL

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd

    from gridgis_api.kinds.maker import Maker
    from gridgis_maps import Page


MOST_WARNINGS = 200
"""So many early warnings a map shows, the newest."""


def _analyses(text: str) -> str:
    unknown = [one for one in _named(text) if one not in ANALYSES]
    if unknown:
        msg = f"{unknown[0]!r} is none of {', '.join(ANALYSES)}"
        raise ValueError(msg)
    return text


def _named(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


class HotspotsQuery(PeriodQuery):
    """Which reports to draw."""

    category: Code | None = Field(
        None, description="Only reports of this category", examples=["gas-smell"]
    )
    analyses: Annotated[str, AfterValidator(_analyses)] = Field(
        ",".join(USUAL),
        max_length=LONGEST_LINE * 2,
        description=f"What to judge, separated by commas: {', '.join(ANALYSES)}; empty: nothing",
        examples=["gi,near-repeat"],
    )
    seed: int = Field(
        0, ge=0, le=2**32 - 1, description="Of all random numbers: the same seed, the same page"
    )


def _page(maker: Maker, asked: HotspotsQuery) -> Page:
    """Return the page of grids shaded by their reports; without a period, all until now count."""
    grids, outlines = maker.grids(asked)
    period = _public_month(maker, asked) if asked.public else maker.period(asked)
    category_name = maker.category_name(asked.category, asked.lang)
    reports = maker.reports(asked, grids, period=period, category=asked.category)
    shown = period or _until(maker.now, reports)
    return hotspots(
        HotspotFrames(
            grids=grids,
            reports=reports,
            base=maker.base(asked, grids, outlines),
            moved=maker.moved(reports, grids, outlines) if asked.donut else None,
            warnings=None if asked.public else _warnings(maker, asked, shown),
        ),
        maker.about(asked, grids, outlines),
        period=shown,
        category_name=category_name,
        analyses=_named(asked.analyses),
        seed=asked.seed,
        lang=asked.lang,
    )


def _public_month(maker: Maker, asked: HotspotsQuery) -> Period:
    """Return the month of a page for everybody, which is of all categories and the grids of now.

    Raises
    ------
    InvalidInputError
        Something was asked for that could be subtracted from the map of all.
    """
    if asked.category or asked.at or asked.edition:
        msg = (
            "a public map is of all categories, on the grids in force: what a map of one category, "
            "or of other grids, shows could be subtracted from it"
        )
        raise InvalidInputError(msg)
    return maker.public_month(asked)


def _warnings(maker: Maker, asked: HotspotsQuery, period: Period) -> pd.DataFrame:
    """Return the early warnings that lasted on a day of the period, the newest first."""
    zone, last = maker.settings.zone, period.end or maker.now
    which = early_warnings.Which(
        layer=maker.layer(asked),
        category=asked.category,
        first_day=period.start.astimezone(zone).date() if period.start else None,
        last_day=(last - timedelta(microseconds=1)).astimezone(zone).date(),
    )
    found = early_warnings.page(maker.connection, which, MOST_WARNINGS)
    rows = [
        {
            **one._asdict(),
            "number": one.id,
            "grid_codes": [grid.code for grid in one.grids],
        }
        for one in found
    ]
    return pd.DataFrame(rows, columns=list(WARNING_COLUMNS))


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
    judges=True,
)
