"""Cases at work with clocks over them, as rows: for tests of what becomes of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import insert, text

from gridgis.store.tables import casefile, clock, report, report_key

if TYPE_CHECKING:
    from gridgis.store.engine import Store

NOON = datetime(2026, 5, 6, 4, tzinfo=UTC)
"""Wednesday, 6 May 2026, 12:00 in the city."""

HOUR = timedelta(hours=1)


def filed(store: Store, stage: str = "handle", case: UUID | None = None, **more: object) -> UUID:
    """Store a case at work, or another clock of one: warning at noon, limit an hour later."""
    number = case or uuid4()
    captured = NOON - 4 * HOUR
    usual = {
        **{"task": 0, "stage": stage, "round": 1, "started_at": captured, "spec": "5 h"},
        **{"warn_at": NOON, "due_at": NOON + HOUR, "escalate_to": "street", "next_at": NOON},
    }
    with store.begin() as connection:
        if case is None:
            key = {"id": number, "captured_at": captured}
            connection.execute(insert(report_key).values(**key, body_hash=b"\0" * 32))
            connection.execute(
                insert(report).values(**key, received_at=captured, source="town", description="")
            )
            begun = {"received_at": captured, "state_since": captured}
            connection.execute(
                insert(casefile).values(
                    report_id=number, captured_at=captured, **begun, state="handling", version=3
                )
            )
        connection.execute(insert(clock).values(report_id=number, **usual | more))
    return number


def many(store: Store, count: int) -> None:
    """Store so many cases at work at once, each with a clock that is due at noon."""
    with store.begin() as connection:
        connection.execute(
            text("""
                WITH made AS (
                    INSERT INTO report_key (id, captured_at, body_hash)
                    SELECT
                        gen_random_uuid(), CAST(:at AS TIMESTAMPTZ) - number * INTERVAL '1 s', '0'
                    FROM generate_series(1, :count) AS number
                    RETURNING id, captured_at
                ), stored AS (
                    INSERT INTO report (id, captured_at, received_at, source, description)
                    SELECT id, captured_at, captured_at, 'town', '' FROM made
                ), cases AS (
                    INSERT INTO casefile
                    (report_id, captured_at, received_at, state, state_since, version)
                    SELECT id, captured_at, captured_at, 'handling', captured_at, 3 FROM made
                )
                INSERT INTO clock (
                    report_id, task, stage, round, started_at, spec, warn_at, due_at, next_at,
                    escalate_to
                )
                SELECT
                    id, 0, 'handle', 1, captured_at, '5 h', :at, CAST(:at AS TIMESTAMPTZ),
                    captured_at + INTERVAL '1 h', 'street'
                FROM made
            """),
            {"count": count, "at": NOON},
        )
