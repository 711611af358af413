"""Areas as frames: read from an edition, written into a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import select

from gridgis.clock import SystemClock
from gridgis.errors import EditionNotFoundError, LevelNotFoundError
from gridgis.store import editions, layers
from gridgis.store.copying import copy_rows
from gridgis.store.queries import run
from gridgis.store.tables import area_version
from gridgis.store.tables import edition as edition_table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

BBox = tuple[float, float, float, float]

FRAME_COLUMNS = (
    "code",
    "name",
    "level",
    "parent_code",
    "parent_name",
    "households",
    "population",
    "area_id",
    "edition_id",
    "parent_id",
    "attributes",
)


def frame(
    connection: Connection,
    *,
    layer: str,
    level: str | None = None,
    at: datetime | None = None,
    edition: int | None = None,
    bbox: BBox | None = None,
) -> gpd.GeoDataFrame:
    """Return the areas of a layer as a frame, EPSG:4326, longitude first.

    Columns: code, name, level, parent_code, parent_name (text or None), households, population
    (Int64, NA when unknown), area_id, edition_id, parent_id (Int64, NA at the top), attributes
    (dict), geometry (MultiPolygon).
    Rows: levels from the top, then codes by bytes; index 0..n-1.

    Parameters
    ----------
    at
        Which edition: the one in force at that time (None: the present).
    edition
        Which edition, by its number; drafts too. It goes before `at`.
    bbox
        Only areas that meet (min_lon, min_lat, max_lon, max_lat), degrees.

    Raises
    ------
    LayerNotFoundError
        There is no such layer.
    LevelNotFoundError
        The layer has no such level.
    EditionNotFoundError
        The layer has no edition at that time, or none with that number.
    """
    edition_id = _edition_id(connection, layer, at, edition)
    _require_level(connection, layer, level)
    low_lon, low_lat, high_lon, high_lat = bbox or (None, None, None, None)
    rows = run(
        connection,
        "areas",
        {
            "edition_id": edition_id,
            "level": level,
            "min_lon": low_lon,
            "min_lat": low_lat,
            "max_lon": high_lon,
            "max_lat": high_lat,
        },
    ).all()
    columns = list(zip(*rows, strict=True)) or [()] * (len(FRAME_COLUMNS) + 1)
    table = pd.DataFrame(
        {
            name: pd.Series(column, dtype=_DTYPES.get(name, object))
            for name, column in zip(FRAME_COLUMNS, columns, strict=False)
        }
    )
    shapes = shapely.from_wkb([bytes(shape) for shape in columns[-1]])
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")


class CodedArea(NamedTuple):
    """One area of an edition: its parents from the top (level, code, name), its shape as WKB."""

    id: int
    code: str
    name: str
    level: str
    households: int | None
    population: int | None
    parents: list[dict[str, str]]
    shape: bytes

    @property
    def drawn(self) -> shapely.MultiPolygon:
        """The shape, EPSG:4326, longitude first."""
        return shapely.MultiPolygon(shapely.get_parts(shapely.from_wkb(self.shape)).tolist())


def with_code(
    connection: Connection, edition_id: int, code: str, level: str | None = None
) -> list[CodedArea]:
    """Return the areas of an edition that have this code, at most one on each level."""
    rows = run(
        connection, "area_with_code", {"edition_id": edition_id, "code": code, "level": level}
    )
    return [
        CodedArea(
            row.area_id,
            row.code,
            row.name,
            row.level,
            row.households,
            row.population,
            row.parents,
            bytes(row.shape),
        )
        for row in rows
    ]


def ids_by_code(connection: Connection, edition_id: int) -> dict[tuple[str, str], int]:
    """Return the area id of each (level, code) in an edition."""
    columns = area_version.c
    rows = connection.execute(
        select(columns.level, columns.code, columns.area_id).where(columns.edition_id == edition_id)
    )
    return {(row.level, row.code): row.area_id for row in rows}


def has_code(connection: Connection, layer_id: int, code: str) -> bool:
    """Say whether any edition of a layer has an area with this code."""
    found = connection.execute(
        select(area_version.c.area_id)
        .join(edition_table, area_version.c.edition_id == edition_table.c.id)
        .where(edition_table.c.layer_id == layer_id, area_version.c.code == code)
        .limit(1)
    )
    return found.first() is not None


def known_ids(connection: Connection, layer_id: int) -> dict[tuple[str, str], int]:
    """Return the area id that each (level, code) last had in the layer's published editions."""
    rows = run(connection, "known_areas", {"layer_id": layer_id})
    return {(row.level, row.code): row.area_id for row in rows}


def new_ids(connection: Connection, layer_id: int, count: int) -> list[int]:
    """Make this many new areas and return their ids."""
    rows = run(connection, "new_areas", {"layer_id": layer_id, "count": count})
    return list(rows.scalars())


def write(connection: Connection, edition_id: int, areas: gpd.GeoDataFrame) -> None:
    """Write areas into an edition by COPY; coordinates keep their doubles.

    Parameters
    ----------
    areas
        Columns area_id, level, is_grid, code, name, parent_id, households, population (Int64, NA
        when unknown), attributes (JSON text), geometry (MultiPolygon, EPSG:4326).
    """
    shapes = shapely.set_srid(areas.geometry.to_numpy(), 4326)
    table = pd.DataFrame(areas.drop(columns=areas.geometry.name)).assign(
        edition_id=edition_id, geom=shapely.to_wkb(shapes, hex=True, include_srid=True)
    )
    copy_rows(connection, "area_version", table)


_DTYPES = {
    "households": "Int64",
    "population": "Int64",
    "area_id": "int64",
    "edition_id": "int64",
    "parent_id": "Int64",
}


def _require_level(connection: Connection, layer: str, level: str | None) -> None:
    if level is None:
        return
    known = [one.code for one in layers.find(connection, layer, SystemClock().now()).layer.levels]
    if level not in known:
        msg = f"layer {layer!r} has no level {level!r}; its levels are {' > '.join(known)}"
        raise LevelNotFoundError(msg)


def _edition_id(
    connection: Connection, layer: str, at: datetime | None, edition: int | None
) -> int:
    moment = at or SystemClock().now()
    stored = layers.find(connection, layer, moment).layer
    if edition is not None:
        found = editions.find(connection, edition)
        if found.layer != layer:
            msg = f"edition {edition} belongs to layer {found.layer!r}, not {layer!r}"
            raise EditionNotFoundError(msg)
        return edition
    if stored.edition is None:
        msg = (
            f"layer {layer!r} has no edition in force at {moment.isoformat(timespec='seconds')}; "
            "`gridgis editions list` shows its editions"
        )
        raise EditionNotFoundError(msg)
    return stored.edition.id
