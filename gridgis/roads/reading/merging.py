"""Nodes that turn out to be one: many small merges, then one look-up for all vertices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Merged:
    """Remembers which nodes became which.

    >>> merged = Merged()
    >>> merged.merge(1, 2), merged.merge(2, 3), merged.merge(1, 3)
    (True, True, False)
    >>> merged.rename(np.array([1, 2, 3, 4]))
    array([3, 3, 3, 4])
    """

    def __init__(self) -> None:
        self._into: dict[int, int] = {}

    def __bool__(self) -> bool:
        return bool(self._into)

    def find(self, node: int) -> int:
        """Return what a node became."""
        while node in self._into:
            node = self._into[node]
        return node

    def nodes(self) -> list[int]:
        """Return the nodes that became others."""
        return list(self._into)

    def merge(self, node: int, into: int) -> bool:
        """Let a node be another one; False when they are one already."""
        node, into = self.find(node), self.find(into)
        if node == into:
            return False
        self._into[node] = into
        return True

    def rename(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return nodes by what they became."""
        if not self._into:
            return nodes
        old = np.array(sorted(self._into), dtype=np.int64)
        new = np.array([self.find(int(node)) for node in old], dtype=np.int64)
        row = np.minimum(np.searchsorted(old, nodes), len(old) - 1)
        return np.where(old[row] == nodes, new[row], nodes)
