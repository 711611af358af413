"""Counts of then and of now beside each other, and what became of grids between two editions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy

from gridgis_maps.numbers.classes import readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SMALL_N = 10
"""Of fewer reports than these, then and now together, a ratio says little."""

FALSE_SHARE = 0.05
"""Of the grids that are called changed so many are by chance, at most and on average."""

SAME_SHARE = 0.99
"""A grid that keeps so much of its households or ground kept its borders: the rest is drawing."""

KEPT, CHANGED, NEW, GONE = "kept", "changed", "new", "gone"

SHARES = (0.4, 0.7, 0.9)
"""Where classes of differences end, as shares of the grids that differ."""

RATIO_ENDS = (1.25, 1.5, 2.0)
"""Where classes of ratios end above 1; below 1 they are the same ones upside down."""

FROM_NONE, FEW = 4, 5
"""Classes of ratios that are none: nothing to divide by, and too few reports."""


def compared(then: pd.Series[int], now: pd.Series[int], length_ratio: float = 1.0) -> pd.DataFrame:
    r"""Return how the counts of now differ from those of then.

    Parameters
    ----------
    then, now
        Counts of the same grids in two periods that do not overlap; one index.
    length_ratio
        How long now is, divided by how long then is; above 0.

    Returns
    -------
    Index of `then`. Columns: then, now, expected (then, brought to the length of now),
    difference (now - expected), ratio (now / expected; NaN where that is 0), p, differs (bool).

    With :math:`k` of now, :math:`n` of both and :math:`r` the ratio of lengths, under equal rates
    :math:`k \sim Binomial(n, r / (1 + r))` (the conditional test of two Poisson rates, Przyborowski
    & Wilenski 1940, doi:10.1093/biomet/31.3-4.313); p is twice the smaller tail, at most 1, and NaN
    where there is no report. `differs` is what Benjamini & Hochberg's procedure
    (doi:10.1111/j.2517-6161.1995.tb02031.x) finds among the grids with a p, at `FALSE_SHARE`.

    >>> table = compared(pd.Series([10, 0, 0]), pd.Series([30, 4, 0]))
    >>> table[["difference", "ratio", "differs"]].values.tolist()
    [[20.0, 3.0, True], [4.0, nan, False], [0.0, nan, False]]
    """
    expected = then.astype("float64") * length_ratio
    both = (then + now).to_numpy("int64")
    share = length_ratio / (1 + length_ratio)
    counts = now.to_numpy("int64")
    tails = np.minimum(
        scipy.stats.binom.cdf(counts, both, share), scipy.stats.binom.sf(counts - 1, both, share)
    )
    p = np.where(both > 0, np.minimum(1.0, 2 * tails), np.nan)
    return pd.DataFrame(
        {
            "then": then,
            "now": now,
            "expected": expected,
            "difference": now - expected,
            "ratio": now / expected.where(expected > 0),
            "p": p,
            "differs": _found(p),
        },
        index=then.index,
    )


def difference_breaks(differences: pd.Series[float], *, whole: bool = False) -> list[float]:
    """Return the ends of up to three classes of how far counts differ; the last is infinite.

    They hold on both sides of zero, so that a colour is as strong for less as for more. `whole`
    keeps them at whole numbers.

    >>> difference_breaks(pd.Series([-3.0, 1.0, 0.0, 2.0, 12.0]))
    [2.5, 4.0, 10.0, inf]
    """
    amounts = differences.abs().to_numpy("float64")
    far = amounts[(amounts > 0) & np.isfinite(amounts)]
    if len(far) == 0:
        return []
    ends = {readable(float(end), whole=whole) for end in np.quantile(far, SHARES)}
    return [*sorted(end for end in ends if end < far.max()), np.inf]


def difference_classes(differences: pd.Series[float], breaks: Sequence[float]) -> NDArray[np.int64]:
    """Return 0 for no difference, 1, 2, ... for more and -1, -2, ... for less.

    >>> difference_classes(pd.Series([-3.0, 0.0, 2.0, 12.0]), [2.0, 3.0, np.inf]).tolist()
    [-2, 0, 1, 3]
    """
    amounts = differences.to_numpy("float64")
    far = np.searchsorted(list(breaks), np.abs(amounts), side="left") + 1
    classes: NDArray[np.int64] = np.where(amounts == 0, 0, np.sign(amounts) * far).astype("int64")
    return classes


def ratio_classes(table: pd.DataFrame) -> NDArray[np.int64]:
    """Return the class of each ratio: 0 about the same, 1, 2, 3 more, -1, -2, -3 less.

    `FROM_NONE` where there was none then, and `FEW` where fewer than `SMALL_N` reports of then and
    now together stand behind it.

    >>> then, now = pd.Series([10, 20, 5, 0, 9]), pd.Series([21, 20, 0, 40, 0])
    >>> ratio_classes(compared(then, now)).tolist()
    [3, 0, 5, 4, 5]
    """
    ratio = table["ratio"].to_numpy("float64")
    with np.errstate(divide="ignore"):
        logs = np.log(ratio)
    far = np.searchsorted(np.log(RATIO_ENDS), np.abs(np.nan_to_num(logs)), side="right")
    signed = np.sign(np.nan_to_num(logs)) * far
    few = (table["then"] + table["now"]).to_numpy() < SMALL_N
    classes: NDArray[np.int64] = np.select([few, np.isnan(ratio)], [FEW, FROM_NONE], signed).astype(
        "int64"
    )
    return classes


def grid_changes(
    old_codes: Sequence[str], new_codes: Sequence[str], pieces: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what became of the grids of two editions, by the ground that they share.

    Parameters
    ----------
    old_codes, new_codes
        The grids of the edition before and after.
    pieces
        One row a piece of ground. Columns: kind (``keep`` where one and the same grid has it before
        and after), from_code, to_code (None outside), share, new_share (of the old and of the new
        grid, by households where there are any, else by ground; NaN outside).

    Returns
    -------
    Two frames, old and new, by code in the given order. Columns: became, share, partner. Of the
    old: the share of it that the same grid still has; of the new: that it had before. `partner` is
    the code of that grid on the other side, None without one. `became` is ``kept``
    where both shares are at least `SAME_SHARE`, else ``changed``; ``gone`` or ``new`` when there is
    no such grid on the other side.
    """
    same = pieces[pieces["kind"] == "keep"]
    back = same.groupby("to_code").agg(
        share=("new_share", "sum"), other=("share", "sum"), partner=("from_code", "first")
    )
    forth = same.groupby("from_code").agg(
        share=("share", "sum"), other=("new_share", "sum"), partner=("to_code", "first")
    )
    return (
        _became(pd.Index(old_codes), forth, GONE),
        _became(pd.Index(new_codes), back, NEW),
    )


def _became(codes: pd.Index[str], shared: pd.DataFrame, missing: str) -> pd.DataFrame:
    found = shared.reindex(codes)
    least = found[["share", "other"]].min(axis=1, skipna=False)
    became = np.where(found["share"].isna(), missing, np.where(least >= SAME_SHARE, KEPT, CHANGED))
    partner = found["partner"].astype(object).where(found["partner"].notna(), None)
    return pd.DataFrame(
        {"became": became, "share": found["share"].fillna(0.0), "partner": partner}, index=codes
    )


def _found(p: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which p are discoveries; those that are NaN are not looked at."""
    there = ~np.isnan(p)
    found = np.zeros(len(p), bool)
    if there.any():
        found[there] = scipy.stats.false_discovery_control(p[there], method="bh") <= FALSE_SHARE
    return found
