"""From a question to the nodes that it means: gather names, fit them, follow them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.compiling import kernel
from gridgis.places.kernels.aligning import align
from gridgis.places.kernels.gathering import gather
from gridgis.places.kernels.ranking import rank

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gridgis.places.kernels.shapes import Walk


@kernel
def answer(walk: Walk, score: NDArray[np.float32], touched: NDArray[np.int32]) -> tuple[int, int]:
    """Fill the walk's mentions, and what is found by them; return how many there are of both.

    `score` is zero for every name before and after; `touched` has room for every name.
    """
    chosen = gather(walk.names, walk.question, score, touched, len(walk.mentions.name))
    count = align(walk.names, walk.question, chosen, walk.mentions)
    return count, rank(walk, count)
