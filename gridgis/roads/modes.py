"""How people go: by car, by fire engine, by bicycle, on foot."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """A way of going; each has a bit of its own in the masks of who may use a road."""

    CAR = "car"
    FIRE = "fire"
    BICYCLE = "bicycle"
    FOOT = "foot"

    @property
    def bit(self) -> int:
        """The mode's bit.

        >>> [mode.bit for mode in Mode]
        [1, 2, 4, 8]
        """
        return 1 << list(Mode).index(self)


EVERY_MODE = sum(mode.bit for mode in Mode)
"""The mask of all modes."""
