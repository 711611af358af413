"""A chunk of reports is stored in two halves at once; nobody can tell, but by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sqlalchemy import text

from gridgis.errors import StoreFullError
from gridgis.imports import Importer, ImportOptions
from gridgis.imports import reports as reports_noun
from gridgis.imports.attributes import attributes
from gridgis.imports.refusals import Judging
from gridgis.store import staging
from tests.cities import draw

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store

EVERYTHING = """
SELECT
    report.number, report.import_row, report.description, assignment.area_id, holder.area_id,
    event.kind
FROM report
INNER JOIN report_key USING (id)
INNER JOIN assignment ON assignment.report_id = report.id
INNER JOIN holder ON holder.report_id = report.id
INNER JOIN event ON event.report_id = report.id
ORDER BY report.number
"""
COUNTS = "SELECT read, added, same, refused FROM import_run ORDER BY id"


@pytest.fixture
def importer(store: Store, actor: Actor, clock: FixedClock) -> Importer:
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
    return Importer(store, actor, clock)


@pytest.fixture
def halves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports_noun, "WORTH_TWO_CONNECTIONS", 2)


def fifty() -> pd.DataFrame:
    """Fifty reports; twenty come again, ten of them with other words; five are off the earth."""
    frame = pd.DataFrame(
        {
            "number": [f"A{number:02}" for number in range(50)],
            "captured_at": "2026-04-30 08:30",
            "description": "hole",
            "lon": 104.005,
            "lat": 30.005,
        }
    )
    again = frame[:20].assign(description=["pit"] * 10 + ["hole"] * 10)
    nowhere = frame[:5].assign(number=[f"B{number}" for number in range(5)], lat=100.0)
    return pd.concat([frame, again, nowhere], ignore_index=True)


def ask(store: Store, question: str) -> list[tuple[object, ...]]:
    with store.begin() as connection:
        return [tuple(row) for row in connection.execute(text(question))]


@pytest.mark.usefixtures("halves")
def test_two_halves_store_what_one_would(importer: Importer, store: Store) -> None:
    summary = importer.frame("reports", fifty(), ImportOptions(source="hotline"), "x")
    assert (summary.read, summary.added, summary.same, summary.refused) == (75, 50, 10, 15)
    assert ask(store, COUNTS) == [(75, 50, 10, 15)]
    stored = ask(store, EVERYTHING)
    # The first row of each number: its words and its place in the file.
    assert [row[:3] for row in stored] == [(f"A{n:02}", n + 1, "hole") for n in range(50)]
    assert {row[3:] for row in stored} == {(stored[0][3], stored[0][3], "reported")}
    clashing = [refusal.row for refusal in summary.refusals if "differs" in refusal.reason]
    assert clashing == list(range(51, 61))


@pytest.mark.usefixtures("halves")
def test_a_half_that_fails_is_brought_in_by_the_next_run(
    importer: Importer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_tables = staging.store
    full = [StoreFullError()]

    def fill(connection: object, tables: object) -> None:
        if full:
            raise full.pop()
        store_tables(connection, tables)  # type: ignore[arg-type]

    monkeypatch.setattr(staging, "store", fill)
    with pytest.raises(StoreFullError, match="0 rows of x are done"):
        importer.frame("reports", fifty(), ImportOptions(source="hotline"), "x")
    monkeypatch.undo()
    [(_, added, _, _)] = ask(store, COUNTS)
    assert isinstance(added, int)
    assert 0 < added < 50
    assert ask(store, "SELECT count(*) FROM report_key") == [(added,)]
    assert len(ask(store, EVERYTHING)) == added
    again = importer.frame("reports", fifty(), ImportOptions(source="hotline"), "x")
    assert (again.added, again.same) == (50 - added, 10 + added)
    assert len(ask(store, EVERYTHING)) == 50


def test_equal_values_that_are_written_otherwise_stay_apart() -> None:
    chunk = pd.DataFrame({"a": [1, True, 1.0, "1", None], "b": [0.0, -0.0, 2.5, float("nan"), 0.0]})
    assert attributes(chunk, ["a", "b"], Judging(chunk)) == [
        '{"a":1,"b":0.0}',
        '{"a":true,"b":-0.0}',
        '{"a":1.0,"b":2.5}',
        '{"a":"1"}',
        '{"b":0.0}',
    ]
