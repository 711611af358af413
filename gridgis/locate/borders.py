"""The grids' outlines for measuring: edges in short runs, grids in a tree of boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.compiling import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.locate.outlines import Outlines

RUN_EDGES = 8
"""Edges that share a box: fewer would be more boxes, more would be more edges to measure."""

FANOUT = 16
"""Boxes below a box of the tree."""


class Borders(NamedTuple):
    """Outlines, and boxes around parts of them; degrees, longitude first.

    Attributes
    ----------
    outlines
        The grids, in the order of their codes.
    grid_runs
        Shape (n + 1,): where each grid's runs begin.
    runs, run_boxes
        Shapes (m, 2) and (m, 4): first vertex and edges of a run, and the box around it.
    boxes
        Shape (b, 4): the tree, level by level, the grids' own boxes first, the root last.
    order
        Shape (n,): which grid each of the lowest boxes is.
    levels
        Shape (l + 1,): where each level of the tree begins.
    """

    outlines: Outlines
    grid_runs: NDArray[np.int64]
    runs: NDArray[np.int64]
    run_boxes: NDArray[np.float64]
    boxes: NDArray[np.float64]
    order: NDArray[np.int32]
    levels: NDArray[np.int64]


def borders_of(outlines: Outlines) -> Borders:
    """Return the outlines with their boxes; grids without a shape are not in the tree."""
    grid_runs, runs, run_boxes = _runs(outlines)
    boxes, order, levels = _tree(outlines.boxes)
    return Borders(outlines, grid_runs, runs, run_boxes, boxes, order, levels)


@kernel
def _runs(
    outlines: Outlines,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    count = 0
    for ring in range(len(outlines.rings) - 1):
        edges = outlines.rings[ring + 1] - outlines.rings[ring] - 1
        count += (edges + RUN_EDGES - 1) // RUN_EDGES
    runs, boxes = np.empty((count, 2), np.int64), np.empty((count, 4), np.float64)
    grid_runs = np.zeros(len(outlines.grids), np.int64)
    vertices, run = outlines.vertices, 0
    for grid in range(len(outlines.grids) - 1):
        for ring in range(outlines.grids[grid], outlines.grids[grid + 1]):
            end = outlines.rings[ring + 1] - 1
            for first in range(outlines.rings[ring], end, RUN_EDGES):
                last = min(first + RUN_EDGES, end)
                runs[run, 0], runs[run, 1] = first, last - first
                boxes[run, 0], boxes[run, 1] = vertices[first, 0], vertices[first, 1]
                boxes[run, 2], boxes[run, 3] = vertices[first, 0], vertices[first, 1]
                for vertex in range(first + 1, last + 1):
                    boxes[run, 0] = min(boxes[run, 0], vertices[vertex, 0])
                    boxes[run, 1] = min(boxes[run, 1], vertices[vertex, 1])
                    boxes[run, 2] = max(boxes[run, 2], vertices[vertex, 0])
                    boxes[run, 3] = max(boxes[run, 3], vertices[vertex, 1])
                run += 1
        grid_runs[grid + 1] = run
    return grid_runs, runs, boxes


def _tree(
    boxes: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int64]]:
    """Pack the boxes by strips (sort-tile-recursive, Leutenegger et al. 1997)."""
    order = np.flatnonzero(~np.isnan(boxes[:, 0]))
    middles = boxes[order, :2] + boxes[order, 2:]
    strips = max(1, int(np.ceil(np.sqrt(len(order) / FANOUT))))
    by_lon = np.argsort(middles[:, 0], kind="stable")
    strip = np.empty(len(order), np.int64)
    strip[by_lon] = np.arange(len(order)) * strips // max(len(order), 1)
    order = order[np.lexsort((middles[:, 1], strip))]
    level = boxes[order]
    levels = [level]
    while len(level) > 1:
        firsts = np.arange(0, len(level), FANOUT)
        level = np.column_stack(
            [
                np.minimum.reduceat(level[:, :2], firsts),
                np.maximum.reduceat(level[:, 2:], firsts),
            ]
        )
        levels.append(level)
    starts = np.cumsum([0, *(len(part) for part in levels)])
    return np.concatenate(levels), order.astype(np.int32), starts
