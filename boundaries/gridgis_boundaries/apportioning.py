"""Deal whole numbers out by weights, so that their sum is exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def apportion(total: int, weights: Sequence[float] | NDArray[np.float64]) -> list[int]:
    """Return whole shares of a total by weights (each ≥ 0), by the largest remainder.

    Each share is its quota rounded down or up (Hamilton's method: Balinski and Young, Fair
    Representation, 1982); of equal remainders the earlier goes first. When all weights are 0 the
    first takes all; without weights there are no shares.

    >>> apportion(10, [1, 1, 1]), apportion(7, [0.5, 0.25, 0.25]), apportion(3, [0, 0])
    ([4, 3, 3], [3, 2, 2], [3, 0])
    """
    given = np.asarray(weights, dtype=np.float64)
    if not len(given):
        return []
    whole = given.sum()
    if whole <= 0:
        return [total, *([0] * (len(given) - 1))]
    quota = total * (given / whole)
    floors = np.floor(quota)
    missing = round(total - floors.sum())
    order = np.argsort(-np.round(quota - floors, 9), kind="stable")
    floors[order[:missing]] += 1
    return [int(share) for share in floors]
