"""The raster: tiles of cells over the grids, and what a look-up reads of them.

A tile is a square of 2^k x 2^k cells, k chosen from what lies in it. A cell says::

    0    no grid touches it
    n+1  grid n covers it whole, and no other grid touches it
    ~p   a boundary passes: the blocks at place p say what is needed to decide
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.compiling import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

FINEST = 11
"""No tile has more than 2^FINEST cells on a side; that many fine steps are its side."""

NOBODY = -1
_FINE_MASK = np.int32((1 << FINEST) - 1)
LEVEL_BITS = 4


class Frame(NamedTuple):
    """Where the raster lies: degrees, longitude first; `across` and `up` count tiles."""

    west: float
    south: float
    step_lon: float
    step_lat: float
    across: int
    up: int


class Tiles(NamedTuple):
    """A raster as flat arrays.

    Attributes
    ----------
    directory
        Shape (tiles,), rows from the south: where a tile's cells begin, times 16, plus its k.
    cells
        As the module says.
    blocks
        As :mod:`gridgis.locate.blocks` says.
    """

    frame: Frame
    directory: NDArray[np.int64]
    cells: NDArray[np.int32]
    blocks: NDArray[np.int32]


@kernel
def border(origin: float, step: float, place: int) -> float:
    """Return the degree at which a fine step begins; builder and look-up find the same double."""
    return origin + place * step


@kernel
def fine_place(frame: Frame, x: float, y: float) -> tuple[bool, np.int32, np.int32]:
    """Return whether a point is on the raster, and its column and row in fine steps.

    Rounding may put a point that lies on a border to either side of it.
    """
    column = (x - frame.west) * (1.0 / frame.step_lon)
    row = (y - frame.south) * (1.0 / frame.step_lat)
    here = (
        (column >= 0.0)
        & (column < frame.across << FINEST)
        & (row >= 0.0)
        & (row < frame.up << FINEST)
    )
    # A choice, not a branch: so the loop around it stays a straight line.
    return here, np.int32(column) if here else np.int32(0), np.int32(row) if here else np.int32(0)


@kernel
def cell_at(
    frame: Frame, directory: NDArray[np.int64], column: np.int32, row: np.int32
) -> np.int64:
    """Return which cell holds a fine step."""
    tile = (row >> np.int32(FINEST)) * np.int32(frame.across) + (column >> np.int32(FINEST))
    entry = directory[np.uint32(tile)]
    level = np.int32(entry & ((1 << LEVEL_BITS) - 1))
    finer = np.int32(FINEST) - level
    inner_row, inner_column = (row & _FINE_MASK) >> finer, (column & _FINE_MASK) >> finer
    return np.int64((entry >> LEVEL_BITS) + ((inner_row << level) + inner_column))


@kernel
def corner_at(
    frame: Frame, directory: NDArray[np.int64], column: np.int32, row: np.int32
) -> tuple[float, float]:
    """Return the south-west corner of the cell that holds a fine step."""
    tile = (row >> FINEST) * frame.across + (column >> FINEST)
    finer = FINEST - (directory[tile] & ((1 << LEVEL_BITS) - 1))
    return (
        border(frame.west, frame.step_lon, column >> finer << finer),
        border(frame.south, frame.step_lat, row >> finer << finer),
    )


def directory_entry(start: int, level: int) -> int:
    """Return how the directory says where a tile's cells begin, and that it has 2^level a side."""
    return start << LEVEL_BITS | level
