"""The kind ``monthly``: the meeting pack of an area and a month, as a page or a text document."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
from pydantic import Field

from gridgis.coded import find_area
from gridgis.errors import ArchiveFileError, InvalidInputError, LevelNotFoundError
from gridgis.figures import DEFINITIONS, Asked, figures, named_period
from gridgis.figures.periods import before_it, last_year
from gridgis.store import early_warnings, layers
from gridgis_api.kinds.casework import workers_of
from gridgis_api.kinds.coverage import CoverageQuery, coverage_frames
from gridgis_api.kinds.kind import Kind
from gridgis_api.kinds.query import MapQuery
from gridgis_api.shapes.fields import Code  # noqa: TC001 - pydantic reads it
from gridgis_maps import Month, MonthlyFrames, Period, monthly, monthly_docx
from gridgis_maps.frames.monthly import WARNING_COLUMNS
from gridgis_maps.numbers.atlas import chain, sheet_level

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from gridgis.figures import By
    from gridgis.figures.periods import Period as Counted
    from gridgis.model import Level
    from gridgis.store.early_warnings import EarlyWarning
    from gridgis_api.kinds.maker import Maker
    from gridgis_maps import About, Page

DAY_S = 86_400
MOST_WARNINGS = 10_000
NAMED_GRIDS = 3


class MonthlyQuery(MapQuery):
    """Whose month to tell."""

    area: Code | None = Field(
        None,
        description="The code of a street, a community or any area above the grids; default: all",
        examples=["990103007"],
    )
    month: str | None = Field(
        None,
        pattern=r"^\d{4}-(0[1-9]|1[0-2])$",
        description="A month of the city, such as 2025-06; default: the last one that is over, "
        "and that reports reach",
        examples=["2025-06"],
    )


class _Ground(NamedTuple):
    """Whose figures they are: grids and outlines of the edition, the area, and what it is cut into.

    `area` is None for all, `part` None where it is cut into grids.
    """

    grids: gpd.GeoDataFrame
    outlines: gpd.GeoDataFrame
    area: str | None
    own: list[str]
    part: str | None
    part_name: str


def _page(maker: Maker, asked: MonthlyQuery) -> Page:
    read, about = _read(maker, asked)
    return monthly(read, about, lang=asked.lang)


def _docx(maker: Maker, asked: MonthlyQuery) -> bytes:
    read, about = _read(maker, asked)
    return monthly_docx(read, about, lang=asked.lang)


def _read(maker: Maker, asked: MonthlyQuery) -> tuple[MonthlyFrames, About]:
    period = named_period(asked.month or maker.last_month(), maker.settings.zone)
    ground = _ground(maker, asked)
    month = _month(period, maker)
    tables = _tables(maker, asked, ground, period)
    grids, outlines = ground.grids, ground.outlines
    own = grids[grids["code"].isin(ground.own)].reset_index(drop=True)
    reports = maker.reports(asked, grids, period=Period(month.since, month.before))
    # Coverage is that of now: nobody keeps who was on duty then.
    now = CoverageQuery.model_validate(asked.model_dump(include={"layer", "at", "edition"}))
    read = MonthlyFrames(
        month=month,
        grids=grids.assign(workers=workers_of(maker, grids)),
        own=ground.own,
        whole={str(key): one for key, one in tables["whole"].iloc[0].items()},
        by_category=_named(tables["category"]),
        by_part=_named(tables["part"]),
        by_grid=_named(tables["grid"]).dropna(subset=["code"]).set_index("code"),
        part_name=ground.part_name,
        definitions={one.column: one for one in DEFINITIONS},
        reports=reports,
        coverage=coverage_frames(maker, now, own, outlines),
        warnings=_warnings(maker, asked, ground, period),
        fewest=maker.settings.figures_small_n,
        base=maker.base(asked, grids, outlines),
    )
    return read, maker.about(asked, grids, _shown_outlines(ground))


def _month(period: Counted, maker: Maker) -> Month:
    """Return the month as it is counted: until now, and of the others as much as has passed.

    Raises
    ------
    InvalidInputError
        It has not begun.
    """
    now, zone = maker.now, maker.settings.zone
    if period.since >= now:
        msg = f"the month {period.name} has not begun; ask for one that has"
        raise InvalidInputError(msg)
    before, year = before_it(period, zone), last_year(period, zone)
    over = period.before <= now
    passed = now - period.since

    def days(one: Counted) -> float:
        length = one.before - one.since
        return (length if over else min(length, passed)).total_seconds() / DAY_S

    lengths = {"now": days(period), "before": days(before), "last_year": days(year)}
    names = (period.name, before.name, year.name)
    return Month(names, period.since, min(period.before, now), lengths, over)


def _ground(maker: Maker, asked: MonthlyQuery) -> _Ground:
    """Return the area's grids, and the level that its figures are told by.

    Raises
    ------
    AreaNotFoundError
        No area has the code.
    InvalidInputError
        It is a single grid, or its code stands on several levels.
    """
    grids, outlines = maker.grids(asked)
    layer = maker.layer(asked)
    levels = layers.find(maker.connection, layer, asked.when(maker.now).moment).layer.levels
    if asked.area is None:
        level = sheet_level(outlines)
        part = next((one for one in levels if one.code == level), _grid_level(levels))
        own = grids["code"].tolist()
    else:
        _, found = find_area(maker.connection, layer, asked.area, asked.when(maker.now))
        part = _below(levels, found.level, asked.area)
        parent = dict(zip(outlines["code"], outlines["parent_code"], strict=True))
        inside = grids["parent_code"].map(lambda code: asked.area in chain(code, parent))
        own = grids.loc[inside.astype(bool), "code"].tolist()
    return _Ground(grids, outlines, asked.area, own, None if part.is_grid else part.code, part.name)


def _grid_level(levels: Sequence[Level]) -> Level:
    return next(one for one in levels if one.is_grid)


def _below(levels: Sequence[Level], level: str, area: str) -> Level:
    at = next(number for number, one in enumerate(levels) if one.code == level)
    if at >= levels.index(_grid_level(levels)):
        msg = (
            f"area: {area!r} is a {level}, and a report is of an area above the grids; "
            "ask for the one that it lies in"
        )
        raise InvalidInputError(msg)
    return levels[at + 1]


def _tables(
    maker: Maker, asked: MonthlyQuery, ground: _Ground, period: Counted
) -> Mapping[str, pd.DataFrame]:
    """Return the figures of the month: of all, by category, by part and by grid."""

    def counted(by: By, level: str | None = None, *, years: bool = False) -> pd.DataFrame:
        question = Asked(
            (period,),
            asked.when(maker.now),
            by,
            layer=maker.layer(asked),
            level=level,
            area=ground.area,
            compare=("before", "last_year") if years else ("before",),
        )
        return figures(maker.connection, question, maker.settings).frame

    grid = counted("area")
    return {
        "whole": counted("none", years=True),
        "category": counted("category"),
        "part": grid if ground.part is None else counted("area", ground.part),
        "grid": grid[grid["code"].isin(ground.own)],
    }


def _named(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(table.drop(columns="geometry", errors="ignore")).reset_index(drop=True)


def _warnings(maker: Maker, asked: MonthlyQuery, ground: _Ground, period: Counted) -> pd.DataFrame:
    """Return the early warnings that touch the area and the month."""
    which = early_warnings.Which(layer=maker.layer(asked))
    zone = maker.settings.zone
    first, last = (
        one.astimezone(zone).date() for one in (period.since, period.before - timedelta(seconds=1))
    )
    own = set(ground.grids.loc[ground.grids["code"].isin(ground.own), "area_id"])
    rows = [
        _warning(one)
        for one in early_warnings.page(maker.connection, which, MOST_WARNINGS)
        if one.since <= last and one.until >= first and own & set(one.area_ids)
    ]
    return pd.DataFrame(rows, columns=list(WARNING_COLUMNS))


def _warning(one: EarlyWarning) -> dict[str, object]:
    names = "、".join(grid.name or grid.code for grid in one.grids[:NAMED_GRIDS])
    more = len(one.grids) - NAMED_GRIDS
    return {
        "grids": f"{names} +{more}" if more > 0 else names,
        "category_name": one.category_name,
        "since": one.since,
        "until": one.until,
        "observed": one.observed,
        "expected": one.expected,
        "recurrence_days": one.recurrence_days,
        "state": one.state,
    }


def _shown_outlines(ground: _Ground) -> gpd.GeoDataFrame:
    """Return the area that the report is called by, else all outlines."""
    mine = ground.outlines[ground.outlines["code"] == ground.area]
    return mine if len(mine) else ground.outlines


MONTHLY = Kind(
    "monthly",
    MonthlyQuery,
    _page,
    "Report a month of an area: what changed beyond chance, figures and maps.",
    refusals=(ArchiveFileError, LevelNotFoundError),
    judges=True,
    docx=_docx,
)
