"""How far apart two partitions are, whatever their areas are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def variation_of_information(old: ArrayLike, new: ArrayLike, weight: ArrayLike) -> float:
    r"""Return the variation of information of two partitions of the same things, in bits.

    .. math:: VI = -\sum_{ij} p_{ij} \left(\log_2 \frac{p_{ij}}{p_i}
              + \log_2 \frac{p_{ij}}{q_j}\right)

    (Meilă 2007, doi:10.1016/j.jmva.2006.11.013). What a household's old grid leaves unknown of its
    new one, and the other way round: 0 only when both are the same but for their names, symmetric,
    and a metric. Nothing at all has 0.

    Parameters
    ----------
    old, new
        Shape (n,): which part each thing, or group of things, is in; any label, also outside.
    weight
        Shape (n,): how much there is of it, such as households; not negative.

    >>> variation_of_information(["A", "A"], ["B", "C"], [200, 200])
    1.0
    """
    amount = np.asarray(weight, np.float64)
    total = amount.sum()
    if total <= 0:
        return 0.0
    _, first = np.unique(np.asarray(old), return_inverse=True)
    _, second = np.unique(np.asarray(new), return_inverse=True)
    pair, at = np.unique(first * (second.max() + 1) + second, return_inverse=True)
    both = np.bincount(at, amount) / total
    of_old = np.bincount(first, amount) / total
    of_new = np.bincount(second, amount) / total
    some = both > 0
    row, column = np.divmod(pair, second.max() + 1)
    share = both[some]
    known = np.log2(share / of_old[row[some]]) + np.log2(share / of_new[column[some]])
    return float(max(-(share * known).sum(), 0.0))
