"""A layer as segments: which of them two areas share, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Segments:
    """The segments of all rings of a layer.

    `low` and `high` (n, 2) are the ends, the lesser x (then y) first; `area` the position of the
    owner; `left`: its ground lies on the left, seen from `low`; `partner`: the owner of the same
    segment on the other side, -1 when there is none or more than one.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    area: NDArray[np.int64]
    left: NDArray[np.bool_]
    partner: NDArray[np.int64]

    @property
    def loose(self) -> NDArray[np.bool_]:
        """Which have no partner: the outline, and all that is broken."""
        return self.partner < 0


def segments(shapes: Shapes) -> Segments:
    """Return the segments of polygons and multipolygons; their length is never zero."""
    start, end, area, left = _directed(shapes)
    swapped = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low = np.where(swapped[:, None], end, start)
    high = np.where(swapped[:, None], start, end)
    left ^= swapped
    return Segments(low, high, area, left, _partners(low, high, area, left))


def lines_of(ends: NDArray[np.float64]) -> Shapes:
    """Return lines from their two ends, (n, 2, 2)."""
    lines: Shapes = np.atleast_1d(np.asarray(shapely.linestrings(ends), dtype=object))
    return lines


def _directed(
    shapes: Shapes,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return start, end, owner, and whether the ground lies left, of each segment."""
    if shapely.is_empty(shapes).all():
        none = np.zeros(0, dtype=np.int64)
        return np.zeros((0, 2)), np.zeros((0, 2)), none, none.astype(bool)
    kind, at, offsets = shapely.to_ragged_array(shapes)
    rings, parts = offsets[0], offsets[1]
    wholes = offsets[2] if kind == shapely.GeometryType.MULTIPOLYGON else np.arange(len(parts))
    at += 0.0  # -0.0 and 0.0 are one place
    ring = np.repeat(np.arange(len(rings) - 1), np.diff(rings))
    inside = (ring[1:] == ring[:-1]) & (at[1:] != at[:-1]).any(axis=1)
    start, end, ring = at[:-1][inside], at[1:][inside], ring[:-1][inside]
    first = np.zeros(len(rings) - 1, dtype=bool)
    first[parts[:-1][np.diff(parts) > 0]] = True
    left = (_turning(start, end, ring, at[rings[:-1]]) > 0) == first
    part = np.repeat(np.arange(len(parts) - 1), np.diff(parts))
    owner = np.repeat(np.arange(len(wholes) - 1), np.diff(wholes))
    return start, end, owner[part[ring]].astype(np.int64), left[ring]


def _turning(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    ring: NDArray[np.int64],
    begin: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return twice the signed area of each ring, above 0 when it runs counterclockwise."""
    here, there = start - begin[ring], end - begin[ring]
    crossed = here[:, 0] * there[:, 1] - here[:, 1] * there[:, 0]
    return np.bincount(ring, weights=crossed, minlength=len(begin)).astype(np.float64)


def _partners(
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    area: NDArray[np.int64],
    left: NDArray[np.bool_],
) -> NDArray[np.int64]:
    partner = np.full(len(area), -1, dtype=np.int64)
    if not len(area):
        return partner
    keys = _hashed(np.column_stack((low, high)))
    order = np.argsort(keys, kind="stable")
    begins = np.flatnonzero(np.diff(keys[order], prepend=~keys[order[0]]))
    counts = np.diff(begins, append=len(order))
    one, other = order[begins[counts == 2]], order[begins[counts == 2] + 1]  # noqa: PLR2004 - a pair
    met = (left[one] != left[other]) & (area[one] != area[other])
    met &= (low[one] == low[other]).all(axis=1) & (high[one] == high[other]).all(axis=1)
    one, other = one[met], other[met]
    partner[one], partner[other] = area[other], area[one]
    return partner


def _hashed(rows: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Return a number for each row; equal rows have equal ones, and a few others may."""
    bits = np.ascontiguousarray(rows).view(np.uint64)
    mixed = np.zeros(len(rows), dtype=np.uint64)
    for column in range(bits.shape[1]):
        mixed = (mixed ^ bits[:, column]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed
