"""Link areas to their parents and give them their identities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from gridgis.store import areas as stored_areas

if TYPE_CHECKING:
    from gridgis.model import Level
    from gridgis.store.connection import Connection
    from gridgis.store.layers import StoredLayer
    from gridgis_boundaries.importing.newareas import NewArea, Refusals

    Ids = dict[tuple[str, str], int]


def link(areas: list[NewArea], levels: dict[str, Level], there: Ids, refusals: Refusals) -> None:
    """Find the level of each area's parent: the nearest above that has areas.

    Parents are among the areas or in the draft already (`there`). An area whose parent is in
    neither is refused, and one whose code is in the draft already.
    """
    known = {*there, *((area.level, area.code) for area in areas)}
    inhabited = {level for level, _ in known}
    above = {code: _level_above(level, levels, inhabited) for code, level in levels.items()}
    for area in areas:
        if (area.level, area.code) in there:
            refusals.add(area, f"{area.level} {area.code!r} is in this edition already")
        upper = above[area.level]
        if area.parent_code is None or upper is None:
            continue
        area.parent_level = upper
        if (upper, area.parent_code) not in known:
            refusals.add(
                area,
                f"its parent, {upper} {area.parent_code!r}, is not in this edition; "
                f"correct the row, or import {upper} first",
            )


def write(
    connection: Connection,
    stored: StoredLayer,
    edition_id: int,
    areas: list[NewArea],
    there: Ids,
) -> None:
    """Write linked areas into a draft; a level and code that the layer knows keep their area."""
    ids = _identities(connection, stored.id, areas) | there
    grid = {level.code: level.is_grid for level in stored.layer.levels}
    table = pd.DataFrame(
        {
            "area_id": [ids[area.level, area.code] for area in areas],
            "level": [area.level for area in areas],
            "is_grid": [grid[area.level] for area in areas],
            "code": [area.code for area in areas],
            "name": [area.name for area in areas],
            "parent_id": _whole([_parent_id(area, ids) for area in areas]),
            "households": _whole([area.households for area in areas]),
            "population": _whole([area.population for area in areas]),
            "attributes": [area.attributes for area in areas],
        }
    )
    shapes = [area.shape for area in areas]
    stored_areas.write(
        connection, edition_id, gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")
    )


def _parent_id(area: NewArea, ids: Ids) -> int | None:
    if area.parent_level is None or area.parent_code is None:
        return None
    return ids[area.parent_level, area.parent_code]


def _whole(numbers: list[int | None]) -> pd.Series[int]:
    return pd.Series(numbers, dtype="Int64")


def _identities(connection: Connection, layer_id: int, areas: list[NewArea]) -> Ids:
    ids = stored_areas.known_ids(connection, layer_id)
    new = [key for area in areas if (key := (area.level, area.code)) not in ids]
    if new:
        ids.update(zip(new, stored_areas.new_ids(connection, layer_id, len(new)), strict=True))
    return ids


def _level_above(level: Level, levels: dict[str, Level], inhabited: set[str]) -> str | None:
    above = [
        other for other in levels.values() if other.rank < level.rank and other.code in inhabited
    ]
    return max(above, key=lambda other: other.rank).code if above else None
