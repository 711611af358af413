"""Reports by month, and what was decided about them.

Every foreign key goes to ``report_key``, so that a month can be detached. Assignments and events
are append-only: a trigger refuses to change them, but while a whole import is undone.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gridgis.store.tables.base import METADATA, moment, point

report_key = Table(
    "report_key",
    METADATA,
    Column("id", Uuid, primary_key=True),
    moment("captured_at"),
    # SHA-256 of the body as it came: the same number with another body is a conflict.
    Column("body_hash", LargeBinary, nullable=False),
    Column("import_id", Integer, ForeignKey("import_run.id")),
    Index("report_key_import_id_idx", "import_id", postgresql_where=text("import_id IS NOT NULL")),
)

report = Table(
    "report",
    METADATA,
    Column("id", Uuid, ForeignKey("report_key.id"), primary_key=True),
    Column("captured_at", moment("captured_at").type, primary_key=True),
    moment("received_at"),
    Column("source", Text, nullable=False),
    Column("number", Text),
    Column("category", Text),
    Column("description", Text, nullable=False),
    Column("address", Text),
    Column("reporter_name", Text),
    Column("reporter_contact", Text),
    # Null: no location yet.
    Column("location", point()),
    Column("accuracy_m", Float),
    # How the location was found; null: it was given with the report, or by a person.
    Column("located", JSONB(none_as_null=True)),
    # What a person should know, such as captured_in_the_future.
    Column("flags", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("attributes", JSONB, nullable=False, server_default=text("'{}'")),
    Column("import_row", BigInteger),
    moment("retired_at", nullable=True),
    Index("report_captured_at_idx", "captured_at", "id"),
    Index("report_location_idx", "location", postgresql_using="gist"),
    Index(
        "report_unlocated_idx",
        "captured_at",
        "id",
        postgresql_where=text("location IS NULL AND retired_at IS NULL"),
    ),
    postgresql_partition_by="RANGE (captured_at)",
)

assignment = Table(
    "assignment",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("report_id", Uuid, ForeignKey("report_key.id"), nullable=False),
    Column("layer_id", SmallInteger, ForeignKey("layer.id"), nullable=False),
    # Null when no edition of the layer was in force.
    Column("edition_id", Integer, ForeignKey("edition.id")),
    # Null when no grid answers.
    Column("area_id", BigInteger),
    Column("rule", Text, nullable=False),
    Column("boundary_distance_m", Float),
    # [{"area_id", "distance_m"}], nearest first; [] unless the accuracy reaches a boundary.
    Column("runner_up", JSONB, nullable=False, server_default=text("'[]'")),
    moment("made_at"),
    ForeignKeyConstraint(
        ["edition_id", "area_id"],
        ["area_version.edition_id", "area_version.area_id"],
        name="assignment_area_version_fkey",
    ),
    CheckConstraint("rule IN ('covers', 'near', 'outside', 'no_location')", name="rule_known"),
    CheckConstraint("(area_id IS NOT NULL) = (rule IN ('covers', 'near'))", name="grid_when_found"),
    Index("assignment_report_id_idx", "report_id", "layer_id", "id"),
    Index("assignment_area_id_idx", "area_id", "report_id"),
)

holder = Table(
    "holder",
    METADATA,
    Column("report_id", Uuid, ForeignKey("report_key.id"), primary_key=True),
    # Null: nobody yet, a person must look.
    Column("area_id", BigInteger, ForeignKey("area.id")),
    Column("layer_id", SmallInteger, ForeignKey("layer.id")),
    moment("since"),
    Index("holder_area_id_idx", "area_id"),
)

event = Table(
    "event",
    METADATA,
    # A sequence, since identity columns of partitioned tables need PostgreSQL 17.
    Column(
        "id",
        BigInteger,
        Sequence("event_id_seq"),
        primary_key=True,
        server_default=text("nextval('event_id_seq')"),
    ),
    Column("report_id", Uuid, ForeignKey("report_key.id"), nullable=False),
    # The report's, so that a month of reports and their events is detached as one.
    Column("captured_at", moment("captured_at").type, primary_key=True),
    Column("kind", Text, nullable=False),
    moment("at"),
    moment("recorded_at"),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("facts", JSONB, nullable=False, server_default=text("'{}'")),
    Index("event_report_id_idx", "report_id", "id"),
    postgresql_partition_by="RANGE (captured_at)",
)
