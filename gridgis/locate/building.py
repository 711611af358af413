"""Draw one tile: which edges touch which cells, and which corners lie in which grids."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.compiling import kernel
from gridgis.locate.predicates import side
from gridgis.locate.tiles import FINEST, NOBODY, Frame, border

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.locate.outlines import Outlines

    Edge = tuple[float, float, float, float]

# An edge is also listed in cells that it only nearly touches: a look-up may round a point that lies
# on a cell's border to either side. A share of the cell, and some last digits of the coordinates.
_SLACK_CELL = 1e-6
_SLACK_DIGITS = 64.0 * 2.0**-52
# A crossing so near to a corner, as a share of the cell, is not trusted to rounded arithmetic.
_DOUBTFUL = 1e-5


class Square(NamedTuple):
    """One tile: column and row of its south-west cell in fine steps, and 2^level cells a side."""

    frame: Frame
    column: int
    row: int
    level: int


class Span(NamedTuple):
    """Columns and rows of a tile's cells, both ends included."""

    west: int
    south: int
    east: int
    north: int


class Drawn(NamedTuple):
    """What lies in each cell.

    Attributes
    ----------
    whole
        Shape (cells,): the first member that covers a cell that its edges do not touch, or -1.
    grids, grid_starts
        For each cell, by `grid_starts`: rows (member, whether it holds the corner).
    edges, edge_starts
        For each cell, by `edge_starts`: rows (member, the edge's first vertex).
    """

    whole: NDArray[np.int32]
    grids: NDArray[np.int32]
    grid_starts: NDArray[np.int64]
    edges: NDArray[np.int32]
    edge_starts: NDArray[np.int64]


@kernel
def column_border(square: Square, place: int) -> float:
    """Return the longitude at which a column of cells begins."""
    fine = square.column + (place << (FINEST - square.level))
    return border(square.frame.west, square.frame.step_lon, fine)


@kernel
def row_border(square: Square, place: int) -> float:
    """Return the latitude at which a row of cells begins."""
    fine = square.row + (place << (FINEST - square.level))
    return border(square.frame.south, square.frame.step_lat, fine)


@kernel
def _cell_size(square: Square) -> tuple[float, float]:
    steps = 1 << (FINEST - square.level)
    return square.frame.step_lon * steps, square.frame.step_lat * steps


@kernel
def _slack(square: Square) -> tuple[float, float]:
    """Return by how much a cell is taken larger than it is, in degrees of lon and lat."""
    width, height = _cell_size(square)
    last = 1 << square.level
    digits = _SLACK_DIGITS * (
        max(abs(column_border(square, 0)), abs(column_border(square, last)))
        + max(abs(row_border(square, 0)), abs(row_border(square, last)))
    )
    return _SLACK_CELL * width + digits, _SLACK_CELL * height + digits


@kernel
def _places(low: float, high: float, origin: float, step: float, last: int) -> tuple[int, int]:
    """Return the first and last place from 0 to `last` that an interval meets."""
    first, final = (low - origin) / step, (high - origin) / step
    return (
        int(min(max(first, 0.0), last + 1.0)),
        int(min(max(final, -1.0), float(last))) if final >= 0.0 else -1,
    )


@kernel
def span_of(square: Square, box: NDArray[np.float64]) -> Span:
    """Return the cells that a box may touch; inside out when it touches none."""
    slack_lon, slack_lat = _slack(square)
    width, height = _cell_size(square)
    last = (1 << square.level) - 1
    west, east = _places(
        box[0] - slack_lon, box[2] + slack_lon, column_border(square, 0), width, last
    )
    south, north = _places(
        box[1] - slack_lat, box[3] + slack_lat, row_border(square, 0), height, last
    )
    return Span(west, south, east, north)


@kernel
def west_and_south(square: Square, cell: int) -> tuple[float, float]:
    """Return the south-west corner of one of the tile's cells."""
    across = 1 << square.level
    return column_border(square, cell % across), row_border(square, cell // across)


@kernel
def crosses(square: Square, cell: int, edge: Edge) -> bool:
    """Say whether an edge that touches a cell passes it: begins before it and ends behind it.

    Then every point of the cell that lies on the edge's line lies on the edge.
    """
    west, south = west_and_south(square, cell)
    width, height = _cell_size(square)
    slack_lon, slack_lat = _slack(square)
    x1, y1, x2, y2 = edge
    if x1 > x2:
        x1, x2 = -x1, -x2
        west = -west - width
    if y1 > y2:
        y1, y2 = -y1, -y2
        south = -south - height
    # The edge leads east or north now, as seen from the mirrored cell.
    before = x1 < west - slack_lon or y1 < south - slack_lat
    behind = x2 > west + width + slack_lon or y2 > south + height + slack_lat
    return before and behind


@kernel
def flip_corners(flips: NDArray[np.uint8], square: Square, span: Span, edge: Edge) -> None:
    """Note in each row of corners from which column on they lie beyond the edge."""
    x1, y1, x2, y2 = edge
    low, high = min(y1, y2), max(y1, y2)
    width, height = _cell_size(square)
    west, south = column_border(square, 0), row_border(square, 0)
    first = int(min(max((low - south) / height, float(span.south)), span.north + 1.0))
    for row in range(first, span.north + 1):
        y = row_border(square, row)
        if y >= high:
            break
        if y < low:
            continue
        slope = (x2 - x1) / (y2 - y1)
        # An edge can be flatter than the largest double says; then every corner is asked.
        place = float(span.west)
        if math.isfinite(slope):
            place = (x1 + (y - y1) * slope - west) / width
        column = int(min(max(math.ceil(place), span.west), span.east + 1))
        if abs(place - round(place)) < _DOUBTFUL:
            column = max(column - 1, span.west)
            while column <= span.east and side(
                x1, y1, x2, y2, column_border(square, column), y
            ) == (y2 > y1):
                column += 1
        if column <= span.east:
            flips[(row - span.south) * (span.east - span.west + 1) + column - span.west] ^= 1


@kernel
def draw_edge(
    drawn: tuple[NDArray[np.int32], int],
    touched: NDArray[np.uint8],
    square: Square,
    span: Span,
    edge: Edge,
    name: tuple[int, int],
) -> tuple[NDArray[np.int32], int]:
    """List the edge in every cell that it touches, as a row (cell, member, vertex)."""
    listed, count = drawn
    x1, y1, x2, y2 = edge
    slack_lon, slack_lat = _slack(square)
    width, height = _cell_size(square)
    last = (1 << square.level) - 1
    origin = column_border(square, 0)
    south, north = _places(
        min(y1, y2) - slack_lat, max(y1, y2) + slack_lat, row_border(square, 0), height, last
    )
    for row in range(max(south, span.south), min(north, span.north) + 1):
        low = max(row_border(square, row) - slack_lat, min(y1, y2))
        high = min(row_border(square, row + 1) + slack_lat, max(y1, y2))
        left, right = min(x1, x2), max(x1, x2)
        slope = (x2 - x1) / (y2 - y1) if y1 != y2 else math.inf
        if math.isfinite(slope) and low <= high:
            at_low, at_high = x1 + (low - y1) * slope, x1 + (high - y1) * slope
            left, right = max(left, min(at_low, at_high)), min(right, max(at_low, at_high))
        west, east = _places(left - slack_lon, right + slack_lon, origin, width, last)
        west, east = max(west, span.west), min(east, span.east)
        listed = grown(listed, count + max(east - west + 1, 0))
        for column in range(west, east + 1):
            listed[count, 0] = (row << square.level) + column
            listed[count, 1], listed[count, 2] = name
            count += 1
            touched[(row - span.south) * (span.east - span.west + 1) + column - span.west] = 1
    return listed, count


@kernel
def draw(outlines: Outlines, members: NDArray[np.int32], square: Square) -> Drawn:
    """Return what lies in each cell of a tile; `members`: grids that may touch it, ascending."""
    cells = 1 << (2 * square.level)
    whole = np.full(cells, NOBODY, np.int32)
    grids, grid_count = np.empty((64, 3), np.int32), 0
    edges, edge_count = np.empty((256, 3), np.int32), 0
    for member in range(len(members)):
        grid = members[member]
        span = span_of(square, outlines.boxes[grid])
        if span.east < span.west or span.north < span.south:
            continue
        room = (span.east - span.west + 1) * (span.north - span.south + 1)
        flips, touched = np.zeros(room, np.uint8), np.zeros(room, np.uint8)
        for ring in range(outlines.grids[grid], outlines.grids[grid + 1]):
            for vertex in range(outlines.rings[ring], outlines.rings[ring + 1] - 1):
                edge = edge_at(outlines.vertices, vertex)
                if edge[0] != edge[2] or edge[1] != edge[3]:
                    flip_corners(flips, square, span, edge)
                    edges, edge_count = draw_edge(
                        (edges, edge_count), touched, square, span, edge, (member, vertex)
                    )
        grids, grid_count = _hold(
            (grids, grid_count), whole, (flips, touched), span, (member, square.level)
        )
    by_grid, grid_starts = _sorted_by_cell(grids, grid_count, cells)
    by_edge, edge_starts = _sorted_by_cell(edges, edge_count, cells)
    return Drawn(whole, by_grid, grid_starts, by_edge, edge_starts)


@kernel
def _hold(
    held: tuple[NDArray[np.int32], int],
    whole: NDArray[np.int32],
    marks: tuple[NDArray[np.uint8], NDArray[np.uint8]],
    span: Span,
    name: tuple[int, int],
) -> tuple[NDArray[np.int32], int]:
    """Note which cells a grid touches or holds: rows (cell, member, whether it holds the corner).

    A cell that one grid holds whole is noted in `whole` instead. `marks`: the flips along each row
    of corners, and the touched cells; `name`: the member, and the tile's level.
    """
    rows, count = held
    flips, touched = marks
    member, level = name
    across = span.east - span.west + 1
    rows = grown(rows, count + len(flips))
    inside = np.uint8(0)
    for place in range(len(flips)):
        if place % across == 0:
            inside = np.uint8(0)
        inside ^= flips[place]
        cell = ((span.south + place // across) << level) + span.west + place % across
        if not touched[place] and not inside:
            continue
        if not touched[place] and whole[cell] == NOBODY:
            whole[cell] = member
            continue
        rows[count, 0], rows[count, 1], rows[count, 2] = cell, member, inside
        count += 1
    return rows, count


@kernel
def edge_at(vertices: NDArray[np.float64], vertex: int) -> Edge:
    """Return the edge that begins at a vertex: lon, lat of both ends."""
    return (
        vertices[vertex, 0],
        vertices[vertex, 1],
        vertices[vertex + 1, 0],
        vertices[vertex + 1, 1],
    )


@kernel
def grown(rows: NDArray[np.int32], needed: int) -> NDArray[np.int32]:
    """Return the rows with room for so many."""
    if needed <= len(rows):
        return rows
    larger = np.empty((max(needed, 2 * len(rows)), rows.shape[1]), np.int32)
    larger[: len(rows)] = rows
    return larger


@kernel
def _sorted_by_cell(
    rows: NDArray[np.int32], count: int, cells: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the rows by cell, else in their order, and where each cell's begin."""
    starts = np.zeros(cells + 1, np.int64)
    for row in range(count):
        starts[rows[row, 0] + 1] += 1
    starts = np.cumsum(starts)
    there = starts.copy()
    found = np.empty((count, 2), np.int32)
    for row in range(count):
        cell = rows[row, 0]
        found[there[cell], 0], found[there[cell], 1] = rows[row, 1], rows[row, 2]
        there[cell] += 1
    return found, starts
