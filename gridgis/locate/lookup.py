"""Which grid covers a point? One look into the raster, and at boundaries a few edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.locate.compiling import kernel
from gridgis.locate.tiles import (
    HEADER,
    NOBODY,
    Tiles,
    cell_at,
    corner_at,
    fine_place,
    next_block,
    owners_in_block,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The reads of a block do not wait for each other, and its notes stay in the nearest cache.
_BLOCK = 1024


@kernel
def lowest_in_list(
    lists: NDArray[np.int32],
    edges: NDArray[np.float64],
    offset: int,
    point: tuple[float, float],
    corner: tuple[float, float],
) -> int:
    """Return the lowest grid of a boundary cell that covers the point, or -1."""
    while offset != NOBODY:
        owners = owners_in_block(lists, edges, offset, point, corner)
        if owners != 0:
            place = 0
            while not owners & np.uint32(1):
                owners >>= np.uint32(1)
                place += 1
            return int(lists[offset + HEADER + place])
        offset = next_block(lists, offset)
    return NOBODY


@kernel
def cover_many(
    tiles: Tiles, lon: NDArray[np.float64], lat: NDArray[np.float64], found: NDArray[np.int32]
) -> None:
    """Write for each point the lowest grid whose closed shape covers it, or -1.

    Degrees; what is no number, or not on the earth, lies in no grid.
    """
    frame, directory, cells = tiles.frame, tiles.directory, tiles.cells
    lists, edges = tiles.lists, tiles.edges
    waiting, places = np.empty(_BLOCK, np.int64), np.empty(_BLOCK, np.int64)
    heads, warm = np.empty(_BLOCK, np.int64), np.empty(_BLOCK, np.float64)
    for first in range(0, len(lon), _BLOCK):
        size = min(_BLOCK, len(lon) - first)
        for place in range(size):
            here, column, row = fine_place(frame, lon[first + place], lat[first + place])
            places[place] = cell_at(frame, directory, column, row) if here else -1
        count = 0
        for place in range(size):
            said = np.int32(0) if places[place] < 0 else cells[np.uint64(places[place])]
            found[first + place] = said - np.int32(1)
            waiting[count] = first + place
            count += int(said < 0)
        # What is far away in memory is fetched for all before it is needed for the first.
        for place in range(count):
            heads[place] = lists[np.uint32(~(found[waiting[place]] + 1))]
        for place in range(count):
            warm[place] = edges[np.uint64(heads[place]), 0] if heads[place] < len(edges) else 0.0
        for place in range(count):
            point = waiting[place]
            x, y = lon[point], lat[point]
            _, column, row = fine_place(frame, x, y)
            corner = corner_at(frame, directory, column, row)
            offset = ~(found[point] + 1)
            found[point] = lowest_in_list(lists, edges, offset, (x, y), corner)


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
    offset, count = ~said, 0
    while offset != NOBODY:
        owners = owners_in_block(tiles.lists, tiles.edges, offset, (x, y), corner)
        place = 0
        while owners != 0:
            if owners & np.uint32(1):
                if count < len(grids):
                    grids[count] = tiles.lists[offset + HEADER + place]
                count += 1
            owners >>= np.uint32(1)
            place += 1
        offset = next_block(tiles.lists, offset)
    return count
