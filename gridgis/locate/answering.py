"""Why that grid: the rule, how far the boundary is, and who else the accuracy reaches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.compiling import kernel
from gridgis.locate.lookup import cover_many, covers_of
from gridgis.locate.measuring import STACK, boundary_m2, nearest_grid, plane_at, reached_grids
from gridgis.locate.tiles import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.locate.borders import Borders
    from gridgis.locate.tiles import Tiles

RULES = ("covers", "near", "outside", "no_location")
COVERS, NEAR, OUTSIDE, NO_LOCATION = range(4)

_MOST_LON, _MOST_LAT = 180.0, 90.0

# Room for so many grids over one point; where there are more, it grows.
_COVERING = 64


class Answers(NamedTuple):
    """For each of n points what an edition answers.

    Attributes
    ----------
    grid
        Shape (n,): which grid, in the order of codes, or -1.
    rule
        Shape (n,): places in :data:`RULES`.
    boundary_distance_m
        Shape (n,): metres to the grid's own boundary; without a grid to the nearest one; NaN
        without a location on the earth or without any grid.
    """

    grid: NDArray[np.int32]
    rule: NDArray[np.int8]
    boundary_distance_m: NDArray[np.float64]


class RunnersUp(NamedTuple):
    """Other grids that positions reach: rows of point, grid and metres; by point, then distance."""

    point: NDArray[np.int64]
    grid: NDArray[np.int32]
    distance_m: NDArray[np.float64]


@kernel
def explain_many(
    borders: Borders,
    points: tuple[NDArray[np.float64], NDArray[np.float64]],
    near_tolerance_m: float,
    answers: Answers,
) -> None:
    """Complete answers in which only `grid` is filled, as by a look-up; degrees and metres."""
    lon, lat = points
    stack = np.empty(STACK, np.int64)
    for point in range(len(lon)):
        x, y = lon[point], lat[point]
        answers.boundary_distance_m[point] = math.nan
        # Not a number is not on the earth either.
        if not (abs(x) <= _MOST_LON and abs(y) <= _MOST_LAT):
            answers.rule[point] = NO_LOCATION
            continue
        plane = plane_at(x, y)
        grid = answers.grid[point]
        if grid != NOBODY:
            answers.rule[point] = COVERS
            distance_m = math.sqrt(boundary_m2(borders, grid, plane, math.inf))
            answers.boundary_distance_m[point] = distance_m
            continue
        nearest, distance_m = nearest_grid(borders, plane, stack)
        answers.rule[point] = OUTSIDE
        if nearest != NOBODY:
            answers.boundary_distance_m[point] = distance_m
            if distance_m <= near_tolerance_m:
                answers.rule[point], answers.grid[point] = NEAR, nearest


@kernel
def runners_up(
    tiles: Tiles,
    borders: Borders,
    points: tuple[NDArray[np.float64], NDArray[np.float64]],
    accuracy_m: NDArray[np.float64],
    answers: Answers,
) -> RunnersUp:
    """Return the other grids within the accuracy of each point whose boundary it reaches."""
    lon, lat = points
    stack = np.empty(STACK, np.int64)
    covering = np.empty(_COVERING, np.int32)
    room, count = 16, 0
    at, grids, far = np.empty(room, np.int64), np.empty(room, np.int32), np.empty(room, np.float64)
    for point in range(len(lon)):
        if not answers.boundary_distance_m[point] < accuracy_m[point]:
            continue
        x, y = lon[point], lat[point]
        over = covers_of(tiles, x, y, covering)
        if over > len(covering):
            covering = np.empty(2 * over, np.int32)
            over = covers_of(tiles, x, y, covering)
        others, distances = reached_grids(borders, plane_at(x, y), accuracy_m[point], stack)
        others, distances = _with_covering(others, distances, covering[:over])
        by_distance = np.argsort(distances, kind="mergesort")
        for place in by_distance:
            if others[place] == answers.grid[point]:
                continue
            if count == room:
                room *= 2
                at, grids, far = np.append(at, at), np.append(grids, grids), np.append(far, far)
            at[count], grids[count], far[count] = point, others[place], distances[place]
            count += 1
    return RunnersUp(at[:count].copy(), grids[:count].copy(), far[:count].copy())


@kernel
def _with_covering(
    grids: NDArray[np.int32], distances: NDArray[np.float64], over: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return reached grids by code with those that cover the point at distance 0."""
    together = np.unique(np.append(grids, over))
    far = np.zeros(len(together), np.float64)
    for place in range(len(together)):
        if not np.any(over == together[place]):
            far[place] = distances[np.searchsorted(grids, together[place])]
    return together, far


@kernel
def answer_point(
    tiles: Tiles,
    borders: Borders,
    point: tuple[float, float],
    near_tolerance_m: float,
    accuracy_m: float,
) -> tuple[int, int, float, RunnersUp]:
    """Return grid, rule, boundary distance and runner-up grids of one point.

    Degrees and metres; an accuracy of 0 has no runner-up grids.
    """
    lon, lat = np.array([point[0]]), np.array([point[1]])
    answers = Answers(np.empty(1, np.int32), np.empty(1, np.int8), np.empty(1, np.float64))
    cover_many(tiles, lon, lat, answers.grid)
    explain_many(borders, (lon, lat), near_tolerance_m, answers)
    others = runners_up(tiles, borders, (lon, lat), np.array([accuracy_m]), answers)
    return answers.grid[0], answers.rule[0], answers.boundary_distance_m[0], others
