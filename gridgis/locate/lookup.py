"""Which grid covers a point? One look into the raster, and at boundaries a few edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridgis.compiling import kernel
from gridgis.locate.blocks import (
    DIVIDED,
    HEADER,
    UNSURE,
    lowest_owner,
    next_place,
    owners_at,
    quick_among,
    quick_beside,
)
from gridgis.locate.tiles import NOBODY, Tiles, cell_at, corner_at, fine_place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = np.signedinteger[Any]

# The reads of a batch do not wait for each other, and its notes stay in the nearest cache.
_BATCH = 1024
# A block that begins in one line of the cache may end in the next, so many words on.
_LINE_WORDS = 16


@kernel
def cover_many(
    tiles: Tiles, lon: NDArray[np.float64], lat: NDArray[np.float64], found: NDArray[Whole]
) -> None:
    """Write for each point the lowest grid whose closed shape covers it, or -1.

    Degrees; what is no number, or not on the earth, lies in no grid. `found` may be of any kind of
    whole numbers that holds the grids.
    """
    frame, directory, cells, blocks = tiles.frame, tiles.directory, tiles.cells, tiles.blocks
    ends, last = blocks.view(np.float64), np.uint32(len(blocks) - 1)
    places, fetched = np.empty(_BATCH, np.int64), np.empty(_BATCH, np.int32)
    beside, among = np.empty(_BATCH, np.int64), np.empty(_BATCH, np.int64)
    told = np.empty(_BATCH, np.int32)
    for first in range(0, len(lon), _BATCH):
        size = min(_BATCH, len(lon) - first)
        for point in range(size):
            here, column, row = fine_place(frame, lon[first + point], lat[first + point])
            places[point] = cell_at(frame, directory, column, row) if here else -1
        count = 0
        for point in range(size):
            said = np.int32(0) if places[point] < 0 else cells[np.uint64(places[point])]
            found[first + point] = said - np.int32(1)
            told[point], places[count] = said, point
            count += int(said < 0)
        # What is far away in memory is fetched for all before it is needed for the first.
        divided = 0
        for waiting in range(count):
            point = places[waiting]
            place = np.uint32(~told[point])
            fetched[waiting] = blocks[place] + blocks[min(place + np.uint32(_LINE_WORDS), last)]
            beside[divided], among[waiting - divided] = point, point
            divided += int(place & np.uint32(DIVIDED))
        for waiting in range(divided):
            place, point = ~told[beside[waiting]], first + beside[waiting]
            x, y = lon[point], lat[point]
            grid = quick_beside(blocks, ends, place - DIVIDED, (x, y))
            found[point] = grid if grid != UNSURE else _surely(tiles, x, y, place)
        for waiting in range(count - divided):
            place, point = ~told[among[waiting]], first + among[waiting]
            x, y = lon[point], lat[point]
            _, column, row = fine_place(frame, x, y)
            corner = corner_at(frame, directory, column, row)
            grid = quick_among(blocks, ends, place, (x, y), corner)
            found[point] = grid if grid != UNSURE else _surely(tiles, x, y, place)


@kernel
def _surely(tiles: Tiles, x: float, y: float, place: int) -> int:
    """Return the lowest grid that covers a point of a boundary cell, or -1; however near it is."""
    _, column, row = fine_place(tiles.frame, x, y)
    corner = corner_at(tiles.frame, tiles.directory, column, row)
    return lowest_owner(tiles.blocks, tiles.blocks.view(np.float64), place, (x, y), corner)


@kernel
def covers_of(tiles: Tiles, x: float, y: float, grids: NDArray[np.int32]) -> int:
    """Write all grids that cover a point, ascending, and return how many they are.

    When there are more than `grids` holds, the others are counted and not written.
    """
    here, column, row = fine_place(tiles.frame, x, y)
    if not here:
        return 0
    said = tiles.cells[cell_at(tiles.frame, tiles.directory, column, row)]
    if said > 0:
        grids[0] = said - 1
    if said >= 0:
        return int(said > 0)
    corner = corner_at(tiles.frame, tiles.directory, column, row)
    blocks, ends = tiles.blocks, tiles.blocks.view(np.float64)
    place, count = ~said, 0
    while place != NOBODY:
        owners = owners_at(blocks, ends, place, (x, y), corner)
        bit = 0
        while owners != 0:
            if owners & np.uint32(1):
                if count < len(grids):
                    grids[count] = blocks[(place & ~DIVIDED) + HEADER + bit]
                count += 1
            owners >>= np.uint32(1)
            bit += 1
        place = next_place(blocks, place)
    return count
