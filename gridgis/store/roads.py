"""The road network: one source's roads in, all roads out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from sqlalchemy import insert, select

from gridgis.errors import RowNotFoundError
from gridgis.roads.reading.ways import plain_texts
from gridgis.store.copying import copy_rows, read_table
from gridgis.store.locks import lock_roads, share_roads
from gridgis.store.queries import run
from gridgis.store.tables import road_network, road_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

CHANNEL = "gridgis_roads"
"""Where the database tells that the network has another mark."""

_ROAD = {
    "id": pa.int64(),
    "source": pa.string(),
    "way": pa.string(),
    "class": pa.string(),
    "name": pa.string(),
    "level": pa.int16(),
    "bridge": pa.bool_(),
    "forward": pa.int16(),
    "backward": pa.int16(),
    "speed_kmh": pa.float64(),
    "from_node": pa.int64(),
    "to_node": pa.int64(),
    "length_m": pa.float64(),
    "geom": pa.string(),
}
_BAN = {"from_road": pa.int64(), "via_node": pa.int64(), "to_road": pa.int64(), "modes": pa.int16()}


class Imported(NamedTuple):
    """Where a source's roads come from, who brought them when, and what the import found (JSON)."""

    source: str
    file: str
    imported_at: datetime
    actor: str
    edges: int
    found: Mapping[str, Any]


class StoredNetwork(NamedTuple):
    """All roads, as they are under one mark.

    Attributes
    ----------
    mark
        The mark of this state.
    edges
        Index 0..n-1, in the order of import: source, way, class, name (None), level, bridge,
        forward, backward, speed_kmh (NaN: the class's own), from_node, to_node, length_m, geometry
        (LineString, EPSG:4326).
    bans
        from_edge, via_node, to_edge, modes; edges by index.
    """

    mark: UUID
    edges: gpd.GeoDataFrame
    bans: pd.DataFrame


def mark(connection: Connection) -> UUID:
    """Return the mark of the present network."""
    found: UUID = connection.execute(select(road_network.c.mark)).scalar_one()
    return found


def replace(
    connection: Connection, edges: gpd.GeoDataFrame, bans: pd.DataFrame, imported: Imported
) -> None:
    """Store a source's roads instead of those that it had; nodes from 0, edges by index.

    Nodes and roads get numbers that nothing else has.
    """
    lock_roads(connection)
    _remove(connection, imported.source)
    first = run(connection, "reserve_roads", {"roads": max(len(edges), 1)}).one()
    ids = np.arange(len(edges)) + first.first_id
    shapes = shapely.set_srid(edges.geometry.to_numpy(), 4326)
    table = pd.DataFrame(edges.drop(columns=edges.geometry.name)).assign(
        id=ids,
        source=imported.source,
        from_node=edges["from_node"] + first.first_node,
        to_node=edges["to_node"] + first.first_node,
        geom=shapely.to_wkb(shapes, hex=True, include_srid=True),
    )
    copy_rows(connection, "road", table)
    turns = pd.DataFrame(
        {
            "from_road": ids[bans["from_edge"].to_numpy()],
            "via_node": bans["via_node"].to_numpy() + first.first_node,
            "to_road": ids[bans["to_edge"].to_numpy()],
            "modes": bans["modes"].to_numpy(),
        }
    )
    if len(turns):
        copy_rows(connection, "road_ban", turns)
    connection.execute(insert(road_source), imported._asdict())


def remove(connection: Connection, source: str) -> int:
    """Take a source's roads out, and return how many they were.

    Raises
    ------
    RowNotFoundError
        The source has no roads.
    """
    lock_roads(connection)
    gone = _remove(connection, source)
    if gone is None:
        msg = f"there are no roads of {source!r}; `gridgis roads list` shows whose there are"
        raise RowNotFoundError(msg)
    return gone


def sources(connection: Connection) -> list[Imported]:
    """Return where the roads come from, by source."""
    columns = (road_source.c[name] for name in Imported._fields)
    rows = connection.execute(select(*columns).order_by(road_source.c.source))
    return [Imported._make(row) for row in rows]


def network(connection: Connection) -> StoredNetwork:
    """Return all roads and forbidden turns; nobody replaces any in between."""
    share_roads(connection)
    table = read_table(connection, "roads", _ROAD).to_pandas()
    shapes = shapely.from_wkb(table.pop("geom").to_numpy(dtype=object))
    ids = table.pop("id").to_numpy()
    for text in ("source", "way", "class", "name"):
        table[text] = plain_texts(table[text])
    bans = read_table(connection, "road_bans", _BAN).to_pandas()
    turns = pd.DataFrame(
        {
            "from_edge": np.searchsorted(ids, bans["from_road"]),
            "via_node": bans["via_node"],
            "to_edge": np.searchsorted(ids, bans["to_road"]),
            "modes": bans["modes"],
        }
    )
    edges = gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")
    return StoredNetwork(mark(connection), edges, turns)


def unknown_ways(connection: Connection, names: Sequence[str]) -> list[str]:
    """Return the names (SOURCE:WAY) that are no road's, in their order."""
    return list(run(connection, "unknown_ways", {"names": list(names)}).scalars())


def _remove(connection: Connection, source: str) -> int | None:
    gone: int | None = run(connection, "remove_roads", {"source": source}).scalar()
    return gone
