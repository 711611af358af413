"""Which circles and time windows there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.locate.threads import each
from gridgis_maps.numbers.scan.asked import PERMUTATION, PROSPECTIVE, SPATIAL
from gridgis_maps.numbers.scan.kernels.cylinders import Circles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis_maps.numbers.scan.asked import Asked
    from gridgis_maps.numbers.scan.study import Study

_CENTRES = 256
_ROUNDING = 1e-9

Windows = tuple["NDArray[np.int32]", "NDArray[np.int32]"]
"""The first and the last interval of each time window, from 0."""


def circles_of(study: Study, asked: Asked) -> Circles:
    """Return, for each place as a centre, its nearest places in the order of their distance.

    Of equally far places the one with the lesser x comes first, then with the lesser y, each in a
    circle of its own, as in SaTScan. Places with the same coordinates come in together. An order
    ends before the circle gets too large.
    """
    count = len(study.labels)
    # A stable sort by distance keeps this order among the equally far.
    by_x = np.lexsort((study.y, study.x))
    x, y = study.x[by_x], study.y[by_x]
    starts = range(0, count, _CENTRES)

    def order(block: int) -> list[NDArray[np.int32]]:
        centres = slice(starts[block], min(starts[block] + _CENTRES, count))
        apart = (study.x[centres, None] - x) ** 2 + (study.y[centres, None] - y) ** 2
        near = np.argsort(apart, axis=1, kind="stable")
        sizes = _sizes(np.take_along_axis(apart, near, 1), study.weight[by_x[near]], asked)
        return [_joined(by_x[row], study)[:size] for row, size in zip(near, sizes, strict=True)]

    orders = [one for block in each(order, len(starts)) for one in block]
    return Circles(
        np.concatenate(orders) if orders else np.empty(0, np.int32),
        np.cumsum([0, *map(len, orders)]).astype(np.int64),
        study.weight,
    )


def _sizes(
    apart: NDArray[np.float64], weight: NDArray[np.float64], asked: Asked
) -> NDArray[np.int64]:
    """Return how many places the largest circle around each centre holds."""
    inside = np.cumsum(weight, axis=1)
    fits = inside <= inside[:, -1:] * (asked.most_share + _ROUNDING)
    if asked.most_radius_m is not None:
        fits &= apart <= asked.most_radius_m**2 * (1 + _ROUNDING)
    sizes = fits.sum(axis=1)
    return np.asarray(np.minimum(sizes, asked.most_places or len(weight[0])))


def _joined(places: NDArray[np.intp], study: Study) -> NDArray[np.int32]:
    """Return the order with the marks of those that come in together with the next one."""
    order = places.astype(np.int32)
    x, y = study.x[places], study.y[places]
    same = (x[1:] == x[:-1]) & (y[1:] == y[:-1])
    order[:-1][same] = ~order[:-1][same]
    return order


def radius_of(study: Study, centre: int, farthest: int) -> float:
    """Return how far a place is from a centre, in the unit of the coordinates."""
    x, y = study.x, study.y
    return float(np.hypot(x[centre] - x[farthest], y[centre] - y[farthest]))


def windows_of(study: Study, asked: Asked) -> Windows:
    """Return the time windows, the shorter ones first; of these the later ones first."""
    intervals = study.period.intervals
    if asked.design == SPATIAL:
        return np.zeros(1, np.int32), np.full(1, intervals - 1, np.int32)
    longest = intervals // 2 if asked.most_length is None else min(asked.most_length, intervals)
    lengths = np.arange(asked.least_length, max(longest, 1) + 1)
    if asked.design == PROSPECTIVE:
        last = np.full(len(lengths), intervals - 1)
    else:
        ends = [np.arange(intervals - 1, length - 2, -1) for length in lengths]
        lengths = np.repeat(lengths, list(map(len, ends)))
        last = np.concatenate(ends) if ends else np.empty(0, np.int64)
    first = last - lengths + 1
    if asked.model == PERMUTATION:
        return _told_apart(study, first.astype(np.int32), last.astype(np.int32))
    return first.astype(np.int32), last.astype(np.int32)


def _told_apart(study: Study, first: NDArray[np.int32], last: NDArray[np.int32]) -> Windows:
    """Leave out a window that holds no case, or just those of a shorter one; one is left."""
    until = np.cumsum(np.bincount(study.time + 1, minlength=study.period.intervals + 1))
    # What lies before its first case, and until its last one, names a window's cases.
    kept = until[last + 1] > until[first]
    if not kept.any():
        return first[:1], last[:1]
    names = np.stack([until[first], until[last + 1]])
    _, earliest = np.unique(names[:, kept], axis=1, return_index=True)
    chosen = np.flatnonzero(kept)[np.sort(earliest)]
    return first[chosen], last[chosen]
