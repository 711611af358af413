"""Write a tile's cells and blocks from what was drawn into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.compiling import kernel
from gridgis.locate.blocks import (
    BLOCK_GRIDS,
    DIVIDED,
    HEADER,
    edges_of,
    end_of,
    first_double,
    grids_of,
    head_of,
)
from gridgis.locate.building import Drawn, Square, crosses, draw, edge_at, west_and_south
from gridgis.locate.predicates import side
from gridgis.locate.tiles import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.locate.outlines import Outlines

    # Edges, and as bits which grids' boundary each is.
    _Unique = tuple[NDArray[np.float64], NDArray[np.int32]]

# How far back a block's edges are searched for the neighbour's copy of an edge.
_LOOK_BACK = 64
_EDGE_WORDS = 8


@kernel
def build_tile(
    outlines: Outlines, members: NDArray[np.int32], square: Square
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return a tile's cells and blocks, all places counted from 0.

    `members`: the grids that may touch the tile, ascending.
    """
    drawn = draw(outlines, members, square)
    firsts, edges = _numbered(outlines, members)
    # Of each edge the last block that it alone divides: the next cell has the same one mostly.
    known = np.full(edges, NOBODY, np.int32)
    cells = np.zeros(len(drawn.whole), np.int32)
    blocks, end = np.empty(256, np.int32), 0
    most = np.max(np.diff(drawn.edge_starts))
    room = np.empty((most, 4), np.float64), np.empty(most, np.int32)
    for cell in range(len(cells)):
        if drawn.grid_starts[cell] == drawn.grid_starts[cell + 1]:
            if drawn.whole[cell] != NOBODY:
                cells[cell] = members[drawn.whole[cell]] + 1
            continue
        first, last = drawn.edge_starts[cell], drawn.edge_starts[cell + 1]
        here = _grids_here(drawn, cell)
        blocks = _with_room(blocks, end, len(here), last - first)
        until = _write_blocks(
            outlines.vertices, members, drawn.edges[first:last], here, (blocks, end), room
        )
        place = end
        if _is_divided(blocks, end, until, square, cell):
            place = end + DIVIDED
            edge = firsts[drawn.edges[first, 0]] + drawn.edges[first, 1]
            if _is_same(blocks, known[edge], end, until):
                place, until = known[edge] + DIVIDED, end
            else:
                known[edge] = end
        cells[cell] = ~place
        end = until
    return cells, blocks[:end].copy()


@kernel
def _numbered(outlines: Outlines, members: NDArray[np.int32]) -> tuple[NDArray[np.int64], int]:
    """Return what is to be added to a vertex for the number of its edge, by member; and how many.

    The edges of all members are numbered from 0.
    """
    firsts, count = np.empty(len(members), np.int64), 0
    for member in range(len(members)):
        first_ring, last_ring = outlines.grids[members[member]], outlines.grids[members[member] + 1]
        firsts[member] = count - outlines.rings[first_ring]
        count += outlines.rings[last_ring] - outlines.rings[first_ring]
    return firsts, count


@kernel
def _with_room(blocks: NDArray[np.int32], end: int, grids: int, edges: int) -> NDArray[np.int32]:
    """Return the blocks with room for those of one more cell."""
    heads = (grids + BLOCK_GRIDS - 1) // BLOCK_GRIDS
    needed = end + heads * (HEADER + 1) + grids + edges * (1 + _EDGE_WORDS)
    while needed > len(blocks):
        blocks = np.append(blocks, np.empty_like(blocks))
    return blocks


@kernel
def _write_blocks(
    vertices: NDArray[np.float64],
    members: NDArray[np.int32],
    edges: NDArray[np.int32],
    grids: NDArray[np.int32],
    written: tuple[NDArray[np.int32], int],
    room: _Unique,
) -> int:
    """Write the blocks of one cell, and return where they end.

    `written`: the blocks so far, with room for more, and where they end; `room`: for its edges.
    """
    blocks, end = written
    unique, bits = room
    first = 0
    for start in range(0, len(grids), BLOCK_GRIDS):
        of_block = grids[start : start + BLOCK_GRIDS]
        until = first
        while until < len(edges) and edges[until, 0] <= of_block[-1, 0]:
            until += 1
        count = _unique_edges(vertices, edges[first:until], of_block, room)
        head = head_of(len(of_block), count, start + BLOCK_GRIDS < len(grids))
        blocks[end], blocks[end + 1] = head, _states(of_block)
        for place in range(len(of_block)):
            blocks[end + HEADER + place] = members[of_block[place, 0]]
        at = end + HEADER + len(of_block)
        blocks[at : at + count] = bits[:count]
        # Where the doubles need it, a word stands between; equal blocks are to be equal there too.
        blocks[at + count : 2 * first_double(end, head)] = 0
        ends = blocks.view(np.float64)[first_double(end, head) :]
        for place in range(count):
            ends[4 * place : 4 * place + 4] = unique[place]
        end = end_of(end, head)
        first = until
    return end


@kernel
def _states(grids: NDArray[np.int32]) -> np.int32:
    """Return as bits which of a block's grids hold the cell's corner."""
    states = np.uint32(0)
    for place in range(len(grids)):
        if grids[place, 1]:
            states |= np.uint32(1) << np.uint32(place)
    return np.int32(states)


@kernel
def _is_divided(blocks: NDArray[np.int32], place: int, end: int, square: Square, cell: int) -> bool:
    """Say whether one edge alone divides the cell; then make what lies left the reference."""
    head = blocks[place]
    if edges_of(head) != 1 or end_of(place, head) != end:
        return False
    first = first_double(place, head)
    x1, y1, x2, y2 = blocks.view(np.float64)[first : first + 4]
    if not crosses(square, cell, (x1, y1, x2, y2)):
        return False
    west, south = west_and_south(square, cell)
    if not side(x1, y1, x2, y2, west, south):
        blocks[place + 1] ^= blocks[place + HEADER + grids_of(head)]
    return True


@kernel
def _is_same(blocks: NDArray[np.int32], known: int, place: int, end: int) -> bool:
    """Say whether the block from `place` to `end` says what the one at `known` says."""
    if known == NOBODY:
        return False
    return bool(np.all(blocks[known : known + end - place] == blocks[place:end]))


@kernel
def _grids_here(drawn: Drawn, cell: int) -> NDArray[np.int32]:
    """Return the members of a cell and whether they hold its corner, by member."""
    first, last = drawn.grid_starts[cell], drawn.grid_starts[cell + 1]
    if drawn.whole[cell] == NOBODY:
        return drawn.grids[first:last]
    here = np.empty((last - first + 1, 2), np.int32)
    place = first
    while place < last and drawn.grids[place, 0] < drawn.whole[cell]:
        place += 1
    here[: place - first] = drawn.grids[first:place]
    here[place - first, 0], here[place - first, 1] = drawn.whole[cell], 1
    here[place - first + 1 :] = drawn.grids[place:last]
    return here


@kernel
def _unique_edges(
    vertices: NDArray[np.float64],
    drawn: NDArray[np.int32],
    grids: NDArray[np.int32],
    room: _Unique,
) -> int:
    """Write a block's edges and whose they are, and return how many; shared ones come once."""
    edges, bits = room
    count, place = 0, 0
    for row in range(len(drawn)):
        while grids[place, 0] < drawn[row, 0]:
            place += 1
        bit = np.int32(np.uint32(1) << np.uint32(place))
        edge = edge_at(vertices, drawn[row, 1])
        known = _shared(edges, count, edge)
        if known >= 0 and not bits[known] & bit:
            bits[known] |= bit
            continue
        edges[count, 0], edges[count, 1], edges[count, 2], edges[count, 3] = edge
        bits[count] = bit
        count += 1
    return count


@kernel
def _shared(edges: NDArray[np.float64], count: int, edge: tuple[float, float, float, float]) -> int:
    """Return which of the block's edges is the same, in either direction, or -1."""
    x1, y1, x2, y2 = edge
    for other in range(max(0, count - _LOOK_BACK), count):
        a, b, c, d = edges[other, 0], edges[other, 1], edges[other, 2], edges[other, 3]
        if (a == x1 and b == y1 and c == x2 and d == y2) or (
            a == x2 and b == y2 and c == x1 and d == y1
        ):
            return other
    return NOBODY
