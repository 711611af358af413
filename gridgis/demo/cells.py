"""Compounds and buildings: the cells that a plan moves between grids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.demo.landuse import LandUse, apportion
from gridgis.demo.terrain import (
    Floats,
    to_lonlat,
)

if TYPE_CHECKING:
    from gridgis.demo.fabric import Fabric, Ints, Shapes

_SETBACK_M = 9.0
_GROUND_M2 = 150.0
_SMALLEST_M2 = 1500.0
_HOUSEHOLDS_A_BUILDING = 31.0
_MOST_HOUSEHOLDS_A_BUILDING = 60.0
_MOST_BUILDINGS = 7
# Layouts from spacious to close; one that holds this share of the wanted buildings will do.
_SCALES = (1.0, 0.72, 0.5)
_ENOUGH = 0.75
_CORNERS = ((-1, -1), (1, -1), (1, 1), (-1, 1))


@dataclass(frozen=True)
class Built:
    """Compounds and buildings before they have names.

    Attributes
    ----------
    ground
        Compounds' Polygons, EPSG:4326, each within its block.
    block
        Per compound, its block.
    homes
        Per compound, its households.
    towers
        Buildings' Polygons, EPSG:4326, each within its compound.
    compound
        Per building, its compound; ascending.
    households
        Per building, its households, at least 1; a compound's buildings sum to its own.
    number
        Per building, its number in the compound, from 1.
    """

    ground: Shapes
    block: Ints
    homes: Ints
    towers: Shapes
    compound: Ints
    households: Ints
    number: Ints


def build(fabric: Fabric, landuse: LandUse, grid: Ints, rng: np.random.Generator) -> Built:
    """Build compounds on every block with households, and buildings on them.

    A block too small to build on leaves its households to the rest of its grid.
    """
    block = np.flatnonzero(landuse.households > 0)
    plots = _plots(fabric, block, landuse.households[block])
    fit = shapely.area(plots) > _SMALLEST_M2 * 0.4
    plots, block = plots[fit], block[fit]
    towers, owner = _towers(plots, landuse.households[block], rng)
    used, owner = np.unique(owner, return_inverse=True)
    plots, block = plots[used], block[used]
    totals = np.bincount(grid, landuse.households).astype(np.int64)
    # Where few buildings fit, few people can live, whatever the plan said.
    room = np.minimum(landuse.households[block], _MOST_HOUSEHOLDS_A_BUILDING * np.bincount(owner))
    homes = apportion(totals, room, grid[block])
    share = shapely.area(towers) * rng.uniform(0.8, 1.25, len(towers))
    households = 1 + apportion(homes - np.bincount(owner), share, owner)
    first = np.searchsorted(owner, owner)
    return Built(
        ground=_in_degrees(plots),
        block=block,
        homes=homes,
        towers=_in_degrees(towers),
        compound=owner,
        households=households,
        number=np.arange(len(owner)) - first + 1,
    )


def _plots(fabric: Fabric, block: Ints, homes: Ints) -> Shapes:
    """Return what is built on: the block set back from its roads, or a hamlet on a large one."""
    plots = shapely.buffer(fabric.land[block], -_SETBACK_M, join_style="mitre")
    plots = _largest(plots)
    want = np.maximum(homes * _GROUND_M2, 3 * _SMALLEST_M2)
    sprawling = shapely.area(plots) > 1.8 * want
    hamlets = _hamlets(plots[sprawling], want[sprawling], block[sprawling])
    plots[sprawling] = _largest(shapely.intersection(plots[sprawling], hamlets))
    return np.asarray(shapely.simplify(plots, 0.3))


def _hamlets(plots: Shapes, area_m2: Floats, block: Ints) -> Shapes:
    """Shrink large plots to an area, towards a point on their edge: people settle by a road."""
    at, owner = shapely.get_coordinates(plots, return_index=True)
    first = np.searchsorted(owner, np.arange(len(plots)))
    corner = at[first + block * 7 % np.bincount(owner)]
    scale = np.sqrt(area_m2 / shapely.area(plots))
    small = corner[owner] + (at - corner[owner]) * scale[owner][:, None]
    return np.asarray(
        shapely.buffer(shapely.polygons(shapely.linearrings(small, indices=owner)), 0)
    )


def _largest(shapes: Shapes) -> Shapes:
    """Return the largest part of each shape; an empty polygon for an empty shape."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    order = np.lexsort((shapely.area(parts), owner))
    found = np.full(len(shapes), shapely.Polygon(), dtype=object)
    found[owner[order]] = parts[order]
    return found


def _towers(plots: Shapes, homes: Ints, rng: np.random.Generator) -> tuple[Shapes, Ints]:
    """Set slabs in rows on each plot; return them with the plot each stands on, in order.

    Where too few slabs fit, a closer layout of smaller ones is tried, and where none fits at all
    a small tower in the plot's middle.
    """
    wanted = np.clip(np.round(homes / _HOUSEHOLDS_A_BUILDING), 1, _MOST_BUILDINGS)
    best = np.zeros(len(plots), dtype=np.int64)
    layout = np.full(len(plots), -1)
    tried: list[tuple[Shapes, Ints]] = []
    for i, scale in enumerate(_SCALES):
        left = np.flatnonzero(best < _ENOUGH * wanted)
        slabs, owner = _rows(plots[left], scale, rng)
        tried.append((slabs, left[owner]))
        count = np.bincount(left[owner], minlength=len(plots))
        layout[count > best] = i
        best = np.maximum(best, count)
    left = np.flatnonzero(best == 0)
    spare = _spare_slabs(plots[left])
    stands = shapely.contains_properly(plots[left], spare)
    chosen = [layout[owner] == i for i, (_, owner) in enumerate(tried)]
    slabs = np.concatenate([*(t[0][c] for t, c in zip(tried, chosen, strict=True)), spare[stands]])
    plot = np.concatenate([*(t[1][c] for t, c in zip(tried, chosen, strict=True)), left[stands]])
    order = np.lexsort((rng.random(len(plot)), plot))
    slabs, plot = slabs[order], plot[order]
    rank = np.arange(len(plot)) - np.searchsorted(plot, plot)
    kept = rank < np.minimum(wanted, homes)[plot]
    return slabs[kept], plot[kept]


def _rows(plots: Shapes, scale: float, rng: np.random.Generator) -> tuple[Shapes, Ints]:
    """Return the slabs of a regular layout that fit, with their plots; scale 1 is spacious."""
    corner, along, across = _frames(plots)
    length, depth = np.hypot(*along.T), np.hypot(*across.T)
    columns = np.clip(np.round(length / (82.0 * scale)), 1, 8).astype(np.int64)
    rows = np.clip(np.round(depth / (40.0 * scale)), 1, 8).astype(np.int64)
    plot = np.repeat(np.arange(len(plots)), columns * rows)
    place = np.arange(len(plot)) - np.searchsorted(plot, plot)
    column, row = place % columns[plot], place // columns[plot]
    half_along = along * (0.5 * np.minimum(0.76 / columns, 70.0 * scale / length))[:, None]
    half_across = across * (0.5 * np.minimum(0.42 / rows, 15.0 / depth))[:, None]
    shift = rng.uniform(-0.08, 0.08, (len(plot), 2))
    middle = (
        corner[plot]
        + along[plot] * ((column + 0.5 + shift[:, 0]) / columns[plot])[:, None]
        + across[plot] * ((row + 0.5 + shift[:, 1]) / rows[plot])[:, None]
    )
    slabs = _slabs(middle, half_along[plot], half_across[plot])
    stands = shapely.contains_properly(plots[plot], slabs)
    return slabs[stands], plot[stands]


def _frames(plots: Shapes) -> tuple[Floats, Floats, Floats]:
    """Return a corner of each plot's tightest rectangle and its longer and shorter sides."""
    ring = shapely.get_coordinates(shapely.oriented_envelope(plots)).reshape(-1, 5, 2)
    one, other = ring[:, 1] - ring[:, 0], ring[:, 3] - ring[:, 0]
    longer = (np.hypot(*one.T) >= np.hypot(*other.T))[:, None]
    return ring[:, 0], np.where(longer, one, other), np.where(longer, other, one)


def _slabs(middle: Floats, half_along: Floats, half_across: Floats) -> Shapes:
    corners = [middle + a * half_along + b * half_across for a, b in _CORNERS]
    return np.asarray(shapely.polygons(np.stack(corners, axis=1)))


def _spare_slabs(plots: Shapes) -> Shapes:
    middle = shapely.get_coordinates(shapely.point_on_surface(plots))
    half = np.full(len(plots), 6.0)
    return _slabs(middle, np.column_stack([half, 0 * half]), np.column_stack([0 * half, half]))


def _in_degrees(shapes: Shapes) -> Shapes:
    return np.asarray(shapely.transform(shapes, to_lonlat))


def make_cells(built: Built, labels: pd.DataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Tabulate the cells; `labels` has a row per compound: name, grid_code, stands_alone.

    Returns
    -------
    Columns code, name, kind ("compound" or "building"), parent_cell (the compound's code; None
    for compounds and for buildings that stand alone), grid_code, households, population, floors
    (<NA> for compounds), geometry (Polygon, EPSG:4326, inside its grid); index 0..n-1, compounds
    first. A grid's buildings sum to its households; so do compounds with what stands alone.
    """
    alone = labels["stands_alone"].to_numpy()
    code = np.array([f"XQ{i:05d}" for i in range(1, len(labels) + 1)], dtype=object)
    parent = code.copy()
    parent[alone] = None
    name = labels["name"].to_numpy(dtype=object)
    floors = np.clip(np.round(built.households / rng.choice([2, 3, 4], len(built.towers))), 1, 33)
    towers = pd.DataFrame(
        {
            "code": [f"LD{i:05d}" for i in range(1, len(built.towers) + 1)],
            "name": name[built.compound] + built.number.astype(str).astype(object) + "号楼",
            "kind": "building",
            "parent_cell": parent[built.compound],
            "grid_code": labels["grid_code"].to_numpy(dtype=object)[built.compound],
            "households": built.households,
            "floors": floors.astype(np.int64),
        }
    )
    grounds = pd.DataFrame(
        {
            "code": code,
            "name": name,
            "kind": "compound",
            "parent_cell": None,
            "grid_code": labels["grid_code"],
            "households": built.homes,
            "floors": pd.NA,
        }
    )[~alone]
    table = pd.concat([grounds.astype({"floors": "Int64"}), towers.astype({"floors": "Int64"})])
    people = rng.normal(2.55, 0.12, len(table))
    table["population"] = np.round(table["households"] * people).astype(np.int64)
    table["parent_cell"] = table["parent_cell"].astype(object)
    shapes = np.concatenate([built.ground[~alone], built.towers])
    return gpd.GeoDataFrame(table.reset_index(drop=True), geometry=shapes, crs=4326)
