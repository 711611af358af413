"""Write the areas of a plan into a draft edition."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from gridgis.store import areas as stored_areas
from gridgis_boundaries.publishing.judging import renamed

if TYPE_CHECKING:
    from gridgis.model import Layer
    from gridgis.store.connection import Connection


def write(
    connection: Connection, edition_id: int, layer_id: int, areas: gpd.GeoDataFrame, layer: Layer
) -> None:
    """Write areas into an empty draft; those that are new, with ids below zero, get theirs now.

    Parameters
    ----------
    areas
        Columns code, name, level, parent_id, households, population, area_id, attributes (dict),
        geometry (MultiPolygon, EPSG:4326, longitude first); coordinates keep their doubles.
    """
    ids = [int(area_id) for area_id in areas["area_id"]]
    fresh = iter(stored_areas.new_ids(connection, layer_id, sum(one < 0 for one in ids)))
    known = renamed(areas, [next(fresh) if one < 0 else one for one in ids])
    grid = {level.code: level.is_grid for level in layer.levels}
    table = pd.DataFrame(
        {
            "area_id": known["area_id"],
            "level": known["level"],
            "is_grid": known["level"].map(grid),
            "code": known["code"],
            "name": known["name"],
            "parent_id": known["parent_id"],
            "households": known["households"],
            "population": known["population"],
            "attributes": [json.dumps(facts, ensure_ascii=False) for facts in known["attributes"]],
        }
    )
    stored_areas.write(
        connection,
        edition_id,
        gpd.GeoDataFrame(table, geometry=known.geometry.to_numpy(), crs="EPSG:4326"),
    )
