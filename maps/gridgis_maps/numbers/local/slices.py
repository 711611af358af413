"""How many reports each grid has in each slice of time, on one edition."""

from __future__ import annotations

import pandas as pd

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.editions import one_edition
from gridgis_maps.numbers.slices import OTHER, slice_counts, slice_of


def counts_by_slice(
    grid_codes: pd.Series[str], reports: pd.DataFrame, edges: pd.DatetimeIndex
) -> pd.DataFrame:
    """Count the reports of each grid in each slice.

    A boundary change is not a hotspot: when a grid is split, its count halves though nothing
    happened. So all reports must have been counted on one edition; restate them first where a
    period goes across two. Reports without a grid, or in a grid that is not asked for, are not
    counted; no more are those before the first edge or from the last one on.

    Parameters
    ----------
    grid_codes
        The grids of one edition.
    reports
        Columns `captured_at` (aware), `grid_code` (None without a grid); `edition_id` where it is
        known (NA without).
    edges
        Where slices begin, and where the last ends; aware, rising, at least two.

    Returns
    -------
    pd.DataFrame
        Index of `grid_codes`; one column a slice, named by its beginning; int64.

    Raises
    ------
    InvalidInputError
        The counted reports are of two editions; or the edges do not rise, or have no zone.

    Examples
    --------
    >>> days = pd.date_range("2026-05-01", periods=3, tz="Asia/Shanghai")
    >>> seen = pd.DataFrame({"captured_at": days[[0, 1, 1, 2]], "grid_code": ["A", "B", "B", "A"]})
    >>> counts_by_slice(pd.Series(["A", "B"]), seen, days).to_numpy().tolist()
    [[1, 0], [0, 2]]
    """
    _check_edges(edges)
    known = reports[reports["grid_code"].isin(grid_codes)]
    one_edition(known[slice_of(known["captured_at"], edges) != OTHER], "reports")
    counts = slice_counts(grid_codes, known, edges).table(len(grid_codes))
    return pd.DataFrame(counts.T, index=grid_codes.index, columns=edges[:-1])


def _check_edges(edges: pd.DatetimeIndex) -> None:
    if len(edges) <= 1 or not edges.is_monotonic_increasing or edges.has_duplicates:
        msg = f"edges: {len(edges)} moments must be at least two, each later than the one before"
        raise InvalidInputError(msg)
    if edges.tz is None:
        msg = "edges: moments need a zone, such as Asia/Shanghai"
        raise InvalidInputError(msg)
