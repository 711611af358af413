"""Work on all processors: the kernels run beside Python's lock."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

CHUNK_POINTS = 1 << 17
"""Points that a thread takes at a time."""


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


def each(work: Callable[[int], Result], count: int, threads: int | None = None) -> list[Result]:
    """Return work(0), work(1), ... work(count - 1), done by several threads.

    >>> each(lambda number: number * number, 4)
    [0, 1, 4, 9]
    """
    workers = min(threads or processors(), count)
    if workers <= 1:
        return [work(number) for number in range(count)]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, range(count)))


def by_chunks(
    work: Callable[[slice], Result], points: int, threads: int | None = None
) -> list[Result]:
    """Return what `work` makes of each slice of so many points, in their order."""
    slices = [
        slice(first, min(first + CHUNK_POINTS, points)) for first in range(0, points, CHUNK_POINTS)
    ]
    return each(lambda number: work(slices[number]), len(slices), threads)
