"""In which area a case counts: as its report was assigned, or restated on an edition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from gridgis.coded import edition_in_force, find_area
from gridgis.errors import InvalidInputError
from gridgis.locate.rows import rows_answering
from gridgis.store import areas, layers
from gridgis.store import figures as store

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from gridgis.figures.asking import Asked
    from gridgis.figures.joining import Numbering
    from gridgis.model import Edition, Layer
    from gridgis.store.connection import Connection
    from gridgis.store.figures import Columns

OUTSIDE, NO_LOCATION = "outside", "no_location"
"""The codes of cases without a grid: none covers them; nobody knew where when they were assigned.

A restated case is never :data:`NO_LOCATION`.
"""


class Placed(NamedTuple):
    """Where cases count.

    Attributes
    ----------
    listed
        The areas of the level: code, name, area_id (Int64), edition_id (Int64: whose name and shape
        it is), geometry (MultiPolygon, EPSG:4326). Those that only earlier editions had come after
        those of the edition; last, unless one area was asked for, come :data:`OUTSIDE` and, as
        reported, :data:`NO_LOCATION`, without a shape.
    group
        The row of `listed` for each case; -1 for one that is not asked for.
    grid, grid_group
        The grid of the edition for each case, -1 without one; the row of `listed` for each grid.
    edition
        The edition.
    """

    listed: gpd.GeoDataFrame
    group: NDArray[np.int64]
    grid: NDArray[np.int64]
    grid_group: NDArray[np.int64]
    edition: Edition


class _Ground:
    """The areas of an edition: which of them each grid lies in."""

    def __init__(self, frame: gpd.GeoDataFrame, layer: Layer) -> None:
        self.frame = frame
        grid_level = next(one.code for one in layer.levels if one.is_grid)
        self.grids = frame[frame["level"] == grid_level]
        self.ids = np.sort(self.grids["area_id"].to_numpy(np.int64))
        self._level = dict(zip(frame["area_id"], frame["level"], strict=True))
        self._parent = dict(zip(frame["area_id"], frame["parent_id"], strict=True))

    def above(self, level: str) -> NDArray[np.int64]:
        """Return the area of a level that each of `ids` lies in; 0 in none."""
        return np.fromiter((self._climb(one, level) for one in self.ids), np.int64, len(self.ids))

    def _climb(self, area: int, level: str) -> int:
        at: Any = area
        while not pd.isna(at) and self._level[at] != level:
            at = self._parent[at]
        return 0 if pd.isna(at) else int(at)


class _Case(NamedTuple):
    """What is known of each case: the edition and the grid, 0 without; whether it had no place."""

    edition: NDArray[np.int64]
    grid: NDArray[np.int64]
    unlocated: NDArray[np.bool_]


def place(
    connection: Connection,
    asked: Asked,
    before: datetime,
    cases: Columns,
    numbering: Numbering,
    near_tolerance_m: float,
) -> Placed:
    """Say where cases count, on the level that is asked for; None: by their grids.

    Raises
    ------
    LayerNotFoundError, LevelNotFoundError, EditionNotFoundError, AreaNotFoundError
        What is asked for does not exist.
    InvalidInputError
        The level lies below the grids, or the area below the level; the area's code stands on
        several levels; the edition was not in force at the time that was said as well.
    ArchiveFileError
        The file of an archived month that is needed is missing or damaged.
    """
    edition = edition_in_force(connection, asked.layer, asked.level, asked.when)
    layer = layers.find(connection, asked.layer, asked.when.moment).layer
    grounds = {edition.id: _ground(connection, layer, edition.id)}
    case = _assigned(connection, asked.layer, before, cases, numbering)
    wanted = np.ones(len(case.grid), np.bool_)
    if asked.how == "restated":
        case = _restated(connection, cases, numbering, case, grounds[edition.id], near_tolerance_m)
        case = case._replace(edition=np.full(len(case.grid), edition.id))
    elif asked.when.said:
        wanted = case.edition == edition.id
    for number in np.unique(case.edition[wanted & (case.grid > 0)])[::-1]:
        if number not in grounds:
            grounds[int(number)] = _ground(connection, layer, int(number))
    return _laid_out(connection, asked, (layer, edition), grounds, case, wanted)


def _laid_out(
    connection: Connection,
    asked: Asked,
    where: tuple[Layer, Edition],
    grounds: dict[int, _Ground],
    case: _Case,
    wanted: NDArray[np.bool_],
) -> Placed:
    layer, edition = where
    level = asked.level or next(one.code for one in layer.levels if one.is_grid)
    within = _within(connection, asked, layer, level)
    target = np.zeros(len(case.grid), np.int64)
    listed: list[gpd.GeoDataFrame] = []
    seen: set[int] = set()
    for number, ground in grounds.items():
        above = ground.above(level)
        if within is not None:
            above = np.where(ground.above(within[0]) == within[1], above, 0)
        its = np.flatnonzero((case.edition == number) & (case.grid > 0))
        target[its] = above[np.searchsorted(ground.ids, case.grid[its])]
        frame = ground.frame
        new = frame["area_id"].isin(set(above) - seen) & (frame["level"] == level)
        if number != edition.id:
            new &= frame["area_id"].isin(target[its])
        seen.update(frame["area_id"][new])
        listed.append(frame[new])
        if number == edition.id:
            own = above
    table = _table(listed, asked, whole=within is None)
    row = _rows(table["area_id"])
    group = np.array([row.get(one, -1) for one in np.unique(target)], np.int64)[
        np.unique(target, return_inverse=True)[1]
    ]
    if within is None:
        nowhere = np.flatnonzero(case.grid == 0)
        count = int(table["area_id"].notna().sum())
        unlocated = case.unlocated[nowhere] & (asked.how == "reported")
        group[nowhere] = count + unlocated
    grid = np.searchsorted(grounds[edition.id].ids, case.grid)
    ids = np.append(grounds[edition.id].ids, -1)
    grid = np.where(ids[np.minimum(grid, len(ids) - 1)] == case.grid, grid, -1)
    return Placed(
        table,
        np.where(wanted, group, -1),
        grid,
        np.array([row.get(one, -1) for one in own], np.int64),
        edition,
    )


def _within(
    connection: Connection, asked: Asked, layer: Layer, level: str
) -> tuple[str, int] | None:
    """Return the level and the number of the area that was asked for."""
    ranks = {one.code: one.rank for one in layer.levels}
    grid = next(one for one in layer.levels if one.is_grid)
    if ranks[level] > grid.rank:
        msg = f"level {level!r} lies below the grids; ask for {grid.code!r} or above"
        raise InvalidInputError(msg)
    if asked.area is None:
        return None
    _, found = find_area(connection, asked.layer, asked.area, asked.when)
    if ranks[found.level] > ranks[level]:
        msg = f"area {asked.area!r} is a {found.level}, which has no {level} in it"
        raise InvalidInputError(msg)
    return found.level, found.id


def _table(listed: list[gpd.GeoDataFrame], asked: Asked, *, whole: bool) -> gpd.GeoDataFrame:
    columns = ["code", "name", "area_id", "edition_id", "geometry"]
    table = pd.concat([pd.DataFrame(frame[columns]) for frame in listed], ignore_index=True)
    table = table.astype({"area_id": "Int64", "edition_id": "Int64"})
    if whole:
        codes = [OUTSIDE] if asked.how == "restated" else [OUTSIDE, NO_LOCATION]
        rest = pd.DataFrame({"code": codes}).reindex(columns=columns)
        rest = rest.astype({"area_id": "Int64", "edition_id": "Int64", "name": object})
        rest["name"], rest["geometry"] = None, None
        table = pd.concat([table, rest], ignore_index=True)
    return gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326")


def _rows(ids: pd.Series[Any]) -> dict[int, int]:
    return {int(one): row for row, one in enumerate(ids) if not pd.isna(one)}


def _ground(connection: Connection, layer: Layer, edition: int) -> _Ground:
    return _Ground(areas.frame(connection, layer=layer.code, edition=edition), layer)


def _assigned(
    connection: Connection, layer: str, before: datetime, cases: Columns, numbering: Numbering
) -> _Case:
    count = len(cases["received_at"])
    found = _Case(np.zeros(count, np.int64), np.zeros(count, np.int64), np.ones(count, np.bool_))
    if not count:
        return found
    first = store.moment(cases["received_at"].min())
    given = store.assignments(connection, layer, first, before)
    row = numbering.rows(given["report_id"])
    # Oldest first: of a row that comes several times, the last value stays.
    order = np.argsort(given["id"])
    order = order[row[order] >= 0]
    found.edition[row[order]] = given["edition_id"][order]
    found.grid[row[order]] = given["area_id"][order]
    found.unlocated[row[order]] = given["unlocated"][order] == 1
    return found


def _restated(
    connection: Connection,
    cases: Columns,
    numbering: Numbering,
    case: _Case,
    ground: _Ground,
    near_tolerance_m: float,
) -> _Case:
    """Place each case by its point; without one, where its grid is still there."""
    kept = np.isin(case.grid, ground.ids)
    grid = np.where(kept, case.grid, 0)
    if len(grid):
        captured = cases["captured_at"]
        found = store.spots(connection, store.moment(captured.min()), store.moment(captured.max()))
        row = numbering.rows(found["report_id"])
        known = row >= 0
        lon, lat = found["lon"][known], found["lat"][known]
        grid[row[known]] = _grid_at(ground, lon, lat, near_tolerance_m)
    return case._replace(grid=grid)


def _grid_at(
    ground: _Ground, lon: NDArray[np.float64], lat: NDArray[np.float64], near_tolerance_m: float
) -> NDArray[np.int64]:
    """Return the grid that covers each point, or is near enough; 0: none."""
    grids = ground.grids.reset_index(drop=True)
    ids = np.append(grids["area_id"].to_numpy(np.int64), 0)
    return ids[rows_answering(grids, lon, lat, near_tolerance_m=near_tolerance_m)]
