"""Tell which shapes of an edition are still there in the next one, bit for bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.locate.tiles import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.locate.outlines import Outlines


def kept_shapes(before: Outlines, after: Outlines) -> NDArray[np.int32]:
    """Return for each grid of `before` the place in `after` that has the same outline, or -1."""
    there: dict[tuple[bytes, bytes], list[int]] = {}
    for grid in range(len(after.boxes) - 1, -1, -1):
        there.setdefault(_outline(after, grid), []).append(grid)
    kept = np.full(len(before.boxes), NOBODY, np.int32)
    for grid in range(len(before.boxes)):
        if places := there.get(_outline(before, grid)):
            kept[grid] = places.pop()
    return kept


def _outline(outlines: Outlines, grid: int) -> tuple[bytes, bytes]:
    rings = outlines.rings[outlines.grids[grid] : outlines.grids[grid + 1] + 1]
    if len(rings) == 1:
        return b"", b""
    vertices = outlines.vertices[rings[0] : rings[-1]]
    return (rings - rings[0]).tobytes(), vertices.tobytes()
