"""Standing visits, and the record of those that were made."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
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
from sqlalchemy.dialects.postgresql import ARRAY, INT4MULTIRANGE

from gridgis.store.tables.base import METADATA, moment, point

_KINDS = "kind IN ('visit', 'inspection', 'patrol')"

visit_plan = Table(
    "visit_plan",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("source", Text, nullable=False),
    Column("code", Text(collation="C"), nullable=False),
    Column("place_id", BigInteger, ForeignKey("place.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("every_days", Integer, nullable=False),
    # Minutes of the city's week within which it may begin, as duty has them; null: at any time.
    Column("hours", INT4MULTIRANGE),
    Column("service_s", Integer, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("skills", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    # Who goes there; null: whoever works in the place's grid.
    Column("responder_id", Uuid, ForeignKey("responder.id")),
    # The first day counts from here; null: it was due ever since.
    Column("starts_on", Date),
    Column("import_id", Integer, ForeignKey("import_run.id")),
    moment("retired_at", nullable=True),
    UniqueConstraint("source", "code"),
    CheckConstraint(_KINDS, name="kind_known"),
    CheckConstraint("every_days > 0", name="every_days"),
    Index("visit_plan_place_id_idx", "place_id"),
    Index("visit_plan_responder_id_idx", "responder_id"),
)

visit = Table(
    "visit",
    METADATA,
    # Given by the phone.
    Column("id", Uuid, primary_key=True),
    Column("body_hash", LargeBinary, nullable=False),
    Column("responder_id", Uuid, ForeignKey("responder.id"), nullable=False),
    Column("place_id", BigInteger, ForeignKey("place.id"), nullable=False),
    Column("kind", Text, nullable=False),
    moment("at"),
    moment("recorded_at"),
    # Where the phone was; null: it did not say.
    Column("point", point()),
    Column("accuracy_m", Float),
    # From there to the place as it was when this was recorded; null: one of the two is unknown.
    Column("distance_m", Float),
    Column("far", Boolean),
    # The grid that was responsible for the place then.
    Column("area_id", BigInteger, ForeignKey("area.id")),
    Column("result", Text, nullable=False),
    Column("note", Text),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    CheckConstraint(_KINDS, name="kind_known"),
    Index("visit_at_idx", "at", "id"),
    Index("visit_responder_idx", "responder_id", "at", "id"),
    Index("visit_place_idx", "place_id", "kind", "at", "id"),
)
