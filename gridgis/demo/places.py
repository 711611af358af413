"""Places: where an address leads to. Compounds, buildings, entrances, and what serves people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.demo import names
from gridgis.demo.addresses import area_parts
from gridgis.demo.terrain import COORDINATE_DIGITS

if TYPE_CHECKING:
    from gridgis.demo.cells import Built
    from gridgis.demo.fabric import Shapes
    from gridgis.demo.reports import Words

_UNIT_EVERY_HOUSEHOLDS = 30

PARTS = (
    *("city", "district", "street", "community", "road"),
    *("house_number", "compound", "building", "unit"),
)
"""The parts of an address that have columns of their own."""


def make_places(
    cells: gpd.GeoDataFrame,
    built: Built,
    labels: pd.DataFrame,
    sites: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """List the places.

    Parameters
    ----------
    cells
        Compounds first, then buildings.
    built
        What the cells were made from.
    labels
        Per compound: name, grid_code, stands_alone, road, number, address.
    sites
        Facilities: kind, name, grid_code, standard_address, road, house_number, geometry.
    areas
        Names of all areas by code.

    Returns
    -------
    Columns kind, code, name, standard_address, the parts of :data:`PARTS` (text, None for those
    that an address has not), aliases (list[str]), households (<NA> for what nobody lives in),
    cell_code (None without a cell), geometry (Point, EPSG:4326); index 0..n-1.
    """
    grounds = cells[cells["kind"] == "compound"]
    towers = cells[cells["kind"] == "building"]
    named = labels[~labels["stands_alone"]]
    address = labels["address"].to_numpy(dtype=object)[built.compound]
    tower_address = address + built.number.astype(str).astype(object) + "号楼"
    plots = _parts_of_plots(labels, areas)
    numbered = plots.iloc[built.compound].assign(building=built.number.astype(str))
    tables = [
        _compounds(grounds, named).join(plots[~labels["stands_alone"]].reset_index(drop=True)),
        _buildings(towers, tower_address).join(numbered.reset_index(drop=True)),
        _units(towers, tower_address, built, numbered),
        _sites(sites, areas),
    ]
    columns = ["kind", "name", "standard_address", *PARTS, "aliases", "households", "cell_code"]
    table = pd.concat([t.reindex(columns=[*columns, "geometry"]) for t in tables])
    table["households"] = table["households"].astype("Int64")
    for name in (*PARTS, "cell_code"):
        table[name] = table[name].astype(object).where(table[name].notna(), None)
    table.insert(1, "code", [f"DZ{i:06d}" for i in range(1, len(table) + 1)])
    return gpd.GeoDataFrame(table.reset_index(drop=True), crs=4326)


def _rounded(points: gpd.GeoSeries) -> Shapes:
    at = np.round(shapely.get_coordinates(points.to_numpy()), COORDINATE_DIGITS)
    return np.asarray(shapely.points(at))


def _parts_of_plots(labels: pd.DataFrame, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the parts of the compounds' addresses; buildings that stand alone are in none."""
    return area_parts(areas, labels["grid_code"].tolist()).assign(
        road=labels["road"].to_numpy(),
        house_number=labels["number"].astype(str).to_numpy(),
        compound=labels["name"].where(~labels["stands_alone"], None).to_numpy(),
    )


def _sites(sites: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    # Where a compound is named in an address, that of a site has the site.
    parts = area_parts(areas, sites["grid_code"].tolist()).assign(compound=sites["name"].to_numpy())
    return pd.DataFrame(sites.join(parts)).assign(aliases=sites["name"].map(_short), cell_code=None)


def _compounds(grounds: gpd.GeoDataFrame, named: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": "compound",
            "name": grounds["name"].to_numpy(),
            "standard_address": named["address"].to_numpy(),
            "aliases": [_short(n) for n in grounds["name"]],
            "households": grounds["households"].to_numpy(),
            "cell_code": grounds["code"].to_numpy(),
            "geometry": _rounded(grounds.representative_point()),
        }
    )


def _buildings(towers: gpd.GeoDataFrame, address: Words) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": "building",
            "name": towers["name"].to_numpy(),
            "standard_address": address,
            "aliases": [[n.replace("号楼", "栋")] for n in towers["name"]],
            "households": towers["households"].to_numpy(),
            "cell_code": towers["code"].to_numpy(),
            "geometry": _rounded(towers.representative_point()),
        }
    )


def _units(
    towers: gpd.GeoDataFrame,
    address: Words,
    built: Built,
    parts: pd.DataFrame,
) -> pd.DataFrame:
    """Set one to three entrances along the long side of each building."""
    count = np.clip(np.round(built.households / _UNIT_EVERY_HOUSEHOLDS), 1, 3).astype(np.int64)
    tower = np.repeat(np.arange(len(towers)), count)
    unit = np.arange(len(tower)) - np.searchsorted(tower, tower)
    ring = shapely.get_coordinates(built.towers).reshape(-1, 5, 2)
    share = ((unit + 0.5) / count[tower])[:, None]
    doors = ring[tower, 0] * (1 - share) + ring[tower, 1] * share
    # A step inside, so that a door lies within its building whatever the rounding.
    doors += 0.04 * (ring[tower, 3] - ring[tower, 0])
    title = (unit + 1).astype(str).astype(object) + "单元"
    return pd.DataFrame(
        {
            **parts.iloc[tower].assign(unit=(unit + 1).astype(str)).to_dict("list"),
            "kind": "unit",
            "name": towers["name"].to_numpy(dtype=object)[tower] + title,
            "standard_address": address[tower] + title,
            "aliases": [[] for _ in tower],
            "cell_code": towers["code"].to_numpy(dtype=object)[tower],
            "geometry": shapely.points(np.round(doors, COORDINATE_DIGITS)),
        }
    )


def _short(name: str) -> list[str]:
    """Return what people say instead of a full name.

    >>> _short("建兰小区"), _short("云亭社区便民服务点"), _short("建兰路3号")
    (['建兰'], ['云亭便民服务点'], [])
    """
    for ending, _ in names.ESTATE_ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return [name.removesuffix(ending)]
    return [name.replace("社区", "")] if "社区" in name else []
