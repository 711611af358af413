"""How the counts of one set of areas become counts of another: weights, and whole numbers."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis.errors import InvalidInputError
from gridgis_boundaries.apportioning import apportion
from gridgis_boundaries.history.overlay import overlay

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

OUTSIDE = "outside"
"""Where counts go whose ground no area covers."""


def crosswalk(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, cells: gpd.GeoDataFrame | None = None
) -> pd.DataFrame:
    r"""Return which share of a count of each old area belongs to which new area.

    Parameters
    ----------
    old, new, cells
        As :func:`gridgis_boundaries.history.overlay.overlay` takes them; codes are unique in each.

    Returns
    -------
    One row a pair: from_code, from_id, to_code (:data:`OUTSIDE` where nobody covers the ground),
    to_id (Int64, NA outside), weight in (0, 1], basis, households (of the cells, else the weight of
    what the old area says; NaN unknown), area_m2. By old, then new area,
    outside last. The weights of each old area add up to exactly 1 (`math.fsum`); one whose ground
    is nowhere has one row, to outside.

    Of an old area :math:`i` and a new area :math:`j` that share :math:`a_{ij}` m² and the
    :math:`h_{ij}` households of cells, the weight is, by the first basis that is known:

    - ``cell``: :math:`h_{ij} / \sum_k h_{ik}`, where cells hold households of :math:`i`;
    - ``households``: :math:`\propto a_{ij} H_j / A_j`, where each new area on its ground says its
      households :math:`H_j` on :math:`A_j` m² (Goodchild & Lam 1980, areal interpolation with a
      known density; ground outside keeps its share by area);
    - ``area``: :math:`a_{ij} / \sum_k a_{ik}`.

    >>> import geopandas as gpd, shapely
    >>> west, east = shapely.box(104, 30, 104.01, 30.01), shapely.box(104.01, 30, 104.02, 30.01)
    >>> old = gpd.GeoDataFrame({"code": ["A"]}, geometry=[west | east], crs=4326)
    >>> new = gpd.GeoDataFrame({"code": ["B"]}, geometry=[west], crs=4326)
    >>> crosswalk(old, new)[["from_code", "to_code", "weight", "basis"]].round(3)
      from_code  to_code  weight basis
    0         A        B     0.5  area
    1         A  outside     0.5  area
    """
    for frame in (old, new):
        _require_unique(frame)
    # Without what the old areas say themselves, households are those of the cells.
    silent = old.assign(households=pd.array([None] * len(old), "Int64"))
    table = _weighed(overlay(silent, new, cells), len(old), _stated(new))
    lost = np.setdiff1d(np.arange(len(old)), table["old"])
    if len(lost):
        nowhere = {"new": -1, "area_m2": 0.0, "households": 0.0, "weight": 1.0, "basis": "area"}
        table = pd.concat((table, pd.DataFrame({"old": lost, **nowhere})), ignore_index=True)
    table = table.iloc[np.lexsort((table["new"], table["new"] < 0, table["old"]))]
    by_old = _stated(old)[table["old"]] * table["weight"]
    table["households"] = table["households"].where(table["basis"] == "cell", by_old)
    return _named(table.reset_index(drop=True), old, new)


def restate(counts: pd.Series[int], table: pd.DataFrame) -> pd.Series[int]:
    """Return whole counts of old areas as whole counts of new ones, with the same total.

    Parameters
    ----------
    counts
        Whole numbers; index: codes of the old areas.
    table
        The crosswalk.

    Returns
    -------
    Whole numbers; index: codes of the new areas that the crosswalk names, in their order by bytes,
    :data:`OUTSIDE` last. Each is a sum of shares, rounded by the largest remainder.

    Raises
    ------
    InvalidInputError
        A count belongs to a code that the crosswalk does not know.
    """
    unknown = counts.index.difference(pd.Index(table["from_code"]))
    if len(unknown):
        msg = f"the crosswalk has no area {unknown[0]!r}, which has a count; name it, or drop it"
        raise InvalidInputError(msg)
    shares = table["weight"] * counts.reindex(table["from_code"], fill_value=0).to_numpy()
    codes = [*sorted(set(table["to_code"]) - {OUTSIDE}), OUTSIDE]
    expected = shares.groupby(table["to_code"]).sum().reindex(codes, fill_value=0.0)
    if not len(table) or OUTSIDE not in set(table["to_code"]):
        expected = expected.drop(OUTSIDE)
    whole = apportion(int(counts.sum()), expected.to_numpy())
    return pd.Series(whole, index=expected.index, name=counts.name)


def _weighed(ground: pd.DataFrame, count: int, stated: NDArray[np.float64]) -> pd.DataFrame:
    """Return the pieces of the old areas with their weight and its basis."""
    covered_m2 = np.bincount(ground["new"] + 1, ground["area_m2"], len(stated) + 1)[1:]
    density = np.append(stated / np.where(covered_m2 > 0, covered_m2, 1.0), np.nan)
    ground = ground[ground["old"] >= 0]
    owner = ground["old"].to_numpy()
    cells = _normed(ground["households"].to_numpy(), owner, count)
    houses = _by_density(ground, density, count)
    area = _normed(ground["area_m2"].to_numpy(), owner, count)
    weight = np.where(np.isnan(cells), np.where(np.isnan(houses), area, houses), cells)
    basis = np.where(np.isnan(cells), np.where(np.isnan(houses), "area", "households"), "cell")
    found = ground.assign(weight=weight, basis=basis.astype(object))
    found = found[found["weight"] > 0]
    return found.assign(weight=_exact(found["old"].to_numpy(), found["weight"].to_numpy()))


def _by_density(
    ground: pd.DataFrame, density: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Return the weights when each new area's households stand evenly on its ground.

    What is outside keeps its share of the ground. NaN for all pieces of an old area of which not
    every new area says its households.
    """
    owner, target = ground["old"].to_numpy(), ground["new"].to_numpy()
    area_m2, inside = ground["area_m2"].to_numpy(), target >= 0
    whole_m2 = np.bincount(owner, area_m2, count)[owner]
    covered = np.bincount(owner, np.where(inside, area_m2, 0.0), count)[owner] / whole_m2
    spread = _normed(np.where(inside, density[target] * area_m2, 0.0), owner, count)
    found: NDArray[np.float64] = np.where(inside, spread * covered, area_m2 / whole_m2 + 0 * spread)
    return found


def _normed(
    amount: NDArray[np.float64], owner: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    """Return the amounts as shares of their owner's sum; NaN where that is 0 or unknown."""
    total = np.bincount(owner, amount, count)[owner]
    unknown = np.full(len(amount), np.nan)
    shares: NDArray[np.float64] = np.divide(amount, total, out=unknown, where=total > 0)
    return shares


def _exact(owner: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Let the largest weight of each owner take what rounding left of 1; rows are by owner."""
    exact = weight.copy()
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    for first, end in pairwise([*starts.tolist(), len(owner)]):
        largest = first + int(np.argmax(weight[first:end]))
        exact[largest] = 0.0
        exact[largest] = 1.0 - math.fsum(exact[first:end])
        # That difference is rounded as well: half a step too far is a step to take back.
        left = 1.0 - math.fsum(exact[first:end])
        if left:
            exact[largest] = np.nextafter(exact[largest], 2.0 * (left > 0))
    return exact


def _named(table: pd.DataFrame, old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "from_code": _of(old, "code", table["old"]),
            "from_id": pd.Series(_of(old, "area_id", table["old"])).astype("Int64"),
            "to_code": np.where(table["new"] < 0, OUTSIDE, _of(new, "code", table["new"])),
            "to_id": pd.Series(_of(new, "area_id", table["new"])).astype("Int64"),
            "weight": table["weight"],
            "basis": table["basis"],
            "households": table["households"],
            "area_m2": table["area_m2"],
        }
    )


def _of(frame: gpd.GeoDataFrame, column: str, rows: pd.Series[int]) -> NDArray[np.object_]:
    """Return a column of the frame at these rows; NA at -1, and where it has no such column."""
    values = frame[column].astype(object).tolist() if column in frame else [pd.NA] * len(frame)
    return np.array([*values, pd.NA], object)[rows.to_numpy()]


def _stated(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    if "households" not in frame:
        return np.full(len(frame), np.nan)
    known = frame["households"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return np.asarray(known, np.float64)


def _require_unique(frame: gpd.GeoDataFrame) -> None:
    twice = frame["code"][frame["code"].duplicated()]
    if len(twice):
        msg = (
            f"code {twice.iloc[0]!r} stands on several areas; a crosswalk takes one level at a time"
        )
        raise InvalidInputError(msg)
