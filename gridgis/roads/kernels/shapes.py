"""What the kernels are given: arrays under names. Times are int32 milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CLOSED_MS = 1 << 30
"""The time of an arc that nobody may take."""

NEVER = (1 << 63) - 1
"""A label that every other one is below."""


class Arcs(NamedTuple):
    """The arcs that leave each state (or come to it, in a search against the traffic).

    An arc is one direction of a road: number 2 * road along its line, 2 * road + 1 against it. A
    state is a node, or a node that was come to by an arc after which not every turn is allowed.

    Attributes
    ----------
    first
        int32 [states + 1]: the arcs of state s are first[s] to first[s + 1].
    to
        int32 [n]: the state at the arc's other end.
    arc
        int32 [n]: the arc's number.
    ms
        int32 [n]: its travel time; CLOSED_MS: nobody may.
    """

    first: NDArray[np.int32]
    to: NDArray[np.int32]
    arc: NDArray[np.int32]
    ms: NDArray[np.int32]


class Ways(NamedTuple):
    """One mode at one time: arcs with the traffic and against it.

    Attributes
    ----------
    onward, backward
        The same arcs, by the state where they begin and by the one where they end.
    ends
        int32 [2 * roads]: the state in which an arc ends; -1 where the mode may not go.
    ms
        int32 [2 * roads]: the travel time of each arc.
    usable
        uint8 [roads]: 0 closed in both directions, 1 open, 2 open and part of the network proper.
    """

    onward: Arcs
    backward: Arcs
    ends: NDArray[np.int32]
    ms: NDArray[np.int32]
    usable: NDArray[np.uint8]


class Pieces(NamedTuple):
    """The straight pieces of all roads, by cells of a raster in degrees.

    Attributes
    ----------
    lon, lat, along_m
        float64 [vertices]: all roads' vertices one after the other; metres since the road began.
    start
        int64 [roads + 1]: a road's vertices.
    bucket
        int64 [buckets + 1]: what lies in each bucket; cells share buckets by a hash.
    piece
        int32 [n]: a piece's first vertex.
    road
        int32 [n]: its road.
    cell_deg
        float64 [2]: a cell's width and height.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    along_m: NDArray[np.float64]
    start: NDArray[np.int64]
    bucket: NDArray[np.int64]
    piece: NDArray[np.int32]
    road: NDArray[np.int32]
    cell_deg: NDArray[np.float64]


class Spots(NamedTuple):
    """Points on roads.

    Attributes
    ----------
    road
        int32 [n]: -1: no road is near enough.
    share
        float64 [n]: how far along the road, 0 to 1.
    leg_ms
        int32 [n]: the walk between the point and the road.
    off_m
        float64 [n]: how long that walk is.
    """

    road: NDArray[np.int32]
    share: NDArray[np.float64]
    leg_ms: NDArray[np.int32]
    off_m: NDArray[np.float64]


class Scratch(NamedTuple):
    """What a search writes; one search at a time.

    Attributes
    ----------
    label
        int64 [states]: the search's number above, the time below. Later searches have lower
        numbers, so that what an earlier one left is above everything.
    via
        int32 [states]: the arc by which the search came; -1 - arc: the target, or source, lies on
        that arc.
    bucket
        int32 [BUCKETS]: the first slot of each bucket of waiting states, -1: none.
    key, after
        int64, int32 [slots]: the time above and the state below; the next slot.
    now
        int64 [4]: the first free slot, slots used, states in buckets, keys in the heap.
    heap
        int64: keys that are too far ahead for the buckets.
    """

    label: NDArray[np.int64]
    via: NDArray[np.int32]
    bucket: NDArray[np.int32]
    key: NDArray[np.int64]
    after: NDArray[np.int32]
    now: NDArray[np.int64]
    heap: NDArray[np.int64]
