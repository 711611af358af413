"""Whether a series rises or falls, whatever the shape of its rise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import erfc

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

FEWEST_SLICES = 10
"""Below, the normal approximation of S is rough: Mann's tables go to 10."""

RISING, FALLING, NO_TREND = "rising", "falling", "none"
NO_PATTERN, FEW_SLICES = "no_pattern", "few_slices"


@dataclass(frozen=True)
class MannKendall:
    """What the test says of each series.

    Attributes
    ----------
    frame
        One row a series; columns `n` (values that are known), `s`, `var`, `z`, `p` (two-sided; z
        and p NaN where all values are equal or fewer than two are known), `trend` (``rising``,
        ``falling``, ``none``, ``no_pattern`` where all values are equal, ``few_slices`` below
        `FEWEST_SLICES`, where the p is too rough to decide).
    slices
        How long the series are.
    p_at_most
        From which p on a trend is called one.
    """

    frame: pd.DataFrame
    slices: int
    p_at_most: float


def mann_kendall(series: pd.DataFrame | ArrayLike, p_at_most: float = 0.05) -> MannKendall:
    """Test many series for a monotonic trend.

    S is the number of pairs that rise in time less those that fall. Without a trend its mean is 0
    and its variance ``(n (n-1) (2n+5) - sum t (t-1) (2t+5)) / 18``, t being the size of each group
    of equal values; ``z = (S - sign S) / sqrt(var)`` is set against the normal distribution (Mann
    1945, doi:10.2307/1907187; Kendall 1975; ties as Gilbert 1987). Values that depend on the ones
    before make small p too frequent.

    Parameters
    ----------
    series
        One row a series, its columns in the order of time; a single series may be a list. NaN is
        left out.
    p_at_most
        From which p on a trend is called one.

    Examples
    --------
    >>> mann_kendall([1, 2, 3, 4, 5]).frame.round(5)
       n   s       var        z        p       trend
    0  5  10  16.66667  2.20454  0.02749  few_slices
    """
    values = np.atleast_2d(np.asarray(series, dtype=np.float64))
    index = series.index if isinstance(series, pd.DataFrame) else pd.RangeIndex(len(values))
    n = (~np.isnan(values)).sum(axis=1)
    s, equals = _pairs(values)
    # Summed over values instead of groups: each of t equal ones has t - 1 others.
    tied = (equals * (2 * equals + 7)).sum(axis=1)
    var = (n * (n - 1) * (2 * n + 5) - tied) / 18
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(var > 0, (s - np.sign(s)) / np.sqrt(var), np.nan)
    p = erfc(np.abs(z) / np.sqrt(2))
    frame = pd.DataFrame({"n": n, "s": s, "var": var, "z": z, "p": p}, index=index)
    frame["trend"] = np.select(
        [n < FEWEST_SLICES, var <= 0, p > p_at_most, s > 0],
        [FEW_SLICES, NO_PATTERN, NO_TREND, RISING],
        FALLING,
    )
    return MannKendall(frame, values.shape[1], p_at_most)


def _pairs(values: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return S of each series, and how many others of its series each value equals."""
    s = np.zeros(len(values), dtype=np.int64)
    equals = np.zeros(values.shape, dtype=np.int64)
    for apart in range(1, values.shape[1]):
        before, after = values[:, :-apart], values[:, apart:]
        # Nothing compares with NaN.
        s += (after > before).sum(axis=1) - (after < before).sum(axis=1)
        same = after == before
        equals[:, apart:] += same
        equals[:, :-apart] += same
    return s, equals
