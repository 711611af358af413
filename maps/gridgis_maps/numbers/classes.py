"""Class breaks that a legend can print."""

from __future__ import annotations

from math import ceil, floor, inf, log10
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARES = (0.4, 0.7, 0.85, 0.95)
"""Where the classes end, as shares of the places that have any: the high end is told apart."""

STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
EMPTY, UNKNOWN, MASKED = 0, -1, -2


def class_breaks(values: pd.Series[float], *, whole: bool = False) -> list[float]:
    """Return the upper ends of up to five classes of the positive values, rising.

    Each end is the quantile at one of `SHARES`, rounded up to a number that is easy to read; the
    last end is infinite. A class that would stay empty is left out; without any positive value
    there is none. `whole` keeps the ends at whole numbers, for counts.

    >>> class_breaks(pd.Series([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 52]), whole=True)
    [5.0, 8.0, 9.0, inf]
    >>> class_breaks(pd.Series([0.0, 0.0]))
    []
    """
    positive = values[(values > 0) & np.isfinite(values)].to_numpy("float64")
    if len(positive) == 0:
        return []
    ends = [readable(float(end), whole=whole) for end in np.quantile(positive, SHARES)]
    breaks = [*sorted({end for end in ends if end < positive.max()}), inf]
    filled = set(np.searchsorted(breaks, positive, side="left").tolist())
    return [end for number, end in enumerate(breaks) if number in filled]


def readable(value: float, *, whole: bool = False) -> float:
    """Return the least easily read number that is not below a positive value.

    >>> readable(0.0173), readable(1337.0), readable(0.2, whole=True)
    (0.02, 1500.0, 1.0)
    """
    if whole and value <= STEPS[-1]:
        return float(ceil(value))
    power = 10.0 ** floor(log10(value))
    # The quotient's last bit must not push a readable number to the next step.
    step = next(step for step in STEPS if value / power <= step * (1 + 1e-12))
    return float(f"{step * power:.6g}")


def class_of(values: pd.Series[float], breaks: Sequence[float]) -> pd.Series[int]:
    """Return each value's class: 1, 2, ... by the breaks, `EMPTY` for zero, `UNKNOWN` for NaN.

    What is `MASKED` has no value either: who masks it says so.

    >>> class_of(pd.Series([0.0, 1.0, 5.0, 9.0, float("nan")]), [5.0, inf]).tolist()
    [0, 1, 1, 2, -1]
    """
    amounts = values.to_numpy("float64")
    number = np.searchsorted(list(breaks), amounts, side="left") + 1
    number = np.where(amounts > 0, number, EMPTY)
    return pd.Series(
        np.where(np.isnan(amounts), UNKNOWN, number), index=values.index, dtype="int64"
    )
