"""One case at the terminal, from report to rating."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from gridgis.actor import Actor
from gridgis.clock import SystemClock
from gridgis.errors import (
    CaseRefusedError,
    GridgisError,
    InvalidInputError,
    ReportNotFoundError,
    ResponderNotFoundError,
)
from gridgis.response.plans import import_plan
from gridgis.store import units
from gridgis.store.engine import Store
from gridgis.store.units import NewDuty, StoredUnit
from gridgis_api.cli.root import commands
from tests.api.casework import PLAN
from tests.cities import draw, file_under, staff

if TYPE_CHECKING:
    from pathlib import Path

ROWS = """编号,上报时间,经度,纬度,类别,描述
G1,2026-04-30 08:01,104.005,30.005,gas,a leak
R1,2026-04-30 08:02,104.005,30.005,road,a hole
R2,2026-04-30 08:03,104.005,30.005,road,another hole
"""
HERE = ("--lon", "104.005", "--lat", "30.0052")


@pytest.fixture(autouse=True)
def town(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDGIS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GRIDGIS_INDEX_DIR", str(tmp_path / "index"))
    monkeypatch.setenv("GRIDGIS_ACTOR", "Li Na")
    store = Store(database_url)
    now, who = SystemClock().now(), Actor("Chen", "leader")
    with store.begin() as connection:
        draw(connection, made_at=now)
        file_under(connection, "gas", "gas")
        file_under(connection, "road")
        staff(connection, "Wang", 104.005, 30.005, "gas")
        staff(connection, "Station 1", 104.015, 30.025, "fire", kind="facility")
        import_plan(connection, PLAN, who, now, None)
        units.put(connection, [StoredUnit("gas-works", "Gas Works"), StoredUnit("roads", "Roads")])
        units.put_duties(connection, [NewDuty("road", "roads")], "duties.xlsx", who, now)
    store.close()
    (tmp_path / "calls.csv").write_text(ROWS, encoding="utf-8")
    said("reports", "import", tmp_path / "calls.csv")


def said(*words: object) -> str:
    """What a command writes, on both channels."""
    given = [str(word) for word in words]
    result = CliRunner().invoke(commands([given[0]]), given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def refused(error: type[GridgisError], *words: object) -> str:
    with pytest.raises(error) as told:
        said(*words)
    return str(told.value)


def test_five_commands_from_report_to_rating() -> None:
    told = said("case", "file", "R1")
    assert "report R1: taken up; it is now filed (version 1)" in told
    assert "can come next: reject, merge, level, dispatch," in told
    told = said("case", "dispatch", "R1")
    assert "1 party is sent; it is now dispatched (version 2)" in told
    assert "task 1 of Roads: sent, leads, accept by" in told
    assert "it is now fed back" in said("case", "done", "R1", *HERE, "--as", "worker")
    told = said("case", "close", "R1", *HERE)
    assert "it is now closed as solved" in told
    assert "rates it at /rate/" in told
    assert "rated 5 of 5; it is now closed" in said("case", "rate", "R1", 5, "--words", "quick")
    story = said("case", "show", "R1")
    for part in (
        "report R1: a hole",
        "state closed (Closed), outcome solved",
        "dispatched → Dispatched Li Na (administrator) Roads",
        "arrived (task 1) Li Na (worker) 22.2 m from the report",
        "verified → Being verified",
        "handle: 1 day the case",
        "the resident says solved, satisfaction 5 of 5: quick",
    ):
        assert part in story
    assert "已办结" in said("case", "show", "R1", "--lang", "zh")
    assert "waits for no rating" in refused(CaseRefusedError, "case", "rate", "R1", 5)
    assert "comes back" not in said("case", "reopen", "R1", "--reason", "it is back")


def test_a_leak_of_gas() -> None:
    said("case", "file", "G1")
    told = said("case", "proposal", "G1")
    for part in ("level 2 is proposed", "it says “leak”", "responsible: nobody knows", "Wang"):
        assert part in told
    assert "dispatch would be refused" in told
    assert "looks like level 2" in refused(CaseRefusedError, "case", "dispatch", "G1")
    said("case", "level", "G1", 2)
    assert "2 parties are sent" in said("case", "dispatch", "G1")
    both = refused(InvalidInputError, "case", "accept", "G1")
    assert both == "say which task by --task: 1 (gas-works, sent), 2 (Station 1, sent)"
    told = said("case", "accept", "G1", "--task", 1, "--as", "unit")
    assert "accept --task 2" in told
    assert "mark" in told
    assert "sealed is reached" in said("case", "mark", "G1", "sealed")
    said("case", "return", "G1", "--task", 2, "--kind", "no_means", "--reason", "no engine")
    assert "return 1 waits for an answer, asked by Li Na" in said("case", "show", "G1")
    said("case", "dispatch", "G1", "--unit", "fire-2", "--responder", "Station 1")
    said("case", "whistle", "G1", "police", "--within", "30 min", "--reason", "a crowd")
    tasks = said("tasks", "--unit", "police")
    assert "G1 4 police sent arrive" in tasks
    assert "nobody has anything to do" in said("tasks", "--unit", "nobody")
    for step in ("arrive", "begin", "done"):
        said("case", step, "G1", "--task", 4)
    assert "task 4 rated 3" in said("case", "rate-task", "G1", 3)
    said("case", "accept", "G1", "--task", 3)
    said("case", "cannot", "G1", "--task", 3, "--reason", "the road is closed")
    said("case", "recall", "G1", "--task", 1, "--reason", "a false alarm")
    assert "filed" in said("case", "show", "G1")


def test_what_is_asked_for_and_comes_from_above(monkeypatch: pytest.MonkeyPatch) -> None:
    said("case", "file", "R2")
    said("case", "dispatch", "R2")
    said("case", "ask", "R2", "extension", "--by", "2 days", "--reason", "rain")
    said("case", "park", "R2", "--until", "2099-06-30", "--plan", "new road", "--reason", "works")
    assert "somebody else decides" in refused(CaseRefusedError, "case", "grant", "R2", 1)
    monkeypatch.setenv("GRIDGIS_ACTOR", "Chen")
    said("case", "refuse", "R2", 1, "--reason", "it is dry", "--as", "leader")
    assert "it is now suspended as parked" in said("case", "grant", "R2", 2, "--as", "leader")
    assert "R2 suspended" in said("case", "list", "--unit", "roads")
    assert "parked until 2099-06-30" in said("case", "show", "R2")
    said("case", "resume", "R2")
    said("case", "urge", "R2", "--due", "2099-01-01")
    said("case", "supervise", "R2", "--document", "No. 12", "--as", "inspector")
    assert "lifted to the street" in said("case", "lift", "R2", "street", "--reason", "too large")
    assert "merged into R1" in said("case", "merge", "R2", "R1")
    assert "R2" not in said("case", "list")
    assert "1 of 5" not in said("case", "list", "--late")
    assert "refused" in said("case", "reject", "R1", "--reason", "a test")
    assert "it is now closed as solved" in said("case", "on-the-spot", "G1", *HERE)


def test_a_mistake_is_one_sentence() -> None:
    assert "no such role" in refused(InvalidInputError, "case", "file", "R1", "--as", "king")
    refused(ReportNotFoundError, "case", "file", "R9")
    refused(ReportNotFoundError, "case", "show", UUID(int=7))
    assert "may not" in refused(CaseRefusedError, "case", "file", "R1", "--as", "worker")
    assert "no task" in refused(InvalidInputError, "case", "accept", "R1")
    said("case", "file", "R1")
    someone = ("case", "dispatch", "R1", "--unit", "x", "--responder", "nobody")
    assert "'nobody'" in refused(ResponderNotFoundError, *someone)
    assert "both --lon and --lat" in refused(InvalidInputError, "case", "verify", "R1", "--lon", 1)
    assert "no tier" in refused(InvalidInputError, "case", "lift", "R1", "moon", "--reason", "x")
    assert "no day" in refused(
        InvalidInputError, "case", "park", "R1", "--until", "x", "--plan", "p", "--reason", "x"
    )
    late = refused(InvalidInputError, "case", "urge", "R1", "--at", "2099-01-01")
    assert "2099-01-01T00:00:00+08:00 is in the future" in late, "in the city's time, as written"


def test_somebody_who_left_is_not_sent(database_url: str) -> None:
    said("case", "file", "R1")
    store = Store(database_url)
    with store.begin() as connection:
        left = text("UPDATE responder SET retired_at = :at WHERE number = 'Wang' RETURNING id")
        wang = connection.execute(left, {"at": SystemClock().now()}).scalar_one()
    store.close()
    named = ("case", "dispatch", "R1", "--unit", "x", "--responder", wang)
    assert "left on" in refused(ResponderNotFoundError, *named)
