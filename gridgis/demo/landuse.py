"""What each block is used for, and how many households of its grid live in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from gridgis.demo.fabric import OUTSIDE, Bools, Fabric, Ints
from gridgis.demo.terrain import Floats, to_metres
from gridgis.demo.zoning import Ground, gather

if TYPE_CHECKING:
    from gridgis.demo.areas import Zones

RESIDENTIAL = "residential"
_WANTED = {"park": 22, "school": 26, "market": 14, "works": 16}
_FEWEST_HOMES = 2
_LARGEST_SITE_M2 = 60_000.0
_APART_DEG = 0.002
# How far from the river the two exclusive zones lie, give or take.
_TOWN_M, _TOWN_SPREAD_M = 800.0, 500.0
_CAMPUS = (16, 4)
_HOSPITAL = (3, 2)


@dataclass(frozen=True)
class LandUse:
    """Use and households of blocks, and the two exclusive zones.

    Attributes
    ----------
    use
        Per block: residential, park, school, market, works, campus or hospital.
    households
        Per block, whole numbers; a grid's blocks sum to its households.
    campus, hospital
        Per block, the number of the exclusive grid from 0, or OUTSIDE.
    """

    use: npt.NDArray[np.str_]
    households: Ints
    campus: Ints
    hospital: Ints


def make_landuse(
    fabric: Fabric, ground: Ground, zones: Zones, households: Ints, rng: np.random.Generator
) -> LandUse:
    """Choose uses; `households` are those of the grids, in code order."""
    use = np.full(len(fabric.blocks), RESIDENTIAL, dtype="<U12")
    dense = fabric.households / shapely.area(fabric.blocks)
    free = np.ones(len(use), dtype=bool)
    rim = _on_borders(ground, zones.grid)
    campus = _exclusive(ground, free, zones.grid, _spot(fabric, dense, free & rim, rng), _CAMPUS)
    # Not beside the campus either, lest two exclusive layers meet.
    away = shapely.distance(fabric.blocks, shapely.union_all(fabric.blocks[campus != OUTSIDE]))
    free = away > _APART_DEG
    rim = _on_borders(ground, np.where(free, zones.grid, OUTSIDE))
    hospital = _exclusive(
        ground, free, zones.grid, _spot(fabric, dense, free & rim, rng), _HOSPITAL
    )
    use[campus != OUTSIDE] = "campus"
    use[hospital != OUTSIDE] = "hospital"
    homes = np.bincount(zones.grid[use != "hospital"], minlength=zones.grid.max() + 1)
    small = shapely.area(shapely.transform(fabric.blocks, to_metres)) < _LARGEST_SITE_M2
    order = rng.permutation(np.flatnonzero((use == RESIDENTIAL) & small))
    wanted = [kind for kind, count in _WANTED.items() for _ in range(count)]
    for block in order.tolist():
        if not wanted:
            break
        if homes[zones.grid[block]] > _FEWEST_HOMES:
            homes[zones.grid[block]] -= 1
            use[block] = wanted.pop()
    lived = np.where(np.isin(use, [RESIDENTIAL, "campus"]), fabric.households, 0.0)
    # A hospital may take a whole small grid's blocks: then people live beside its wards.
    bare = np.bincount(zones.grid, lived)[zones.grid] == 0
    lived = np.where(bare, fabric.households, lived)
    return LandUse(use, apportion(households, lived, zones.grid), campus, hospital)


def apportion(totals: Ints, weight: Floats, group: Ints) -> Ints:
    """Share whole totals out among the members of groups by weight, largest remainders first.

    >>> apportion(np.array([10, 3]), np.array([1.0, 2.0, 5.0]), np.array([0, 0, 1])).tolist()
    [3, 7, 3]
    """
    exact = totals[group] * weight / np.bincount(group, weight)[group]
    floor = np.floor(exact + 1e-9).astype(np.int64)
    left = (totals - np.bincount(group, floor, minlength=len(totals)).astype(np.int64))[group]
    order = np.lexsort((np.arange(len(group)), -(exact - floor), group))
    first = np.searchsorted(group[order], group[order])
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - first
    return np.asarray(floor + (rank < left))


def _spot(fabric: Fabric, dense: Floats, free: Bools, rng: np.random.Generator) -> int:
    """Pick a free block on the valley floor, neither the densest nor the emptiest."""
    floor = np.flatnonzero(
        free & (np.abs(np.abs(fabric.centre_uv[:, 1]) - _TOWN_M) < _TOWN_SPREAD_M)
    )
    ranked = floor[np.argsort(dense[floor], kind="stable")]
    return int(ranked[int(len(ranked) * rng.uniform(0.5, 0.8))])


def _on_borders(ground: Ground, grid: Ints) -> Bools:
    """Tell which blocks have a neighbour in another grid; blocks of no grid do not count."""
    return np.array(
        [
            any(j != OUTSIDE and OUTSIDE != grid[j] != grid[i] for j in links)
            for i, links in enumerate(ground.neighbours)
        ]
    )


def _exclusive(ground: Ground, free: Bools, grid: Ints, spot: int, size: tuple[int, int]) -> Ints:
    """Take blocks around a spot, connected and without holes, cut into exclusive grids.

    The zone lies across base grids (`grid` per block), or its layer would say nothing new.
    """
    count, grids = size
    taken = np.zeros(len(free), dtype=bool)
    taken[spot] = True
    away = np.hypot(*(ground.centre_m - ground.centre_m[spot]).T)
    abroad = [
        j for j in ground.neighbours[spot] if j != OUTSIDE and free[j] and grid[j] != grid[spot]
    ]
    taken[abroad[:1]] = True
    while taken.sum() < count:
        rim = {j for i in np.flatnonzero(taken).tolist() for j in ground.neighbours[i]} - {OUTSIDE}
        fit = [j for j in sorted(rim) if free[j] and not taken[j]]
        taken[min(fit, key=lambda j: float(away[j]))] = True
    _fill_holes(ground, taken)
    owner = np.full(len(taken), OUTSIDE)
    for number, part in enumerate(gather(ground, np.flatnonzero(taken), [1] * grids)):
        owner[part] = number
    return owner


def _fill_holes(ground: Ground, taken: Bools) -> None:
    """Take the blocks that the taken ones enclose."""
    seen = {OUTSIDE}
    queue = [i for i, links in enumerate(ground.neighbours) if OUTSIDE in links and not taken[i]]
    seen.update(queue)
    while queue:
        for j in ground.neighbours[queue.pop()]:
            if j not in seen and not taken[j]:
                seen.add(j)
                queue.append(j)
    for i in range(len(taken)):
        if i not in seen:
            taken[i] = True
