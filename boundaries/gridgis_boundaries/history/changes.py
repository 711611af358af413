"""What a redraw changed: which area kept, gave and took which ground and households."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from gridgis_boundaries.history.ground import OUTSIDE
from gridgis_boundaries.history.overlay import overlay

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

KINDS = ("keep", "split", "merge", "transfer", "new", "gone")


class Changes(NamedTuple):
    """What became of each area.

    `pieces`: one row a piece of ground, columns kind, from_code, from_name, to_code, to_name (None
    outside), households, area_m2, share (of the old area's households, of its ground where it has
    none) and new_share (of the new area's). `renamed` and `recoded`: columns area_id, before, after
    of the areas on both sides.
    """

    pieces: pd.DataFrame
    renamed: pd.DataFrame
    recoded: pd.DataFrame


def changes(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, cells: gpd.GeoDataFrame | None = None
) -> Changes:
    """Return what became of the areas of one level.

    Parameters
    ----------
    old, new, cells
        As :func:`gridgis_boundaries.history.overlay.overlay` takes them, with area_id and name.

    Returns
    -------
    Of each piece the kind:

    - ``keep``: the same area has it;
    - ``split``: it went to an area that was not there before;
    - ``merge``: it is of an area that is no more; when the other was not there before either, it
      is a merge if it is more of the old area than of the new one, else a split;
    - ``transfer``: it went from one area to another, and both were there before and after;
    - ``new``: nobody covered it before; ``gone``: nobody covers it any more.
    """
    ground = overlay(old, new, cells)
    share = _share(ground, "old", len(old))
    new_share = _share(ground, "new", len(new))
    before, after = _column(old, "area_id", ground["old"]), _column(new, "area_id", ground["new"])
    ids = set(old["area_id"]), set(new["area_id"])
    appeared = np.array([one not in ids[0] for one in after], bool)
    vanished = np.array([one not in ids[1] for one in before], bool)
    kind = np.select(
        [
            ground["old"] == OUTSIDE,
            ground["new"] == OUTSIDE,
            before == after,
            appeared & ~(vanished & (share >= new_share)),
            vanished,
        ],
        ["new", "gone", "keep", "split", "merge"],
        "transfer",
    )
    pieces = pd.DataFrame(
        {
            "kind": kind,
            "from_code": _texts(old, "code", ground["old"]),
            "from_name": _texts(old, "name", ground["old"]),
            "to_code": _texts(new, "code", ground["new"]),
            "to_name": _texts(new, "name", ground["new"]),
            "households": ground["households"],
            "area_m2": ground["area_m2"],
            "share": share,
            "new_share": new_share,
        }
    )
    return Changes(pieces, _differing(old, new, "name"), _differing(old, new, "code"))


def _share(ground: pd.DataFrame, side: str, count: int) -> NDArray[np.float64]:
    """Return which share of its area on that side each piece is; NaN outside."""
    owner = ground[side].to_numpy()
    homes, area_m2 = ground["households"].to_numpy(), ground["area_m2"].to_numpy()
    all_homes = np.bincount(owner + 1, homes, count + 1)[owner + 1]
    all_m2 = np.bincount(owner + 1, area_m2, count + 1)[owner + 1]
    by_homes = np.divide(homes, all_homes, out=np.zeros(len(ground)), where=all_homes > 0)
    share = np.where(all_homes > 0, by_homes, area_m2 / all_m2)
    return np.where(owner == OUTSIDE, np.nan, share)


def _differing(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, column: str) -> pd.DataFrame:
    """Return the areas on both sides whose column is another one, by id."""
    both = old[["area_id", column]].merge(
        new[["area_id", column]], on="area_id", suffixes=("_before", "_after")
    )
    both.columns = pd.Index(["area_id", "before", "after"])
    changed = both["before"].astype(object) != both["after"].astype(object)
    return both[changed].sort_values("area_id", ignore_index=True)


def _texts(frame: gpd.GeoDataFrame, column: str, rows: pd.Series[int]) -> pd.Series[str]:
    """Return a column as text at these rows; None outside."""
    return pd.Series(_column(frame, column, rows), dtype=object)


def _column(frame: gpd.GeoDataFrame, column: str, rows: pd.Series[int]) -> NDArray[np.object_]:
    return np.array([*frame[column].astype(object).tolist(), None], object)[rows.to_numpy()]
