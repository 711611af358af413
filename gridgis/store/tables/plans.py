"""Plans with their log, which areas they are, what became of each, and who moved."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gridgis.store.tables.base import METADATA, moment

plan = Table(
    "plan",
    METADATA,
    Column("id", Integer, Identity(), primary_key=True),
    Column("layer_id", SmallInteger, ForeignKey("layer.id"), nullable=False),
    Column("base_edition_id", Integer, ForeignKey("edition.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    # How many entries its log has.
    Column("version", Integer, nullable=False, server_default=text("0")),
    # Of the paper that decides it.
    Column("document", Text),
    moment("wished_from", nullable=True),
    # The levels above the grids whose borders may move too.
    Column("redraws", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    # Of what was submitted: the same is approved and published.
    Column("content_hash", LargeBinary),
    moment("made_at"),
    Column("made_by", Text, nullable=False),
    Column("rebased_from", Integer, ForeignKey("plan.id")),
    # What it became.
    Column("edition_id", Integer, ForeignKey("edition.id")),
    CheckConstraint(
        "state IN ('draft', 'in_review', 'approved', 'published', 'withdrawn')", name="state_known"
    ),
    CheckConstraint(
        "content_hash IS NOT NULL OR state IN ('draft', 'withdrawn')", name="hash_when_reviewed"
    ),
    CheckConstraint(
        "state <> 'published' OR edition_id IS NOT NULL", name="edition_when_published"
    ),
)

plan_entry = Table(
    "plan_entry",
    METADATA,
    Column("plan_id", Integer, ForeignKey("plan.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    # Of an edit; {} of undo and redo.
    Column("operation", JSONB, nullable=False),
    # The codes of the areas that it changed.
    Column("touched", ARRAY(Text), nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    moment("at"),
    CheckConstraint("kind IN ('edit', 'undo', 'redo')", name="kind_known"),
)

plan_step = Table(
    "plan_step",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("plan_id", Integer, ForeignKey("plan.id"), nullable=False),
    # Null: it was made.
    Column("from_state", Text),
    Column("to_state", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("reason", Text),
    moment("at"),
    Index("plan_step_plan_id_idx", "plan_id", "id"),
)

plan_exception = Table(
    "plan_exception",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("plan_id", Integer, ForeignKey("plan.id"), nullable=False),
    # The finding that it is for, and how that read.
    Column("rule", Text, nullable=False),
    Column("areas", ARRAY(Text), nullable=False),
    Column("finding", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    moment("recorded_at"),
    UniqueConstraint("plan_id", "rule", "areas"),
)

identity_override = Table(
    "identity_override",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    # One of the two: a plan, or a draft that was imported.
    Column("plan_id", Integer, ForeignKey("plan.id")),
    Column("edition_id", Integer, ForeignKey("edition.id", ondelete="CASCADE")),
    Column("level", Text, nullable=False),
    Column("code", Text(collation="C"), nullable=False),
    # Which area it is; null: a new one.
    Column("area_id", BigInteger, ForeignKey("area.id")),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    moment("recorded_at"),
    CheckConstraint("(plan_id IS NULL) <> (edition_id IS NULL)", name="plan_or_draft"),
    Index("identity_override_plan_id_idx", "plan_id"),
    Index("identity_override_edition_id_idx", "edition_id"),
    Index("identity_override_area_id_idx", "area_id"),
)

lineage = Table(
    "lineage",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("edition_id", Integer, ForeignKey("edition.id", ondelete="CASCADE"), nullable=False),
    # The edition that was in force before it.
    Column("from_edition", Integer, ForeignKey("edition.id"), nullable=False),
    Column("level", Text, nullable=False),
    # Null: ground that nobody had.
    Column("from_area", BigInteger, ForeignKey("area.id")),
    # Null: ground that nobody has.
    Column("to_area", BigInteger, ForeignKey("area.id")),
    Column("kind", Text, nullable=False),
    # Null: nobody knows.
    Column("households", Float),
    Column("area_m2", Float, nullable=False),
    # Of the households, where the area has any; else of the ground.
    Column("share_of_old", Float),
    Column("share_of_new", Float),
    CheckConstraint(
        "kind IN ('keep', 'split', 'merge', 'transfer', 'new', 'gone')", name="kind_known"
    ),
    Index("lineage_edition_id_idx", "edition_id"),
    Index("lineage_from_edition_idx", "from_edition"),
    Index("lineage_from_area_idx", "from_area"),
    Index("lineage_to_area_idx", "to_area"),
)

publication_receipt = Table(
    "publication_receipt",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("edition_id", Integer, ForeignKey("edition.id", ondelete="CASCADE"), nullable=False),
    # What moved: a report, or a responder.
    Column("noun", Text, nullable=False),
    Column("moved", Uuid, nullable=False),
    # Null: from or to nobody; then a person must look.
    Column("from_area", BigInteger, ForeignKey("area.id")),
    Column("to_area", BigInteger, ForeignKey("area.id")),
    moment("at"),
    moment("recorded_at"),
    CheckConstraint("noun IN ('report', 'responder')", name="noun_known"),
    Index("publication_receipt_edition_id_idx", "edition_id", "noun", "moved"),
    Index("publication_receipt_from_area_idx", "from_area"),
    Index("publication_receipt_to_area_idx", "to_area"),
)
