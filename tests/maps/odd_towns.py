"""Every kind of page of one town, however odd: its grids, its reports, and the period."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

import gridgis_maps as maps
from gridgis.figures.definitions import BY_COLUMN
from gridgis.reach.coverage import coverage as covered
from gridgis.reach.kernels.folding import Nearest
from gridgis_maps.frames.incident import EVENT_COLUMNS, LIMIT_COLUMNS, PARTY_COLUMNS
from gridgis_maps.frames.papers import HISTORY_COLUMNS, RUNNER_UP_COLUMNS
from gridgis_maps.frames.papers import UNIT_COLUMNS as ANSWERING_COLUMNS
from gridgis_maps.frames.repairs import CHANGE_COLUMNS, FINDING_COLUMNS
from gridgis_maps.numbers.casework import RESPONSE_TIME, SATISFACTION
from gridgis_maps.numbers.density import count_by_grid
from tests.maps.conftest import NOON, tiny_grids, tiny_outlines, tiny_reports, tiny_responders
from tests.maps.test_places import tiny_disagreements, tiny_duplicates

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gridgis_maps import About, Page, Period

LIMITS_MIN = (5, 10)


@dataclass(frozen=True)
class Town:
    """A town, what was reported in it, and what somebody wants to know of it."""

    grids: gpd.GeoDataFrame = field(default_factory=tiny_grids)
    reports: gpd.GeoDataFrame = field(default_factory=tiny_reports)
    period: Period = field(default_factory=maps.Period)
    category: str | None = None

    @property
    def base(self) -> maps.BaseMap:
        """The streets above the grids, as long as there are any grids."""
        return maps.BaseMap(tiny_outlines()) if len(self.grids) else maps.BaseMap()

    @property
    def held(self) -> gpd.GeoDataFrame:
        """The reports of the period."""
        return self.reports.loc[self.period.holds(self.reports["captured_at"])]

    @property
    def hotspots(self) -> maps.HotspotFrames:
        """The frames of the kinds that count reports."""
        return maps.HotspotFrames(self.grids, self.reports, self.base)


def _coverage(town: Town, about: About, lang: str) -> Page:
    frames = maps.CoverageFrames(town.grids, tiny_responders(), base=town.base)
    return maps.coverage(frames, about, lang=lang)


def _coverage_by_time(town: Town, about: About, lang: str) -> Page:
    households = pd.to_numeric(town.grids["households"]).astype("float64").fillna(0)
    cells = pd.DataFrame({"area": town.grids["code"], "households": households, "area_m2": 1.0})
    first = np.arange(len(cells), dtype="int32") * 60_000
    nearest = Nearest(first, first + 60_000, np.zeros(len(cells), "int32"))
    whole = covered(nearest, cells.assign(area="all"), LIMITS_MIN)
    return maps.coverage_by_time(
        maps.ReachFrames(
            grids=town.grids,
            stations=tiny_responders().head(2),
            reach=covered(nearest, cells, LIMITS_MIN),
            whole=dict(whole.reindex(["all"]).iloc[0]),
            limits_min=LIMITS_MIN,
            mode="fire",
            by="roster",
            at=NOON,
            base=town.base,
        ),
        about,
        lang=lang,
    )


def _hotspots(town: Town, about: About, lang: str) -> Page:
    asked: dict[str, Any] = {"period": town.period, "category_name": town.category, "lang": lang}
    return maps.hotspots(town.hotspots, about, **asked)


def _timeline(town: Town, about: About, lang: str) -> Page:
    asked: dict[str, Any] = {"period": town.period, "category_name": town.category, "lang": lang}
    return maps.timeline(town.hotspots, about, **asked)


def _compare(town: Town, about: About, lang: str) -> Page:
    asked: dict[str, Any] = {"now": town.period, "category_name": town.category, "lang": lang}
    return maps.compare(town.hotspots, about, **asked)


def _casework(draw: Callable[..., Page]) -> Callable[[Town, About, str], Page]:
    """Every report is closed after 40 minutes, on time, and its resident was content."""

    def made(town: Town, about: About, lang: str) -> Page:
        codes = town.grids["code"]
        received = count_by_grid(codes, town.held["grid_code"]).set_axis(codes).astype("float64")
        known = received.where(received > 0)
        figures = pd.DataFrame(0.0, index=received.index, columns=list(BY_COLUMN))
        figures = figures.assign(received=received, closed=received)
        for key in (*RESPONSE_TIME, *SATISFACTION):
            unit, base = BY_COLUMN[key].unit, BY_COLUMN[key].base
            figures[key] = known * 0 + {"share": 1.0, "min": 40.0}.get(unit, 5.0)
            figures[base] = received
        whole = figures.mean() if len(figures) else pd.Series(np.nan, index=figures.columns)
        frames = maps.FigureFrames(
            town.grids, figures, {**whole, "received": received.sum()}, BY_COLUMN, town.base
        )
        asked = {"period": town.period, "category_name": town.category, "lang": lang}
        return draw(frames, about, **asked)

    return made


def _compare_editions(town: Town, about: About, lang: str) -> Page:
    codes = town.grids["code"].tolist()
    pieces = pd.DataFrame({"kind": "keep", "from_code": codes, "to_code": codes})
    count = town.held["grid_code"].fillna("outside").value_counts()
    counts = pd.DataFrame({"code": count.index, "reports": count.to_numpy()})
    frames = maps.EditionFrames(
        town.grids, town.grids, pieces.assign(share=1.0, new_share=1.0), counts, counts, town.base
    )
    return maps.compare_editions(
        frames, about, names=("2025", "2026"), period=town.period, lang=lang
    )


def _nothing(columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame({column: [] for column in columns})


def _drawn_nowhere(columns: Sequence[str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(_nothing(columns), geometry=[], crs=4326)


def _first_report(town: Town) -> dict[str, Any]:
    """The report that a page of one report is about; without any, one that nobody located."""
    if len(town.held):
        return {str(key): value for key, value in town.held.iloc[0].items()}
    nothing = {"captured_at": NOON, "category_name": "垃圾", "description": "", "grid_code": None}
    return {**nothing, "rule": "no_location", "geometry": None}


def _incident(town: Town, about: About, lang: str) -> Page:
    report = _first_report(town)
    case = maps.Incident(
        "1",
        town.category or report["category_name"],
        report["description"],
        report["captured_at"],
        location=report["geometry"],
        grid_code=report["grid_code"],
    )
    frames = maps.IncidentFrames(
        case,
        town.grids,
        _drawn_nowhere(PARTY_COLUMNS),
        _nothing(EVENT_COLUMNS),
        _nothing(LIMIT_COLUMNS),
        base=town.base,
    )
    return maps.incident(frames, about, lang=lang)


def _jurisdiction(town: Town, about: About, lang: str) -> Page:
    report = _first_report(town)
    where = report["geometry"]
    known = town.grids["code"] == report["grid_code"]
    path = town.grids.loc[known, ["level", "code", "name"]]
    judged = maps.Judged(
        number="1",
        captured_at=report["captured_at"],
        received_at=report["captured_at"] + timedelta(minutes=3),
        category=town.category or report["category_name"],
        description=report["description"],
        address="",
        lon=where.x if where else None,
        lat=where.y if where else None,
        accuracy_m=15.0 if where else None,
        layer="基础网格",
        edition="2026",
        rule=report["rule"] if len(town.grids) or not where else "outside",
        grid_code=report["grid_code"] if known.any() else None,
        boundary_distance_m=120.0 if where and len(town.grids) else None,
        made_at=report["captured_at"] + timedelta(minutes=4),
    )
    frames = maps.JurisdictionFrames(
        judged,
        town.grids,
        path,
        _nothing(RUNNER_UP_COLUMNS),
        _nothing(ANSWERING_COLUMNS),
        _nothing(HISTORY_COLUMNS),
        town.base,
    )
    return maps.jurisdiction(frames, about, lang=lang)


def _atlas(town: Town, about: About, lang: str) -> Page:
    return maps.atlas(maps.AtlasFrames(town.grids, base=town.base), about, lang=lang)


def _sign(town: Town, about: About, lang: str) -> Page:
    boards = town.grids[["code"]].head(1).assign(boundary=None, link=None, phone=None)
    return maps.sign(maps.SignFrames(town.grids, boards, base=town.base), about, lang=lang)


def _places(town: Town, about: About, lang: str) -> Page:
    known = len(town.grids)
    frames = maps.PlaceFrames(
        town.grids, tiny_duplicates().head(known), tiny_disagreements().head(known), town.base
    )
    return maps.places(frames, about, checked=known, lang=lang)


def _repairs(town: Town, about: About, lang: str) -> Page:
    findings, changes = _drawn_nowhere(FINDING_COLUMNS), _drawn_nowhere(CHANGE_COLUMNS)
    frames = maps.RepairFrames(town.grids, findings, changes)
    return maps.repairs(frames, about, lang=lang)


PAGES: dict[str, Callable[[Town, About, str], Page]] = {
    "atlas": _atlas,
    "compare": _compare,
    "compare_editions": _compare_editions,
    "coverage": _coverage,
    "coverage_by_time": _coverage_by_time,
    "hotspots": _hotspots,
    "incident": _incident,
    "jurisdiction": _jurisdiction,
    "places": _places,
    "repairs": _repairs,
    "response_time": _casework(maps.response_time),
    "satisfaction": _casework(maps.satisfaction),
    "sign": _sign,
    "timeline": _timeline,
    "workload": _casework(maps.workload),
}
"""How each kind of page is made of a town."""
