"""EARS: today against the seven days before, for series with a short past."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
import scipy

from gridgis_maps.numbers.watch.counts import Watched

if TYPE_CHECKING:
    from numpy.typing import NDArray

BASELINE_DAYS = 7
GAP_DAYS = {"C1": 0, "C2": 2}
"""Days between the baseline and today: C2's gap keeps a slow start out of its own baseline."""

THRESHOLD = 3.0
LEAST_SIGMA = 0.5


def ears(
    counts: pd.DataFrame,
    method: Literal["C1", "C2"] = "C1",
    *,
    least_sigma: float = LEAST_SIGMA,
    threshold: float = THRESHOLD,
) -> Watched:
    """Return EARS' verdict on every day that has its baseline before it.

    ``z = (y - mean) / max(s, least_sigma)`` over the baseline, days t-7 to t-1 for C1 and t-9 to
    t-3 for C2, ``s`` the standard deviation with n - 1; signalled when ``z > threshold``. Without
    a least sigma a baseline of seven zeros would signal on any report; with 0.5 it takes two.

    EARS has no p of its own. Here it is the larger one of two. The exact conditional one of two
    Poisson rates: given the S reports of the baseline, ``P(X >= y)`` with X negative binomial of
    size S + 1 and chance 7/8, which is the chance of at least y of S + y reports on one day of
    eight. And Student's of one more draw from a normal, ``P(T > z / sqrt(1 + 1/7))`` with 6 degrees
    of freedom, since counts may vary more than Poisson's. Weekdays are not known to it: prefer
    `negative_binomial_alarms` where history allows.

    Sources: Hutwagner et al. 2003, doi:10.1007/PL00022319; Fricker et al. 2008,
    doi:10.1002/sim.3197; Przyborowski & Wilenski 1940, doi:10.1093/biomet/31.3-4.313.

    Parameters
    ----------
    counts
        Of :func:`gridgis_maps.numbers.watch.counts.daily_counts`.
    least_sigma
        Reports a day, > 0.
    threshold
        In standard deviations.

    Returns
    -------
    Watched
        All days of `counts`; NaN and not signalled where the baseline is not whole.

    Examples
    --------
    >>> quiet = pd.DataFrame([[0, 0, 0, 0, 0, 0, 0, 1], [0, 1, 0, 2, 0, 1, 0, 6]])
    >>> ears(quiet).signalled[7].tolist()
    [False, True]
    """
    values = counts.to_numpy("int64")
    # Sums of whole numbers are exact, so that a standard deviation of zero is zero.
    total, squares = _baseline(values, GAP_DAYS[method]), _baseline(values**2, GAP_DAYS[method])
    mean = total / BASELINE_DAYS
    variance = (squares - total**2 / BASELINE_DAYS) / (BASELINE_DAYS - 1)
    score = (values - mean) / np.maximum(np.sqrt(np.maximum(variance, 0)), least_sigma)
    p = np.where(np.isnan(total), np.nan, 1.0)
    # Without a report today there is nothing to reckon.
    seen = (values > 0) & ~np.isnan(total)
    share = BASELINE_DAYS / (BASELINE_DAYS + 1)
    p[seen] = np.maximum(
        scipy.stats.nbinom.sf(values[seen] - 1, total[seen] + 1, share),
        scipy.stats.t.sf(score[seen] * np.sqrt(share), BASELINE_DAYS - 1),
    )
    return Watched(
        method, counts, _like(counts, mean), _like(counts, p), _like(counts, score > threshold)
    )


def _baseline(values: NDArray[np.int64], gap: int) -> NDArray[np.float64]:
    """Return each day's sum over its baseline; NaN where that begins before the first day."""
    summed = np.full(values.shape, np.nan)
    if values.shape[1] > BASELINE_DAYS + gap:
        upto = np.pad(values.cumsum(axis=1), ((0, 0), (1, 0)))
        sums = upto[:, BASELINE_DAYS:] - upto[:, :-BASELINE_DAYS]
        summed[:, BASELINE_DAYS + gap :] = sums[:, : values.shape[1] - BASELINE_DAYS - gap]
    return summed


def _like(counts: pd.DataFrame, values: NDArray[np.generic]) -> pd.DataFrame:
    return pd.DataFrame(values, index=counts.index, columns=counts.columns)
