"""Sites: schools, clinics, stations, service points and the like, each on a block of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.demo.addresses import find_frontage, prefixes
from gridgis.demo.fabric import OUTSIDE
from gridgis.demo.terrain import to_lonlat

if TYPE_CHECKING:
    from gridgis.demo.areas import Zones
    from gridgis.demo.fabric import Fabric, Ints
    from gridgis.demo.landuse import LandUse
    from gridgis.demo.names import Names
    from gridgis.demo.roads import RoadTitles
    from gridgis.demo.terrain import Floats

SERVICE_POINTS = 23
_IN_COMMUNITIES = (
    ("service_point", SERVICE_POINTS, "便民服务点", "Service Point"),
    ("clinic", 26, "卫生服务站", "Clinic"),
)
_FLOOR_M = 1_500.0
_STATIONS = {
    "fire_station": (6, "消防救援站", "Fire Station"),
    "gas_station": (4, "燃气抢修站", "Gas Emergency Station"),
}


@dataclass(frozen=True)
class Town:
    """What the sites are chosen from."""

    fabric: Fabric
    zones: Zones
    landuse: LandUse
    areas: gpd.GeoDataFrame
    roads: RoadTitles
    titles: Names

    def grid_codes(self, block: Ints) -> list[str]:
        """Return the codes of the grids of blocks."""
        codes = self.areas.loc[self.areas["level"] == "grid", "code"].to_numpy(dtype=object)
        return [str(code) for code in codes[self.zones.grid[block]]]


def make_sites(town: Town, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Choose the sites.

    Returns
    -------
    Columns kind, name, name_en, grid_code, standard_address, road, house_number, geometry (Point,
    EPSG:4326); index 0..n-1. Kinds: school, market, park, university, hospital, clinic,
    service_point, police_station, fire_station, gas_station, assembly_point.
    """
    rows = [*_by_use(town), *_by_area(town), *_by_spread(town, rng)]
    rows += [
        ("assembly_point", name + "应急避难点", f"{en} Assembly Point", block)
        for kind, name, en, block in rows
        if kind in {"school", "park"}
    ]
    table = pd.DataFrame(rows, columns=["kind", "name", "name_en", "block"])
    block = table.pop("block").to_numpy()
    at_m = _beside_the_road(town.fabric, block, rng)
    table["grid_code"] = town.grid_codes(block)
    prefix = prefixes(town.areas, table["grid_code"].tolist())
    front = find_frontage(town.fabric, block, at_m, town.roads, prefix)
    number = front["number"].astype(str)
    table["standard_address"] = front["prefix"] + front["road"] + number + "号" + table["name"]
    table["road"], table["house_number"] = front["road"], number
    return gpd.GeoDataFrame(table, geometry=shapely.points(to_lonlat(at_m)), crs=4326)


def _by_use(town: Town) -> list[tuple[str, str, str, int]]:
    """Name what stands on the blocks set aside for it."""
    endings = {
        "school": ("school", "小学", "Primary School"),
        "market": ("market", "农贸市场", "Market"),
        "park": ("park", "公园", "Park"),
        "works": ("works", "产业园", "Works"),
    }
    rows = []
    for use, (kind, zh, en) in endings.items():
        for block in np.flatnonzero(town.landuse.use == use).tolist():
            stem, stem_en = town.titles.stem()
            rows.append((kind, stem + zh, f"{stem_en} {en}", block))
    campus = int(np.flatnonzero(town.landuse.campus != OUTSIDE)[0])
    ward = int(np.flatnonzero(town.landuse.hospital != OUTSIDE)[0])
    return [
        *rows,
        ("university", "云川大学", "Yunchuan University", campus),
        ("hospital", "云川市第一人民医院", "Yunchuan First People's Hospital", ward),
    ]


def _by_area(town: Town) -> list[tuple[str, str, str, int]]:
    """Give every street a police station, and communities clinics and service points."""
    zones = town.zones
    middle = _middles(town.fabric, zones.community[zones.grid])
    name = town.areas.set_index("code")["name"]
    codes = town.areas.loc[town.areas["level"] == "community", "code"].tolist()
    english = town.areas.set_index("code")["name_en"].str.replace(" Community", "").to_dict()
    rows = [
        (kind, f"{name[codes[c]]}{zh}", f"{english[codes[c]]} {en}", middle[c])
        for kind, count, zh, en in _IN_COMMUNITIES
        for c in _spaced(len(codes), count)
    ]
    by_street = _middles(town.fabric, zones.street[zones.community[zones.grid]])
    streets = town.areas.loc[town.areas["level"] == "street", "code"].tolist()
    for s, code in enumerate(streets):
        short = str(name[code]).removesuffix("街道")
        rows.append(
            ("police_station", short + "派出所", f"{english[code]} Police Station", by_street[s])
        )
    return rows


def _by_spread(town: Town, rng: np.random.Generator) -> list[tuple[str, str, str, int]]:
    """Spread the stations, each as far from the others of its kind as the valley floor allows."""
    floor = np.flatnonzero(np.abs(town.fabric.centre_uv[:, 1]) < _FLOOR_M)
    rows = []
    for kind, (count, zh, en) in _STATIONS.items():
        chosen = [int(rng.choice(floor))]
        while len(chosen) < count:
            gap = town.fabric.centre_m[floor][:, None] - town.fabric.centre_m[chosen][None]
            chosen.append(int(floor[np.hypot(*gap.transpose(2, 0, 1)).min(axis=1).argmax()]))
        for block in chosen:
            stem, stem_en = town.titles.stem()
            rows.append((kind, stem + zh, f"{stem_en} {en}", block))
    return rows


def _middles(fabric: Fabric, zone: Ints) -> list[int]:
    """Return the block nearest to where the people of each zone live."""
    weight = np.bincount(zone, fabric.households)
    at = [np.bincount(zone, fabric.households * fabric.centre_m[:, k]) / weight for k in (0, 1)]
    away = np.hypot(*(fabric.centre_m - np.column_stack(at)[zone]).T)
    order = np.lexsort((away, zone))
    return [int(i) for i in order[np.searchsorted(zone[order], np.arange(len(weight)))]]


def _spaced(total: int, count: int) -> list[int]:
    """Return `count` of the numbers below `total`, evenly spaced.

    >>> _spaced(7, 3)
    [1, 3, 5]
    """
    return [int((i + 0.5) * total / count) for i in range(count)]


def _beside_the_road(fabric: Fabric, block: Ints, rng: np.random.Generator) -> Floats:
    """Return a point in each block, local metres, towards one of its corners."""
    middle = shapely.get_coordinates(shapely.point_on_surface(fabric.land[block]))
    rim = shapely.get_exterior_ring(shapely.convex_hull(fabric.land[block]))
    corner = shapely.line_interpolate_point(rim, rng.random(len(block)), normalized=True)
    toward = middle + 0.7 * (shapely.get_coordinates(corner) - middle)
    inside = shapely.contains_properly(fabric.land[block], shapely.points(toward))
    return np.where(inside[:, None], toward, middle)
