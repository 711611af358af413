"""Lay tiles over the grids, choose how fine each is, and build them; or only those that changed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.errors import InvalidInputError
from gridgis.locate.building import Square, edge_at
from gridgis.locate.compiling import kernel
from gridgis.locate.filling import build_tile
from gridgis.locate.threads import each
from gridgis.locate.tiles import (
    FINEST,
    HEADER,
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

    Tile = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]

# So many grids share a tile on average: a redraw rebuilds whole tiles.
_TILE_GRIDS = 64
# A tile may take so many bytes for each edge in it: finer cells would leave fewer points to decide
# by edges, but they would no longer fit into the processor's caches.
_BYTES_PER_EDGE = 250
_BYTES_PER_CELL = 4
_BYTES_PER_LISTED = 52
# About so many of the listed edges are no other grid's as well.
_UNIQUE = 0.55
# Finer cells (0.1 m) would be as fine as rounding.
_SMALLEST_CELL_DEG = 1e-6
_MARGIN_DEG = 1e-6
_MOST_LISTED = 2**31 - 1


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
    before = _members_before(old)
    dirty = [
        not (_in_order(kept[was]) and np.all(same[now]))
        for was, now in (
            (before[tile], tiling.members[tiling.starts[tile] : tiling.starts[tile + 1]])
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
) -> NDArray[np.float64]:
    """Return for each tile how many edges may touch it, and their length in tile sides."""
    loads = np.zeros((len(starts) - 1, 2), np.float64)
    width, height = frame.step_lon * (1 << FINEST), frame.step_lat * (1 << FINEST)
    for tile in range(len(loads)):
        west = border(frame.west, frame.step_lon, (tile % frame.across) << FINEST)
        south = border(frame.south, frame.step_lat, (tile // frame.across) << FINEST)
        for place in range(starts[tile], starts[tile + 1]):
            grid = members[place]
            for ring in range(outlines.grids[grid], outlines.grids[grid + 1]):
                for vertex in range(outlines.rings[ring], outlines.rings[ring + 1] - 1):
                    x1, y1, x2, y2 = edge_at(outlines.vertices, vertex)
                    x = min(max(x1, x2), west + width) - max(min(x1, x2), west)
                    y = min(max(y1, y2), south + height) - max(min(y1, y2), south)
                    if x >= 0.0 and y >= 0.0:
                        loads[tile, 0] += 1.0
                        loads[tile, 1] += x / width + y / height
    return loads


def _levels(frame: Frame, loads: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the finest level of each tile that stays within its bytes."""
    levels = np.zeros(len(loads), np.int64)
    smaller = min(frame.step_lon, frame.step_lat)
    for level in range(1, FINEST + 1):
        listed = _UNIQUE * (loads[:, 0] + loads[:, 1] * (1 << level))
        needed = _BYTES_PER_CELL * 4.0**level + _BYTES_PER_LISTED * listed
        fine_enough = smaller * (1 << (FINEST - level)) < _SMALLEST_CELL_DEG
        if not fine_enough:
            levels[needed <= _BYTES_PER_EDGE * loads[:, 0]] = level
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
    """Return the tiles as one raster; their offsets are moved to where they now begin."""
    cells, lists, edges = zip(*parts, strict=True)
    starts, listed, edged = (
        np.cumsum([0, *(len(part) for part in kind)]) for kind in (cells, lists, edges)
    )
    if max(listed[-1], starts[-1], edged[-1]) > _MOST_LISTED:
        msg = "these grids are too many for one index; split them by district or province"
        raise InvalidInputError(msg)
    for tile in range(len(parts)):
        _move(cells[tile], lists[tile], int(listed[tile]), int(edged[tile]))
    directory = np.array(
        [
            directory_entry(int(start), int(level))
            for start, level in zip(starts, tiling.levels, strict=False)
        ],
        dtype=np.int64,
    )
    return Tiles(
        tiling.frame, directory, np.concatenate(cells), np.concatenate(lists), np.concatenate(edges)
    )


@kernel
def _move(cells: NDArray[np.int32], lists: NDArray[np.int32], by_list: int, by_edge: int) -> None:
    for cell in range(len(cells)):
        if cells[cell] < 0:
            cells[cell] -= by_list
    offset = 0
    while offset < len(lists):
        lists[offset] += by_edge
        offset += HEADER + abs(lists[offset + 2]) + lists[offset + 1]


def _bounds(old: Tiles, tile: int) -> tuple[slice, slice, slice]:
    """Return where a tile's cells, lists and edges lie in the old arrays."""
    starts = np.append(old.directory >> LEVEL_BITS, len(old.cells))
    cells = slice(int(starts[tile]), int(starts[tile + 1]))
    first_list, last_list = _lists_of(old.cells[cells], old.lists)
    if first_list == last_list:
        return cells, slice(0, 0), slice(0, 0)
    first_edge, last_edge = _edges_of(old.lists[first_list:last_list])
    return cells, slice(first_list, last_list), slice(first_edge, last_edge)


@kernel
def _lists_of(cells: NDArray[np.int32], lists: NDArray[np.int32]) -> tuple[int, int]:
    """Return from where to where the lists of a tile's cells go."""
    first, last = len(lists), 0
    for cell in range(len(cells)):
        if cells[cell] < 0:
            first, last = min(first, ~cells[cell]), max(last, ~cells[cell])
    if first > last:
        return 0, 0
    further = True
    while further:
        further = lists[last + 2] < 0
        last += HEADER + abs(lists[last + 2]) + lists[last + 1]
    return first, last


@kernel
def _edges_of(lists: NDArray[np.int32]) -> tuple[int, int]:
    """Return from where to where the edges of a tile's lists go."""
    offset, first, last = 0, lists[0], lists[0]
    while offset < len(lists):
        last = max(last, lists[offset] + lists[offset + 1])
        offset += HEADER + abs(lists[offset + 2]) + lists[offset + 1]
    return first, last


def _members_before(old: Tiles) -> list[NDArray[np.int32]]:
    """Return for each tile the grids that its cells and lists name."""
    found = []
    for tile in range(len(old.directory)):
        cells, lists, _ = _bounds(old, tile)
        found.append(_named(old.cells[cells], old.lists[lists]))
    return found


@kernel
def _named(cells: NDArray[np.int32], lists: NDArray[np.int32]) -> NDArray[np.int32]:
    named, offset = [np.int32(-1)], 0
    for cell in range(len(cells)):
        if cells[cell] > 0 and cells[cell] - 1 != named[-1]:
            named.append(cells[cell] - np.int32(1))
    while offset < len(lists):
        named.extend(lists[offset + HEADER : offset + HEADER + abs(lists[offset + 2])])
        offset += HEADER + abs(lists[offset + 2]) + lists[offset + 1]
    return np.unique(np.array(named))[1:]


def _taken(old: Tiles, tile: int, kept: NDArray[np.int32]) -> Tile:
    """Return a tile of the old raster with the grids' new places, offsets counted from 0."""
    at_cells, at_lists, at_edges = _bounds(old, tile)
    cells, lists = old.cells[at_cells].copy(), old.lists[at_lists].copy()
    _rename(cells, lists, kept)
    _move(cells, lists, -at_lists.start, -at_edges.start)
    return cells, lists, old.edges[at_edges].copy()


@kernel
def _rename(cells: NDArray[np.int32], lists: NDArray[np.int32], kept: NDArray[np.int32]) -> None:
    for cell in range(len(cells)):
        if cells[cell] > 0:
            cells[cell] = kept[cells[cell] - 1] + 1
    offset = 0
    while offset < len(lists):
        for place in range(abs(lists[offset + 2])):
            lists[offset + HEADER + place] = kept[lists[offset + HEADER + place]]
        offset += HEADER + abs(lists[offset + 2]) + lists[offset + 1]
