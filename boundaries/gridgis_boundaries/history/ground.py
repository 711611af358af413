"""The ground that two sets of areas share: polygons in EPSG:4326, longitude first, sizes in m²."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis_boundaries.sizes import TOLERANCE_M2, area_m2

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

OUTSIDE = -1
"""The position of ground that no area covers."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces of ground: position in the first and in the second set, and m²."""

    old: NDArray[np.int64]
    new: NDArray[np.int64]
    area_m2: NDArray[np.float64]


def ranks(areas: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Return the place of each area in the order of codes by bytes."""
    order = sorted(range(len(areas)), key=areas["code"].astype(str).tolist().__getitem__)
    ranked = np.empty(len(areas), np.int64)
    ranked[order] = np.arange(len(areas))
    return ranked


def disjoint(areas: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return the shapes so that no two share ground.

    What two areas cover belongs to the lower code, as the engine answers it.
    """
    shapes, order = valid(areas), ranks(areas)
    clean = shapes.copy()
    for one, two in overlapping(shapes):
        lower, upper = (one, two) if order[one] < order[two] else (two, one)
        clean[upper] = shapely.difference(clean[upper], shapes[lower])
    return clean


def valid(areas: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return the shapes, invalid ones made valid as the engine does it."""
    shapes = areas.geometry.to_numpy().copy()
    bad = ~shapely.is_valid(shapes)
    shapes[bad] = shapely.make_valid(shapes[bad], method="linework")
    return shapes


def overlapping(shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the pairs of positions (n, 2) that share more than :data:`TOLERANCE_M2`.

    Of two that overlap at least one has an edge that no neighbour's edge matches.
    """
    unmatched = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))
    if not len(unmatched):
        return np.empty((0, 2), np.int64)
    suspect, other = shapely.STRtree(shapes).query(shapes[unmatched], predicate="intersects")
    pairs = np.unique(np.sort(np.column_stack((unmatched[suspect], other)), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] < pairs[:, 1]]
    shared = shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]])
    found: NDArray[np.int64] = pairs[area_m2(shared) > TOLERANCE_M2]
    return found


def pieces(old: NDArray[np.object_], new: NDArray[np.object_]) -> Pieces:
    """Return which ground of `old` is which ground of `new`, which no two of share.

    Sorted by both positions; ground that one side does not cover has :data:`OUTSIDE` there. Of each
    of `old` the pieces add up to its own area: what is too small for a row of its own, and the
    rounding of intersections, go to its largest piece.
    """
    first, second, shared = _shared(old, new)
    old_m2, new_m2 = area_m2(old), area_m2(new)
    lost = _uncovered(old, new, old_m2 - np.bincount(first, shared, len(old)))
    gained = _uncovered(new, old, new_m2 - np.bincount(second, shared, len(new)))
    found = Pieces(
        np.concatenate((first, lost[0], np.full(len(gained[0]), OUTSIDE))),
        np.concatenate((second, np.full(len(lost[0]), OUTSIDE), gained[0])),
        np.concatenate((shared, lost[1], gained[1])),
    )
    rows = found.area_m2 > TOLERANCE_M2
    order = np.flatnonzero(rows)[np.lexsort((found.new[rows], found.old[rows]))]
    kept = Pieces(found.old[order], found.new[order], found.area_m2[order])
    _settle(kept, old_m2)
    return kept


def _shared(
    old: NDArray[np.object_], new: NDArray[np.object_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    first, second = shapely.STRtree(new).query(old, predicate="intersects")
    same = shapely.equals_identical(old[first], new[second])
    # What stayed bit for bit is itself, and shares no ground with others of `new`: no need to cut.
    stayed = np.zeros(len(old), bool)
    stayed[first[same]] = True
    asked = same | ~stayed[first]
    first, second, same = first[asked], second[asked], same[asked]
    cut = old[first]
    cut[~same] = shapely.intersection(cut[~same], new[second[~same]])
    return first, second, area_m2(cut)


def _uncovered(
    shapes: NDArray[np.object_], others: NDArray[np.object_], missing_m2: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return which shapes have ground outside of all others, and how much.

    Only shapes that seem to miss something are cut. The sum of intersections alone proves nothing:
    a straight edge in degrees that is cut is bent by a hair in the plane where areas are measured.
    """
    asked = np.flatnonzero(missing_m2 > TOLERANCE_M2)
    near, other = shapely.STRtree(others).query(shapes[asked], predicate="intersects")
    groups = np.split(other, np.searchsorted(near, np.arange(1, len(asked))))
    unions = np.array([shapely.union_all(others[group]) for group in groups[: len(asked)]], object)
    return asked, area_m2(shapely.difference(shapes[asked], unions))


def _settle(found: Pieces, old_m2: NDArray[np.float64]) -> None:
    """Give the largest piece of each of `old` what the others leave of its area."""
    inside = np.flatnonzero(found.old != OUTSIDE)
    largest = largest_of(found.old[inside], found.area_m2[inside], len(old_m2))
    has = largest >= 0
    rest = old_m2 - np.bincount(found.old[inside], found.area_m2[inside], len(old_m2))
    found.area_m2[inside[largest[has]]] += rest[has]


def largest_of(
    owner: NDArray[np.int64], amount: NDArray[np.float64], count: int
) -> NDArray[np.int64]:
    """Return the row with the largest amount of each owner 0..count-1, the first of equals.

    -1 for an owner without rows.
    """
    order = np.lexsort((np.arange(len(owner)), -amount, owner))
    owners, at = np.unique(owner[order], return_index=True)
    largest = np.full(count, -1, np.int64)
    largest[owners] = order[at]
    return largest
