"""Run over all cylinders: of what was seen, and of many random worlds at a time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.compiling import bare, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.uint16] | NDArray[np.uint32]

LANES = 128
"""Random worlds that are scanned together: one instruction adds up to so many."""
_NEXT = 1.0 + 1e-12
"""A later cylinder must be better by more than rounding."""


class Circles(NamedTuple):
    """Places in the order in which the circles around each centre take them in.

    Attributes
    ----------
    order
        int32: the places of all centres one after the other; of one that lies exactly where the
        next one does, ``~place``: no circle ends between the two.
    starts
        int64 [n + 1]: where each centre's places begin.
    weight
        float64 [n]: what a place counts for, > 0 where cases may be.
    """

    order: NDArray[np.int32]
    starts: NDArray[np.int64]
    weight: NDArray[np.float64]


class Expected(NamedTuple):
    """What a cylinder has by chance: the circle's weight times `factor` [w] of the time window.

    `cases` are all there are; a high cluster has at least `least_cases`; `signs` is 1 for high
    rates only, -1 for low ones only, 0 for both.
    """

    factor: NDArray[np.float64]
    cases: float
    least_cases: int
    signs: int


class Bars(NamedTuple):
    """The counts from which on, and below which, a cylinder may reach a level.

    Attributes
    ----------
    high, low
        [row, window], of the counts' type; row = circle's weight times `rows_per_weight`.
    rows_per_weight
        How fine the rows are. A bar is never too strict for any weight of its row.
    """

    high: Counts
    low: Counts
    rows_per_weight: float


@bare
def likelihood_ratio(count: float, expected: float, cases: float) -> float:
    """Return the logarithm of the likelihood ratio; 0 where nothing is expected.

    ``c ln(c / E) + (C - c) ln((C - c) / (C - E))``
    """
    if expected <= 0.0 or expected >= cases:
        return 0.0
    inside = count * math.log(count / expected) if count > 0.0 else 0.0
    outside = cases - count
    if outside <= 0.0:
        return inside
    return inside + outside * math.log(outside / (cases - expected))


@bare
def _counts_for(count: float, by_chance: float, expected: Expected) -> bool:
    if count > by_chance:
        return expected.signs >= 0 and count >= expected.least_cases
    return expected.signs <= 0 and count < by_chance


@kernel
def best_of_each(
    circles: Circles,
    counts: Counts,
    expected: Expected,
    found: tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32]],
) -> None:
    """Write each centre's best cylinder: its ratio (0 without any), places and time window.

    `counts` [place, window]. Of equal ones the smaller circle answers, and of its windows the
    first.
    """
    ratios, sizes, windows = found
    cases = expected.cases
    inside = np.empty(counts.shape[1], np.float64)
    for centre in range(len(circles.starts) - 1):
        inside[:] = 0.0
        weight, best = 0.0, 0.0
        start = circles.starts[centre]
        for at in range(start, circles.starts[centre + 1]):
            place = circles.order[at]
            ends = place >= 0
            if not ends:
                place = ~place
            weight += circles.weight[place]
            for window in range(counts.shape[1]):
                inside[window] += counts[place, window]
                by_chance = weight * expected.factor[window]
                apart = inside[window] - by_chance
                # No logarithm is needed below this: the ratio is at most chi-squared.
                if apart * apart * cases <= best * by_chance * (cases - by_chance):
                    continue
                if ends and _counts_for(inside[window], by_chance, expected):
                    ratio = likelihood_ratio(inside[window], by_chance, cases)
                    if ratio > best * _NEXT:
                        best = ratio
                        sizes[centre], windows[centre] = at - start + 1, window
        ratios[centre] = best


@kernel
def tabulate(
    places: NDArray[np.int32],
    times: NDArray[np.int32],
    windows: tuple[NDArray[np.int32], NDArray[np.int32]],
    until: NDArray[np.int32],
    counts: Counts,
    lane: int,
) -> None:
    """Write how many cases each place has in each time window into a lane of `counts`.

    `windows` = (first, last) intervals. `until` [place, intervals + 1] is room to count in.
    """
    until[:] = 0
    for i in range(len(places)):
        until[places[i], times[i] + 1] += 1
    first, last = windows
    for place in range(until.shape[0]):
        for time in range(1, until.shape[1]):
            until[place, time] += until[place, time - 1]
        for window in range(len(first)):
            inside = until[place, last[window] + 1] - until[place, first[window]]
            counts[place, window * LANES + lane] = inside


@kernel
def greatest(
    circles: Circles,
    counts: Counts,
    bars: Bars,
    expected: Expected,
    best: NDArray[np.float64],
) -> None:
    """Raise `best` [lane] to the greatest ratio of each random world that reaches the bars.

    `counts` [place, window * LANES]. A world whose greatest ratio lies below the bars' level is
    left as it is, or gets less than that level.
    """
    last_row = bars.high.shape[0] - 1
    inside = np.empty(counts.shape[1], counts.dtype)
    most = np.zeros(bars.high.shape[1], counts.dtype)
    least = np.zeros(bars.high.shape[1], counts.dtype)
    for centre in range(len(circles.starts) - 1):
        inside[:] = 0
        weight = 0.0
        for at in range(circles.starts[centre], circles.starts[centre + 1]):
            place = circles.order[at]
            ends = place >= 0
            if not ends:
                place = ~place
            weight += circles.weight[place]
            row = min(int(weight * bars.rows_per_weight), last_row)
            high, low = bars.high[row], bars.low[row]
            reached = _take_in(inside, counts[place], high, most)
            if expected.signs <= 0:
                reached |= _falls(inside, low, least)
            if reached and ends:
                for window in range(len(high)):
                    if most[window] >= high[window] or least[window] < low[window]:
                        by_chance = weight * expected.factor[window]
                        _judge(inside, window, by_chance, expected, best)


# Each loop over the lanes stands alone and has a constant length, in functions of their own:
# only then are many lanes done at one stroke.
@kernel
def _take_in(inside: Counts, more: Counts, high: Counts, most: Counts) -> bool:
    """Add a place's cases; write each window's greatest count, say whether one reaches its bar."""
    reached = False
    for window in range(high.shape[0]):
        begin = window * LANES
        for lane in range(LANES):
            inside[begin + lane] += more[begin + lane]
        greatest_here = inside[begin]
        for lane in range(LANES):
            count = inside[begin + lane]
            greatest_here = count if count > greatest_here else greatest_here
        most[window] = greatest_here
        reached |= greatest_here >= high[window]
    return reached


@kernel
def _falls(inside: Counts, low: Counts, least: Counts) -> bool:
    """Write each window's least count; say whether one falls below its bar."""
    reached = False
    for window in range(low.shape[0]):
        begin = window * LANES
        least_here = inside[begin]
        for lane in range(LANES):
            count = inside[begin + lane]
            least_here = count if count < least_here else least_here
        least[window] = least_here
        reached |= least_here < low[window]
    return reached


@bare
def _judge(
    inside: Counts,
    window: int,
    by_chance: float,
    expected: Expected,
    best: NDArray[np.float64],
) -> None:
    for lane in range(LANES):
        count = float(inside[window * LANES + lane])
        apart = count - by_chance
        # As above: the ratio is at most chi-squared.
        most = best[lane] * by_chance * (expected.cases - by_chance)
        if apart * apart * expected.cases > most and _counts_for(count, by_chance, expected):
            ratio = likelihood_ratio(count, by_chance, expected.cases)
            best[lane] = max(best[lane], ratio)
