"""How many households live within a polygon: summed over the smallest cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridgis.store.households import CellShare, cells_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    import shapely

    from gridgis.store.connection import Connection

ROUNDING = 1e-6
"""A share as near as this to 0 or 1 is no cut: coordinates are rounded (1 m² of a km²)."""


@dataclass(frozen=True, slots=True)
class Households:
    """The households within a polygon.

    Attributes
    ----------
    households
        The sum; a cell that lies partly inside counts by the share of its area (m²).
    population
        Likewise; None where no cell says it.
    cells
        How many cells lie inside, wholly or partly.
    partial_cells
        How many of them lie partly inside.
    lower, upper
        The sum over the whole cells only; over all cells as if they were whole.
    cells_without_households, cells_without_population
        How many of the cells do not say it: they count as 0.
    partial
        The cells that lie partly inside: those with the most households first, then by code.
    """

    households: float
    population: float | None
    cells: int
    partial_cells: int
    lower: int
    upper: int
    cells_without_households: int
    cells_without_population: int
    partial: list[CellShare]


def households_within(connection: Connection, shape: shapely.Geometry) -> Households:
    """Return the households within a polygon: valid, EPSG:4326, longitude first.

    Buildings count; a compound counts where no building is known in it. A point counts whole when
    the closed polygon covers it.
    """
    return summed(cells_within(connection, shape))


def summed(touched: Sequence[CellShare]) -> Households:
    """Return the sum over cells by their shares.

    >>> half = CellShare("test:A", "A", "building", 41, None, 0.5)
    >>> found = summed([half, half._replace(cell="test:B", share=1.0)])
    >>> found.households, found.lower, found.upper, found.partial_cells
    (61.5, 41, 82, 1)
    """
    inside = [cell for cell in touched if cell.share > ROUNDING]
    partial = [cell for cell in inside if cell.share < 1 - ROUNDING]
    whole = [cell for cell in inside if cell.share >= 1 - ROUNDING]
    lower = sum(cell.households or 0 for cell in whole)
    counted = [cell for cell in inside if cell.population is not None]
    return Households(
        households=lower + sum((cell.households or 0) * cell.share for cell in partial),
        population=sum((cell.population or 0) * _share(cell) for cell in counted)
        if counted
        else None,
        cells=len(inside),
        partial_cells=len(partial),
        lower=lower,
        upper=sum(cell.households or 0 for cell in inside),
        cells_without_households=sum(cell.households is None for cell in inside),
        cells_without_population=len(inside) - len(counted),
        partial=sorted(partial, key=lambda cell: (-(cell.households or 0), cell.cell)),
    )


def _share(cell: CellShare) -> float:
    return 1.0 if cell.share >= 1 - ROUNDING else cell.share
