"""What decides at a boundary: blocks of grids and edges, words of 32 bits in one array.

A cell's block is at most 32 grids, in the order of their codes::

    head                     edges * 128 + 64 when another block follows + grids
    states                   bit n: whether the reference lies in the block's grid n
    grid, grid, ...          which grids
    bits, bits, ...          for each edge: the grids whose boundary it is
    (a word without meaning, where the doubles need it)
    lon lat lon lat, ...     the ends of each edge, as doubles

The reference is the cell's south-west corner. From there a path leads along the cell's west side
and then east to the point; every edge that it crosses flips the bits of its grids, and what remains
are the grids that the point lies in.

Most cells are *divided*: one edge alone passes from side to side. Then the reference is whatever
lies left of the edge, and all cells along the edge share one block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.compiling import kernel
from gridgis.locate.predicates import is_sure, orientation, side
from gridgis.locate.tiles import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Point = tuple[float, float]

BLOCK_GRIDS = 32
"""Grids of one block: as many as there are bits."""

HEADER = 2
"""Words before the grids."""

FOLLOWED = 64
"""The bit of a head that says that another block follows."""

DIVIDED = 1
"""The bit that is set in a divided cell's place: blocks begin at even words."""

UNSURE = -2
"""Rounded numbers do not decide; ask :func:`lowest_owner`."""

_GRIDS_MASK = 63
_HEAD_BITS = 7
# De Bruijn's sequence: the five highest bits of its product with 2^n are different for each n.
_DE_BRUIJN = 0x077CB531
_BIT_OF = np.array(
    [
        *(0, 1, 28, 2, 29, 14, 24, 3, 30, 22, 20, 15, 25, 17, 4, 8),
        *(31, 27, 13, 23, 21, 19, 16, 7, 26, 12, 18, 6, 11, 5, 10, 9),
    ],
    dtype=np.int32,
)


@kernel
def head_of(grids: int, edges: int, followed: bool) -> int:
    """Return a block's first word."""
    return edges << _HEAD_BITS | (FOLLOWED if followed else 0) | grids


@kernel
def grids_of(head: int) -> int:
    """Return how many grids a block has."""
    return head & _GRIDS_MASK


@kernel
def edges_of(head: int) -> int:
    """Return how many edges a block has."""
    return head >> _HEAD_BITS


@kernel
def first_double(offset: int, head: int) -> int:
    """Return where in the array, seen as doubles, a block's edges begin."""
    return (offset + HEADER + grids_of(head) + edges_of(head) + 1) >> 1


@kernel
def end_of(offset: int, head: int) -> int:
    """Return where a block ends, which is where the next one begins."""
    return 2 * first_double(offset, head) + 8 * edges_of(head)


@kernel
def next_place(blocks: NDArray[np.int32], place: int) -> int:
    """Return where a cell's next block begins, or -1."""
    head = blocks[place & ~DIVIDED]
    return end_of(place, head) if head & FOLLOWED else NOBODY


@kernel
def lowest_grid(blocks: NDArray[np.int32], offset: int, owners: np.uint32) -> int:
    """Return the lowest of a block's grids whose bit is set, or -1."""
    lowest = owners & (~owners + np.uint32(1))
    bit = _BIT_OF[np.uint32(lowest * np.uint32(_DE_BRUIJN)) >> np.uint32(27)]
    return int(blocks[offset + HEADER + bit]) if owners != 0 else NOBODY


@kernel
def owners_at(
    blocks: NDArray[np.int32], ends: NDArray[np.float64], place: int, point: Point, corner: Point
) -> np.uint32:
    """Return as bits which grids of the block at a place cover the point.

    `ends`: the same blocks, seen as doubles; `corner`: the cell's own.
    """
    if place & DIVIDED:
        return _owners_beside(blocks, ends, place - DIVIDED, point)
    return _owners_among(blocks, ends, place, point, corner)


@kernel
def _owners_beside(
    blocks: NDArray[np.int32], ends: NDArray[np.float64], offset: int, point: Point
) -> np.uint32:
    head = blocks[offset]
    left, bits = np.uint32(blocks[offset + 1]), np.uint32(blocks[offset + HEADER + grids_of(head)])
    first = first_double(offset, head)
    here = orientation(
        ends[first], ends[first + 1], ends[first + 2], ends[first + 3], point[0], point[1]
    )
    if here == 0.0:
        return left | bits
    return left if here > 0.0 else left ^ bits


@kernel
def _owners_among(
    blocks: NDArray[np.int32], ends: NDArray[np.float64], offset: int, point: Point, corner: Point
) -> np.uint32:
    x, y = point
    west, south = corner
    head, inside, on = blocks[offset], np.uint32(blocks[offset + 1]), np.uint32(0)
    bits_at, first = offset + HEADER + grids_of(head), first_double(offset, head)
    for edge in range(edges_of(head)):
        x1, y1 = ends[first + 4 * edge], ends[first + 4 * edge + 1]
        x2, y2 = ends[first + 4 * edge + 2], ends[first + 4 * edge + 3]
        bits = np.uint32(blocks[bits_at + edge])
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
def lowest_owner(
    blocks: NDArray[np.int32], ends: NDArray[np.float64], place: int, point: Point, corner: Point
) -> int:
    """Return the lowest grid of a boundary cell that covers the point, or -1."""
    while place != NOBODY:
        owners = owners_at(blocks, ends, place, point, corner)
        if owners != 0:
            return lowest_grid(blocks, place & ~DIVIDED, owners)
        place = next_place(blocks, place)
    return NOBODY


@kernel
def quick_beside(
    blocks: NDArray[np.int32], ends: NDArray[np.float64], offset: int, point: Point
) -> int:
    """Return the lowest grid of a divided cell that covers the point, -1, or :data:`UNSURE`."""
    x, y = point
    head = blocks[offset]
    first = first_double(offset, head)
    x1, y1 = ends[first], ends[first + 1]
    left, right = (ends[first + 2] - x1) * (y - y1), (ends[first + 3] - y1) * (x - x1)
    bits = np.uint32(blocks[offset + HEADER + grids_of(head)])
    owners = np.uint32(blocks[offset + 1]) ^ (bits if left < right else np.uint32(0))
    return lowest_grid(blocks, offset, owners) if is_sure(left, right) else UNSURE


@kernel
def quick_among(
    blocks: NDArray[np.int32], ends: NDArray[np.float64], offset: int, point: Point, corner: Point
) -> int:
    """Return the lowest grid of a cell that covers the point, -1, or :data:`UNSURE`.

    What :func:`owners_at` asks edge by edge is computed here without a branch: a processor cannot
    guess which way a point goes.
    """
    x, y = point
    west, south = corner
    head, inside = blocks[offset], np.uint32(blocks[offset + 1])
    bits_at, first = offset + HEADER + grids_of(head), first_double(offset, head)
    unsure = (head & FOLLOWED) != 0
    for edge in range(edges_of(head)):
        x1, y1 = ends[first + 4 * edge], ends[first + 4 * edge + 1]
        x2, y2 = ends[first + 4 * edge + 2], ends[first + 4 * edge + 3]
        bits = np.uint32(blocks[bits_at + edge])
        left, left_below = (x2 - x1) * (y - y1), (x2 - x1) * (south - y1)
        right, right_west = (y2 - y1) * (x - x1), (y2 - y1) * (west - x1)
        sure_at_turn = is_sure(left, right_west)
        passes, rises = (y1 <= y) != (y2 <= y), (x1 <= west) != (x2 <= west)
        unsure |= (y1 == y) | (y2 == y)
        unsure |= passes & ~(is_sure(left, right) & sure_at_turn)
        unsure |= rises & ~(is_sure(left_below, right_west) & sure_at_turn)
        beyond_turn = left > right_west
        crossed = (passes & ((left > right) != beyond_turn)) != (
            rises & ((left_below > right_west) != beyond_turn)
        )
        inside ^= bits if crossed else np.uint32(0)
    return UNSURE if unsure else lowest_grid(blocks, offset, inside)
