"""Responders as they live: where they are and were, what they say of themselves, duty exceptions.

``seq`` is one number a change, committed in its order (``hold_live``): whoever has read up to one
asks for those after it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Identity,
    Index,
    Sequence,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE

from gridgis.store.tables.base import METADATA, moment, point

_NEXT = text("nextval('live_seq')")

position = Table(
    "position",
    METADATA,
    Column("responder_id", Uuid, ForeignKey("responder.id", ondelete="CASCADE"), primary_key=True),
    Column("point", point(), nullable=False),
    Column("accuracy_m", Float),
    moment("at"),
    moment("recorded_at"),
    Column("seq", BigInteger, Sequence("live_seq"), nullable=False, server_default=_NEXT),
    Index("position_seq_idx", "seq"),
)

position_history = Table(
    "position_history",
    METADATA,
    Column("responder_id", Uuid, ForeignKey("responder.id", ondelete="CASCADE"), primary_key=True),
    Column("at", moment("at").type, primary_key=True),
    Column("point", point(), nullable=False),
    Column("accuracy_m", Float),
    moment("recorded_at"),
    Index("position_history_at_idx", "at", postgresql_using="brin"),
    postgresql_partition_by="RANGE (at)",
)

position_coarsened = Table(
    "position_coarsened",
    METADATA,
    # Up to when the history was coarsened; one row.
    Column("until", moment("until").type, primary_key=True),
)

responder_status = Table(
    "responder_status",
    METADATA,
    Column("responder_id", Uuid, ForeignKey("responder.id", ondelete="CASCADE"), primary_key=True),
    Column("status", Text, nullable=False),
    moment("since"),
    # Free again from then on; null: until they say otherwise.
    moment("until", nullable=True),
    Column("reason", Text),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("seq", BigInteger, Sequence("live_seq"), nullable=False, server_default=_NEXT),
    CheckConstraint("status IN ('free', 'busy', 'off', 'out_of_reach')", name="status_known"),
    Index("responder_status_seq_idx", "seq"),
)

status_change = Table(
    "status_change",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("responder_id", Uuid, ForeignKey("responder.id", ondelete="CASCADE"), nullable=False),
    Column("status", Text, nullable=False),
    moment("since"),
    moment("until", nullable=True),
    Column("reason", Text),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Index("status_change_responder_id_idx", "responder_id", "id"),
)

duty_exception = Table(
    "duty_exception",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("responder_id", Uuid, ForeignKey("responder.id", ondelete="CASCADE"), nullable=False),
    Column("span", TSTZRANGE, nullable=False),
    Column("on_duty", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    moment("recorded_at"),
    # One that was withdrawn counts no more; it stays for the record.
    moment("withdrawn_at", nullable=True),
    Column("withdrawn_by", Text),
    CheckConstraint(
        "NOT isempty(span) AND NOT lower_inf(span) AND NOT upper_inf(span)", name="bounded"
    ),
    Index("duty_exception_responder_id_idx", "responder_id", "id"),
)

roster = Table(
    "roster",
    METADATA,
    # Another one whenever a responder, their duty or one of its exceptions changes; one row.
    Column("mark", Uuid, primary_key=True),
)
