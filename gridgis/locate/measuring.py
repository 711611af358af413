"""How far is a boundary, which grid is nearest, which does a circle reach? On the tangent plane."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.compiling import kernel
from gridgis.locate.borders import FANOUT
from gridgis.locate.metres import metres_per_degree_lat, metres_per_degree_lon
from gridgis.locate.tiles import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.locate.borders import Borders

_SAME_M = 1e-6
"""Distances that differ by less are the same: then the lowest code goes first."""

# A tree of 16 branches is never deeper than this many levels, nor waits for more branches.
_DEEPEST = 16
STACK = _DEEPEST * FANOUT


class Plane(NamedTuple):
    """The plane that touches the ellipsoid at a point: the point in degrees, metres a degree."""

    lon: float
    lat: float
    scale_lon: float
    scale_lat: float


@kernel
def plane_at(lon: float, lat: float) -> Plane:
    """Return the plane at a point."""
    return Plane(lon, lat, metres_per_degree_lon(lat), metres_per_degree_lat(lat))


@kernel
def _box_m2(plane: Plane, boxes: NDArray[np.float64], box: int) -> float:
    """Return the squared distance from the plane's point to a box, in square metres."""
    x = max(boxes[box, 0] - plane.lon, 0.0, plane.lon - boxes[box, 2]) * plane.scale_lon
    y = max(boxes[box, 1] - plane.lat, 0.0, plane.lat - boxes[box, 3]) * plane.scale_lat
    return float(x * x + y * y)


@kernel
def _edge_m2(plane: Plane, vertices: NDArray[np.float64], vertex: int) -> float:
    x = (vertices[vertex, 0] - plane.lon) * plane.scale_lon
    y = (vertices[vertex, 1] - plane.lat) * plane.scale_lat
    along_x = (vertices[vertex + 1, 0] - vertices[vertex, 0]) * plane.scale_lon
    along_y = (vertices[vertex + 1, 1] - vertices[vertex, 1]) * plane.scale_lat
    length2 = along_x * along_x + along_y * along_y
    if length2 > 0.0:
        share = min(max(-(x * along_x + y * along_y) / length2, 0.0), 1.0)
        x += share * along_x
        y += share * along_y
    return float(x * x + y * y)


@kernel
def boundary_m2(borders: Borders, grid: int, plane: Plane, within_m2: float) -> float:
    """Return the squared distance to a grid's boundary, or `within_m2` when it is not nearer."""
    vertices, run_boxes, runs = borders.outlines.vertices, borders.run_boxes, borders.runs
    first_run, end = borders.grid_runs[grid], borders.grid_runs[grid + 1]
    # The run whose box is nearest goes first: few others can be nearer then.
    likely, least = first_run, math.inf
    for run in range(first_run, end):
        distance2 = _box_m2(plane, run_boxes, run)
        if distance2 < least:
            likely, least = run, distance2
    best = within_m2
    if least < best:
        for vertex in range(runs[likely, 0], runs[likely, 0] + runs[likely, 1]):
            best = min(best, _edge_m2(plane, vertices, vertex))
        for run in range(first_run, end):
            if run != likely and _box_m2(plane, run_boxes, run) < best:
                for vertex in range(runs[run, 0], runs[run, 0] + runs[run, 1]):
                    best = min(best, _edge_m2(plane, vertices, vertex))
    return best


@kernel
def nearest_grid(borders: Borders, plane: Plane, stack: NDArray[np.int64]) -> tuple[int, float]:
    """Return the grid whose boundary is nearest and how far it is in metres; -1 without grids.

    Of grids equally far the lowest code. `stack`: room for :data:`STACK` numbers.
    """
    levels, boxes = borders.levels, borders.boxes
    found, best, reach2 = NOBODY, math.inf, math.inf
    stack[0], waiting = len(boxes) - 1, int(len(boxes) > 0)
    level = len(levels) - 2
    while waiting > 0:
        waiting -= 1
        box = stack[waiting]
        if _box_m2(plane, boxes, box) > reach2:
            continue
        if box < levels[1]:
            grid = borders.order[box]
            distance = math.sqrt(boundary_m2(borders, grid, plane, reach2))
            if distance < best - _SAME_M or (distance < best + _SAME_M and grid < found):
                found, best = grid, min(distance, best)
                reach2 = (best + _SAME_M) * (best + _SAME_M)
            continue
        level = _level_of(levels, box, level)
        waiting = _push_children(borders, plane, box, level, stack, waiting)
    return found, best


@kernel
def _level_of(levels: NDArray[np.int64], box: int, near: int) -> int:
    """Return the level of the tree that a box is on; `near`: where to begin to look."""
    while box < levels[near]:
        near -= 1
    while box >= levels[near + 1]:
        near += 1
    return near


@kernel
def _push_children(
    borders: Borders, plane: Plane, box: int, level: int, stack: NDArray[np.int64], waiting: int
) -> int:
    """Put the boxes below a box on the stack, the nearest on top, and return its new height."""
    levels, boxes = borders.levels, borders.boxes
    first = levels[level - 1] + (box - levels[level]) * FANOUT
    for child in range(first, min(first + FANOUT, levels[level])):
        distance2 = _box_m2(plane, boxes, child)
        place = waiting
        while (
            place > 0
            and place > waiting - (child - first)
            and (_box_m2(plane, boxes, stack[place - 1]) < distance2)
        ):
            stack[place] = stack[place - 1]
            place -= 1
        stack[place] = child
        waiting += 1
    return waiting


@kernel
def reached_grids(
    borders: Borders, plane: Plane, within_m: float, stack: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the grids whose boundary lies within some metres, by code, and how far each is."""
    levels, boxes = borders.levels, borders.boxes
    grids, far, count = np.empty(8, np.int32), np.empty(8, np.float64), 0
    within2 = within_m * within_m
    stack[0], waiting = len(boxes) - 1, int(len(boxes) > 0)
    level = len(levels) - 2
    while waiting > 0:
        waiting -= 1
        box = stack[waiting]
        if _box_m2(plane, boxes, box) > within2:
            continue
        if box >= levels[1]:
            level = _level_of(levels, box, level)
            waiting = _push_children(borders, plane, box, level, stack, waiting)
            continue
        grid = borders.order[box]
        distance = math.sqrt(boundary_m2(borders, grid, plane, math.inf))
        if distance <= within_m:
            if count == len(grids):
                grids, far = np.append(grids, grids), np.append(far, far)
            grids[count], far[count] = grid, distance
            count += 1
    by_code = np.argsort(grids[:count])
    return grids[:count][by_code], far[:count][by_code]
