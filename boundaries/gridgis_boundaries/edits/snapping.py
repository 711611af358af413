"""Snap a drawn line to what is there: roads, rivers, cells, borders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridgis.errors import InvalidInputError
from gridgis_boundaries.planes import plane_under, put

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from gridgis.reach.planes import Plane

DECIMALS = 7
"""New nodes are rounded to so many decimals of a degree, a centimetre."""

_ENDS = 2


@dataclass(frozen=True)
class Snapped:
    """A line that was snapped, and what moved.

    Attributes
    ----------
    line
        EPSG:4326; vertices that came to lie on one another are one.
    moves
        One row a vertex that moved: vertex (its position in the drawn line), onto (``vertex`` or
        ``segment``), target (the position of what it moved to), moved_m, lon, lat.
    """

    line: shapely.LineString
    moves: pd.DataFrame


def snap(
    line: shapely.LineString, targets: Iterable[shapely.Geometry | None], tolerance_m: float
) -> Snapped:
    """Move a line's vertices onto the targets that are within a tolerance.

    A vertex goes to the nearest vertex of a target; where none is near enough, to the nearest spot
    on a target's segment, rounded to 1e-7°. The targets' own vertices keep their doubles.

    Parameters
    ----------
    line
        As drawn, EPSG:4326, longitude first.
    targets
        Points, lines or polygons of the same system; None and empty ones are left aside.
    tolerance_m
        How far a vertex may move, metres.

    Raises
    ------
    InvalidInputError
        The line has fewer than two vertices, all of it snaps to one spot, or the tolerance is
        negative.
    """
    if shapely.get_num_coordinates(line) < _ENDS or tolerance_m < 0:
        msg = "a line of two vertices or more, and a tolerance of 0 m or more, are needed to snap"
        raise InvalidInputError(msg)
    plane = plane_under(line)
    shapes, owner = _near(np.array(list(targets), dtype=object), line, plane, tolerance_m)
    drawn = shapely.get_coordinates(line)
    found = _by_vertex(drawn, shapes, plane, tolerance_m)
    rest = np.flatnonzero(found["target"].to_numpy() < 0)
    found.iloc[rest] = _by_segment(drawn[rest], shapes, plane, tolerance_m)
    reached = found["target"].to_numpy() >= 0
    moved = np.where(reached[:, None], found[["lon", "lat"]].to_numpy(), drawn)
    kept = np.append(True, (moved[1:] != moved[:-1]).any(axis=1))
    if kept.sum() < _ENDS:
        msg = f"all of the line snaps to one spot within {tolerance_m:g} m; draw it longer"
        raise InvalidInputError(msg)
    moves = found[reached & (moved != drawn).any(axis=1)]
    moves = moves.assign(target=owner[moves["target"].to_numpy(np.int64)])
    moves = moves.rename_axis("vertex").reset_index()
    return Snapped(shapely.LineString(moved[kept]), moves)


def _near(
    targets: NDArray[np.object_], line: shapely.LineString, plane: Plane, tolerance_m: float
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return the targets that may be within reach of a line, and their positions."""
    west, south, east, north = shapely.bounds(line)
    # The plane is a little off away from its middle: twice the tolerance is surely enough.
    wide, high = 2 * tolerance_m / plane.scale_x, 2 * tolerance_m / plane.scale_y
    box = shapely.box(west - wide, south - high, east + wide, north + high)
    near = np.sort(shapely.STRtree(targets).query(box, predicate="intersects"))
    return targets[near], near


def _by_vertex(
    drawn: NDArray[np.float64], shapes: NDArray[np.object_], plane: Plane, tolerance_m: float
) -> pd.DataFrame:
    """Return the nearest of the shapes' vertices for each drawn one; target -1: none is near."""
    vertices, owner = shapely.get_coordinates(shapes, return_index=True)
    spots = put(plane, np.asarray(shapely.points(vertices), dtype=object))
    found = _none(len(drawn))
    at, nearest, away_m = _nearest(drawn, spots, plane, tolerance_m)
    found.loc[at, ["lon", "lat"]] = vertices[nearest]
    found.loc[at, "moved_m"] = away_m
    found.loc[at, "target"] = owner[nearest]
    found.loc[at, "onto"] = "vertex"
    return found


def _by_segment(
    drawn: NDArray[np.float64], shapes: NDArray[np.object_], plane: Plane, tolerance_m: float
) -> pd.DataFrame:
    """Return the nearest spot on the shapes' lines for each drawn vertex; target -1: none."""
    flat = put(plane, shapes)
    areas = shapely.get_type_id(shapes)
    polygons = np.isin(areas, (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    flat[polygons] = shapely.boundary(flat[polygons])
    found = _none(len(drawn))
    at, nearest, away_m = _nearest(drawn, flat, plane, tolerance_m)
    starts = shapely.points(plane.metres(drawn[at, 0], drawn[at, 1]))
    ways = shapely.shortest_line(starts, flat[nearest])
    ends = shapely.get_coordinates(shapely.get_point(ways, 1))
    found.loc[at, ["lon", "lat"]] = plane.degrees(ends).round(DECIMALS)
    found.loc[at, "moved_m"] = away_m
    found.loc[at, "target"] = nearest
    found.loc[at, "onto"] = "segment"
    return found


def _nearest(
    drawn: NDArray[np.float64], spots: NDArray[np.object_], plane: Plane, tolerance_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return which drawn vertices have something near, the first of the nearest, and how far."""
    points = shapely.points(plane.metres(drawn[:, 0], drawn[:, 1]))
    (vertex, spot), away_m = shapely.STRtree(spots).query_nearest(
        points, max_distance=tolerance_m or np.finfo(float).tiny, return_distance=True
    )
    order = np.lexsort((spot, vertex))
    at, first = np.unique(vertex[order], return_index=True)
    return at, spot[order][first], away_m[order][first]


def _none(count: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "onto": np.full(count, "", dtype=object),
            "target": np.full(count, -1),
            "moved_m": np.zeros(count),
            "lon": np.full(count, np.nan),
            "lat": np.full(count, np.nan),
        }
    )
