"""Water and greens, by which people know their way on a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import shapely

from gridgis.store.copying import copy_rows
from gridgis.store.locks import lock_landcover
from gridgis.store.queries import run

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd
    from sqlalchemy import Connection

    from gridgis.store.areas import BBox


class Brought(NamedTuple):
    """Whose areas these are, of which kind, from which file, and who brought them when."""

    source: str
    kind: str
    file: str
    imported_at: datetime
    actor: str


class Stored(NamedTuple):
    """What one import brought: how many areas, and their square metres on the ellipsoid."""

    source: str
    kind: str
    file: str
    imported_at: datetime
    actor: str
    areas: int
    area_m2: float


def add(connection: Connection, areas: gpd.GeoDataFrame, brought: Brought) -> None:
    """Store areas: name (None), geometry (MultiPolygon, EPSG:4326, longitude first)."""
    shapes = shapely.set_srid(areas.geometry.to_numpy(), 4326)
    table = pd.DataFrame({"name": areas["name"].to_numpy()}).assign(
        geom=shapely.to_wkb(shapes, hex=True, include_srid=True), **brought._asdict()
    )
    copy_rows(connection, "landcover", table)


def remove(connection: Connection, source: str | None, kind: str | None) -> int:
    """Take out the areas of a source (None: of all) and a kind (None: both); return how many."""
    lock_landcover(connection)
    asked = {"source": source, "kind": kind}
    return int(run(connection, "remove_landcover", asked).scalar_one())


def sources(connection: Connection) -> list[Stored]:
    """Return whose water and greens there are, by source and kind."""
    return [Stored._make(row) for row in run(connection, "landcover_sources")]


def near(connection: Connection, kind: str, bbox: BBox) -> pd.DataFrame:
    """Return the areas of a kind that a box meets: name (None), geom (WKB)."""
    low_lon, low_lat, high_lon, high_lat = bbox
    box = {"min_lon": low_lon, "min_lat": low_lat, "max_lon": high_lon, "max_lat": high_lat}
    rows = run(connection, "landcover_near", {"kind": kind, **box}).all()
    names = pd.Series([row.name for row in rows], dtype=object)
    shapes = pd.Series([bytes(row.geom) for row in rows], dtype=object)
    return pd.DataFrame({"name": names, "geom": shapes})
