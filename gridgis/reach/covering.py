"""How well a layer is covered: its areas, its households and its ground, asked all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridgis import frames
from gridgis.reach.coverage import MINUTES, coverage, nearest_stations, require_limits
from gridgis.reach.demand import demand
from gridgis.store import areas, layers

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd
    import pandas as pd

    from gridgis.reach.stations import Stations
    from gridgis.roads.times import TravelTimes
    from gridgis.store.connection import Connection


@dataclass(frozen=True, slots=True)
class Territory:
    """Whose coverage is asked: the areas of a level (None: the grids) at a time, within limits."""

    at: datetime
    layer: str = "base"
    level: str | None = None
    minutes: tuple[float, ...] = MINUTES

    def __post_init__(self) -> None:
        require_limits(self.minutes)


@dataclass(frozen=True)
class Covered:
    """How well areas are covered.

    Attributes
    ----------
    level
        The level of the areas.
    areas
        A row an area, by code: code, name, level, parent_code, the columns of
        :func:`gridgis.reach.coverage.coverage`, geometry (EPSG:4326).
    total
        The same numbers of all areas together.
    """

    level: str
    areas: gpd.GeoDataFrame
    total: pd.Series

    @property
    def nobody_reaches(self) -> gpd.GeoDataFrame:
        """The areas to which no station can come at all."""
        return self.areas[~self.areas["reached"].astype(bool)]


def cover(
    connection: Connection, times: TravelTimes, stations: Stations, territory: Territory
) -> Covered:
    """Return how well the stations cover the areas of a level.

    Raises
    ------
    LayerNotFoundError, LevelNotFoundError, EditionNotFoundError
        The layer, its level, or an edition at that time does not exist.
    """
    level = territory.level or _grid_level(connection, territory)
    known = areas.frame(connection, layer=territory.layer, level=level, at=territory.at)
    asked = demand(known, frames.cells(connection))
    points = (asked["lon"].to_numpy(), asked["lat"].to_numpy())
    nearest = nearest_stations(times, (stations.lon, stations.lat), points)
    by_area = coverage(nearest, asked, territory.minutes)
    # The layer's own households are what is registered, those of the cells are what is counted.
    told = known[["code", "name", "level", "parent_code", known.geometry.name]]
    together = coverage(nearest, asked.assign(area="all"), territory.minutes)
    return Covered(
        level,
        told.merge(by_area, left_on="code", right_index=True).sort_values("code", kind="stable"),
        together.iloc[0] if len(together) else together.reindex(["all"]).iloc[0],
    )


def _grid_level(connection: Connection, territory: Territory) -> str:
    levels = layers.find(connection, territory.layer, territory.at).layer.levels
    return next(one.code for one in levels if one.is_grid)
