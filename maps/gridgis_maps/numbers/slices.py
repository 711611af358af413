"""A period cut into days, weeks or months, and the reports of each grid in each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

Each = Literal["day", "week", "month"]
EACH: tuple[Each, ...] = ("day", "week", "month")
MOST_CHOSEN, MOST_ASKED = 400, 1000
"""So many slices are cut at most: when the page may choose, and when somebody asked for them."""

_STEP = {
    "day": pd.DateOffset(days=1),
    "week": pd.DateOffset(weeks=1),
    "month": pd.DateOffset(months=1),
}
OTHER = -1
"""The grid of a report that is in none of the map, and the slice of one that is in none."""


@dataclass(frozen=True)
class Slices:
    """A period cut at midnights of the city.

    Attributes
    ----------
    each
        How long a slice is.
    edges
        One more than there are slices; in the city's zone, rising.
    whole
        Which slices the period holds from their first midnight to their last; bool.
    """

    each: Each
    edges: pd.DatetimeIndex
    whole: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return how many slices there are."""
        return len(self.whole)

    @property
    def latest(self) -> int:
        """The last slice that is whole; the last one when none is."""
        whole = np.flatnonzero(self.whole)
        return int(whole[-1]) if len(whole) else len(self) - 1


@dataclass(frozen=True)
class Counts:
    """How many reports each grid has in each slice; pairs with none are not kept.

    Attributes
    ----------
    slice_at, grid_at
        Positions, by slice, then grid; int64 (n,).
    reports
        At least 1; int64 (n,).
    others
        Reports of each slice that are in no grid of the map; int64, one a slice.
    """

    slice_at: NDArray[np.int64]
    grid_at: NDArray[np.int64]
    reports: NDArray[np.int64]
    others: NDArray[np.int64]

    def table(self, grids: int) -> NDArray[np.int64]:
        """Return all pairs, those with none too; shape (slices, grids)."""
        dense = np.zeros((len(self.others), grids), np.int64)
        dense[self.slice_at, self.grid_at] = self.reports
        return dense


def slices_of(start: datetime, end: datetime, zone: ZoneInfo, each: Each | None = None) -> Slices:
    """Cut [start, end) at the midnights of a zone: a day may have 23 or 25 hours.

    A week begins on Monday, a month on its first. Without `each` the shortest that makes at most
    `MOST_CHOSEN` slices is taken; what was asked for grows longer beyond `MOST_ASKED`.

    >>> from datetime import datetime, UTC
    >>> from zoneinfo import ZoneInfo
    >>> noon = datetime(2026, 5, 1, 4, tzinfo=UTC)
    >>> cut = slices_of(noon, noon + pd.Timedelta(days=1), ZoneInfo("Asia/Shanghai"))
    >>> cut.each, cut.edges.strftime("%m-%d %H").tolist(), cut.whole.tolist()
    ('day', ['05-01 00', '05-02 00', '05-03 00'], [False, False])
    """
    first = pd.Timestamp(start).tz_convert(zone)
    last = max(pd.Timestamp(end).tz_convert(zone), first + pd.Timedelta(microseconds=1))
    begin = EACH.index(each) if each else 0
    most = MOST_ASKED if each else MOST_CHOSEN
    for length in EACH[begin:]:
        edges = _edges(first, last, length)
        if len(edges) <= most + 1:
            break
    whole = (edges[:-1] >= first) & (edges[1:] <= last)
    return Slices(length, edges, np.asarray(whole, bool))


def slice_of(moments: pd.Series[pd.Timestamp], edges: pd.DatetimeIndex) -> NDArray[np.int64]:
    """Return the slice of each moment; `OTHER` for one that is in none, or missing."""
    instants = pd.DatetimeIndex(pd.to_datetime(moments, utc=True)).as_unit("us")
    ends = edges.tz_convert("UTC").as_unit("us")
    at = np.searchsorted(ends.asi8, instants.asi8, side="right") - 1
    there = np.asarray(instants.notna()) & (at >= 0) & (at < len(edges) - 1)
    found: NDArray[np.int64] = np.where(there, at, OTHER)
    return found


def slice_counts(
    codes: Sequence[str] | pd.Series[str], reports: pd.DataFrame, edges: pd.DatetimeIndex
) -> Counts:
    """Count the reports of each grid in each slice.

    Parameters
    ----------
    codes
        The grids of the map, in their order.
    reports
        Columns `captured_at` (aware), `grid_code` (None without a grid).
    edges
        Where slices begin, and where the last ends; aware, rising.
    """
    slice_at = slice_of(reports["captured_at"], edges)
    grid_at = pd.Index(codes).get_indexer(pd.Index(reports["grid_code"].astype(object)))
    inside = slice_at != OTHER
    others = np.bincount(slice_at[inside & (grid_at == OTHER)], minlength=len(edges) - 1)
    counted = inside & (grid_at != OTHER)
    keys, count = np.unique(slice_at[counted] * len(codes) + grid_at[counted], return_counts=True)
    size = max(len(codes), 1)
    return Counts(keys // size, keys % size, count, others.astype(np.int64))


def running(counts: Counts, grids: int, length: int) -> NDArray[np.int64]:
    """Return the sum over each slice and those before it, `length` in all; shape (slices, grids).

    At the beginning there are fewer before it, and the sum is of those that are there.

    >>> ones = np.array([0, 1, 2])
    >>> table = Counts(ones, np.zeros(3, np.int64), np.array([5, 1, 2]), np.zeros(3, np.int64))
    >>> running(table, 1, 2).ravel().tolist()
    [5, 6, 3]
    """
    summed = np.cumsum(counts.table(grids), axis=0)
    summed[length:] -= summed[:-length].copy()
    return summed


def per_slice(counts: Counts) -> pd.DataFrame:
    """Return what each slice came to.

    Columns: count (in grids of the map), grids (with any), foremost (the position of the grid with
    the most, the first of several; `OTHER` without any), most (its count), others.
    """
    number = len(counts.others)
    total = np.bincount(counts.slice_at, counts.reports, minlength=number)
    # By slice, then the most first, then the grids' order.
    order = np.lexsort((counts.grid_at, -counts.reports, counts.slice_at))
    found, first = np.unique(counts.slice_at[order], return_index=True)
    foremost = np.full(number, OTHER, np.int64)
    most = np.zeros(number, np.int64)
    foremost[found] = counts.grid_at[order][first]
    most[found] = counts.reports[order][first]
    return pd.DataFrame(
        {
            "count": total.astype(np.int64),
            "grids": np.bincount(counts.slice_at, minlength=number),
            "foremost": foremost,
            "most": most,
            "others": counts.others,
        }
    )


def _edges(first: pd.Timestamp, last: pd.Timestamp, each: Each) -> pd.DatetimeIndex:
    # On the calendar without a zone, so that a day with 23 hours is a day.
    begin = first.tz_localize(None).normalize()
    if each == "week":
        begin -= pd.Timedelta(days=begin.weekday())
    elif each == "month":
        begin = begin.replace(day=1)
    end = last.tz_localize(None)
    edges = pd.date_range(begin, end + _STEP[each], freq=_STEP[each])
    edges = edges[: int((edges < end).sum()) + 1]
    zone = first.tz
    # A midnight that a change of the clock skips is the first moment after it.
    return edges.tz_localize(zone, nonexistent="shift_forward", ambiguous=np.ones(len(edges), bool))
