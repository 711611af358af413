"""Find rows by the 16 bytes of their report's number, a table at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Numbering:
    """The rows of reports, each once."""

    def __init__(self, ids: NDArray[np.void]) -> None:
        high, low = _halves(ids)
        self._order = np.argsort(high)
        # Past the end there is nothing to find.
        self._high = np.append(high[self._order], 0)
        self._low = np.append(low[self._order], 0)

    def rows(self, ids: NDArray[np.void]) -> NDArray[np.int64]:
        """Return the row of each report; -1 for one that is not there."""
        high, low = _halves(ids)
        count = len(self._order)
        at = np.searchsorted(self._high[:count], high)
        # Numbers with one half in common stand next to each other.
        seeking = np.flatnonzero(self._is(at, high) & (self._low[at] != low))
        while len(seeking):
            at[seeking] += 1
            seeking = seeking[
                self._is(at[seeking], high[seeking]) & (self._low[at[seeking]] != low[seeking])
            ]
        found = self._is(at, high) & (self._low[at] == low)
        rows = np.full(len(at), -1, np.int64)
        rows[found] = self._order[at[found]]
        return rows

    def _is(self, at: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.bool_]:
        same: NDArray[np.bool_] = (at < len(self._order)) & (self._high[at] == high)
        return same


class Members(NamedTuple):
    """Which rows belong to which groups: pairs, by row; a row may belong to several or none."""

    rows: NDArray[np.int64]
    groups: NDArray[np.int64]

    def spread(self, rows: NDArray[np.int64]) -> Members:
        """Return the pairs of a table whose rows belong to `rows` of this one; -1 to none."""
        last = int(self.rows[-1]) if len(self.rows) else -1
        starts = np.searchsorted(self.rows, np.arange(last + 2))
        known = np.flatnonzero((rows >= 0) & (rows <= last))
        first = starts[rows[known]]
        count = starts[rows[known] + 1] - first
        begun = np.cumsum(count) - count
        place = np.arange(int(count.sum())) + np.repeat(first - begun, count)
        return Members(np.repeat(known, count), self.groups[place])


def in_groups(groups: NDArray[np.int64]) -> Members:
    """Return each row's one group; rows of a group below 0 belong to none."""
    rows = np.flatnonzero(groups >= 0)
    return Members(rows, groups[rows])


def taken(columns: dict[str, NDArray[Any]], rows: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """Return these rows of a table."""
    length = len(next(iter(columns.values())))
    if len(rows) == length and np.array_equal(rows, np.arange(length)):
        return columns
    return {name: values[rows] for name, values in columns.items()}


def _halves(ids: NDArray[np.void]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    both = np.ascontiguousarray(ids).view(np.int64).reshape(-1, 2)
    return np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])
