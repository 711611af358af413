"""The road network: roads, forbidden turns, where they come from, what closes them."""

from __future__ import annotations

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE

from gridgis.store.tables.base import METADATA, moment, multipolygon

road = Table(
    "road",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("source", Text, nullable=False),
    Column("way", Text(collation="C"), nullable=False),
    Column("class", Text, nullable=False),
    Column("name", Text),
    Column("level", SmallInteger, nullable=False),
    Column("bridge", Boolean, nullable=False),
    # Masks of the modes that may go along the line, and against it.
    Column("forward", SmallInteger, nullable=False),
    Column("backward", SmallInteger, nullable=False),
    # Null: the class's own.
    Column("speed_kmh", Float),
    # Equal numbers are one node, over all sources.
    Column("from_node", BigInteger, nullable=False),
    Column("to_node", BigInteger, nullable=False),
    Column("length_m", Float, nullable=False),
    Column("geom", Geometry("LINESTRING", srid=4326, spatial_index=False), nullable=False),
    Index("road_way_idx", "source", "way"),
    Index("road_geom_idx", "geom", postgresql_using="gist"),
)

road_ban = Table(
    "road_ban",
    METADATA,
    Column("from_road", BigInteger, primary_key=True, autoincrement=False),
    Column("via_node", BigInteger, primary_key=True, autoincrement=False),
    Column("to_road", BigInteger, primary_key=True, autoincrement=False),
    Column("modes", SmallInteger, nullable=False),
)

road_source = Table(
    "road_source",
    METADATA,
    Column("source", Text, primary_key=True),
    Column("file", Text, nullable=False),
    moment("imported_at"),
    Column("actor", Text, nullable=False),
    Column("edges", Integer, nullable=False),
    # What the import found: {"nodes": 9, "counts": {"island": 2}, "reach": [], "findings": []}.
    Column("found", JSONB, nullable=False),
)

road_closure = Table(
    "road_closure",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("reason", Text, nullable=False),
    # 0: closed; else the speed is multiplied by it.
    Column("factor", Float, nullable=False),
    Column("modes", SmallInteger, nullable=False),
    # Roads by name: SOURCE:WAY.
    Column("ways", ARRAY(Text), nullable=False),
    Column("geom", multipolygon()),
    Column("valid", TSTZRANGE, nullable=False),
    moment("recorded_at"),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    moment("ended_at", nullable=True),
    CheckConstraint("factor >= 0 AND factor <= 2", name="factor_known"),
    CheckConstraint("cardinality(ways) > 0 OR geom IS NOT NULL", name="somewhere"),
    CheckConstraint("NOT isempty(valid)", name="sometime"),
    Index(
        "road_closure_valid_idx",
        "valid",
        postgresql_using="gist",
        postgresql_where=text("ended_at IS NULL"),
    ),
)

road_network = Table(
    "road_network",
    METADATA,
    # Another one whenever a road or a forbidden turn changes; one row.
    Column("mark", Uuid, primary_key=True),
)

road_closures_state = Table(
    "road_closures_state",
    METADATA,
    # Another one whenever a closure is made or ended; one row.
    Column("mark", Uuid, primary_key=True),
)
