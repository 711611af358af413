"""Cells, places and their state, water and greens: what is on the ground, without its residents."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gridgis.store.tables.base import METADATA, any_shape, moment, multipolygon

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
    Column("former_names", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    # Of the standard address: {"road": "建兰路", "number": "12", "unit": "1", ...}.
    Column("parts", JSONB, nullable=False, server_default=text("'{}'")),
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

place_use = Table(
    "place_use",
    METADATA,
    Column("place_id", BigInteger, ForeignKey("place.id", ondelete="CASCADE"), primary_key=True),
    Column("times", BigInteger, nullable=False),
    moment("last_at"),
)

gazetteer = Table(
    "gazetteer",
    METADATA,
    # Another one whenever a place changes; one row.
    Column("mark", Uuid, primary_key=True),
)

landcover = Table(
    "landcover",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    # What the areas are called that came together; they are replaced together.
    Column("source", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text),
    Column("geom", multipolygon(), nullable=False),
    # The file that they came from.
    Column("file", Text, nullable=False),
    moment("imported_at"),
    Column("actor", Text, nullable=False),
    CheckConstraint("kind IN ('water', 'green')", name="kind_known"),
    Index("landcover_source_idx", "source", "kind"),
    Index("landcover_geom_idx", "geom", postgresql_using="gist"),
)
