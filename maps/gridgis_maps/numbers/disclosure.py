"""What may be shown to everybody: counts that are not too few, and that no total gives away.

Sources: L. Willenborg and T. de Waal, Elements of Statistical Disclosure Control (2001),
https://doi.org/10.1007/978-1-4613-0121-9, chapter 4: primary and secondary suppression.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FEW = 5
"""Counts above zero and below this are masked."""


class Disclosed(NamedTuple):
    """What may be shown of a table of counts.

    Attributes
    ----------
    rows
        Whether each row may be shown, on the index of the counts; a row of several counts is shown
        with all of them, or with none.
    groups
        Whether each group's totals may be shown, by group.
    total
        Whether the totals of all rows may be shown.
    """

    rows: pd.Series[bool]
    groups: pd.Series[bool]
    total: bool

    @property
    def masked(self) -> int:
        """How many rows are masked."""
        return int((~self.rows).sum())


class Published(NamedTuple):
    """Figures as they may be shown, and what was masked of them.

    Attributes
    ----------
    figures
        The figures: NaN where masked, and a column `masked`.
    disclosed
        What may be shown.
    shown
        The sum of the counts that are shown.
    masked
        The sum of those that are not; None when the total does not say so.
    """

    figures: pd.DataFrame
    disclosed: Disclosed
    shown: int
    masked: int | None


def published(
    figures: pd.DataFrame,
    groups: pd.Series[str],
    counts: Sequence[str],
    derived: Sequence[str] = (),
) -> Published:
    """Return figures as everybody may see them: small counts and what follows from them masked.

    Parameters
    ----------
    figures
        A row a grid.
    groups
        The street of each row, whose totals a reader may know; on the index of `figures`.
    counts
        The columns that count: together they are masked as :func:`disclosable` says.
    derived
        The columns that a count could be reckoned from, such as rates: masked with the counts.

    Examples
    --------
    >>> figures = pd.DataFrame({"count": [2, 9, 30], "per_km2": [1.0, 4.5, 15.0]})
    >>> shown = published(figures, pd.Series(["north"] * 3), ["count"], ["per_km2"])
    >>> shown.figures["per_km2"].tolist(), shown.shown, shown.masked
    ([nan, nan, 15.0], 30, 11)
    """
    disclosed = disclosable(figures[list(counts)], groups)
    kept = figures[[*counts, *derived]].astype("float64").where(disclosed.rows)
    total = int(figures[list(counts)].to_numpy().sum())
    shown = int(np.nansum(kept[list(counts)].to_numpy()))
    masked = total - shown if disclosed.total else None
    return Published(
        figures.assign(**{str(name): kept[name] for name in kept}, masked=~disclosed.rows),
        disclosed,
        shown,
        masked,
    )


def disclosable(counts: pd.DataFrame, groups: pd.Series[str], few: int = FEW) -> Disclosed:
    """Return which rows, group totals and grand totals of a table of counts may be shown.

    A row is masked when any of its counts is above zero and below `few`, and so is a total. Then
    companions are masked as well, the least count first, until the **law** holds: whoever sees the
    shown counts and totals, and knows that counts are whole and not negative (and, where the table
    has one column and no zero had to be masked, that masked counts are not zero), still finds at
    least two values below `few` possible for each masked count from 1 to ``few - 1``, and at least
    two values for each such total. Rows are masked across all columns, so that neither one measure
    nor the sum of several gives another one away.

    A group whose rows cannot be protected loses its total; so do others then, or all of them.

    Parameters
    ----------
    counts
        Whole numbers, not negative: a row a grid, a column a measure or a layer. A rate of a count
        is masked with it; it is no column.
    groups
        The group of each row, such as its street, on the index of `counts`; None is one group.
    few
        What is masked lies above zero and below this.

    Returns
    -------
    Disclosed
        An empty table has nothing to mask.

    Examples
    --------
    >>> streets = pd.Series(["north", "north", "north", "south", "south"])
    >>> found = disclosable(pd.DataFrame({"reports": [2, 9, 30, 8, 12]}), streets)
    >>> found.rows.tolist(), found.groups.to_dict(), found.total
    ([False, False, True, True, True], {'north': True, 'south': True}, True)
    """
    table = _Masking(counts.to_numpy("int64"), groups.fillna("").astype(str), few)
    while table.unsafe_group() or table.unsafe_rest():
        pass
    return Disclosed(
        pd.Series(~table.masked, index=counts.index),
        pd.Series(~table.hidden, index=pd.Index(table.names)),
        table.total,
    )


class _Masking:
    """A table while it is being masked: each step masks one row more, or hides one total more.

    Each group whose total is shown is a sum of its own; all the others are one sum together, the
    rest of the grand total. A sum protects its masked rows when there are two of them at least, and
    when it leaves one of them something to give: it is above the least that they can be.
    """

    def __init__(self, counts: NDArray[np.int64], groups: pd.Series[str], few: int) -> None:
        self.counts, self.few = counts, few
        self.weight = counts.sum(axis=1)
        self.group, names = pd.factorize(groups, sort=True)
        self.names = [str(name) for name in names]
        totals = np.zeros((len(self.names), counts.shape[1]), dtype="int64")
        np.add.at(totals, self.group, counts)
        self.masked = self._are_few(counts)
        self.hidden = self._are_few(totals)
        self.total = not bool(self._are_few(counts.sum(axis=0, keepdims=True)).any())

    def unsafe_group(self) -> bool:
        """Mask one row more of a group that gives one away, or hide its total; False: none does."""
        for number in np.flatnonzero(~self.hidden):
            mine = self.group == number
            if not self._safe(mine & self.masked):
                if not self._mask_one_of(mine):
                    self.hidden[number] = True
                return True
        return False

    def unsafe_rest(self) -> bool:
        """Mask or hide one thing more where the grand total gives a hidden one away."""
        if not self.total or not self.hidden.any():
            return False
        rest = self.hidden[self.group]
        with_masked = np.unique(self.group[rest & self.masked])
        if len(with_masked) >= 2 and self._safe(rest & self.masked):  # noqa: PLR2004 - one is told by the others
            return False
        if len(with_masked) < 2 or not self._mask_one_of(rest):  # noqa: PLR2004 - the same
            self._hide_one_more()
        return True

    def _are_few(self, counts: NDArray[np.int64]) -> NDArray[np.bool_]:
        return np.asarray(((counts > 0) & (counts < self.few)).any(axis=1))

    def _safe(self, masked: NDArray[np.bool_]) -> bool:
        held = self.counts[masked]
        told = ((held > 0) & (held < self.few)).any(axis=0)
        if not told.any():
            return True
        least = 1 if held.shape[1] == 1 and (held > 0).all() else 0
        return len(held) > 1 and bool((held.sum(axis=0)[told] > least * len(held)).all())

    def _mask_one_of(self, rows: NDArray[np.bool_]) -> bool:
        """Mask the shown row with the least count; one of zeros only when there is no other."""
        shown = np.flatnonzero(rows & ~self.masked)
        if not len(shown):
            return False
        order = np.lexsort((self.weight[shown], self.weight[shown] == 0))
        self.masked[shown[order[0]]] = True
        return True

    def _hide_one_more(self) -> None:
        """Hide the least of the totals that are shown, and one row of it; else the grand total."""
        weight = np.bincount(self.group, self.weight, minlength=len(self.names))
        shown = np.flatnonzero(~self.hidden & (weight > 0))
        if not len(shown):
            self.total = False
            return
        least = shown[np.argmin(weight[shown])]
        self.hidden[least] = True
        mine = self.group == least
        if not (mine & self.masked).any():
            self._mask_one_of(mine)
