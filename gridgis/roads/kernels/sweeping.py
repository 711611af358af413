"""From points along roads, outward: how long it takes to each state, up to a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.compiling import bare, kernel
from gridgis.roads.kernels.queue import (
    BUCKET_BITS,
    STATE,
    TIME_BITS,
    clear,
    open_bucket,
    take,
    wait,
)
from gridgis.roads.kernels.shapes import CLOSED_MS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gridgis.roads.kernels.shapes import Arcs, Scratch, Spots, Ways


@bare
def part_ms(ms: int, share: float) -> int:
    """Return the time for a share of an arc."""
    return int(ms * share + 0.5)


@bare
def reach(scratch: Scratch, at: tuple[int, int], state: int, time_ms: int, via: int) -> None:
    """Note a way to a state when it is the quickest so far; `at` = (search, present bucket)."""
    search, bucket = at
    label = (search << TIME_BITS) | time_ms
    if label < scratch.label[state]:
        scratch.label[state] = label
        scratch.via[state] = via
        wait(scratch, bucket, time_ms, state)


@bare
def seed_onward(ways: Ways, scratch: Scratch, search: int, spot: tuple[int, float, int]) -> None:
    """Begin at a spot (road, share, leg_ms) and go with the traffic."""
    road, share, leg_ms = spot
    for against in range(2):
        arc = 2 * road + against
        if ways.ends[arc] >= 0 and ways.ms[arc] < CLOSED_MS:
            left = share if against else 1.0 - share
            time_ms = leg_ms + part_ms(ways.ms[arc], left)
            reach(scratch, (search, 0), ways.ends[arc], time_ms, -1 - arc)


@bare
def seed_backward(ways: Ways, scratch: Scratch, search: int, spot: tuple[int, float, int]) -> None:
    """Begin at a spot and go against the traffic."""
    road, share, leg_ms = spot
    back = ways.backward
    for against in range(2):
        arc = 2 * road + against
        end = ways.ends[arc]
        if end >= 0 and ways.ms[arc] < CLOSED_MS:
            driven = 1.0 - share if against else share
            time_ms = leg_ms + part_ms(ways.ms[arc], driven)
            # The arc begins in several states where not every turn into it is allowed.
            for i in range(back.first[end], back.first[end + 1]):
                if back.arc[i] == arc:
                    reach(scratch, (search, 0), back.to[i], time_ms, -1 - arc)


@bare
def spread(arcs: Arcs, scratch: Scratch, at: tuple[int, int], key: int, limit_ms: int) -> None:
    """Go on from a state that was taken by `key`."""
    state, here_ms = key & STATE, key >> TIME_BITS
    for i in range(arcs.first[state], arcs.first[state + 1]):
        time_ms = here_ms + arcs.ms[i]
        if time_ms <= limit_ms:
            reach(scratch, at, arcs.to[i], time_ms, arcs.arc[i])


@kernel
def sweep(ways: Ways, scratch: Scratch, search: int, spots: Spots, ask: tuple[int, int]) -> int:
    """Label all states within `ask` = (limit_ms, 1 with the traffic or 0 against it).

    Returns how many states were taken.
    """
    limit_ms, onward = ask
    arcs = ways.onward if onward else ways.backward
    taken = 0
    clear(scratch)
    for i in range(len(spots.road)):
        if spots.road[i] >= 0 and spots.leg_ms[i] <= limit_ms:
            spot = (spots.road[i], spots.share[i], spots.leg_ms[i])
            if onward:
                seed_onward(ways, scratch, search, spot)
            else:
                seed_backward(ways, scratch, search, spot)
    bucket = open_bucket(scratch, 0)
    while bucket >= 0 and bucket << BUCKET_BITS <= limit_ms:
        key = take(scratch, bucket)
        while key >= 0:
            taken += 1
            spread(arcs, scratch, (search, bucket), key, limit_ms)
            key = take(scratch, bucket)
        bucket = open_bucket(scratch, bucket + 1)
    return taken


@bare
def label_ms(scratch: Scratch, search: int, state: int) -> int:
    """Return the time that a search gave a state; CLOSED_MS: it did not come there."""
    label = scratch.label[state]
    return label & STATE if label >> TIME_BITS == search else CLOSED_MS


@kernel
def arrivals(
    ways: Ways,
    scratch: Scratch,
    search: int,
    ask: tuple[Spots, Spots, int],
    times_ms: NDArray[np.int32],
) -> None:
    """Write how long a sweep takes to each of some spots, walks included; CLOSED_MS: never.

    `ask` = (where the sweep began, the spots, 1 with the traffic or 0 against it). Against it, the
    time is that from the spot to where the sweep began.
    """
    sources, spots, onward = ask
    back = ways.backward
    for k in range(len(spots.road)):
        best = CLOSED_MS
        road, share = spots.road[k], spots.share[k]
        for against in range(2 if road >= 0 else 0):
            arc = 2 * road + against
            end = ways.ends[arc]
            if end < 0 or ways.ms[arc] >= CLOSED_MS:
                continue
            if onward:
                driven = 1.0 - share if against else share
                for i in range(back.first[end], back.first[end + 1]):
                    if back.arc[i] == arc:
                        here = label_ms(scratch, search, back.to[i])
                        best = min(best, here + part_ms(ways.ms[arc], driven))
            else:
                left = share if against else 1.0 - share
                best = min(best, label_ms(scratch, search, end) + part_ms(ways.ms[arc], left))
            best = min(best, _along(sources, (arc, share, ways.ms[arc]), onward))
        times_ms[k] = best + spots.leg_ms[k] if best < CLOSED_MS else CLOSED_MS


@bare
def _along(sources: Spots, spot: tuple[int, float, int], onward: int) -> int:
    """Return the quickest way between a source and a spot on the same arc, without any state."""
    arc, share, ms = spot
    best = CLOSED_MS
    # Few searches begin at many points: looking at each is cheaper than a list by road.
    for i in range(len(sources.road)):
        if sources.road[i] == arc >> 1:
            ahead = (share - sources.share[i]) if onward else (sources.share[i] - share)
            if arc & 1:
                ahead = -ahead
            if ahead >= 0.0:
                best = min(best, sources.leg_ms[i] + part_ms(ms, ahead))
    return best
