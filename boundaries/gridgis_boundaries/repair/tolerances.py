"""How far repair may go by itself."""

from __future__ import annotations

from dataclasses import dataclass

from gridgis.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Tolerances:
    """What is mended, and what is left to a person.

    A gap is filled when it is at most `gap_m` wide (twice its area by its perimeter) and at most
    `gap_m2` large; any other is listed as ground without a grid. Of overlaps and gaps those at most
    `sliver_m` wide are called slivers. A vertex of a broken border that lies within `snap_m` of a
    neighbour's border is put on it.
    """

    gap_m: float = 2.0
    gap_m2: float = 10_000.0
    sliver_m: float = 0.5
    snap_m: float = 0.01

    def __post_init__(self) -> None:
        for name in ("gap_m", "gap_m2", "sliver_m", "snap_m"):
            amount = getattr(self, name)
            if not 0 <= amount < float("inf"):
                msg = f"{name} is {amount:g}; it is a number from 0 on"
                raise InvalidInputError(msg)
