"""Cells and places: what stands on the ground, without its residents."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gridgis.store.tables.base import METADATA, any_shape, moment

cell = Table(
    "cell",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("source", Text, nullable=False),
    Column("code", Text(collation="C"), nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    # The compound that a building stands in.
    Column("parent_code", Text(collation="C")),
    Column("households", Integer),
    Column("population", Integer),
    Column("floors", Integer),
    Column("attributes", JSONB, nullable=False, server_default=text("'{}'")),
    Column("geom", any_shape(), nullable=False),
    Column("import_id", Integer, ForeignKey("import_run.id")),
    moment("retired_at", nullable=True),
    UniqueConstraint("source", "code"),
    Index("cell_geom_idx", "geom", postgresql_using="gist"),
    Index(
        "cell_parent_idx",
        "source",
        "parent_code",
        postgresql_where=text("retired_at IS NULL"),
    ),
)

place = Table(
    "place",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("source", Text, nullable=False),
    Column("code", Text(collation="C"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("standard_address", Text),
    Column("aliases", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("households", Integer),
    Column("floors", Integer),
    Column("cell_code", Text(collation="C")),
    Column("attributes", JSONB, nullable=False, server_default=text("'{}'")),
    Column("geom", any_shape()),
    Column("import_id", Integer, ForeignKey("import_run.id")),
    moment("retired_at", nullable=True),
    UniqueConstraint("source", "code"),
    Index("place_geom_idx", "geom", postgresql_using="gist"),
    # On geography, so that <-> is in metres; by kind first, so that rare kinds are found soon.
    Index(
        "place_near_idx",
        "kind",
        text("(geom::geography)"),
        postgresql_using="gist",
        postgresql_where=text("retired_at IS NULL"),
    ),
)
