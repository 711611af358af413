"""Layers, levels, editions, areas.

An area is a permanent identity; its shape, code, name and parent belong to an edition.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint

from gridgis.store.tables.base import METADATA, moment, multipolygon

layer = Table(
    "layer",
    METADATA,
    Column("id", SmallInteger, Identity(), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    # Complete: its areas partition the district. Partial: they partition their own extent.
    Column("complete", Boolean, nullable=False),
    # The highest answers first; `base` has 0.
    Column("priority", Integer, nullable=False),
    # How codes are made: "6+3+3+3", or "none".
    Column("grammar", Text, nullable=False),
    Column("source", Text),
    # What it is declared to cover; null: whatever its areas cover.
    Column("extent", multipolygon()),
)

level = Table(
    "level",
    METADATA,
    Column("layer_id", SmallInteger, ForeignKey("layer.id", ondelete="CASCADE"), primary_key=True),
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    # 0 is the top.
    Column("rank", SmallInteger, nullable=False),
    Column("is_grid", Boolean, nullable=False),
    UniqueConstraint("layer_id", "rank"),
    Index("level_grid_key", "layer_id", unique=True, postgresql_where=text("is_grid")),
)

edition = Table(
    "edition",
    METADATA,
    Column("id", Integer, Identity(), primary_key=True),
    Column("layer_id", SmallInteger, ForeignKey("layer.id"), nullable=False),
    Column("name", Text, nullable=False),
    # Null while it is a draft.
    Column("valid", TSTZRANGE),
    # The start that was wished for; null: from minus infinity for the first, now for a later one.
    moment("wished_from", nullable=True),
    moment("made_at"),
    Column("made_by", Text, nullable=False),
    moment("published_at", nullable=True),
    Column("published_by", Text),
    # Of the paper that decided it.
    Column("document", Text),
    # SHA-256 over the content that the rules judged; null: a draft, or of an older version.
    Column("content_hash", LargeBinary),
    # How many findings stood against it then; each has its exception.
    Column("findings", Integer),
    # The edition whose content it repeats.
    Column("restores", Integer, ForeignKey("edition.id")),
    # When open reports and people followed it; null: they have not yet.
    moment("followed_at", nullable=True),
    CheckConstraint("content_hash IS NULL OR valid IS NOT NULL", name="hash_when_published"),
    CheckConstraint("(valid IS NULL) = (published_at IS NULL)", name="draft_or_published"),
    CheckConstraint("NOT isempty(valid)", name="valid_not_empty"),
    # The database itself forbids two editions of one layer at one instant.
    ExcludeConstraint(
        ("layer_id", "="), ("valid", "&&"), using="gist", name="edition_one_at_a_time"
    ),
    Index(
        "edition_following_idx",
        "layer_id",
        postgresql_where=text("valid IS NOT NULL AND followed_at IS NULL"),
    ),
)

area = Table(
    "area",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("layer_id", SmallInteger, ForeignKey("layer.id"), nullable=False),
    Index("area_layer_id_idx", "layer_id"),
)

area_version = Table(
    "area_version",
    METADATA,
    Column("edition_id", Integer, ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True),
    Column("area_id", BigInteger, ForeignKey("area.id"), primary_key=True),
    Column("level", Text, nullable=False),
    Column("is_grid", Boolean, nullable=False),
    Column("code", Text(collation="C"), nullable=False),
    Column("name", Text, nullable=False),
    Column("parent_id", BigInteger),
    Column("households", Integer),
    Column("population", Integer),
    Column("attributes", JSONB, nullable=False, server_default=text("'{}'")),
    Column("geom", multipolygon(), nullable=False),
    UniqueConstraint("edition_id", "level", "code"),
    ForeignKeyConstraint(
        ["edition_id", "parent_id"],
        ["area_version.edition_id", "area_version.area_id"],
        name="area_version_parent_fkey",
        deferrable=True,
        initially="DEFERRED",
    ),
    Index("area_version_geom_idx", "edition_id", "geom", postgresql_using="gist"),
    Index(
        "area_version_grid_idx",
        "edition_id",
        "geom",
        postgresql_using="gist",
        postgresql_where=text("is_grid"),
    ),
    Index("area_version_code_idx", "code"),
    Index("area_version_area_id_idx", "area_id"),
    Index("area_version_parent_idx", "edition_id", "parent_id"),
)

territory = Table(
    "territory",
    METADATA,
    # Another one whenever an edition comes into force or goes; one row.
    Column("mark", Uuid, primary_key=True),
)
