"""Whose ground and households each area of an edition had before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis_boundaries.history.overlay import overlay
from gridgis_boundaries.publishing.content import normal_wkb
from gridgis_boundaries.sizes import area_m2

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    from numpy.typing import NDArray

    Cells = Callable[[], gpd.GeoDataFrame]

NOBODY = -1
"""The position of ground that no area has."""


def pieces(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, cells: Cells) -> pd.DataFrame:
    """Return what each area of one edition shares with each of another, level by level.

    Areas whose shape stayed the same are paired as they are; only the others are laid over each
    other, so that a small redraw of a large city takes little.

    Parameters
    ----------
    old, new
        Areas of all levels (EPSG:4326, longitude first) as :func:`gridgis.store.areas.frame` gives
        them.
    cells
        Gives the smallest cells; asked only when something changed.

    Returns
    -------
    Columns level; old, new (positions in the frames, -1: nobody); area_m2; households (NaN: nobody
    knows); share_of_old and share_of_new (0 to 1; NaN where there is no such area): of the
    households where the area has any, else of the ground. Index 0..n-1.
    """
    found = []
    known: gpd.GeoDataFrame | None = None
    for level in dict.fromkeys([*old["level"], *new["level"]]):
        mine = np.flatnonzero(old["level"] == level), np.flatnonzero(new["level"] == level)
        left, right = _alike(old.iloc[mine[0]], new.iloc[mine[1]])
        alike = _same(old, mine[0][left], mine[1][right])
        olds, news = np.delete(mine[0], left), np.delete(mine[1], right)
        if len(olds) or len(news):
            known = cells() if known is None else known
            changed = _laid_over(old.iloc[olds], new.iloc[news], known)
            changed["old"] = _placed(changed["old"].to_numpy(), olds)
            changed["new"] = _placed(changed["new"].to_numpy(), news)
            alike = pd.concat([alike, changed], ignore_index=True)
        found.append(alike.assign(level=level))
    together = (
        pd.concat(found, ignore_index=True) if found else _same(old, np.array([]), np.array([]))
    )
    for side in ("old", "new"):
        together[f"share_of_{side}"] = _shares(together, side)
    return together


def _alike(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the positions of areas that have the same shape in both, each at most once."""
    at = {shape: position for position, shape in enumerate(normal_wkb(old.geometry.to_numpy()))}
    left, right = [], []
    for position, shape in enumerate(normal_wkb(new.geometry.to_numpy())):
        if (there := at.pop(shape, None)) is not None:
            left.append(there)
            right.append(position)
    return np.array(left, dtype=np.int64), np.array(right, dtype=np.int64)


def _same(old: gpd.GeoDataFrame, left: NDArray[np.int64], right: NDArray[np.int64]) -> pd.DataFrame:
    kept = old.iloc[left.astype(np.int64)]
    return pd.DataFrame(
        {
            "old": left.astype(np.int64),
            "new": right.astype(np.int64),
            "area_m2": area_m2(kept.geometry),
            "households": kept["households"].astype("Float64").to_numpy(float, na_value=np.nan),
        }
    )


def _laid_over(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, cells: gpd.GeoDataFrame
) -> pd.DataFrame:
    table = overlay(old.reset_index(drop=True), new.reset_index(drop=True), cells)
    table = table[["old", "new", "area_m2", "households"]]
    # Of an area that says nothing, and where no cell does, nobody knows how many live there.
    counted = table.groupby("old")["households"].transform("sum") > 0
    stated = np.append(old["households"].notna().to_numpy(), False)[table["old"]]
    return table.assign(households=table["households"].where(counted | stated))


def _placed(at: NDArray[np.int64], positions: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.append(positions, NOBODY)[at]


def _shares(table: pd.DataFrame, side: str) -> pd.Series[float]:
    amounts = table[["households", "area_m2"]].fillna(0.0)
    whole = amounts.groupby(table[side]).transform("sum")
    by_ground = amounts["area_m2"] / whole["area_m2"]
    peopled = whole["households"] > 0
    share = (amounts["households"] / whole["households"].where(peopled)).where(peopled, by_ground)
    return share.where(table[side] != NOBODY)
