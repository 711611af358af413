"""Write a tile's cells, lists and edges from what was drawn into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.locate.building import Drawn, Square, draw, edge_at
from gridgis.locate.compiling import kernel
from gridgis.locate.tiles import BLOCK_GRIDS, HEADER, NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.locate.outlines import Outlines

# How far back a block's edges are searched for the neighbour's copy of an edge.
_LOOK_BACK = 64


@kernel
def build_tile(
    outlines: Outlines, members: NDArray[np.int32], square: Square
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Return a tile's cells, lists and edges, all offsets counted from 0.

    `members`: the grids that may touch the tile, ascending.
    """
    return _filled(outlines.vertices, members, draw(outlines, members, square))


@kernel
def _filled(
    vertices: NDArray[np.float64], members: NDArray[np.int32], drawn: Drawn
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    cells = np.zeros(len(drawn.whole), np.int32)
    lists, listed = np.empty(256, np.int32), 0
    edges, edged = np.empty((max(len(drawn.edges), 1), 4), np.float64), 0
    for cell in range(len(cells)):
        if drawn.grid_starts[cell] == drawn.grid_starts[cell + 1]:
            if drawn.whole[cell] != NOBODY:
                cells[cell] = members[drawn.whole[cell]] + 1
            continue
        here = _grids_here(drawn, cell)
        cells[cell] = ~listed
        edge = drawn.edge_starts[cell]
        for block in range(0, len(here), BLOCK_GRIDS):
            of_block = here[block : block + BLOCK_GRIDS]
            until = edge
            while until < drawn.edge_starts[cell + 1] and drawn.edges[until, 0] <= of_block[-1, 0]:
                until += 1
            while listed + HEADER + len(of_block) + until - edge > len(lists):
                lists = np.append(lists, np.empty_like(lists))
            further = block + BLOCK_GRIDS < len(here)
            _write_grids(lists[listed:], members, of_block, further)
            unique = _add_edges(
                vertices,
                drawn.edges[edge:until],
                of_block,
                edges[edged:],
                lists[listed + HEADER + len(of_block) :],
            )
            lists[listed], lists[listed + 1] = edged, unique
            edged += unique
            listed += HEADER + len(of_block) + unique
            edge = until
    return cells, lists[:listed].copy(), edges[:edged].copy()


@kernel
def _write_grids(
    block: NDArray[np.int32], members: NDArray[np.int32], grids: NDArray[np.int32], further: bool
) -> None:
    """Write a block's grids, and which of them hold the cell's corner."""
    states = np.uint32(0)
    for place in range(len(grids)):
        block[HEADER + place] = members[grids[place, 0]]
        if grids[place, 1]:
            states |= np.uint32(1) << np.uint32(place)
    block[2] = -len(grids) if further else len(grids)
    block[3] = np.int32(states)


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
def _add_edges(
    vertices: NDArray[np.float64],
    drawn: NDArray[np.int32],
    grids: NDArray[np.int32],
    edges: NDArray[np.float64],
    bits: NDArray[np.int32],
) -> int:
    """Write a block's edges and whose they are; what two grids share is written once."""
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
