"""The raster: tiles of cells over the grids, and what a look-up reads of them.

A tile is a square of 2^k x 2^k cells, k chosen from what lies in it. A cell says::

    0    no grid touches it
    n+1  grid n covers it whole, and no other grid touches it
    ~o   a boundary passes: the blocks at `lists[o]` say what is needed to decide

A block is at most 32 grids, in the order of their codes::

    first edge | edges | grids, negative when another block follows | states
    grid, grid, ...          which grids
    bits, bits, ...          for each edge: the grids whose boundary it is

Bit n of `states` says whether the cell's south-west corner lies in the block's grid n. From there a
path leads along the cell's west side and then east to the point; every boundary that it crosses
flips the bits of the edge's grids, and what remains are the grids that the point lies in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.locate.compiling import kernel
from gridgis.locate.predicates import orientation, side

if TYPE_CHECKING:
    from numpy.typing import NDArray

FINEST = 11
"""No tile has more than 2^FINEST cells on a side; that many fine steps are its side."""

BLOCK_GRIDS = 32
"""Grids of one block: as many as there are bits."""

HEADER = 4
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
    cells, lists
        As the module says.
    edges
        Shape (m, 4): lon, lat of both ends, for each block one after the other.
    """

    frame: Frame
    directory: NDArray[np.int64]
    cells: NDArray[np.int32]
    lists: NDArray[np.int32]
    edges: NDArray[np.float64]


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


@kernel
def owners_in_block(
    lists: NDArray[np.int32],
    edges: NDArray[np.float64],
    offset: int,
    point: tuple[float, float],
    corner: tuple[float, float],
) -> np.uint32:
    """Return as bits which grids of a block cover the point; `corner`: the cell's own."""
    x, y = point
    west, south = corner
    first, count = lists[offset], lists[offset + 1]
    bits_at = offset + HEADER + abs(lists[offset + 2])
    inside, on = np.uint32(lists[offset + 3]), np.uint32(0)
    for place in range(count):
        x1, y1 = edges[first + place, 0], edges[first + place, 1]
        x2, y2 = edges[first + place, 2], edges[first + place, 3]
        bits = np.uint32(lists[bits_at + place])
        crossed = False
        if (y1 <= y) != (y2 <= y):
            here = orientation(x1, y1, x2, y2, x, y)
            if here == 0.0:
                on |= bits
            crossed = (here > 0.0) != side(x1, y1, x2, y2, west, y)
        elif (
            (x1 == x and y1 == y)
            or (x2 == x and y2 == y)
            or (y1 == y and y2 == y and min(x1, x2) <= x <= max(x1, x2))
        ):
            on |= bits
        if (x1 <= west) != (x2 <= west):
            crossed ^= side(x1, y1, x2, y2, west, y) != side(x1, y1, x2, y2, west, south)
        if crossed:
            inside ^= bits
    return inside | on


@kernel
def next_block(lists: NDArray[np.int32], offset: int) -> int:
    """Return where a cell's next block begins, or -1."""
    grids = lists[offset + 2]
    return NOBODY if grids >= 0 else offset + HEADER - grids + lists[offset + 1]
