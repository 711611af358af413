"""Rates of small numbers, drawn towards what the others have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

RATE_COLUMNS = ("rate", "towards", "weight", "smoothed")


def empirical_bayes(
    events: pd.Series[float],
    exposure: pd.Series[float],
    neighbours: Mapping[str, Collection[str]] | None = None,
) -> pd.DataFrame:
    """Return each grid's rate, and the same drawn to the common one by how little it rests on.

    With r = e / n, the common rate ``b = sum(e) / sum(n)``, the variance
    ``s² = sum(n (r - b)²) / sum(n)`` and ``a = max(s² - b / mean(n), 0)``, the smoothed rate is
    ``b + w (r - b)``, ``w = a / (a + b / n)``. Globally over all grids; locally over each grid and
    its neighbours, so that a gradient across the city stays. Marshall 1991, doi:10.2307/2347593.

    When rates differ no more than chance lets them (a = 0), all of them are the common one. A grid
    whose exposure is zero, negative or unknown, or whose events are unknown, has no rate (NaN), and
    counts for nobody.

    Parameters
    ----------
    events
        How many happened, >= 0; index the grids' codes.
    exposure
        Same index: households, population or km²; NaN when unknown.
    neighbours
        The codes of each grid's neighbours: local smoothing. None: global.

    Returns
    -------
    pd.DataFrame
        Index of `events`; columns `rate` (events / exposure), `towards` (b, of all or of the
        neighbourhood), `weight` (w, 0 to 1: how much the own rate counts), `smoothed`.

    Examples
    --------
    >>> grids = ["A", "B", "C"]
    >>> empirical_bayes(pd.Series([1, 90, 30], grids), pd.Series([1.0, 1000, 1000], grids)).round(3)
       rate  towards  weight  smoothed
    A  1.00     0.06   0.020     0.080
    B  0.09     0.06   0.954     0.089
    C  0.03     0.06   0.954     0.031
    """
    base, happened = exposure.to_numpy("float64"), events.to_numpy("float64")
    known = np.isfinite(base) & (base > 0) & np.isfinite(happened)
    n, e = base[known], happened[known]
    around = _around(events.index[known], neighbours)
    rate = e / n
    sums_n = _total(around, n)
    towards = _total(around, e) / sums_n
    # sum(n (r - b)²) = sum(n r²) - b² sum(n), by the neighbourhood's own b.
    variance = np.maximum(_total(around, n * rate**2) / sums_n - towards**2, 0)
    among = np.maximum(variance - towards / (sums_n / _total(around, np.ones(len(n)))), 0)
    weight = np.divide(among, among + towards / n, out=np.zeros(len(n)), where=among > 0)
    smoothed = towards + weight * (rate - towards)
    table = np.full((len(events), len(RATE_COLUMNS)), np.nan)
    table[known] = np.column_stack([rate, towards, weight, smoothed])
    return pd.DataFrame(table, index=events.index, columns=list(RATE_COLUMNS))


def _around(
    grids: pd.Index[str], neighbours: Mapping[str, Collection[str]] | None
) -> csr_array | None:
    """Return who counts for whom, itself included; None: everybody for everybody."""
    if neighbours is None:
        return None
    at = {grid: number for number, grid in enumerate(grids)}
    pairs = {
        (at[grid], at[other])
        for grid in grids
        for other in (grid, *neighbours.get(grid, ()))
        if other in at
    }
    row, column = np.asarray(sorted(pairs), dtype="int64").reshape(-1, 2).T
    return csr_array((np.ones(len(row)), (row, column)), shape=(len(grids), len(grids)))


def _total(around: csr_array | None, values: NDArray[np.floating]) -> NDArray[np.float64]:
    if around is None:
        return np.full(len(values), values.sum())
    return np.asarray(around @ values)
