"""Which new grid is which old one: labels matched before anybody is said to have moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def match(ground: pd.DataFrame, old_count: int, new_count: int) -> NDArray[np.int64]:
    r"""Return the new area that is each old one; -1 for those that none is.

    Each new area is at most one old one. Of all such pairings :math:`m`, this one keeps the most
    households where they are, :math:`\max_m \sum_i h_{i m(i)}` (Kuhn 1955,
    doi:10.1002/nav.3800020109); where that leaves a choice, those of one name, then the most
    ground. Areas that share nothing are not paired.

    Parameters
    ----------
    ground
        As :func:`gridgis_boundaries.history.overlay.overlay` gives it; where there is a column
        `same`, it says which pairs have one name.
    old_count, new_count
        How many areas there are on both sides.

    >>> import pandas as pd
    >>> ground = pd.DataFrame(
    ...     {"old": [0, 0, 1], "new": [0, 1, 0], "households": [60, 40, 50], "area_m2": [6, 4, 5]}
    ... )
    >>> match(ground, 2, 2).tolist()
    [1, 0]
    """
    inside = ground[(ground["old"] >= 0) & (ground["new"] >= 0)]
    old, new = inside["old"].to_numpy(), inside["new"].to_numpy()
    # All names together count less than one household, all ground less than one name.
    share = inside["area_m2"].to_numpy() / max(inside["area_m2"].sum(), 1.0)
    same = inside["same"].to_numpy() if "same" in inside else np.zeros(len(inside))
    weight = inside["households"].to_numpy() + (0.5 * same + 0.25 * share) / max(len(inside), 1)
    size = old_count + new_count
    links = coo_array((np.ones(len(old)), (old, old_count + new)), shape=(size, size))
    parts = connected_components(links, directed=False)[1][old]
    matched = np.full(old_count, -1, np.int64)
    order = np.argsort(parts, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(parts[order])) + 1):
        if len(rows):
            here, there = _paired(old[rows], new[rows], weight[rows])
            matched[here] = there
    return matched


def _paired(
    old: NDArray[np.int64], new: NDArray[np.int64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Match areas of which each shares something with another of them."""
    olds, row = np.unique(old, return_inverse=True)
    news, column = np.unique(new, return_inverse=True)
    shared = np.zeros((len(olds), len(news)))
    shared[row, column] = weight
    here, there = linear_sum_assignment(shared, maximize=True)
    meet = shared[here, there] > 0
    return olds[here[meet]], news[there[meet]]
