"""The words of line files: directions, yes and no, levels, modes; None is what none of them is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis.roads.modes import Mode

if TYPE_CHECKING:
    from collections.abc import Callable

_ALONG = {"yes", "true", "1", "1.0", "y", "f", "ft", "forward", "oneway", "是", "单行"}
_AGAINST = {"-1", "-1.0", "t", "tf", "reverse", "backward"}
_BOTH = {"", "no", "false", "0", "0.0", "n", "b", "both", "2", "2.0", "双向", "否"}
_YES = {"yes", "true", "1", "1.0", "t", "y", "viaduct", "bridge", "movable", "是"}
_NO = {"", "no", "false", "0", "0.0", "f", "n", "否"}
_WHOLE = re.compile(r"[+-]?\d+(\.0+)?", re.ASCII)
_MOST = 1 << 15


def direction(word: str) -> int | None:
    """Return 1 for one-way along the line, -1 against it, 0 both.

    >>> [direction(word) for word in ("yes", "F", "T", "-1", "B", "", "perhaps")]
    [1, 1, -1, -1, 0, 0, None]
    """
    found = word.strip().lower()
    return 1 if found in _ALONG else -1 if found in _AGAINST else 0 if found in _BOTH else None


def truth(word: str) -> bool | None:
    """Return whether a word says yes.

    >>> truth("T"), truth("no"), truth("maybe")
    (True, False, None)
    """
    found = word.strip().lower()
    return True if found in _YES else False if found in _NO else None


def level(word: str) -> int | None:
    """Return a level; it is a whole number.

    >>> level("-1"), level("2.0"), level("upper")
    (-1, 2, None)
    """
    found = word.strip()
    if not _WHOLE.fullmatch(found) or abs(float(found)) >= _MOST:
        return None
    return int(float(found))


def modes(word: str) -> int | None:
    """Return the mask of modes that a list names.

    >>> modes("car; foot"), modes("tank")
    (9, None)
    """
    mask = 0
    for one in re.split(r"[,;|\s]+", word.strip().lower()):
        if one not in set(Mode):
            return None
        mask |= Mode(one).bit
    return mask


def texts(column: pd.Series) -> pd.Series:
    """Return a column's cells as text; "" where there is none."""
    whole = column.map(_text) if column.dtype == object else column.astype("string").fillna("")
    return whole.astype(object)


def each(column: pd.Series, read: Callable[[str], object]) -> pd.Series:
    """Read every different text once; a column of a million lines has few."""
    codes, different = pd.factorize(column)
    known = np.empty(len(different), dtype=object)
    known[:] = [read(str(word)) for word in different]
    return pd.Series(known[codes], index=column.index, dtype=object)


def _text(cell: object) -> str:
    if cell is None or cell is pd.NA or (isinstance(cell, float) and np.isnan(cell)):
        return ""
    return str(cell)
