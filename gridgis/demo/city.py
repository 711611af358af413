"""The city in three stages: its land and areas, what is built on it, who works in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.demo import addresses, cells
from gridgis.demo.areas import GRIDS, Zones, make_areas, make_zones
from gridgis.demo.fabric import Fabric, Ints, make_fabric
from gridgis.demo.landuse import LandUse, make_landuse
from gridgis.demo.names import Names
from gridgis.demo.places import make_places
from gridgis.demo.plan import make_plan
from gridgis.demo.roads import RoadTitles, make_roads, name_roads
from gridgis.demo.sites import Town, make_sites
from gridgis.demo.terrain import Valley, make_valley, to_metres
from gridgis.demo.zoning import make_ground

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import pandas as pd

_MEAN_HOUSEHOLDS = 400.0
_MAKERS = 25


def generators(seed: int) -> Iterator[np.random.Generator]:
    """Give every maker a generator of its own, so that one more draw here changes nothing there."""
    for child in np.random.SeedSequence(seed).spawn(_MAKERS):
        yield np.random.default_rng(child)


@dataclass(frozen=True)
class Land:
    """The valley with its blocks, areas, uses and roads.

    Attributes
    ----------
    roads
        With the columns road and edge, which tie it to the fabric.
    """

    valley: Valley
    fabric: Fabric
    zones: Zones
    areas: gpd.GeoDataFrame
    landuse: LandUse
    titles: Names
    road_titles: RoadTitles
    roads: gpd.GeoDataFrame

    @property
    def households(self) -> Ints:
        """Households of the grids, in code order."""
        grids = self.areas.loc[self.areas["level"] == "grid", "households"]
        return grids.to_numpy(dtype=np.int64)


@dataclass(frozen=True)
class Homes:
    """What is built, and where an address leads to.

    Attributes
    ----------
    buildings
        The places of kind building, with their grid_code.
    grid
        Per building, its grid's number in code order.
    """

    cells: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    grid: Ints


def lay_out(rngs: Iterator[np.random.Generator]) -> Land:
    """Draw the valley, its streets and blocks, and cut it into grids."""
    valley = make_valley(next(rngs))
    strokes = make_plan(valley, next(rngs), GRIDS * _MEAN_HOUSEHOLDS)
    fabric = make_fabric(valley, strokes, next(rngs), GRIDS * _MEAN_HOUSEHOLDS)
    ground = make_ground(fabric)
    zones = make_zones(fabric, ground, next(rngs))
    areas = make_areas(fabric, zones, next(rngs))
    households = areas.loc[areas["level"] == "grid", "households"].to_numpy(dtype=np.int64)
    landuse = make_landuse(fabric, ground, zones, households, next(rngs))
    titles = Names(next(rngs))
    road_titles = name_roads(strokes, titles)
    roads = make_roads(fabric, road_titles, titles, next(rngs))
    return Land(valley, fabric, zones, areas, landuse, titles, road_titles, roads)


def settle(land: Land, rngs: Iterator[np.random.Generator]) -> Homes:
    """Build compounds, buildings and sites on the land and give them addresses."""
    zones, titles = land.zones, land.titles
    built = cells.build(land.fabric, land.landuse, zones.grid, next(rngs))
    town = Town(land.fabric, zones, land.landuse, land.areas, land.road_titles, titles)
    labels = _label(town, built)
    table = cells.make_cells(built, labels, next(rngs))
    sites = make_sites(town, next(rngs))
    places = make_places(table, built, labels, sites, land.areas)
    buildings = places[places["kind"] == "building"].reset_index(drop=True)
    buildings["grid_code"] = labels["grid_code"].to_numpy(dtype=object)[built.compound]
    return Homes(table, sites, places, buildings, zones.grid[built.block][built.compound])


def _label(town: Town, built: cells.Built) -> pd.DataFrame:
    grid_code = town.grid_codes(built.block)
    middle = to_metres(shapely.get_coordinates(shapely.point_on_surface(built.ground)))
    prefix = addresses.prefixes(town.areas, grid_code)
    front = addresses.find_frontage(town.fabric, built.block, middle, town.roads, prefix)
    return addresses.label_compounds(built, town.landuse, grid_code, front, town.titles)
