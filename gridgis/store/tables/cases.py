"""What becomes of a report: its case, tasks and clocks, and what the resident says.

The database lets no case and no task change its state without an event that says so.
"""

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
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gridgis.store.tables.base import METADATA, moment, point

_OPEN = "state NOT IN ('closed', 'rejected', 'merged', 'void')"
_AT_WORK = "state IN ('sent', 'accepted', 'arrived', 'working')"


def _count(name: str) -> Column[int]:
    return Column(name, SmallInteger, nullable=False, server_default=text("0"))


incident = Table(
    "incident",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("category", Text),
    moment("opened_at"),
    Column("location", point(), nullable=False),
    Column("radius_m", Float, nullable=False),
    Index("incident_location_idx", "location", postgresql_using="gist"),
)

casefile = Table(
    "casefile",
    METADATA,
    Column("report_id", Uuid, ForeignKey("report_key.id"), primary_key=True),
    moment("captured_at"),
    moment("received_at"),
    Column("channel", Text),
    Column("category", Text),
    # The limit that somebody outside set: own limits may only be tighter.
    moment("external_due_at", nullable=True),
    # How many events changed it.
    Column("version", Integer, nullable=False, server_default=text("0")),
    Column("state", Text, nullable=False, server_default=text("'reported'")),
    moment("state_since"),
    Column("outcome", Text),
    Column("level", SmallInteger),
    Column("tier", Text, nullable=False, server_default=text("'grid'")),
    # Who leads now.
    Column("unit", Text),
    Column("on_the_spot", Boolean, nullable=False, server_default=text("FALSE")),
    # The first times,
    moment("filed_at", nullable=True),
    moment("dispatched_at", nullable=True),
    moment("accepted_at", nullable=True),
    moment("arrived_at", nullable=True),
    # and the last ones.
    moment("fed_back_at", nullable=True),
    moment("verified_at", nullable=True),
    moment("closed_at", nullable=True),
    # By when it is to be closed; null: no limit, or it is paused.
    moment("due_at", nullable=True),
    _count("returns"),
    _count("reopenings"),
    _count("failures"),
    _count("extensions"),
    _count("deferrals"),
    _count("urgings"),
    _count("supervisions"),
    Column("parked_until", Date),
    Column("merged_into", Uuid, ForeignKey("report_key.id")),
    Column("incident_id", BigInteger, ForeignKey("incident.id")),
    Column("response_plan_id", Integer, ForeignKey("response_plan.id")),
    # What else the fold knows: what was asked for, the verification, the pauses.
    Column("facts", JSONB, nullable=False, server_default=text("'{}'")),
    CheckConstraint(
        "state IN ('reported', 'filed', 'rejected', 'merged', 'dispatched', 'handling', "
        "'suspended', 'fed_back', 'verifying', 'failed', 'closed', 'reopened', 'void')",
        name="state_known",
    ),
    CheckConstraint(
        "outcome IN ('solved', 'not_in_scope', 'duplicate', 'parked', 'withdrawn')",
        name="outcome_known",
    ),
    CheckConstraint("level BETWEEN 1 AND 4", name="level_known"),
    Index("casefile_received_at_idx", "received_at"),
    Index(
        "casefile_incident_id_idx",
        "incident_id",
        postgresql_where=text("incident_id IS NOT NULL"),
    ),
    Index(
        "casefile_merged_into_idx",
        "merged_into",
        postgresql_where=text("merged_into IS NOT NULL"),
    ),
    Index("casefile_suspended_idx", "report_id", postgresql_where=text("state = 'suspended'")),
    Index("casefile_open_idx", "received_at", "report_id", postgresql_where=text(_OPEN)),
)

task = Table(
    "task",
    METADATA,
    Column("report_id", Uuid, ForeignKey("casefile.report_id"), primary_key=True),
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False, server_default=text("0")),
    Column("state", Text, nullable=False),
    Column("unit", Text, nullable=False),
    # What this party does.
    Column("part", Text),
    Column("is_lead", Boolean, nullable=False),
    Column("is_whistled", Boolean, nullable=False, server_default=text("FALSE")),
    Column("responders", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    Column("round", SmallInteger, nullable=False),
    moment("sent_at"),
    moment("accepted_at", nullable=True),
    moment("arrived_at", nullable=True),
    moment("ended_at", nullable=True),
    Column("reason", Text),
    Column("reason_kind", Text),
    Column("arrived_location", point()),
    Column("arrived_m", Float),
    Column("rating", SmallInteger),
    CheckConstraint(
        "state IN ('sent', 'accepted', 'returned', 'recalled', 'arrived', 'working', 'done', "
        "'cannot')",
        name="state_known",
    ),
    CheckConstraint(
        "reason_kind IN ('not_ours', 'not_now', 'no_means', 'other')", name="reason_kind_known"
    ),
    CheckConstraint("rating BETWEEN 1 AND 5", name="rating_known"),
    Index("task_unit_idx", "unit", "sent_at"),
    Index("task_open_idx", "unit", "report_id", postgresql_where=text(_AT_WORK)),
    Index(
        "task_responders_idx",
        "responders",
        postgresql_using="gin",
        postgresql_where=text(_AT_WORK),
    ),
)

clock = Table(
    "clock",
    METADATA,
    Column("report_id", Uuid, ForeignKey("casefile.report_id"), primary_key=True),
    # 0: the report's own.
    Column("task", SmallInteger, primary_key=True, autoincrement=False),
    Column("stage", Text, primary_key=True),
    Column("round", SmallInteger, primary_key=True, autoincrement=False),
    moment("started_at"),
    # The limit as the response plan writes it.
    Column("spec", Text, nullable=False),
    Column("extensions", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    # [[from, to or null], ...]
    Column("pauses", JSONB, nullable=False, server_default=text("'[]'")),
    Column("calendar", Text),
    # A limit that somebody else set, which may only make it tighter.
    moment("cap_at", nullable=True),
    # Null while it is paused.
    moment("due_at", nullable=True),
    moment("warn_at", nullable=True),
    moment("warned_at", nullable=True),
    moment("escalated_at", nullable=True),
    moment("stopped_at", nullable=True),
    # A tier or a role; null: nobody.
    Column("escalate_to", Text),
    # When somebody must look again; null: never.
    moment("next_at", nullable=True),
    CheckConstraint(
        "stage IN ('file', 'dispatch', 'handle', 'verify', 'close', 'accept', 'arrive', 'finish') "
        "OR stage LIKE 'mark:%'",
        name="stage_known",
    ),
    Index("clock_next_at_idx", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    Index(
        "clock_escalated_at_idx",
        "escalated_at",
        postgresql_where=text("escalated_at IS NOT NULL"),
    ),
)

rating = Table(
    "rating",
    METADATA,
    Column("report_id", Uuid, ForeignKey("casefile.report_id"), primary_key=True),
    Column("round", SmallInteger, primary_key=True, autoincrement=False),
    moment("asked_at"),
    moment("expires_at"),
    moment("answered_at", nullable=True),
    Column("contacted", Boolean),
    Column("solved", Boolean),
    Column("satisfaction", SmallInteger),
    Column("words", Text),
    # Whether it brought the case back to the dispatcher.
    Column("returned", Boolean, nullable=False, server_default=text("FALSE")),
    CheckConstraint("satisfaction BETWEEN 1 AND 5", name="satisfaction_known"),
    CheckConstraint("(answered_at IS NULL) = (satisfaction IS NULL)", name="whole"),
)

secret = Table(
    "secret",
    METADATA,
    Column("name", Text, primary_key=True),
    # What links are signed with; it never leaves the database.
    Column("value", LargeBinary, nullable=False),
    moment("made_at"),
)
