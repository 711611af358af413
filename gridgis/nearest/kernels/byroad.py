"""The nearest able responders by travel time: one search outward from the incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.compiling import bare, kernel
from gridgis.nearest.kernels.ability import ABLE, OFF_DUTY, is_live, judge
from gridgis.nearest.kernels.standing import NOBODY, folded
from gridgis.roads.kernels.heap import push, settle
from gridgis.roads.kernels.queue import BUCKET_BITS, STATE, TIME_BITS, clear, open_bucket, take
from gridgis.roads.kernels.shapes import CLOSED_MS
from gridgis.roads.kernels.sweeping import part_ms, reach, seed_backward

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.nearest.kernels.ability import Asked, People
    from gridgis.nearest.kernels.standing import Stands
    from gridgis.roads.kernels.shapes import Scratch, Ways


class Marks(NamedTuple):
    """What a search notes of stands.

    Attributes
    ----------
    label
        int64 [stands], as in Scratch.
    arc
        int32 [stands]: the arc that they leave by; -1 - arc: it leads to the incident without any
        state.
    heap
        int64: those that were met, the time above and the stand below.
    """

    label: NDArray[np.int64]
    arc: NDArray[np.int32]
    heap: NDArray[np.int64]


class Found(NamedTuple):
    """Who was come to, in the order of their time: stand, its time, and ABLE or why not.

    int32, int32, int8; room for as many as are asked for.
    """

    stand: NDArray[np.int32]
    ms: NDArray[np.int32]
    reason: NDArray[np.int8]


@kernel
def nearest(  # noqa: C901, PLR0912 - one loop, in machine code
    ways: Ways,
    room: tuple[Scratch, Marks],
    spot: tuple[int, float, int],
    crowd: tuple[Stands, People, Asked],
    limits: tuple[int, int, int, int],
    found: tuple[Found, Found],
) -> tuple[int, int, int]:
    """Find the first able responders; against the traffic, so all times are those to the incident.

    Parameters
    ----------
    spot
        Where the incident is: road, share, and the milliseconds of the walk from there.
    limits
        The search's number, how many are wanted, the longest time, and how many that are nearer
        but not able may be listed.
    found
        Where the able ones are written, and those passed over.

    Returns
    -------
    How many able ones were found, how many were listed as passed over, and how many states were
    taken. Fewer than wanted: there are no others within the time.
    """
    search, wanted, limit_ms, listed = limits
    scratch, marks = room
    stands, people, asked = crowd
    arcs = ways.backward
    # Who is listed as passed over may lack a skill.
    needed = 128 if listed else folded(int(np.int64(asked.skills)))
    clear(scratch)
    seed_backward(ways, scratch, search, spot)
    size = _meet_here(ways, marks, search, spot, stands)
    count, skipped, lacking, taken = 0, 0, 0, 0
    bucket = open_bucket(scratch, 0)
    while bucket >= 0 or size > 0:
        key = take(scratch, bucket) if bucket >= 0 else -1
        while key >= 0:
            taken += 1
            state, time_ms = key & STATE, key >> TIME_BITS
            for i in range(arcs.first[state], arcs.first[state + 1]):
                ms = arcs.ms[i]
                if ms < CLOSED_MS:
                    step = (arcs.arc[i], ms, time_ms)
                    if stands.able[step[0] >> 1] & needed == needed:
                        at = (size, search)
                        size = _meet_along(marks, at, step, crowd, (limit_ms, listed))
                    if time_ms + ms <= limit_ms:
                        reach(scratch, (search, bucket), arcs.to[i], time_ms + ms, step[0])
            key = take(scratch, bucket)
        # Whoever was met before this bucket's end can be met no sooner any more.
        end_ms = (bucket + 1) << BUCKET_BITS if bucket >= 0 else CLOSED_MS
        while size > 0 and marks.heap[0] >> TIME_BITS < end_ms:
            key = marks.heap[0]
            size = settle(marks.heap, size)
            time_ms, stand = key >> TIME_BITS, key & STATE
            row = stand >> 1
            if time_ms > limit_ms or marks.label[stand] & STATE != time_ms:
                continue
            reason = judge(people, row, asked)
            if (stand & 1) != is_live(people, row, asked):
                continue
            if reason == ABLE:
                _write(found[0], count, (stand, time_ms, ABLE))
                count += 1
                if count == wanted:
                    return count, skipped, taken
            elif skipped < listed and (reason >= OFF_DUTY or lacking < listed // 2):
                # Many lack a skill: they leave room for those who only cannot come now.
                lacking += reason < OFF_DUTY
                _write(found[1], skipped, (stand, time_ms, reason))
                skipped += 1
        if bucket >= 0:
            bucket = open_bucket(scratch, bucket + 1)
    return count, skipped, taken


@bare
def _write(found: Found, place: int, told: tuple[int, int, int]) -> None:
    found.stand[place], found.ms[place], found.reason[place] = told


@bare
def _meet_along(
    marks: Marks,
    at: tuple[int, int],
    step: tuple[int, int, int],
    crowd: tuple[Stands, People, Asked],
    limits: tuple[int, int],
) -> int:
    """Meet those who stand along an arc that is gone back; return the heap's new size."""
    size, search = at
    arc, ms, time_ms = step
    stands, people, asked = crowd
    limit_ms, listed = limits
    stand = stands.first[arc >> 1]
    while stand != NOBODY:
        if listed or _counts(people, stand, asked):
            share = stands.spots.share[stand]
            left = share if arc & 1 else 1.0 - share
            there_ms = time_ms + part_ms(ms, left) + stands.spots.leg_ms[stand]
            if there_ms <= limit_ms:
                size = _meet(marks, (size, search), stand, there_ms, arc)
        stand = stands.after[stand]
    return size


@bare
def _counts(people: People, stand: int, asked: Asked) -> bool:
    """Say whether somebody who is able is taken to be at a stand; most lack the skill."""
    row = stand >> 1
    return (
        people.skills[row] & asked.skills == asked.skills
        and (stand & 1) == is_live(people, row, asked)
        and judge(people, row, asked) == ABLE
    )


@bare
def _meet(marks: Marks, at: tuple[int, int], stand: int, time_ms: int, arc: int) -> int:
    """Note a way from a stand when it is the quickest so far; return the heap's new size."""
    size, search = at
    label = (search << TIME_BITS) | time_ms
    if label >= marks.label[stand]:
        return size
    marks.label[stand] = label
    marks.arc[stand] = arc
    return push(marks.heap, size, (time_ms << TIME_BITS) | stand)


@bare
def _meet_here(
    ways: Ways, marks: Marks, search: int, spot: tuple[int, float, int], stands: Stands
) -> int:
    """Meet those who stand on the incident's own road, without any turn; return the heap's size."""
    size = 0
    road, share, leg_ms = spot
    stand = stands.first[road]
    while stand != NOBODY:
        for against in range(2):
            arc = 2 * road + against
            ahead = share - stands.spots.share[stand]
            if against:
                ahead = -ahead
            if ahead >= 0.0 and ways.ends[arc] >= 0 and ways.ms[arc] < CLOSED_MS:
                time_ms = leg_ms + part_ms(ways.ms[arc], ahead) + stands.spots.leg_ms[stand]
                size = _meet(marks, (size, search), stand, time_ms, -1 - arc)
        stand = stands.after[stand]
    return size


@kernel
def measure(
    ways: Ways,
    room: tuple[Scratch, Marks],
    spot: tuple[float, float],
    stands: Stands,
    length_m: NDArray[np.float64],
    found: tuple[NDArray[np.int32], NDArray[np.float64]],
) -> None:
    """Write how many metres the last search's ways are, walks included.

    `spot` = (how far along its road the incident is, the walk there in metres); `found` = (stands,
    where the metres are written).
    """
    scratch, marks = room
    share, off_m = spot
    for i in range(len(found[0])):
        stand = found[0][i]
        arc, road, own = marks.arc[stand], stands.spots.road[stand], stands.spots.share[stand]
        metres = off_m + stands.spots.off_m[stand]
        if arc < 0:
            found[1][i] = metres + abs(share - own) * length_m[road]
            continue
        metres += (own if arc & 1 else 1.0 - own) * length_m[road]
        via = scratch.via[ways.ends[arc]]
        while via >= 0:
            metres += length_m[via >> 1]
            via = scratch.via[ways.ends[via]]
        last = -1 - via
        found[1][i] = metres + (1.0 - share if last & 1 else share) * length_m[last >> 1]


@kernel
def trace(ways: Ways, scratch: Scratch, arc: int) -> NDArray[np.int32]:
    """Return the arcs from `arc` on, which is not among them, to the one with the incident.

    int32; the last one is -1 - arc: only a part of it is driven.
    """
    count, state = 0, ways.ends[arc]
    while True:
        via = scratch.via[state]
        count += 1
        if via < 0:
            break
        state = ways.ends[via]
    route = np.empty(count, np.int32)
    state = ways.ends[arc]
    for i in range(count):
        route[i] = scratch.via[state]
        if route[i] >= 0:
            state = ways.ends[route[i]]
    return route
