"""The two nearest of many stations, one station at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis.compiling import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Nearest(NamedTuple):
    """How long the nearest and the second nearest station need to each of some points.

    Attributes
    ----------
    first_ms, second_ms
        int32 [n]; CLOSED_MS: there is none.
    station
        int32 [n]: the nearest one, of equally near ones that with the lowest number; -1: none.
    """

    first_ms: NDArray[np.int32]
    second_ms: NDArray[np.int32]
    station: NDArray[np.int32]


@kernel
def fold(times_ms: NDArray[np.int32], station: int, nearest: Nearest) -> None:
    """Note the times of one more station; stations come in the order of their numbers."""
    for i in range(len(times_ms)):
        ms = times_ms[i]
        if ms < nearest.first_ms[i]:
            nearest.second_ms[i] = nearest.first_ms[i]
            nearest.first_ms[i], nearest.station[i] = ms, station
        elif ms < nearest.second_ms[i]:
            nearest.second_ms[i] = ms
