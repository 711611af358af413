"""Two plans or editions compared: who is which, who moves, every measure beside every measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis_boundaries.compare.information import variation_of_information
from gridgis_boundaries.compare.matching import match
from gridgis_boundaries.history.ground import OUTSIDE, disjoint, valid
from gridgis_boundaries.history.overlay import cell_shares, overlay

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two sets of grids.

    Attributes
    ----------
    matches
        One row a grid of either: before, after (codes; None where there is no partner), households
        before and after (of the ground, as overlay counts them), kept, left, arrived, and area_m2
        kept.
    moved_households, moved_share
        Households whose new grid is not the partner of their old one; of all households.
    variation_bits
        The variation of information of the households, of the ground where there are none.
    moves
        Who moves: cell by cell, columns code, name, kind, parent_code, parent_name, households (of
        the moved share), share, from_code, to_code (None outside).
    pieces
        For the map: columns from_code, to_code (None outside), kind (keep, moved, new, gone),
        households, area_m2, geometry (EPSG:4326).
    """

    matches: pd.DataFrame
    moved_households: float
    moved_share: float
    variation_bits: float
    moves: pd.DataFrame
    pieces: gpd.GeoDataFrame


def compare(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, cells: gpd.GeoDataFrame | None = None
) -> Comparison:
    """Compare two sets of grids of one level; neither codes nor numbers need to agree.

    Parameters
    ----------
    old, new, cells
        As :func:`gridgis_boundaries.history.overlay.overlay` takes them. Without cells nobody is
        listed by name, and the households that the old grids say move by area.
    """
    ground = overlay(old, new, cells)
    before, after = ground["old"].to_numpy(), ground["new"].to_numpy()
    same = np.array(_codes(old, before) == _codes(new, after), bool)
    partner = match(ground.assign(same=same), len(old), len(new))
    stayed = _stayed(before, after, partner)
    homes = ground["households"].to_numpy()
    moved, everybody = float(homes[~stayed].sum()), float(homes.sum())
    weight = homes if everybody > 0 else ground["area_m2"].to_numpy()
    return Comparison(
        matches=_matches(old, new, ground, partner),
        moved_households=moved,
        moved_share=moved / everybody if everybody > 0 else 0.0,
        variation_bits=variation_of_information(before, after, weight),
        moves=_moves(old, new, cells, partner),
        pieces=_pieces(old, new, ground, stayed),
    )


def beside(before: pd.DataFrame, after: pd.DataFrame, matches: pd.DataFrame) -> pd.DataFrame:
    """Return every measure of the grids before beside that of their partners after.

    Parameters
    ----------
    before, after
        Index: codes; one column a measure. A measure that one side lacks is unknown there.
    matches
        :attr:`Comparison.matches`.

    Returns
    -------
    One row a pair and measure: before_code, after_code, measure, before, after, change (after less
    before; NaN where one side is unknown). By pair, then in the order of the columns.
    """
    names = list(dict.fromkeys([*before.columns, *after.columns]))
    first = before.reindex(index=pd.Index(matches["before"]), columns=names)
    second = after.reindex(index=pd.Index(matches["after"]), columns=names)
    count = len(names)
    table = pd.DataFrame(
        {
            "before_code": np.repeat(matches["before"].to_numpy(object), count),
            "after_code": np.repeat(matches["after"].to_numpy(object), count),
            "measure": names * len(matches),
            "before": first.to_numpy(np.float64).ravel(),
            "after": second.to_numpy(np.float64).ravel(),
        }
    )
    return table.assign(change=table["after"] - table["before"])


def _stayed(
    before: NDArray[np.int64], after: NDArray[np.int64], partner: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Say which pieces are in the partner of the grid that they were in."""
    partners = np.append(partner, OUTSIDE - 1)
    stayed: NDArray[np.bool_] = (partners[before] == after) & (after != OUTSIDE)
    return stayed


def _matches(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, ground: pd.DataFrame, partner: NDArray[np.int64]
) -> pd.DataFrame:
    alone = np.setdiff1d(np.arange(len(new)), partner)
    first = np.concatenate((np.arange(len(old)), np.full(len(alone), OUTSIDE)))
    second = np.concatenate((partner, alone))
    stayed = _stayed(ground["old"].to_numpy(), ground["new"].to_numpy(), partner)
    homes, area_m2 = ground["households"].to_numpy(), ground["area_m2"].to_numpy()
    had = np.bincount(ground["old"] + 1, homes, len(old) + 1)
    has = np.bincount(ground["new"] + 1, homes, len(new) + 1)
    kept = np.bincount(ground["old"] + 1, np.where(stayed, homes, 0.0), len(old) + 1)
    kept_m2 = np.bincount(ground["old"] + 1, np.where(stayed, area_m2, 0.0), len(old) + 1)
    had[0] = has[0] = kept[0] = kept_m2[0] = 0.0
    return pd.DataFrame(
        {
            "before": _named(old, first),
            "after": _named(new, second),
            "households_before": had[first + 1],
            "households_after": has[second + 1],
            "kept": kept[first + 1],
            "left": had[first + 1] - kept[first + 1],
            "arrived": has[second + 1] - kept[first + 1],
            "kept_m2": kept_m2[first + 1],
        }
    )


def _moves(
    old: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    cells: gpd.GeoDataFrame | None,
    partner: NDArray[np.int64],
) -> pd.DataFrame:
    names = ["code", "name", "kind", "parent_code", "parent_name"]
    if cells is None:
        return pd.DataFrame(columns=[*names, "households", "share", "from_code", "to_code"])
    found = cell_shares(old, new, cells)
    before, after = found["old"].to_numpy(), found["new"].to_numpy()
    found = found[~_stayed(before, after, partner)]
    who = cells.iloc[found["cell"]]
    table = pd.DataFrame(
        {name: who[name].to_numpy(object) if name in who else None for name in names},
        index=range(len(found)),
    )
    homes = who["households"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    share = found["share"].to_numpy()
    return table.assign(
        households=homes * share,
        share=share,
        from_code=_named(old, found["old"].to_numpy()),
        to_code=_named(new, found["new"].to_numpy()),
    )


def _pieces(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, ground: pd.DataFrame, stayed: NDArray[np.bool_]
) -> gpd.GeoDataFrame:
    before, after = ground["old"].to_numpy(), ground["new"].to_numpy()
    kind = np.select(
        [before == OUTSIDE, after == OUTSIDE, stayed], ["new", "gone", "keep"], "moved"
    )
    olds, news = valid(old), disjoint(new)
    drawn = np.empty(len(ground), object)
    inside = (before != OUTSIDE) & (after != OUTSIDE)
    drawn[inside] = shapely.intersection(olds[before[inside]], news[after[inside]])
    gone, came = after == OUTSIDE, before == OUTSIDE
    drawn[gone] = _bare(olds[before[gone]], news)
    drawn[came] = _bare(news[after[came]], olds)
    return gpd.GeoDataFrame(
        {
            "from_code": _named(old, before),
            "to_code": _named(new, after),
            "kind": kind,
            "households": ground["households"],
            "area_m2": ground["area_m2"],
        },
        geometry=gpd.GeoSeries(_ground(drawn), crs="EPSG:4326"),
    )


def _bare(shapes: NDArray[np.object_], others: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return what none of the others covers of each shape."""
    if not len(shapes):
        return shapes
    whole = shapely.union_all(others)
    bare: NDArray[np.object_] = shapely.difference(shapes, whole)
    return bare


def _ground(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the polygons of each shape; an intersection may have lines and points too."""
    mixed = shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION
    for at in np.flatnonzero(mixed):
        parts = shapely.get_parts(shapes[at])
        shapes[at] = shapely.union_all(parts[shapely.area(parts) > 0])
    return shapes


def _named(frame: gpd.GeoDataFrame, rows: NDArray[np.int64]) -> pd.Series[str]:
    return pd.Series(_codes(frame, rows), dtype=object)


def _codes(frame: gpd.GeoDataFrame, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return the codes at these rows; None outside."""
    return np.array([*frame["code"].astype(object).tolist(), None], object)[rows]
