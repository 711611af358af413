"""A heap of int64 keys, the least first; four children a node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.compiling import bare

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@bare
def push(heap: NDArray[np.int64], size: int, key: int) -> int:
    """Add a key; return the new size."""
    hole = size
    while hole > 0:
        parent = (hole - 1) >> 2
        if heap[parent] <= key:
            break
        heap[hole] = heap[parent]
        hole = parent
    heap[hole] = key
    return size + 1


@bare
def settle(heap: NDArray[np.int64], size: int) -> int:
    """Take the first key away; return the new size. The key is to be read before, at heap[0]."""
    size -= 1
    key = heap[size]
    hole = 0
    while True:
        child = 4 * hole + 1
        if child >= size:
            break
        least = child
        for other in range(child + 1, min(child + 4, size)):
            if heap[other] < heap[least]:
                least = other
        if heap[least] >= key:
            break
        heap[hole] = heap[least]
        hole = least
    heap[hole] = key
    return size
