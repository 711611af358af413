"""Where responders stand on the roads: a list a road, linked so that one can move."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis.compiling import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gridgis.roads.kernels.shapes import Spots

NOBODY = -1


class Stands(NamedTuple):
    """Two stands a responder: number 2 * row at home, 2 * row + 1 where the live position is.

    Attributes
    ----------
    first
        int32 [roads]: the first stand of each road, or NOBODY.
    after, before
        int32 [stands]: the next and the one before on the same road, or NOBODY.
    spots
        Where they meet the roads.
    """

    first: NDArray[np.int32]
    after: NDArray[np.int32]
    before: NDArray[np.int32]
    spots: Spots


@kernel
def move(stands: Stands, numbers: NDArray[np.int32], spots: Spots) -> None:
    """Take stands off their roads and put them where `spots` says."""
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
        road = spots.road[i]
        own.road[stand], own.share[stand] = road, spots.share[i]
        own.leg_ms[stand], own.off_m[stand] = spots.leg_ms[i], spots.off_m[i]
        if road >= 0:
            first = stands.first[road]
            stands.after[stand], stands.before[stand] = first, NOBODY
            if first != NOBODY:
                stands.before[first] = stand
            stands.first[road] = stand
