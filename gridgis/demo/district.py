"""The demo district as frames, made from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import shapely

from gridgis.demo import anchors, archive, clusters, exclusive, history, landscape
from gridgis.demo.categories import make_categories
from gridgis.demo.city import Homes, Land, generators, lay_out, settle
from gridgis.demo.files import write_frames
from gridgis.demo.reports import ZONE, make_drafts
from gridgis.demo.responders import make_responders
from gridgis.demo.units import make_responsibilities, make_units, read_response_plan
from gridgis.demo.visits import make_visit_plans, make_visits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import geopandas as gpd
    import numpy as np


@dataclass(frozen=True)
class DemoDistrict:
    """A fictional district of real size in a river valley; all geometry EPSG:4326, lon before lat.

    Attributes
    ----------
    seed, year
        What it was made from.
    until
        The end of the reports' year, aware, exclusive.
    areas
        The complete base layer: level, code, name, name_en, parent_code, households, population,
        geometry (MultiPolygon).
    campus, hospital
        Exclusive layers: level, code, name, name_en, parent_code (None), geometry (MultiPolygon).
    cells
        code, name, kind, parent_cell, grid_code, households, floors, population, geometry
        (Polygon).
    places
        kind, code, name, standard_address, city, district, street, community, road,
        house_number, compound, building, unit, aliases, households, cell_code, road_former,
        former_names, geometry (Point).
    roads
        code, class, name, name_en, oneway, speed_kmh, bridge, level, former_name, geometry
        (LineString).
    water, greens
        kind, name, name_en, geometry (Polygon).
    responders
        number, kind, name, organisation, role, area_code, skills, duty, phone, geometry (Point).
    categories
        code, name, name_en, family, skills, layer.
    reports
        number, captured_at, category, description, address, lon, lat, accuracy_m, channel.
    visit_plans
        code, place (a code), kind, name, every_days, hours, service_s, priority.
    visits
        Of the year's last weeks: id, number (of a responder), place (a code), kind, at, lon, lat,
        accuracy_m, result.
    units
        code, name, name_en, tier, organisation, phone.
    responsibilities
        category, layer, area (a code; None: everywhere), unit: without a gap.
    response_plan
        The response plan as YAML.
    clusters
        The planted outbreaks: category, lon, lat, radius_m, from, to, factor, planted.
    """

    seed: int
    year: int
    until: pd.Timestamp
    areas: gpd.GeoDataFrame
    campus: gpd.GeoDataFrame
    hospital: gpd.GeoDataFrame
    cells: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    greens: gpd.GeoDataFrame
    responders: gpd.GeoDataFrame
    categories: pd.DataFrame
    reports: pd.DataFrame
    visit_plans: pd.DataFrame
    visits: pd.DataFrame
    clusters: pd.DataFrame
    units: pd.DataFrame
    responsibilities: pd.DataFrame
    response_plan: str

    def write(self, folder: Path) -> list[Path]:
        """Write every frame into a folder, as the import commands read them; return the files."""
        return write_frames(self, folder)


def make(
    seed: int = 1, *, year: int = 2025, progress: Callable[[str], None] | None = None
) -> DemoDistrict:
    """Make the demo district; the same seed and year make the same district to the last bit.

    Parameters
    ----------
    seed
        Another seed is another city by the same laws: 579 grids in 10 to 12 streets, one of 60
        grids, 300 to 500 households a grid, some 300 reports a day.
    year
        The reports' year, local time.
    progress
        Told in a few words what is being made.
    """
    tell = progress or (lambda _: None)
    rngs = generators(seed)
    tell("valley, roads and grids")
    land = lay_out(rngs)
    tell("compounds, buildings and addresses")
    homes = settle(land, rngs)
    tell("responders")
    responders = make_responders(land.areas, homes.buildings, homes.sites, next(rngs))
    tell("a year of reports")
    reports, planted = _make_reports(land, homes, year, rngs)
    water = landscape.make_water(land.valley, next(rngs))
    roads = land.roads.drop(columns=["road", "edge"])
    places, roads = history.tell_history(homes.places, roads, next(rngs))
    until = pd.Timestamp(year=year + 1, month=1, day=1, tz=ZONE)
    ours = next(rngs)
    visit_plans = make_visit_plans(places, ours)
    return DemoDistrict(
        seed=seed,
        year=year,
        until=until,
        areas=land.areas,
        campus=exclusive.make_campus(land.fabric, land.landuse.campus),
        hospital=exclusive.make_hospital(land.fabric, land.landuse.hospital),
        cells=homes.cells,
        places=places,
        roads=roads,
        water=water,
        greens=landscape.make_greens(land.fabric, land.landuse, land.titles),
        responders=responders,
        categories=make_categories(),
        reports=reports,
        visit_plans=visit_plans,
        visits=make_visits(visit_plans, places, responders, until, ours),
        clusters=planted,
        units=make_units(land.areas),
        responsibilities=make_responsibilities(land.areas),
        response_plan=read_response_plan(),
    )


def _make_reports(
    land: Land, homes: Homes, year: int, rngs: Iterator[np.random.Generator]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    at_home = anchors.building_anchors(homes.buildings, homes.grid)
    on_road = anchors.road_anchors(land.roads, land.fabric, land.zones, land.areas)
    drafts = make_drafts(at_home, on_road, land.households, year, next(rngs))
    planted, extra = clusters.make_clusters(drafts, at_home, year, next(rngs))
    outline = shapely.Polygon(shapely.get_coordinates(land.areas.geometry.iloc[0]))
    return archive.file_reports([*drafts, *extra], outline, year, next(rngs)), planted
