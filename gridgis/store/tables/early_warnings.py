"""What the numbers suggest, and what people made of it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gridgis.store.tables.base import METADATA, moment

early_warning = Table(
    "early_warning",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("layer_id", SmallInteger, ForeignKey("layer.id", ondelete="CASCADE"), nullable=False),
    # On whose grids it was counted.
    Column("edition_id", Integer, ForeignKey("edition.id", ondelete="CASCADE"), nullable=False),
    # Null: of all categories together.
    Column("category", Text),
    Column("area_ids", ARRAY(BigInteger), nullable=False),
    # Where it is least explicable.
    Column("worst_area_id", BigInteger, ForeignKey("area.id", ondelete="CASCADE"), nullable=False),
    # The first and the last day, the city's.
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("observed", Integer, nullable=False),
    Column("expected", Float, nullable=False),
    # Chance alone does this somewhere once in so many days.
    Column("recurrence_days", Float, nullable=False),
    # How it was found.
    Column("parameters", JSONB, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'suggested'")),
    moment("made_at"),
    # When it was last found to go on.
    moment("renewed_at"),
    # Null: it goes on.
    moment("ended_at", nullable=True),
    moment("decided_at", nullable=True),
    Column("actor", Text),
    Column("role", Text),
    Column("reason", Text),
    # What it was taken up as.
    Column("report_id", Uuid, ForeignKey("report_key.id", ondelete="SET NULL")),
    CheckConstraint("kind IN ('series', 'scan')", name="kind_known"),
    CheckConstraint("state IN ('suggested', 'taken', 'dismissed')", name="state_known"),
    CheckConstraint("(state = 'suggested') = (decided_at IS NULL)", name="whole"),
    Index("early_warning_lasting_idx", "layer_id", postgresql_where=text("ended_at IS NULL")),
    Index("early_warning_edition_id_idx", "edition_id"),
    Index("early_warning_worst_area_id_idx", "worst_area_id"),
    Index(
        "early_warning_report_id_idx", "report_id", postgresql_where=text("report_id IS NOT NULL")
    ),
)
