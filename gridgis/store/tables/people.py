"""Categories of reports, and those who can act: the register of them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, INT4MULTIRANGE, JSONB

from gridgis.store.tables.base import METADATA, moment, point

category = Table(
    "category",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text),
    Column("family", Text),
    # The layer whose grid is responsible; null: the layers' own order decides.
    Column("layer_id", SmallInteger, ForeignKey("layer.id")),
    Column("skills", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("import_id", Integer, ForeignKey("import_run.id")),
    moment("retired_at", nullable=True),
)

responder = Table(
    "responder",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("source", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("organisation", Text),
    Column("role", Text),
    Column("area_id", BigInteger, ForeignKey("area.id")),
    Column("skills", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("phone", Text),
    # Minutes of the city's week, Monday 00:00 = 0; null: always on duty.
    Column("duty", INT4MULTIRANGE),
    Column("home", point()),
    Column("attributes", JSONB, nullable=False, server_default=text("'{}'")),
    # Tasks that can be held at the same time.
    Column("capacity", Integer, nullable=False, server_default=text("1")),
    Column("import_id", Integer, ForeignKey("import_run.id")),
    moment("retired_at", nullable=True),
    UniqueConstraint("source", "number"),
    CheckConstraint("capacity >= 0", name="capacity_counted"),
    CheckConstraint("kind IN ('worker', 'team', 'unit', 'vehicle', 'facility')", name="kind_known"),
    CheckConstraint(
        "role IN ('chief', 'full-time', 'part-time', 'police', 'building-head')", name="role_known"
    ),
    Index("responder_area_id_idx", "area_id"),
)
