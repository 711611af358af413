"""Three cities as frames of every kind of map: what is real is real, the rest is made by a seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd

from gridgis import assign
from gridgis_maps import About, BaseMap
from tests.core.real_cities import city
from tests.demos import demo_district

if TYPE_CHECKING:
    from pathlib import Path

FEW = 10_000
"""So many reports of each city are enough for a page."""

YEARS = {"chicago": 2014, "nyc": 2025, "demo": 2025}
ZONES = {"chicago": "America/Chicago", "nyc": "America/New_York", "demo": "Asia/Shanghai"}
GRIDS = {"chicago": "chicago beats", "nyc": "nyc precincts"}


@dataclass(frozen=True)
class City:
    """Grids, what lies around them, reports with their grids, and stations."""

    name: str
    grids: gpd.GeoDataFrame
    base: BaseMap
    reports: gpd.GeoDataFrame
    stations: gpd.GeoDataFrame

    @property
    def about(self) -> About:
        """What a page of it says of itself: the year is over."""
        end = datetime(YEARS[self.name] + 1, 1, 1, 12, tzinfo=UTC)
        return About(self.name, "1", end, end, ZoneInfo(ZONES[self.name]))


def city_of(name: str, shared: Path) -> City:
    """Return a city by its name: ``chicago``, ``nyc`` or ``demo``."""
    if name == "demo":
        return _demo()
    bare = city(GRIDS[name], shared)
    # Beats and precincts have numbers by their district: the first digits name the parent.
    parents = bare["code"].str.zfill(4).str[:2]
    grids = _as_areas(bare, bare["code"], "grid", parents)
    # Two precincts are invalid, which a map may show and a union may not meet.
    merged = grids.set_geometry(grids.make_valid()).dissolve("parent_code").reset_index()
    outlines = _as_areas(merged, merged["parent_code"], "district", None)
    told = _chicago_reports(shared) if name == "chicago" else _nyc_reports(shared)
    stations = grids.geometry.representative_point().iloc[::9].reset_index(drop=True)
    return City(name, grids, BaseMap(outlines), _assigned(told, grids), _stations(stations))


def _as_areas(
    frame: gpd.GeoDataFrame, codes: pd.Series[str], level: str, parents: pd.Series[str] | None
) -> gpd.GeoDataFrame:
    """Return areas with all columns; nobody has counted their households."""
    number = np.random.default_rng(1).integers(0, 9000, len(frame))
    return gpd.GeoDataFrame(
        {
            "code": codes.to_numpy(),
            "name": (level + " " + codes).to_numpy(),
            "level": level,
            "parent_code": None if parents is None else parents.to_numpy(),
            "parent_name": None if parents is None else ("district " + parents).to_numpy(),
            "households": number,
        },
        geometry=frame.geometry.to_numpy(),
        crs=4326,
    )


def _chicago_reports(shared: Path) -> gpd.GeoDataFrame:
    table = pd.read_parquet(shared / "data/chicago/reports_311_sanitation.parquet")
    at = pd.to_datetime(table["Creation_Date"]).dt.tz_localize(ZONES["chicago"])
    table = table.assign(captured_at=at)[at.dt.year == YEARS["chicago"]]
    table = table[table["Longitude"].notna()].sample(FEW, random_state=1)
    places = gpd.points_from_xy(table["Longitude"], table["Latitude"], crs=4326)
    return gpd.GeoDataFrame(
        {"captured_at": table["captured_at"], "description": table["Nature"].fillna("")},
        geometry=places,
    )


def _nyc_reports(shared: Path) -> gpd.GeoDataFrame:
    """New York's collisions with their places; the file tells no time, so a seed does."""
    file = shared / "data/nyc/nyc-injurious-collisions.geojson.gz"
    read = gpd.read_file(f"/vsigzip/{file}", rows=FEW).to_crs(4326)
    year = pd.Timestamp(YEARS["nyc"], 1, 1, tz=ZONES["nyc"])
    hours = np.random.default_rng(1).integers(0, 365 * 24, len(read))
    moments = year + pd.to_timedelta(hours, unit="h")
    return gpd.GeoDataFrame(
        {"captured_at": moments, "description": "collision"}, geometry=read.geometry
    )


def _assigned(told: gpd.GeoDataFrame, grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    told = told.reset_index(drop=True)
    found = assign(told, grids)
    return told.assign(
        id=[str(row) for row in range(len(told))],
        category="any",
        category_name="any",
        grid_code=found["grid_code"],
        rule=found["rule"],
    )


def _stations(places: gpd.GeoSeries) -> gpd.GeoDataFrame:
    names = [f"station {row}" for row in range(len(places))]
    return gpd.GeoDataFrame(
        {
            "id": names,
            "name": names,
            "kind": "facility",
            "organisation": "fire service",
            "role": "station",
            "skills": [["fire"]] * len(names),
            "position_source": "home",
        },
        geometry=places.to_numpy(),
        crs=4326,
    )


def _demo() -> City:
    district = demo_district()
    names = district.areas.set_index("code")["name"]
    areas = district.areas.assign(parent_name=district.areas["parent_code"].map(names))
    grids = areas[areas["level"] == "grid"].reset_index(drop=True)
    told = district.reports.dropna(subset=["lon"]).sample(FEW, random_state=1)
    places = gpd.points_from_xy(told["lon"], told["lat"], crs=4326)
    reports = gpd.GeoDataFrame(told[["captured_at", "description"]], geometry=places)
    able = district.responders[district.responders["kind"] == "facility"].head(12)
    return City(
        "demo",
        grids,
        BaseMap(
            outlines=areas[areas["level"] != "grid"].reset_index(drop=True),
            water=district.water,
            greens=district.greens,
            roads=district.roads.assign(kind=district.roads["class"]),
        ),
        _assigned(reports, grids),
        _stations(able.geometry),
    )
