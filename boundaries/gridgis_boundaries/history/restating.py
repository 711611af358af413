"""Counts of reports restated: on the grids of any edition, wherever they were counted first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from gridgis.errors import InvalidInputError
from gridgis.locate.rows import rows_answering
from gridgis_boundaries.apportioning import apportion
from gridgis_boundaries.history.crosswalk import OUTSIDE
from gridgis_boundaries.history.ground import disjoint, ranks
from gridgis_boundaries.history.housing import inside

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from gridgis.locate.index import GridIndex

_WHOLE = ["by_point", "by_cell", "by_grid"]


class Target(NamedTuple):
    """The grids of an edition to count on.

    `grids`: columns code, area_id, households, geometry (polygons, EPSG:4326), and name where
    known. `engine` answers for them; None: it is built. `cells` as :func:`gridgis.frames.cells`
    gives them. A report that no grid covers goes to the nearest within `near_tolerance_m`.
    """

    grids: gpd.GeoDataFrame
    cells: gpd.GeoDataFrame | None = None
    near_tolerance_m: float = 0.0
    engine: GridIndex | None = None


def restated(
    reports: gpd.GeoDataFrame, target: Target, walks: Mapping[int, pd.DataFrame]
) -> pd.DataFrame:
    """Return how many reports each grid of an edition has, wherever they were counted first.

    Parameters
    ----------
    reports
        Columns geometry (Point, EPSG:4326; None without a location), and where known cell_code,
        edition_id and area_id (the edition and the grid that answered), as
        :func:`gridgis.frames.reports` gives them.
    target
        The grids to count on.
    walks
        The crosswalk to the target from each edition that answered reports without a location.

    Returns
    -------
    One row a grid of the target, in its order, and a last one of the code :data:`OUTSIDE`. Columns:
    code, name, area_id (Int64), reports, and how they came there: by_point (where they are now),
    by_cell (their place's cell lies whole in the grid), by_grid (the ground of the grid that
    answered is whole in this one), shared (what is left is shared out: a cell by its ground, a
    grid by the crosswalk), unplaced (nobody knows anything; only outside). All are whole, and their
    sum is the number of reports.

    Raises
    ------
    InvalidInputError
        `walks` lacks an edition, or a grid of it, that answered a report.
    """
    count = len(target.grids)
    spots = reports.geometry.to_numpy()
    lon, lat = shapely.get_x(spots), shapely.get_y(spots)
    located = ~np.isnan(lon)
    whole = {name: np.zeros(count + 1, np.int64) for name in _WHOLE}
    rows = _rows(lon[located], lat[located], target)
    whole["by_point"] = np.bincount(rows, minlength=count + 1)
    known = [name for name in ("cell_code", "edition_id", "area_id") if name in reports]
    rest = pd.DataFrame({name: reports[name].array[~located] for name in known})
    expected = np.zeros(count + 1)
    if len(rest) and target.cells is not None and "cell_code" in rest:
        rest, told = _with_cells(rest, target.cells, target.grids)
        _spread(told, whole["by_cell"], expected)
    if len(rest) and "area_id" in rest:
        rest, told = _with_grids(rest, target.grids, walks)
        _spread(told, whole["by_grid"], expected)
    shared = np.array(apportion(round(expected.sum()), expected), np.int64)
    unplaced = np.append(np.zeros(count, np.int64), len(rest))
    return _table(target.grids, {**whole, "shared": shared, "unplaced": unplaced})


class _Told(NamedTuple):
    """Sources of counts: how many reports, and the weights of targets (the last is outside)."""

    counts: NDArray[np.int64]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    weight: NDArray[np.float64]


def _rows(lon: NDArray[np.float64], lat: NDArray[np.float64], target: Target) -> NDArray[np.int64]:
    """Return the row of the target's grids for each point; the number of grids for outside."""
    return rows_answering(
        target.grids, lon, lat, near_tolerance_m=target.near_tolerance_m, engine=target.engine
    )


def _with_cells(
    rest: pd.DataFrame, cells: gpd.GeoDataFrame, grids: gpd.GeoDataFrame
) -> tuple[pd.DataFrame, _Told]:
    """Take those whose cell is known; a compound is its buildings, by their households."""
    asked = rest["cell_code"].dropna().unique()
    own = cells["code"].isin(asked)
    names = [cells["code"][own]]
    if "parent_code" in cells:
        names.append(
            cells["parent_code"][
                cells["parent_code"].isin(asked) & ~cells["parent_code"].isin(cells["code"])
            ]
        )
    members = pd.concat(names)
    known, source = np.unique(members.to_numpy(object).astype(str), return_inverse=True)
    homes = cells["households"].astype("Float64").to_numpy(dtype=float, na_value=0.0)
    homes = np.maximum(homes[cells.index.get_indexer(members.index)], 1e-9)
    shapes = cells.geometry[members.index].to_numpy()
    found = inside(shapes, disjoint(grids), ranks(grids))
    part = homes / np.bincount(source, homes)[source]
    held = rest["cell_code"].value_counts().reindex(known)
    counts = np.array(held.tolist(), np.int64)
    told = _Told(counts, source[found.cell], found.new, part[found.cell] * found.share)
    return rest[~rest["cell_code"].isin(known)], told


def _with_grids(
    rest: pd.DataFrame, grids: gpd.GeoDataFrame, walks: Mapping[int, pd.DataFrame]
) -> tuple[pd.DataFrame, _Told]:
    """Take those that a grid answered, by the crosswalk of its edition."""
    answered = rest[rest["area_id"].notna()]
    held = answered.groupby(["edition_id", "area_id"]).size().rename("count").reset_index()
    rows = [table.assign(edition_id=edition) for edition, table in walks.items()]
    columns = ["edition_id", "from_id", "to_code", "weight"]
    table = pd.concat(rows) if rows else pd.DataFrame(columns=columns)
    known = table[columns].merge(
        held.assign(source=np.arange(len(held))),
        left_on=["edition_id", "from_id"],
        right_on=["edition_id", "area_id"],
    )
    _require_all(held, known)
    places = pd.Index(grids["code"])
    told = _Told(
        held["count"].to_numpy(np.int64),
        known["source"].to_numpy(np.int64),
        places.get_indexer(pd.Index(known["to_code"])).astype(np.int64),
        known["weight"].to_numpy(np.float64),
    )
    return rest[rest["area_id"].isna()], told


def _require_all(held: pd.DataFrame, known: pd.DataFrame) -> None:
    lost = held[~np.isin(np.arange(len(held)), known["source"])]
    if len(lost):
        edition, area = lost["edition_id"].iloc[0], lost["area_id"].iloc[0]
        msg = (
            f"grid {area} of edition {edition} answered reports, and no crosswalk says what became "
            "of it; give the crosswalk of that edition, with all of its grids"
        )
        raise InvalidInputError(msg)


def _spread(told: _Told, whole: NDArray[np.int64], expected: NDArray[np.float64]) -> None:
    """Add sources with one target to the whole counts, the shares of others to the expected."""
    alone = np.bincount(told.source, minlength=len(told.counts)) == 1
    single = alone[told.source]
    np.add.at(whole, told.target[single], told.counts[told.source[single]])
    share = told.weight[~single] * told.counts[told.source[~single]]
    np.add.at(expected, told.target[~single], share)


def _table(grids: gpd.GeoDataFrame, counts: dict[str, NDArray[np.int64]]) -> pd.DataFrame:
    ids = grids["area_id"].tolist() if "area_id" in grids else [pd.NA] * len(grids)
    names = grids["name"].tolist() if "name" in grids else [None] * len(grids)
    table = pd.DataFrame(
        {
            "code": [*grids["code"], OUTSIDE],
            "name": [*names, None],
            "area_id": pd.Series([*ids, pd.NA], dtype="Int64"),
        }
    )
    return table.assign(reports=sum(counts.values()), **counts)
