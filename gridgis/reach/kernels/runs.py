"""How far along each road a search came, to the metre where time ran out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.compiling import bare, kernel
from gridgis.roads.kernels.shapes import CLOSED_MS
from gridgis.roads.kernels.sweeping import label_ms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.roads.kernels.shapes import Pieces, Scratch, Spots, Ways


class Runs(NamedTuple):
    """Stretches of roads in the order of a search: it comes to one end and goes on to the other.

    Attributes
    ----------
    road
        int32 [n].
    begin, end
        float64 [n]: shares of the road's length; the time grows from begin to end.
    from_ms, whole_ms
        int32 [n]: the time at begin, and that of the whole road.
    """

    road: NDArray[np.int32]
    begin: NDArray[np.float64]
    end: NDArray[np.float64]
    from_ms: NDArray[np.int32]
    whole_ms: NDArray[np.int32]


class Parts(NamedTuple):
    """Parts of roads: int32 road, and float64 shares of its length, low before high."""

    road: NDArray[np.int32]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@kernel
def note_runs(
    ways: Ways, scratch: Scratch, search: int, ask: tuple[Spots, int, int], runs: Runs
) -> int:
    """Write the runs of a sweep within its limit; return how many.

    `ask` = (where the sweep began, limit_ms, 1 with the traffic or 0 against it). Against it, the
    time is that from a spot to where the sweep began. There are at most two a road and two a spot.
    """
    spots, limit_ms, onward = ask
    count = 0
    for arc in range(len(ways.ends)):
        if ways.ends[arc] < 0 or ways.ms[arc] >= CLOSED_MS:
            continue
        time_ms = _come_to(ways, scratch, search, arc, onward)
        if time_ms <= limit_ms:
            begin = _beginning(arc, onward)
            count = _note(runs, count, (arc, begin, time_ms, ways.ms[arc]), 1.0 - begin)
    for i in range(len(spots.road)):
        for against in range(2 if spots.road[i] >= 0 else 0):
            arc = 2 * spots.road[i] + against
            if ways.ends[arc] >= 0 and ways.ms[arc] < CLOSED_MS and spots.leg_ms[i] <= limit_ms:
                start = (arc, spots.share[i], spots.leg_ms[i], ways.ms[arc])
                count = _note(runs, count, start, 1.0 - _beginning(arc, onward))
    return count


@bare
def _beginning(arc: int, onward: int) -> float:
    """Return the end of the road, 0 or 1, from which a search goes along the arc."""
    return float(arc & 1) if onward else float(1 - (arc & 1))


@bare
def _come_to(ways: Ways, scratch: Scratch, search: int, arc: int, onward: int) -> int:
    """Return when a search may begin to go along an arc; CLOSED_MS: never."""
    end = ways.ends[arc]
    if not onward:
        return label_ms(scratch, search, end)
    # The arc begins in several states where not every turn into it is allowed.
    best = CLOSED_MS
    back = ways.backward
    for i in range(back.first[end], back.first[end + 1]):
        if back.arc[i] == arc:
            best = min(best, label_ms(scratch, search, back.to[i]))
    return best


@bare
def _note(runs: Runs, count: int, start: tuple[int, float, int, int], end: float) -> int:
    arc, begin, from_ms, whole_ms = start
    runs.road[count], runs.begin[count], runs.end[count] = arc >> 1, begin, end
    runs.from_ms[count], runs.whole_ms[count] = from_ms, whole_ms
    return count + 1


@kernel
def cut(runs: Runs, first: NDArray[np.int64], band: tuple[float, float], parts: Parts) -> int:
    """Write the parts of roads that are come to by the later of two times and not by the earlier.

    `runs` lie by road: those of a road are first[i] to first[i + 1]. `band` are milliseconds; a
    time below 0 is before everything. Parts of one road do not overlap; there are at most two for
    each run. Returns how many.
    """
    count = 0
    for i in range(len(first) - 1):
        begin, stop = first[i], first[i + 1]
        marks = np.empty(4 * (stop - begin), np.float64)
        for k in range(begin, stop):
            at = 4 * (k - begin)
            marks[at], marks[at + 1] = _reached(runs, k, band[0])
            marks[at + 2], marks[at + 3] = _reached(runs, k, band[1])
        marks.sort()
        opened = False
        for j in range(len(marks) - 1):
            low, high = marks[j], marks[j + 1]
            if high <= low:
                continue
            middle = (low + high) / 2
            within = _covers(runs, (begin, stop), middle, band[1])
            if within and not _covers(runs, (begin, stop), middle, band[0]):
                if not opened:
                    parts.road[count], parts.low[count] = runs.road[begin], low
                    count += 1
                parts.high[count - 1] = high
                opened = True
            else:
                opened = False
    return count


@bare
def _reached(runs: Runs, k: int, until_ms: float) -> tuple[float, float]:
    """Return the shares between which a run is come to by a time; two equal ones: nowhere."""
    begin, end = runs.begin[k], runs.end[k]
    if until_ms < runs.from_ms[k]:
        return begin, begin
    gone = (until_ms - runs.from_ms[k]) / runs.whole_ms[k]
    if end >= begin:
        return begin, min(end, begin + gone)
    return max(end, begin - gone), begin


@bare
def _covers(runs: Runs, own: tuple[int, int], share: float, until_ms: float) -> bool:
    for k in range(own[0], own[1]):
        low, high = _reached(runs, k, until_ms)
        if low < share < high:
            return True
    return False


@kernel
def count_vertices(pieces: Pieces, parts: Parts) -> int:
    """Return how many vertices the lines of parts have."""
    count = 0
    for i in range(len(parts.road)):
        low, high = _inner(pieces, parts, i)
        count += 2 + max(0, high - low)
    return count


@kernel
def draw(
    pieces: Pieces,
    parts: Parts,
    lines: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]],
) -> None:
    """Write the vertices of parts: lon, lat in EPSG:4326 degrees, and to which part each belongs.

    Every part has at least two vertices.
    """
    lon, lat, owner = lines
    count = 0
    for i in range(len(parts.road)):
        low, high = _inner(pieces, parts, i)
        last_m = pieces.along_m[pieces.start[parts.road[i] + 1] - 1]
        lon[count], lat[count] = _at(pieces, parts.road[i], parts.low[i] * last_m)
        owner[count] = i
        count += 1
        for v in range(low, high):
            lon[count], lat[count], owner[count] = pieces.lon[v], pieces.lat[v], i
            count += 1
        lon[count], lat[count] = _at(pieces, parts.road[i], parts.high[i] * last_m)
        owner[count] = i
        count += 1


@bare
def _inner(pieces: Pieces, parts: Parts, i: int) -> tuple[int, int]:
    """Return the vertices strictly between the ends of a part: from the first to before the last.

    With none between, the second is not above the first.
    """
    road = parts.road[i]
    low, high = pieces.start[road], pieces.start[road + 1]
    last_m = pieces.along_m[high - 1]
    while low < high and pieces.along_m[low] <= parts.low[i] * last_m:
        low += 1
    while high > low and pieces.along_m[high - 1] >= parts.high[i] * last_m:
        high -= 1
    return low, high


@bare
def _at(pieces: Pieces, road: int, along_m: float) -> tuple[float, float]:
    v, last = pieces.start[road], pieces.start[road + 1] - 1
    while v + 1 < last and pieces.along_m[v + 1] < along_m:
        v += 1
    step = pieces.along_m[v + 1] - pieces.along_m[v]
    t = min(1.0, max(0.0, (along_m - pieces.along_m[v]) / step)) if step > 0.0 else 0.0
    return (
        pieces.lon[v] + t * (pieces.lon[v + 1] - pieces.lon[v]),
        pieces.lat[v] + t * (pieces.lat[v + 1] - pieces.lat[v]),
    )
