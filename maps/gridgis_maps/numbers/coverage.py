"""The figures of a coverage map, from its frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from gridgis_maps.numbers.bands import band_of, median_distance_m, share_by_band
from gridgis_maps.numbers.distance import has_place, nearest_distance_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from gridgis_maps.frames.coverage import CoverageFrames

BANDS_M = (300.0, 600.0, 1000.0, 2000.0, 3000.0)

CELLS, GRIDS, PLACES = "cells", "grids", "places"
"""What the shares are of: households by cell, households by grid, or grids for want of both."""


@dataclass(frozen=True)
class Coverage:
    """The figures of a coverage map.

    Attributes
    ----------
    responders
        Those with the skill that have a place.
    unplaced
        How many with the skill have none.
    grids
        Index of the grids; columns `distance_m`, `nearest` (label in `responders`), `band` (from
        0; -1 without a distance).
    bands
        One row a band, the last for no distance: `from_m`, `to_m`, `grids`, `households` and
        `share` (0 to 1; of grids where `basis` is ``places``).
    basis
        ``cells``, ``grids`` or ``places``.
    unknown
        Cells or grids whose households are unknown.
    median_m
        Metres within which half of the households (or grids) lie.
    """

    responders: gpd.GeoDataFrame
    unplaced: int
    grids: pd.DataFrame
    bands: pd.DataFrame
    basis: str
    unknown: int
    median_m: float


def coverage_figures(
    frames: CoverageFrames, skill: str | None = None, bands_m: Sequence[float] = BANDS_M
) -> Coverage:
    """Return the figures of a coverage map.

    A grid's distance is that of its representative point. Households lie at their cell's
    representative point when cells with households are given, else at their grid's; when no
    household is known each grid weighs the same.

    Raises
    ------
    InvalidInputError
        The bands do not rise from above zero.
    """
    able = with_skill(frames.responders, skill)
    placed = able.loc[has_place(able.geometry)]
    grids = nearest_distance_m(frames.grids.geometry, placed.geometry)
    grids["band"] = band_of(grids["distance_m"], bands_m)
    basis, where_m, weight = _weights(frames, grids["distance_m"], placed.geometry)
    bands = share_by_band(where_m, weight, bands_m)
    by_grid = share_by_band(grids["distance_m"], weight.reindex(grids.index), bands_m)
    return Coverage(
        responders=placed,
        unplaced=len(able) - len(placed),
        grids=grids,
        bands=bands.drop(columns=["places", "unknown"]).assign(grids=by_grid["places"]),
        basis=basis,
        unknown=int(bands["unknown"].sum()),
        median_m=median_distance_m(where_m, weight),
    )


def with_skill(responders: gpd.GeoDataFrame, skill: str | None) -> gpd.GeoDataFrame:
    """Return the responders that have a skill; all of them when it is None."""
    if skill is None:
        return responders
    able = [not _none(skills) and skill in list(skills) for skills in responders["skills"]]
    return responders.loc[able]


def households_of(places: gpd.GeoDataFrame) -> pd.Series[float]:
    """Return the places' households as numbers, NaN where unknown."""
    return pd.to_numeric(places["households"], errors="coerce").astype("float64")


def _weights(
    frames: CoverageFrames, grid_m: pd.Series[float], responders: gpd.GeoSeries
) -> tuple[str, pd.Series[float], pd.Series[float]]:
    """Return what the shares are of, with each place's distance and weight."""
    if frames.cells is not None and households_of(frames.cells).sum() > 0:
        cell_m = nearest_distance_m(frames.cells.geometry, responders)["distance_m"]
        return CELLS, cell_m, households_of(frames.cells)
    households = households_of(frames.grids)
    if households.sum() > 0:
        return GRIDS, grid_m, households
    return PLACES, grid_m, pd.Series(1.0, index=grid_m.index)


def _none(skills: object) -> bool:
    return skills is None or isinstance(skills, float)
