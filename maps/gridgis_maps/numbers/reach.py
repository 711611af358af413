"""Classes of a coverage by travel time: shares, minutes and counts of each grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis_maps.numbers.bands import band_of

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARE, TWICE, MINUTES, NEVER = "share", "twice", "minutes", "never"
SHARES = (0.95, 0.8, 0.5, 0.2)
"""Least shares of the classes, the best first; then come more than none, and none."""
COUNTS = (0.0, 9.0, 49.0, 199.0)
"""Most households of the classes of those that nobody reaches; then come more."""
UNKNOWN = -1


@dataclass(frozen=True)
class Reached:
    """One way to look at a coverage.

    Attributes
    ----------
    key
        Its name in the page's script.
    kind
        ``share`` (of households within a limit), ``twice`` (within it of two stations), ``minutes``
        (until a share of the households is reached) or ``never`` (households without any way).
    of
        The limit in minutes, or the share in percent; 0 for ``never``.
    values
        Index of the grids: a share of 0 to 1, minutes (infinite: never so many), or households; NaN
        where no household is known.
    classes
        The same index: 0 is the best; -1 where the value is NaN.
    count
        How many classes there are.
    """

    key: str
    kind: str
    of: float
    values: pd.Series[float]
    classes: pd.Series[int]
    count: int


def reached(reach: pd.DataFrame, limits: Sequence[float]) -> list[Reached]:
    """Return the ways to look at a coverage, in the order in which they are offered.

    Parameters
    ----------
    reach
        Index of the grids; `households`, `p50_s`, `p90_s` (NaN: never so many), `households_never`,
        and for each limit M `share_within_M_min` and `twice_share_within_M_min`; NaN in all of them
        for a grid of which nothing is known.
    limits
        Minutes, rising from above zero: they are the bands of time as well.
    """
    some = reach["households"].fillna(0) > 0
    looks = []
    for percent in (50, 90):
        minutes = (reach[f"p{percent}_s"] / 60).fillna(np.inf).where(some)
        looks.append(_look(f"p{percent}", MINUTES, percent, minutes, limits))
    for kind, column in ((SHARE, "share"), (TWICE, "twice_share")):
        for limit in limits:
            shares = reach[f"{column}_within_{limit:g}_min"].where(some)
            looks.append(_look(f"{kind}-{limit:g}", kind, limit, shares, limits))
    never = reach["households_never"].where(some)
    return [*looks, _look(NEVER, NEVER, 0, never, limits)]


def share_class(shares: pd.Series[float]) -> pd.Series[int]:
    """Return the class of each share: 0 from 95 % on, 5 for none at all; -1 for NaN.

    >>> share_class(pd.Series([1.0, 0.95, 0.94, 0.5, 0.01, 0.0, np.nan])).tolist()
    [0, 0, 1, 2, 4, 5, -1]
    """
    least = np.array(SHARES)
    classes = (shares.to_numpy("float64")[:, None] < least).sum(axis=1)
    classes = np.where(shares == 0, len(SHARES) + 1, classes)
    return pd.Series(np.where(shares.isna(), UNKNOWN, classes), index=shares.index, dtype="int64")


def _look(
    key: str, kind: str, of: float, values: pd.Series[float], limits: Sequence[float]
) -> Reached:
    if kind in {SHARE, TWICE}:
        return Reached(key, kind, of, values, share_class(values), len(SHARES) + 2)
    ends = limits if kind == MINUTES else COUNTS
    classes = _class_of(values, ends)
    if kind == MINUTES:
        # Never is another thing than late.
        classes = classes.where(~np.isinf(values), len(ends) + 1)
    return Reached(key, kind, of, values, classes, len(ends) + (2 if kind == MINUTES else 1))


def _class_of(values: pd.Series[float], ends: Sequence[float]) -> pd.Series[int]:
    if ends[0] > 0:
        return band_of(values, ends)
    above = band_of(values, ends[1:]) + 1
    return above.where(values > 0, 0).where(values.notna(), UNKNOWN)
