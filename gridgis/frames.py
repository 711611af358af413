"""What is stored, as GeoDataFrames: for maps, analysts and notebooks. All EPSG:4326, lon/lat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from gridgis.store import areas, gazetteer, layers, reading
from gridgis.store import landcover as stored_landcover

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.roads.times import TravelTimes
    from gridgis.settings import Settings
    from gridgis.store.areas import BBox
    from gridgis.store.connection import Connection
    from gridgis.store.reading import Which

LON_LAT = "EPSG:4326"


def grids(
    connection: Connection, *, layer: str, at: datetime, edition: int | None = None
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the grids of an edition, and the areas above them.

    The edition is `edition`, drafts too; None: the one in force at that time.
    Both frames have the columns of :func:`gridgis.store.areas.frame`: code, name, level,
    parent_code, parent_name, households, population, area_id, edition_id, attributes, geometry.

    Raises
    ------
    LayerNotFoundError, EditionNotFoundError
        There is no such layer, or it had no such edition.
    """
    known = layers.find(connection, layer, at).layer
    grid_rank = next((level.rank for level in known.levels if level.is_grid), 0)
    above = [level.code for level in known.levels if level.rank < grid_rank]
    grid = [level.code for level in known.levels if level.is_grid]
    everything = areas.frame(connection, layer=layer, at=at, edition=edition)
    return (
        everything[everything["level"].isin(grid)].reset_index(drop=True),
        everything[everything["level"].isin(above)].reset_index(drop=True),
    )


def responders(connection: Connection, *, at: datetime, fresh_from: datetime) -> gpd.GeoDataFrame:
    """Return everybody who can act, where they are now.

    Columns: id (text), kind, name, organisation, role, skills (list of text), position_source (live
    while the position is not older than `fresh_from`, else home), geometry (Point, None for those
    without any).
    """
    return _points(reading.responders(connection, at=at, fresh_from=fresh_from))


def cells(connection: Connection) -> gpd.GeoDataFrame:
    """Return the smallest cells in use with their households.

    Columns: code, name, kind, parent_code, parent_name (of the compound, None without one),
    households, population (Int64, NA when unknown), geometry (Point or Polygon). A compound whose
    buildings are cells of their own is left out, so that no household counts twice.
    """
    table = reading.cells(connection)
    shapes = shapely.from_wkb(table.pop("geom").to_numpy())
    return gpd.GeoDataFrame(table, geometry=shapes, crs=LON_LAT)


def stations(connection: Connection) -> gpd.GeoDataFrame:
    """Return the facilities in service that belong to an area.

    Columns: name, area_id (int64), geometry (Point).
    """
    table = reading.stations(connection)
    spots = shapely.from_wkb(table.pop("geom").to_numpy())
    return gpd.GeoDataFrame(table, geometry=spots, crs=LON_LAT)


def bound_workers(connection: Connection) -> pd.DataFrame:
    """Return the workers bound to an area.

    Columns: id (text), area_id (int64), name, role, phone (both None where not known).
    """
    return reading.bound_workers(connection)


def newest_capture(connection: Connection, until: datetime) -> datetime | None:
    """Return when the newest report up to a moment was captured; None without any."""
    return reading.newest_capture(connection, until)


def open_reports(connection: Connection, layer: str) -> gpd.GeoDataFrame:
    """Return the located reports that a layer's grids hold now: id (text), geometry (Point)."""
    return _points(reading.open_reports(connection, layer))


def roads(connection: Connection, bbox: BBox) -> gpd.GeoDataFrame:
    """Return the roads that meet (min_lon, min_lat, max_lon, max_lat), degrees.

    Columns: class, name (None), geometry (LineString).
    """
    table = reading.roads_near(connection, bbox)
    shapes = shapely.from_wkb(table.pop("geom").to_numpy())
    return gpd.GeoDataFrame(table, geometry=shapes, crs=LON_LAT)


def landcover(connection: Connection, kind: str, bbox: BBox) -> gpd.GeoDataFrame:
    """Return the water or the greens that meet (min_lon, min_lat, max_lon, max_lat), degrees.

    `kind` is water or green. Columns: name (None), geometry (MultiPolygon).
    """
    table = stored_landcover.near(connection, kind, bbox)
    shapes = shapely.from_wkb(table.pop("geom").to_numpy())
    return gpd.GeoDataFrame(table, geometry=shapes, crs=LON_LAT)


def travel_times(connection: Connection, at: datetime, settings: Settings) -> TravelTimes | None:
    """Return how long each stored road takes a car at a time, nothing closed; None: no roads."""
    # Only here: it knows the engine of roads, and other frames need none.
    from gridgis.duty import minute_of_week  # noqa: PLC0415
    from gridgis.roads.modes import Mode  # noqa: PLC0415
    from gridgis.roads.network import RoadNetwork, lying_together  # noqa: PLC0415
    from gridgis.roads.speeds import read_speeds  # noqa: PLC0415
    from gridgis.roads.times import TravelTimes  # noqa: PLC0415
    from gridgis.store import roads as stored  # noqa: PLC0415

    known = stored.network(connection)
    if known.edges.empty:
        return None
    edges, bans = lying_together(known.edges, known.bans)
    minute = minute_of_week(at, settings.zone)
    pace = read_speeds(settings.road_speeds).pace(Mode.CAR, minute)
    network = RoadNetwork.of(edges, bans, known.mark)
    return TravelTimes.of(network, Mode.CAR, pace, most_m=settings.road_max_m)


def places(connection: Connection) -> gpd.GeoDataFrame:
    """Return the places in use.

    Columns as :func:`gridgis.store.gazetteer.places` yields them, with lon and lat, and geometry
    (Point, None when it is not known where).
    """
    table = pd.concat(gazetteer.places(connection), ignore_index=True)
    spots = _points(table[["lon", "lat"]].copy()).geometry
    return gpd.GeoDataFrame(table, geometry=spots, crs=LON_LAT)


def reports(connection: Connection, which: Which) -> gpd.GeoDataFrame:
    """Return reports with the grid that their latest assignment on a layer names.

    Columns: id (text), captured_at (UTC), category, category_name, description (what somebody
    wrote: trusted by nobody), grid_code (the grid's code in the edition that `which` says; None
    without a grid, or when it is no more), rule, edition_id and area_id (Int64: the
    edition and the grid that answered; NA without), cell_code (of the place that located
    it, None without one), geometry (Point, None without a location).
    Retired reports are left out, archived ones are not: they are read from their files.

    Raises
    ------
    ArchiveFileError
        The file of an archived month that is needed is missing or damaged.
    """
    return _points(reading.reports(connection, which))


def _points(table: pd.DataFrame) -> gpd.GeoDataFrame:
    lon = pd.to_numeric(table.pop("lon")).to_numpy(float)
    lat = pd.to_numeric(table.pop("lat")).to_numpy(float)
    located = pd.notna(lon)
    shapes = pd.Series([None] * len(table), dtype=object)
    shapes[located] = shapely.points(lon[located], lat[located])
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs=LON_LAT))
