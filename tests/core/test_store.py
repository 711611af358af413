"""The tables hold what the design promises of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, text

from gridgis.errors import (
    ConflictError,
    EditionOverlapsError,
    SchemaOutdatedError,
    StoreUnavailableError,
)
from gridgis.model import Location
from gridgis.store import assignments, migrate
from gridgis.store.engine import Store
from gridgis.store.months import Months
from gridgis.store.tables import (
    METADATA,
    assignment,
    casefile,
    edition,
    event,
    layer,
    report,
    report_key,
)
from tests.cities import JUDGED, draw

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DEFAULTS = ("report_default", "event_default", "position_history_default")


def test_the_migrations_build_what_the_tables_say(store: Store) -> None:
    with store.begin() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": _is_ours, "compare_server_default": False}
        )
        assert compare_metadata(context, METADATA) == []


def test_a_database_without_tables_says_what_to_do(server_url: str) -> None:
    empty = Store(server_url)
    with pytest.raises(SchemaOutdatedError, match="gridgis db migrate"):
        empty.require_newest()
    empty.close()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    newest = migrate.newest()
    assert migrate.upgrade(database_url) == (newest, newest)


def test_two_editions_of_one_layer_are_never_in_force_together(store: Store) -> None:
    with store.begin() as connection:
        layer_id = _a_layer(connection)
        _an_edition(connection, layer_id, "[2025-01-01, 2026-01-01)")
        _an_edition(connection, layer_id, "[2026-01-01,)")
    with pytest.raises(EditionOverlapsError), store.begin() as connection:
        _an_edition(connection, layer_id, "[2025-12-31, 2026-01-02)")


def test_one_number_never_becomes_two_reports_whatever_the_month(store: Store) -> None:
    number = uuid4()
    with store.begin() as connection:
        _a_report(connection, number, datetime(2026, 1, 5, tzinfo=UTC))
    with pytest.raises(ConflictError), store.begin() as connection:
        _a_report(connection, number, datetime(2026, 3, 5, tzinfo=UTC))


def test_rows_that_came_before_their_month_was_made_move_into_it(store: Store) -> None:
    captured_at = datetime(2026, 2, 28, 23, 59, tzinfo=UTC)
    with store.begin() as connection:
        _a_report(connection, uuid4(), captured_at)
        assert _count(connection, "report_default") == 1
    Months(store).make([captured_at])
    with store.begin() as connection:
        assert _count(connection, "report_default") == 0
        assert _count(connection, "report_2026_02") == 1
        assert _count(connection, "event_2026_02") == 1


def test_a_month_can_be_detached_while_assignments_stay(store: Store) -> None:
    Months(store).make([datetime(2026, 2, 1, tzinfo=UTC)])
    with store.begin() as connection:
        _a_report(connection, uuid4(), datetime(2026, 2, 5, tzinfo=UTC))
        connection.execute(text("ALTER TABLE report DETACH PARTITION report_2026_02"))
        assert _count(connection, "assignment") == 1


@pytest.mark.parametrize("table", ["assignment", "event"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET report_id = report_id"])
def test_what_was_decided_is_never_rewritten(store: Store, table: str, change: str) -> None:
    with store.begin() as connection:
        _a_report(connection, uuid4(), datetime(2026, 2, 5, tzinfo=UTC))
    with pytest.raises(ConflictError, match="append-only"), store.begin() as connection:
        connection.execute(text(change.format(table)))


def test_a_server_that_is_not_there_is_said_plainly() -> None:
    nowhere = Store("postgresql://gridgis@/gridgis?host=/nowhere")
    with pytest.raises(StoreUnavailableError, match="cannot be reached"), nowhere.begin():
        pass


def _is_ours(thing: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    del thing, reflected
    if kind == "table":
        return name in METADATA.tables
    return not (kind == "index" and str(name).startswith(_DEFAULTS))


def _a_layer(connection: Connection) -> int:
    row = connection.execute(
        insert(layer)
        .values(code="base", name="Base", complete=True, priority=0, grammar="none")
        .returning(layer.c.id)
    )
    return int(row.scalar_one())


def _an_edition(connection: Connection, layer_id: int, valid: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    connection.execute(
        insert(edition).values(
            layer_id=layer_id,
            name="e",
            valid=text(f"'{valid}'::tstzrange"),
            made_at=now,
            made_by="Li Na",
            published_at=now,
            **JUDGED,
        )
    )


def _a_report(connection: Connection, number: object, captured_at: datetime) -> None:
    connection.execute(
        insert(report_key).values(id=number, captured_at=captured_at, body_hash=b"1")
    )
    connection.execute(
        insert(report).values(
            id=number,
            captured_at=captured_at,
            received_at=captured_at,
            source="test",
            description="",
        )
    )
    connection.execute(
        insert(casefile).values(
            report_id=number,
            captured_at=captured_at,
            received_at=captured_at,
            state_since=captured_at,
        )
    )
    connection.execute(
        insert(event).values(
            report_id=number,
            captured_at=captured_at,
            kind="reported",
            at=captured_at,
            recorded_at=captured_at,
            actor="Li Na",
            role="dispatcher",
        )
    )
    connection.execute(
        insert(assignment).values(
            report_id=number, layer_id=_a_layer(connection), rule="outside", made_at=captured_at
        )
    )


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608


def test_a_question_is_put_again_when_its_connection_was_lost(store: Store) -> None:
    """As after a restart of PostgreSQL: the next question is answered, nobody sees an error."""
    now = datetime(2026, 5, 1, tzinfo=UTC)

    def in_force(connection: Connection) -> list[object]:
        return list(assignments.locate(connection, Location(104, 30), now, near_tolerance_m=30))

    with store.begin() as connection:
        draw(connection, made_at=now)
    first = store.ask(in_force)
    with store.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert store.ask(in_force) == first
