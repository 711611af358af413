"""What rules cases: response plans, calendars, and which unit is responsible for what."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from gridgis.store.tables.base import METADATA, moment

response_plan = Table(
    "response_plan",
    METADATA,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    # SHA-256 over the document.
    Column("content_hash", LargeBinary, nullable=False),
    # YAML as it was imported, with its comments.
    Column("document", Text, nullable=False),
    moment("in_force_from"),
    moment("recorded_at"),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Index("response_plan_in_force_from_idx", "in_force_from", "id"),
)

calendar = Table(
    "calendar",
    METADATA,
    Column("id", Integer, Identity(), primary_key=True),
    Column("code", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    moment("recorded_at"),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Index("calendar_code_idx", "code", "id"),
)

unit = Table(
    "unit",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text),
    Column("tier", Text),
    # What its people's `organisation` is called.
    Column("organisation", Text),
    Column("phone", Text),
    moment("retired_at", nullable=True),
)

responsibility_list = Table(
    "responsibility_list",
    METADATA,
    Column("id", Integer, Identity(), primary_key=True),
    moment("recorded_at"),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("file", Text, nullable=False),
)

responsibility = Table(
    "responsibility",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("list_id", Integer, ForeignKey("responsibility_list.id"), nullable=False),
    Column("category", Text, nullable=False),
    # Neither: everywhere.
    Column("layer_id", SmallInteger, ForeignKey("layer.id")),
    Column("area_id", BigInteger, ForeignKey("area.id")),
    Column("unit_code", Text, ForeignKey("unit.code"), nullable=False),
    Index("responsibility_list_id_idx", "list_id", "category"),
)
