"""Which figures of the assembly line a map shades grids by, and in which classes."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import pandas as pd

from gridgis_maps.numbers.classes import UNKNOWN, class_breaks, class_of
from gridgis_maps.numbers.density import rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

FEW = -2
"""The class of values that stand on too few cases to be held against others."""

FEWEST = 5
SHARE_ENDS = (0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
GRADE_ENDS = (2.0, 3.0, 3.5, 4.0, 4.5, 5.0)

WORKLOAD = (
    *("received", "received_per_worker", "open", "open_per_worker"),
    *("late_open", "received_per_1000_households"),
)
RESPONSE_TIME = (
    *("arrive_median_min", "arrive_p90_min", "accept_median_min"),
    *("handle_median_min", "close_median_min", "on_time_share"),
)
SATISFACTION = ("satisfied_share", "satisfaction_mean", "said_solved_share", "response_share")


class Definition(Protocol):
    """What a figure is: see :class:`gridgis.figures.Definition`."""

    @property
    def column(self) -> str:
        """The figure's column."""

    @property
    def unit(self) -> str:
        """``count``, ``share``, ``min`` or ``1 to 5``."""

    @property
    def formula(self) -> str:
        """How it is counted."""

    @property
    def rows(self) -> str:
        """Over which cases it is counted."""

    @property
    def base(self) -> str:
        """The column of the count that it stands on; empty for a count."""


class Shading(NamedTuple):
    """One figure on the map.

    Attributes
    ----------
    key
        The figure's column.
    value
        One a grid; NaN where nothing is known.
    n
        The cases (or answers) that each value stands on; NaN for a count, which is its own n, and
        where it is not told.
    classes
        1, 2, ... by `ends`; 0 for a count of zero, `UNKNOWN`, or `FEW`.
    ends
        Upper ends of the classes, rising.
    high_is_good
        Whether more is better: then the low end is the dark one.
    """

    key: str
    value: pd.Series[float]
    n: pd.Series[float]
    classes: pd.Series[int]
    ends: list[float]
    high_is_good: bool


def per_head(grids: gpd.GeoDataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Return the figures with three more: per worker of the grid, and per 1,000 households.

    Parameters
    ----------
    grids
        Columns `code`, `households` (NaN when unknown) and, for figures per worker, `workers`.
    figures
        Index: the grids' codes; columns of :data:`gridgis.figures.DEFINITIONS`, and `small`
        (names of those that stand on few cases, by spaces) where it is known.

    Returns
    -------
    pd.DataFrame
        Index of `grids`; a grid without figures has NaN. `received_per_worker`, `open_per_worker`
        and `received_per_1000_households` are NaN where there is nobody, or nobody knows.
    """
    rows = figures.reindex(grids["code"].to_numpy()).set_axis(grids.index)
    counted = rows.drop(columns="small", errors="ignore")
    numbers: pd.DataFrame = counted.apply(pd.to_numeric, errors="coerce").astype("float64")
    if "small" in rows:
        numbers["small"] = rows["small"].fillna("")
    nobody = pd.Series(np.nan, index=grids.index)
    workers = pd.to_numeric(grids.get("workers", nobody), errors="coerce").astype("float64")
    return numbers.assign(
        received_per_worker=rate(numbers["received"], workers),
        open_per_worker=rate(numbers["open"], workers),
        received_per_1000_households=rate(numbers["received"], grids["households"], per=1000),
    )


def shading(
    numbers: pd.DataFrame, key: str, known: Definition | None = None, fewest: int = FEWEST
) -> Shading:
    """Return one figure in classes; `known` says what it is, if it is one of the assembly line's.

    A share or a grade has fixed classes, so that two months can be laid side by side; anything
    else has those of :func:`class_breaks`. A value that stands on fewer than `fewest` cases is in
    the class `FEW` whatever it is, and makes no breaks.

    >>> from gridgis.figures.definitions import BY_COLUMN
    >>> numbers = pd.DataFrame({"satisfied_share": [1.0, 0.9, None], "answered": [2.0, 20.0, 0.0]})
    >>> shading(numbers, "satisfied_share", BY_COLUMN["satisfied_share"]).classes.tolist()
    [-2, 4, -1]
    """
    value = numbers[key].astype("float64")
    base = known.base if known else ""
    n = numbers[base] if base in numbers else pd.Series(np.nan, index=numbers.index)
    few = value.notna() & ((n < fewest) | _said_small(numbers, key))
    fixed = _fixed_ends(known)
    ends = [*fixed] or class_breaks(value.mask(few), whole=known is not None and not base)
    classes = _between(value, ends) if fixed else class_of(value, ends)
    return Shading(key, value, n, classes.mask(few, FEW), ends, bool(fixed))


def _said_small(numbers: pd.DataFrame, key: str) -> pd.Series[bool]:
    """Return for which grids the figures themselves say that one stands on few cases."""
    if "small" not in numbers:
        return pd.Series(data=False, index=numbers.index)
    return numbers["small"].map(lambda names: key in names.split())


def _fixed_ends(known: Definition | None) -> Sequence[float]:
    if known is None:
        return ()
    return {"share": SHARE_ENDS, "1 to 5": GRADE_ENDS}.get(known.unit, ())


def _between(value: pd.Series[float], ends: Sequence[float]) -> pd.Series[int]:
    """Return the class of each value, where nothing but NaN is empty."""
    number = np.searchsorted([*ends[:-1], inf], value.to_numpy("float64"), side="left") + 1
    return pd.Series(np.where(value.isna(), UNKNOWN, number), index=value.index, dtype="int64")
