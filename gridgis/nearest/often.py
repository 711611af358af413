"""How often somebody may send: a bucket of tokens for each responder, filled as time goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_ROUNDED = 1e-6


class Allowance:
    """`per_s` positions a second for long, `burst` at once, for each of `count` responders."""

    def __init__(self, count: int, per_s: float, burst: int) -> None:
        self._per_ms = per_s / 1000
        self._burst = float(burst)
        self._left = np.full(count, float(burst))
        self._filled_ms = np.zeros(count, dtype=np.int64)

    def take(self, rows: Ints, now_ms: int) -> NDArray[np.bool_]:
        """Say which of these positions are within what their responders may send, and count them.

        >>> one = Allowance(2, per_s=1, burst=2)
        >>> one.take(np.array([0, 0, 1, 0]), now_ms=0).tolist()
        [True, True, True, False]
        >>> one.take(np.array([0, 0]), now_ms=1000).tolist()
        [True, False]
        """
        who, place = np.unique(rows, return_inverse=True)
        # A clock that is set back gives nothing and takes nothing.
        passed_ms = np.maximum(now_ms - self._filled_ms[who], 0)
        left = np.minimum(self._left[who] + passed_ms * self._per_ms, self._burst)
        order = np.argsort(place, kind="stable")
        first = np.searchsorted(place[order], np.arange(len(who)))
        nth = np.empty(len(rows), dtype=np.int64)
        nth[order] = np.arange(len(rows)) - first[place[order]]
        # A token that was filled to a last digit below one is one.
        within = nth < np.floor(left + _ROUNDED)[place]
        self._left[who] = left - np.bincount(place[within], minlength=len(who))
        self._filled_ms[who] = now_ms
        return within
