"""The upper levels of addresses: lines of areas from the province down to the community."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis.places.writing import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

_UPPER = 3
"""Streets are named once in a district: the first levels tell namesakes apart."""


class AreaTree:
    """Areas by name below their parents: those of the editions in force, and those of addresses."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.parents: list[int] = []
        self.codes: dict[int, str] = {}
        self.numbers: dict[str, int] = {}
        self._below: dict[tuple[int, str], int] = {}

    def add(self, code: str, name: str, parent: str | None) -> None:
        """Add an area of an edition below the one with its parent's code."""
        above = -1 if parent is None else self.numbers.get(parent, -1)
        number = self._below.get((above, fold(name)))
        if number is None or number in self.codes:
            number = self._new(name, above)
        self.codes[number] = code
        self.numbers[code] = number

    def place(self, parts: pd.DataFrame) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return each row's smallest area, and the smallest that tells streets apart; -1 for none.

        `parts` has the columns province to community, "" where the address says nothing.
        """
        codes, lines = pd.factorize(pd.MultiIndex.from_frame(parts))
        found = [self._line(tuple(line)) for line in lines]
        if not found:
            return np.full((2, len(parts)), -1, np.int32)[0], np.full(len(parts), -1, np.int32)
        ends = np.array(found, np.int32)[codes]
        return ends[:, 0], ends[:, 1]

    def _line(self, line: tuple[str, ...]) -> tuple[int, int]:
        """Walk a line of names down, making what is missing; return its end and its upper end."""
        said = [(depth, name) for depth, name in enumerate(line) if name]
        self._hang_up([name for _, name in said])
        number = upper = -1
        for depth, name in said:
            below = self._below.get((number, fold(name)))
            number = self._new(name, number) if below is None else below
            if depth < _UPPER:
                upper = number
        return number, upper

    def _hang_up(self, names: list[str]) -> None:
        """Set a top area below the larger ones that an address names before it."""
        for place, name in enumerate(names):
            top = self._below.get((-1, fold(name)))
            if top is None:
                continue
            above = -1
            for larger in names[:place]:
                above = self._new(larger, above)
            if above >= 0:
                del self._below[-1, fold(name)]
                self.parents[top] = above
                self._below[above, fold(name)] = top
            return

    def _new(self, name: str, above: int) -> int:
        number = len(self.names)
        self.names.append(name)
        self.parents.append(above)
        self._below[above, fold(name)] = number
        return number
