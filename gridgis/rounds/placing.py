"""Which grid the places of visits lie in, many at once, by the edition in force at some time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.locate.tiles import NOBODY
from gridgis.model import AreaName

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gridgis.locate.territory import Territory


class PlacedGrid(NamedTuple):
    """A grid with the areas above it, from the top; `id` is the same in every edition."""

    id: int
    grid: AreaName
    parents: list[AreaName]

    @property
    def line(self) -> list[AreaName]:
        """The areas above it, and the grid itself."""
        return [*self.parents, self.grid]


class _Spot(NamedTuple):
    lon: float | None
    lat: float | None


def spot(lon: float | None, lat: float | None) -> _Spot:
    """Return degrees in EPSG:4326 as :func:`grids_of` takes them; None when nobody knows."""
    return _Spot(lon, lat)


def grids_of(
    territory: Territory,
    spots: Sequence[_Spot],
    at: datetime,
    layer: str,
    near_tolerance_m: float,
) -> list[PlacedGrid | None]:
    """Return the grid of each spot in a layer's edition of that time; None: no grid, or no spot."""
    lon = np.array([_degrees(one.lon) for one in spots], np.float64)
    lat = np.array([_degrees(one.lat) for one in spots], np.float64)
    found: list[PlacedGrid | None] = [None] * len(spots)
    if not spots:
        return found
    known: dict[int, PlacedGrid] = {}
    given = territory.index.answers(
        lon, lat, None, at, near_tolerance_m=near_tolerance_m, layer=layer
    )
    for one in given:
        for point, grid in zip(one.points.tolist(), one.answers.grid.tolist(), strict=True):
            if grid != NOBODY:
                row = one.edition.first + grid
                if row not in known:
                    known[row] = placed(territory, row)
                found[point] = known[row]
    return found


def grids_in_force(territory: Territory, at: datetime, layer: str) -> list[PlacedGrid]:
    """Return all grids of a layer's edition of that time, by code."""
    given = territory.index.answers([0.0], [0.0], None, at, layer=layer)
    return [
        placed(territory, row)
        for one in given
        for row in range(
            one.edition.first, one.edition.first + len(territory.area_ids(one.edition))
        )
    ]


def placed(territory: Territory, row: int) -> PlacedGrid:
    """Return the grid of a row of the territory's table."""
    told = territory.index.grids.iloc[row]
    parents = [AreaName(*parent) for parent in json.loads(told["parents"])]
    return PlacedGrid(
        int(told["area_id"]), AreaName(told["level"], told["code"], told["name"]), parents
    )


def _degrees(value: float | None) -> float:
    return np.nan if value is None else value
