"""Lay tiles over the grids, choose how fine each is, and build them; or only those that changed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.compiling import kernel
from gridgis.errors import InvalidInputError
from gridgis.locate.blocks import DIVIDED, HEADER, end_of, grids_of, next_place
from gridgis.locate.building import Square, edge_at
from gridgis.locate.filling import build_tile
from gridgis.locate.threads import each
from gridgis.locate.tiles import (
    FINEST,
    LEVEL_BITS,
    NOBODY,
    Frame,
    Tiles,
    border,
    directory_entry,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.locate.outlines import Outlines

    # Cells and blocks.
    Tile = tuple[NDArray[np.int32], NDArray[np.int32]]

# So many grids share a tile on average: a redraw rebuilds whole tiles.
_TILE_GRIDS = 64
# The cells of a tile may take so many bytes for each edge in it: with finer ones fewer points would
# have to be decided by edges, but they would no longer fit into the processor's caches.
_BYTES_PER_EDGE = 150
_BYTES_PER_CELL = 4
# Finer cells (0.1 m) would be as fine as rounding.
_SMALLEST_CELL_DEG = 1e-6
_MARGIN_DEG = 1e-6
_MOST = 2**31 - 1


class Tiling(NamedTuple):
    """Which grids may touch each tile, by `starts`, ascending; and each tile's level."""

    frame: Frame
    starts: NDArray[np.int64]
    members: NDArray[np.int32]
    levels: NDArray[np.int64]


def raster_of(outlines: Outlines) -> Tiles:
    """Return the raster over these grids; their order is that of their codes."""
    tiling = _tiling(outlines, _frame_over(outlines.boxes))
    return _joined(tiling, each(lambda tile: _built(outlines, tiling, tile), len(tiling.levels)))


def raster_again(old: Tiles, outlines: Outlines, kept: NDArray[np.int32]) -> tuple[Tiles, int]:
    """Return the raster of redrawn grids, and how many tiles were built for it.

    Parameters
    ----------
    kept
        Shape (grids of the old raster,): where the same shape, bit for bit, is now; -1: nowhere.
    """
    boxes = outlines.boxes
    tiling = _tiling(outlines, old.frame)
    if not _holds(old.frame, boxes):
        return raster_of(outlines), len(tiling.levels)
    same = np.zeros(len(boxes), np.bool_)
    same[kept[kept != NOBODY]] = True
    dirty = [
        not (_in_order(kept[was]) and np.all(same[now]))
        for was, now in (
            (_members_of(old, tile), tiling.members[tiling.starts[tile] : tiling.starts[tile + 1]])
            for tile in range(len(tiling.levels))
        )
    ]
    parts = each(
        lambda tile: _built(outlines, tiling, tile) if dirty[tile] else _taken(old, tile, kept),
        len(dirty),
    )
    levels = np.where(dirty, tiling.levels, old.directory & ((1 << LEVEL_BITS) - 1))
    return _joined(tiling._replace(levels=levels), parts), sum(dirty)


def _in_order(places: NDArray[np.int32]) -> bool:
    """Say whether all grids are still there, and none has passed another in the order of codes."""
    return bool(np.all(places != NOBODY) and np.all(places[1:] > places[:-1]))


def _frame_over(boxes: NDArray[np.float64]) -> Frame:
    there = boxes[~np.isnan(boxes[:, 0])]
    if not len(there):
        return Frame(0.0, 0.0, _MARGIN_DEG, _MARGIN_DEG, 1, 1)
    west, south = there[:, :2].min(axis=0) - _MARGIN_DEG
    width, height = there[:, 2:].max(axis=0) + _MARGIN_DEG - (west, south)
    tiles = math.ceil(len(there) / _TILE_GRIDS)
    across = max(1, round(math.sqrt(tiles * width / height)))
    across = min(across, tiles)
    up = math.ceil(tiles / across)
    return Frame(
        float(west),
        float(south),
        float(width) / (across << FINEST),
        float(height) / (up << FINEST),
        across,
        up,
    )


def _holds(frame: Frame, boxes: NDArray[np.float64]) -> bool:
    """Say whether all boxes lie on the frame, and not so near to its end that rounding matters."""
    there = boxes[~np.isnan(boxes[:, 0])]
    east = border(frame.west, frame.step_lon, frame.across << FINEST)
    north = border(frame.south, frame.step_lat, frame.up << FINEST)
    return bool(
        np.all(there[:, :2] > np.add((frame.west, frame.south), _MARGIN_DEG / 2))
        and np.all(there[:, 2:] < np.subtract((east, north), _MARGIN_DEG / 2))
    )


def _tiling(outlines: Outlines, frame: Frame) -> Tiling:
    starts, members = _members(frame, outlines.boxes)
    load = _loads(outlines, frame, starts, members)
    return Tiling(frame, starts, members, _levels(frame, load))


@kernel
def _members(
    frame: Frame, boxes: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return for each tile the grids whose boxes may touch it."""
    across, up = frame.across, frame.up
    tile_lon, tile_lat = frame.step_lon * (1 << FINEST), frame.step_lat * (1 << FINEST)
    starts = np.zeros(across * up + 1, np.int64)
    members = np.empty(0, np.int32)
    for turn in range(2):
        for grid in range(len(boxes)):
            if math.isnan(boxes[grid, 0]):
                continue
            # A little wider, so that no rounding leaves a tile out.
            west = max(int((boxes[grid, 0] - frame.west) / tile_lon - 1e-5), 0)
            east = min(int((boxes[grid, 2] - frame.west) / tile_lon + 1e-5), across - 1)
            south = max(int((boxes[grid, 1] - frame.south) / tile_lat - 1e-5), 0)
            north = min(int((boxes[grid, 3] - frame.south) / tile_lat + 1e-5), up - 1)
            for row in range(south, north + 1):
                for column in range(west, east + 1):
                    tile = row * across + column
                    if turn == 1:
                        members[starts[tile]] = grid
                        starts[tile] += 1
                    else:
                        starts[tile + 1] += 1
        if turn == 0:
            starts = np.cumsum(starts)
            members = np.empty(starts[-1], np.int32)
    starts[1:] = starts[:-1].copy()
    starts[0] = 0
    return starts, members


@kernel
def _loads(
    outlines: Outlines, frame: Frame, starts: NDArray[np.int64], members: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Return for each tile how many edges may touch it."""
    loads = np.zeros(len(starts) - 1, np.int64)
    width, height = frame.step_lon * (1 << FINEST), frame.step_lat * (1 << FINEST)
    for tile in range(len(loads)):
        west = border(frame.west, frame.step_lon, (tile % frame.across) << FINEST)
        south = border(frame.south, frame.step_lat, (tile // frame.across) << FINEST)
        for place in range(starts[tile], starts[tile + 1]):
            grid = members[place]
            for ring in range(outlines.grids[grid], outlines.grids[grid + 1]):
                for vertex in range(outlines.rings[ring], outlines.rings[ring + 1] - 1):
                    x1, y1, x2, y2 = edge_at(outlines.vertices, vertex)
                    loads[tile] += (
                        max(x1, x2) >= west
                        and min(x1, x2) <= west + width
                        and max(y1, y2) >= south
                        and min(y1, y2) <= south + height
                    )
    return loads


def _levels(frame: Frame, loads: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the finest level of each tile that stays within its bytes."""
    levels = np.zeros(len(loads), np.int64)
    smaller = min(frame.step_lon, frame.step_lat)
    for level in range(1, FINEST + 1):
        if smaller * (1 << (FINEST - level)) >= _SMALLEST_CELL_DEG:
            levels[_BYTES_PER_CELL * 4**level <= _BYTES_PER_EDGE * loads] = level
    return levels


def _built(outlines: Outlines, tiling: Tiling, tile: int) -> Tile:
    frame = tiling.frame
    square = Square(
        frame,
        (tile % frame.across) << FINEST,
        (tile // frame.across) << FINEST,
        int(tiling.levels[tile]),
    )
    members = tiling.members[tiling.starts[tile] : tiling.starts[tile + 1]]
    return build_tile(outlines, members, square)


def _joined(tiling: Tiling, parts: list[Tile]) -> Tiles:
    """Return the tiles as one raster; their blocks are moved to where they now begin."""
    cells, blocks = zip(*parts, strict=True)
    starts, firsts = (np.cumsum([0, *(len(part) for part in kind)]) for kind in (cells, blocks))
    if max(firsts[-1], starts[-1]) > _MOST:
        msg = "these grids are too many for one index; split them by district or province"
        raise InvalidInputError(msg)
    for tile in range(len(parts)):
        _move(cells[tile], int(firsts[tile]))
    directory = np.array(
        [
            directory_entry(int(start), int(level))
            for start, level in zip(starts, tiling.levels, strict=False)
        ],
        dtype=np.int64,
    )
    return Tiles(tiling.frame, directory, np.concatenate(cells), np.concatenate(blocks))


@kernel
def _move(cells: NDArray[np.int32], words: int) -> None:
    """Let the cells say that their blocks are so many words further on."""
    for cell in range(len(cells)):
        if cells[cell] < 0:
            cells[cell] -= words


def _taken(old: Tiles, tile: int, kept: NDArray[np.int32]) -> Tile:
    """Return a tile of the old raster with the grids' new places, blocks counted from 0."""
    cells, first, end = _parts_of(old, tile)
    cells, blocks = cells.copy(), old.blocks[first:end].copy()
    _move(cells, -first)
    _rename(cells, blocks, kept)
    return cells, blocks


@kernel
def _parts_of(tiles: Tiles, tile: int) -> tuple[NDArray[np.int32], int, int]:
    """Return the cells of a tile, and where its blocks begin and end."""
    entry = tiles.directory[tile]
    start, level = entry >> LEVEL_BITS, entry & ((1 << LEVEL_BITS) - 1)
    cells = tiles.cells[start : start + (1 << (2 * level))]
    first, last, end = len(tiles.blocks), NOBODY, 0
    for cell in range(len(cells)):
        if cells[cell] < 0:
            place = ~cells[cell] & ~DIVIDED
            first, last = min(first, place), max(last, place)
    while last != NOBODY:
        end = end_of(last, tiles.blocks[last])
        last = next_place(tiles.blocks, last)
    return cells, min(first, end), end


@kernel
def _members_of(tiles: Tiles, tile: int) -> NDArray[np.int32]:
    """Return the grids that a tile's cells and blocks name, ascending."""
    cells, offset, end = _parts_of(tiles, tile)
    named = [np.int32(NOBODY)]
    for cell in range(len(cells)):
        if cells[cell] > 0 and cells[cell] - 1 != named[-1]:
            named.append(cells[cell] - np.int32(1))
    while offset < end:
        head = tiles.blocks[offset]
        named.extend(tiles.blocks[offset + HEADER : offset + HEADER + grids_of(head)])
        offset = end_of(offset, head)
    return np.unique(np.array(named))[1:]


@kernel
def _rename(cells: NDArray[np.int32], blocks: NDArray[np.int32], kept: NDArray[np.int32]) -> None:
    for cell in range(len(cells)):
        if cells[cell] > 0:
            cells[cell] = kept[cells[cell] - 1] + 1
    offset = 0
    while offset < len(blocks):
        head = blocks[offset]
        for place in range(offset + HEADER, offset + HEADER + grids_of(head)):
            blocks[place] = kept[blocks[place]]
        offset = end_of(offset, head)
