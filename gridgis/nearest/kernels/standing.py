"""Where responders stand on the roads: a list a road, linked so that one can move."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.compiling import bare, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.roads.kernels.shapes import Spots

NOBODY = -1


class Stands(NamedTuple):
    """Two stands a responder: number 2 * row at home, 2 * row + 1 where the live position is.

    Attributes
    ----------
    able
        uint8 [roads]: a bit when somebody stands on the road, and the skills of all who do, folded
        into seven bits. A road that lacks one of what is asked for needs no look at its list.
    first
        int32 [roads]: the first stand of each road, or NOBODY.
    after, before
        int32 [stands]: the next and the one before on the same road, or NOBODY.
    spots
        Where they meet the roads.
    """

    able: NDArray[np.uint8]
    first: NDArray[np.int32]
    after: NDArray[np.int32]
    before: NDArray[np.int32]
    spots: Spots


@bare
def folded(skills: int) -> int:
    """Return somebody's skills as they are noted of a road: the eighth bit says that they stand."""
    half = skills | (skills >> 32)
    half |= half >> 16
    half |= half >> 8
    return 128 | (half & 127) | ((half >> 7) & 1)


@kernel
def move(
    stands: Stands, skills: NDArray[np.uint64], numbers: NDArray[np.int32], spots: Spots
) -> None:
    """Take stands off their roads and put them where `spots` says; `skills` are those of all."""
    own = stands.spots
    for i in range(len(numbers)):
        stand = numbers[i]
        road = own.road[stand]
        if road >= 0:
            after, before = stands.after[stand], stands.before[stand]
            if before == NOBODY:
                stands.first[road] = after
            else:
                stands.after[before] = after
            if after != NOBODY:
                stands.before[after] = before
            left = 0
            other = stands.first[road]
            while other != NOBODY:
                left |= folded(int(np.int64(skills[other >> 1])))
                other = stands.after[other]
            stands.able[road] = left
        road = spots.road[i]
        own.road[stand], own.share[stand] = road, spots.share[i]
        own.leg_ms[stand], own.off_m[stand] = spots.leg_ms[i], spots.off_m[i]
        if road >= 0:
            first = stands.first[road]
            stands.after[stand], stands.before[stand] = first, NOBODY
            if first != NOBODY:
                stands.before[first] = stand
            stands.first[road] = stand
            stands.able[road] |= folded(int(np.int64(skills[stand >> 1])))
