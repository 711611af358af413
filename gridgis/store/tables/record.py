"""Who brought what in, which findings were accepted, what was corrected."""

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
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gridgis.store.tables.base import METADATA, moment

import_run = Table(
    "import_run",
    METADATA,
    Column("id", Integer, Identity(), primary_key=True),
    # What was imported: areas, reports, responders, cells, places, categories, visit-plans.
    Column("noun", Text, nullable=False),
    # The namespace of the rows' numbers; "demo" for the demo.
    Column("source", Text, nullable=False),
    Column("file", Text, nullable=False),
    # Areas fill this draft.
    Column("edition_id", Integer, ForeignKey("edition.id", ondelete="SET NULL")),
    moment("started_at"),
    moment("finished_at", nullable=True),
    Column("actor", Text, nullable=False),
    Column("read", BigInteger, nullable=False, server_default=text("0")),
    Column("added", BigInteger, nullable=False, server_default=text("0")),
    Column("same", BigInteger, nullable=False, server_default=text("0")),
    Column("refused", BigInteger, nullable=False, server_default=text("0")),
    moment("undone_at", nullable=True),
    Column("undone_by", Text),
    CheckConstraint(
        "noun IN ('areas', 'reports', 'responders', 'cells', 'places', 'categories',"
        " 'visit-plans')",
        name="noun_known",
    ),
)

edition_exception = Table(
    "edition_exception",
    METADATA,
    Column("id", Integer, Identity(), primary_key=True),
    Column("edition_id", Integer, ForeignKey("edition.id", ondelete="CASCADE"), nullable=False),
    # The finding that it is for, and how that reads.
    Column("rule", Text, nullable=False),
    Column("areas", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("finding", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    moment("recorded_at"),
)

correction = Table(
    "correction",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("noun", Text, nullable=False),
    Column("key", Text, nullable=False),
    # The row as it was: the old stays readable.
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    moment("recorded_at"),
    Index("correction_noun_key_idx", "noun", "key", "id"),
)
