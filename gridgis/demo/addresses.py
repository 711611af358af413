"""Standard addresses: city, district, street, community, road, house number, compound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridgis.demo import names
from gridgis.demo.fabric import OUTSIDE
from gridgis.demo.roads import ROAD_KINDS, RoadTitles
from gridgis.demo.terrain import to_metres

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis.demo.cells import Built
    from gridgis.demo.fabric import Fabric, Ints
    from gridgis.demo.landuse import LandUse
    from gridgis.demo.terrain import Floats

_METRES_A_NUMBER = 12.0
_ALONE_SHARE = 0.08
_CLASS_BONUS = {"primary": 1.6, "secondary": 1.4, "trunk": 0.3}


def label_compounds(
    built: Built,
    landuse: LandUse,
    grid_code: list[str],
    frontage: pd.DataFrame,
    titles: names.Names,
) -> pd.DataFrame:
    """Name the compounds and give them addresses.

    Parameters
    ----------
    built
        The compounds.
    landuse
        Uses of blocks; dormitories on the campus share its name.
    grid_code
        Per compound.
    frontage
        Per compound: road, number, prefix (up to the community).
    titles
        The supply of names.

    Returns
    -------
    Columns name, name_en, grid_code, stands_alone (buildings without a compound, named by their
    address), road, number, address; index as the compounds.
    """
    alone = titles.rng.random(len(built.block)) < _ALONE_SHARE
    rows = []
    dormitories = 0
    for i, block in enumerate(built.block.tolist()):
        road, number = frontage["road"].iat[i], frontage["number"].iat[i]
        name, name_en = titles.estate()
        if landuse.use[block] == "campus":
            dormitories += 1
            name, name_en = (
                f"云川大学{dormitories}号学生公寓",
                f"Yunchuan University Hall {dormitories}",
            )
            alone[i] = False
        elif alone[i]:
            name, name_en = f"{road}{number}号", f"{number} {frontage['road_en'].iat[i]}"
        tail = "" if alone[i] else name
        address = f"{frontage['prefix'].iat[i]}{road}{number}号{tail}"
        rows.append((name, name_en, grid_code[i], bool(alone[i]), road, number, address))
    columns = ["name", "name_en", "grid_code", "stands_alone", "road", "number", "address"]
    return pd.DataFrame(rows, columns=columns)


def area_parts(areas: gpd.GeoDataFrame, grid_code: list[str]) -> pd.DataFrame:
    """Return the parts of an address that are areas, for each grid code; index 0..n-1.

    Columns city, district, street, community.
    """
    name = dict(zip(areas["code"], areas["name"], strict=True))
    return pd.DataFrame(
        {
            "city": names.CITY[0],
            "district": names.DISTRICT[0],
            "street": [name[code[:9]] for code in grid_code],
            "community": [name[code[:12]] for code in grid_code],
        },
        dtype=object,
    )


def prefixes(areas: gpd.GeoDataFrame, grid_code: list[str]) -> list[str]:
    """Return an address up to its community for each grid code."""
    return area_parts(areas, grid_code).sum(axis=1).tolist()


def find_frontage(
    fabric: Fabric, block: Ints, at_m: Floats, titles: RoadTitles, prefix: list[str]
) -> pd.DataFrame:
    """Choose the road that each plot has its number on, and the number.

    Parameters
    ----------
    fabric
        Its edges carry the roads.
    block
        Per plot, its block.
    at_m
        Per plot, a point on it in local metres, shape (n, 2).
    titles
        Names of roads.
    prefix
        Per plot, its address up to the community.

    Returns
    -------
    Columns road, road_en, number (odd on one side, even on the other, never twice on a road),
    prefix; index 0..n-1.
    """
    edge_of = _main_edges(fabric)
    edge = edge_of[block]
    road = fabric.road[edge]
    along, side = _chainage(fabric, edge, at_m)
    number = 2 * np.floor(along / _METRES_A_NUMBER).astype(np.int64) + 1 + side
    taken: set[tuple[str, int]] = set()
    final = np.zeros(len(block), dtype=np.int64)
    for i in np.lexsort((along, road)).tolist():
        title = titles.zh[road[i]]
        while (title, int(number[i])) in taken:
            number[i] += 2
        taken.add((title, int(number[i])))
        final[i] = number[i]
    return pd.DataFrame(
        {
            "road": [titles.zh[r] for r in road],
            "road_en": [titles.en[r] for r in road],
            "number": final,
            "prefix": prefix,
        }
    )


def _main_edges(fabric: Fabric) -> Ints:
    """Return the best road edge around each block; any edge's nearest road where none is."""
    drivable = np.isin(fabric.kind, ROAD_KINDS) & ~fabric.bridge
    bonus = np.array([_CLASS_BONUS.get(str(k), 1.0) for k in fabric.kind])
    edge = np.tile(np.flatnonzero(drivable), 2)
    block = fabric.sides[np.flatnonzero(drivable)].T.ravel()
    score = (fabric.length_m * bonus)[edge]
    order = np.lexsort((-score, block))
    block, edge = block[order], edge[order]
    block, edge = block[block != OUTSIDE], edge[block != OUTSIDE]
    found, first = np.unique(block, return_index=True)
    best = np.full(len(fabric.blocks), -1)
    best[found] = edge[first]
    for bare in np.flatnonzero(best < 0).tolist():
        away = np.hypot(*(fabric.centre_m[found] - fabric.centre_m[bare]).T)
        best[bare] = best[found[away.argmin()]]
    return best


def _chainage(fabric: Fabric, edge: Ints, at_m: Floats) -> tuple[Floats, Ints]:
    """Return how far down its road each point lies, and the side: 0 left, 1 right."""
    road = fabric.road[edge]
    along = np.zeros(len(edge))
    side = np.zeros(len(edge), dtype=np.int64)
    for number in np.unique(road):
        here = road == number
        points = at_m[here]
        ends = _ends(fabric, int(number))
        way = ends[1] - ends[0]
        way = way / max(float(np.hypot(*way)), 1.0)
        away = points - ends[0]
        along[here] = np.maximum(away @ way, 0.0)
        side[here] = (way[0] * away[:, 1] - way[1] * away[:, 0] < 0).astype(np.int64)
    return along, side


def _ends(fabric: Fabric, road: int) -> Floats:
    """Return the two ends of a road in local metres: the corners of its extent, west first."""
    at = to_metres(shapely.get_coordinates(fabric.edges[fabric.road == road]))
    axis = int(np.ptp(at[:, 1]) > np.ptp(at[:, 0]))
    return at[[int(at[:, axis].argmin()), int(at[:, axis].argmax())]]
