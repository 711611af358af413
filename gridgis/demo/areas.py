"""The base layer: district, streets, communities and grids, their codes, names and outlines."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.demo import names
from gridgis.demo.fabric import OUTSIDE, Fabric, Ints, Shapes
from gridgis.demo.zoning import Ground, gather

GRIDS = 579
GRIDS_OF_THE_MODEL_STREET = 60
DISTRICT_CODE = "990103"
LEVELS = ("district", "street", "community", "grid")
FEWEST_HOUSEHOLDS, MOST_HOUSEHOLDS = 300, 500
_GRIDS_A_COMMUNITY = 8.6


@dataclass(frozen=True)
class Zones:
    """Which grid, community and street every block belongs to.

    Attributes
    ----------
    grid
        Per block, the grid's number from 0; grids are numbered in code order.
    community
        Per grid, the community's number from 0.
    street
        Per community, the street's number from 0.
    """

    grid: Ints
    community: Ints
    street: Ints


def make_zones(fabric: Fabric, ground: Ground, rng: np.random.Generator) -> Zones:
    """Gather the blocks into 579 grids in communities in 10 to 12 streets, one with 60 grids."""
    every = np.arange(len(fabric.blocks))
    sizes = _street_sizes(rng)
    streets = gather(ground, every, sizes)
    grid = np.empty(len(every), dtype=np.int64)
    community: list[int] = []
    street: list[int] = []
    for s, i in enumerate(_downstream(fabric, streets)):
        parts = _even(sizes[i], round(sizes[i] / _GRIDS_A_COMMUNITY))
        zones = gather(ground, streets[i], parts)
        for c in _downstream(fabric, zones):
            cells = gather(ground, zones[c], [1] * parts[c])
            for g in _downstream(fabric, cells):
                grid[cells[g]] = len(community)
                community.append(len(street))
            street.append(s)
    return Zones(grid, np.array(community), np.array(street))


def _street_sizes(rng: np.random.Generator) -> list[int]:
    """Return how many grids each street has, in no order; they sum to 579 and one has 60."""
    count = int(rng.integers(10, 13))
    rest = count - 1
    left = GRIDS - GRIDS_OF_THE_MODEL_STREET
    sizes = _even(left, rest)
    for i in range(0, rest - 1, 2):
        shift = int(rng.integers(1, 12))
        if GRIDS_OF_THE_MODEL_STREET not in {sizes[i] + shift, sizes[i + 1] - shift}:
            sizes[i], sizes[i + 1] = sizes[i] + shift, sizes[i + 1] - shift
    sizes = [*sizes, GRIDS_OF_THE_MODEL_STREET]
    return [sizes[i] for i in rng.permutation(count)]


def _even(total: int, count: int) -> list[int]:
    """Share a total out evenly.

    >>> _even(60, 7)
    [9, 9, 9, 9, 8, 8, 8]
    """
    return [total // count + (i < total % count) for i in range(count)]


def _downstream(fabric: Fabric, zones: list[Ints]) -> list[int]:
    """Return the zones' order down the valley."""
    return sorted(range(len(zones)), key=lambda i: float(fabric.centre_uv[zones[i], 0].mean()))


def make_areas(fabric: Fabric, zones: Zones, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Draw the base layer, complete.

    Returns
    -------
    Columns level, code, name, name_en, parent_code (None for the district), households (300 to
    500 a grid), population, geometry (MultiPolygon, EPSG:4326); index 0..n-1, upper levels first.
    """
    titles = names.Names(rng)
    weight = np.bincount(zones.grid, fabric.households)
    households = np.clip(np.round(weight), FEWEST_HOUSEHOLDS, MOST_HOUSEHOLDS).astype(np.int64)
    population = np.round(households * rng.normal(2.55, 0.16, len(households)).clip(2, 3.2))
    table = _name_zones(zones, titles)
    to_street = zones.street[zones.community]
    owners = {
        "district": np.zeros(GRIDS, dtype=np.int64),
        "street": to_street,
        "community": zones.community,
        "grid": np.arange(GRIDS),
    }
    table["households"] = np.concatenate(
        [np.bincount(owners[level], households) for level in LEVELS]
    ).astype(np.int64)
    table["population"] = np.concatenate(
        [np.bincount(owners[level], population) for level in LEVELS]
    ).astype(np.int64)
    shapes = np.concatenate([outline(fabric, owners[level][zones.grid]) for level in LEVELS])
    return gpd.GeoDataFrame(table, geometry=shapely.multipolygons(shapes[:, None]), crs=4326)


def outline(fabric: Fabric, owner: Ints) -> Shapes:
    """Return the outlines of zones as Polygons, one per number in `owner`, from 0.

    Parameters
    ----------
    fabric
        The edges and blocks.
    owner
        Per block, the number of its zone, from 0; OUTSIDE for blocks of none. A zone is
        connected and has no hole.
    """
    side = np.append(owner, OUTSIDE)[fabric.sides]
    faces = shapely.get_parts(shapely.polygonize(fabric.edges[side[:, 0] != side[:, 1]]))
    face, block = shapely.STRtree(shapely.point_on_surface(fabric.blocks)).query(
        faces, predicate="contains"
    )
    found = np.full(owner.max() + 1, None, dtype=object)
    found[owner[block][owner[block] != OUTSIDE]] = faces[face[owner[block] != OUTSIDE]]
    return found


def _name_zones(zones: Zones, titles: names.Names) -> pd.DataFrame:
    top = f"{names.DISTRICT[1]} District"
    rows: list[tuple[str, str, str, str, str | None]] = [
        ("district", DISTRICT_CODE, names.DISTRICT[0], top, None)
    ]
    streets = [
        (f"{DISTRICT_CODE}{i:03d}", zh + "街道", en)
        for i, (zh, en) in enumerate(titles.streets(int(zones.street.max()) + 1), start=1)
    ]
    rows += [("street", code, zh, f"{en} Street", DISTRICT_CODE) for code, zh, en in streets]
    communities = []
    for c, s in enumerate(zones.street.tolist()):
        zh, en = titles.stem()
        number = c - int(np.flatnonzero(zones.street == s)[0]) + 1
        communities.append((f"{streets[s][0]}{number:03d}", zh + "社区", en, s))
    rows += [
        ("community", code, zh, f"{en} Community", streets[s][0]) for code, zh, en, s in communities
    ]
    for g, c in enumerate(zones.community.tolist()):
        number = g - int(np.flatnonzero(zones.community == c)[0]) + 1
        code, zh, en, s = communities[c]
        title = f"{streets[s][2]} Street, {en} Community, Grid {number:02d}"
        rows.append(
            ("grid", f"{code}{number:03d}", f"{streets[s][1]}{zh}第{number:02d}网格", title, code)
        )
    table = pd.DataFrame(rows, columns=["level", "code", "name", "name_en", "parent_code"])
    # As objects, or the district's None would become NaN.
    table["parent_code"] = pd.Series([row[-1] for row in rows], dtype=object)
    return table
