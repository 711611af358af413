"""Who moves on a road, as bits of a mask: what is allowed lies in one small number for each way."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Mode(StrEnum):
    """A way to move."""

    CAR = "car"
    FIRE = "fire"
    BICYCLE = "bicycle"
    FOOT = "foot"

    @property
    def bit(self) -> int:
        """The mode's bit in a mask.

        >>> [mode.bit for mode in Mode]
        [1, 2, 4, 8]
        """
        return 1 << list(Mode).index(self)


ALL = 15
"""The mask of all modes."""

VEHICLES = 7
"""The mask of all modes but foot."""


def mask_of(modes: Iterable[Mode]) -> int:
    """Return the mask of some modes.

    >>> mask_of([Mode.CAR, Mode.FOOT])
    9
    """
    mask = 0
    for mode in modes:
        mask |= mode.bit
    return mask


def modes_of(mask: int) -> list[Mode]:
    """Return the modes of a mask, in their order.

    >>> [str(mode) for mode in modes_of(6)]
    ['fire', 'bicycle']
    """
    return [mode for mode in Mode if mask & mode.bit]
