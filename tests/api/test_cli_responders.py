"""Responders at the terminal: how many tasks they can hold, and what they are just now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer
from openpyxl import load_workbook
from sqlalchemy import text
from typer.testing import CliRunner

from gridgis.errors import InvalidInputError, RowNotFoundError
from gridgis.settings import Settings
from gridgis_api.cli import responders
from tests.cities import staff
from tests.lives import process, until

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store

app = typer.Typer()
app.add_typer(responders.app, name="responders")


@pytest.fixture(autouse=True)
def settings(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDGIS_ACTOR", "Li Na")


def said(*words: object) -> str:
    result = CliRunner().invoke(
        app, ["responders", *(str(word) for word in words)], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_capacity_comes_in_goes_out_and_is_one_unless_said(tmp_path: Path) -> None:
    file, out = tmp_path / "r.csv", tmp_path / "out.csv"
    file.write_text(
        "编号,类型,姓名,可接任务数\n1,team,A,4\n2,worker,B,\n3,worker,C,0\n4,worker,D,2.5\n",
        encoding="utf-8",
    )
    told = said("import", file)
    assert "capacity is 2.5; it is a whole number from 0" in told
    assert "3 added, 0 the same as stored, 1 refused" in told
    said("correct", 2, "--set", "capacity=3", "--reason", "a second phone")
    said("export", "-o", out)
    lines = [line.split(",") for line in out.read_text(encoding="utf-8-sig").splitlines()]
    place = lines[0].index("capacity")
    assert [line[place] for line in lines[1:]] == ["4", "3", "0"]
    assert "3 the same" in said("import", out, "--source", "file")
    template = tmp_path / "t.xlsx"
    said("template", "-o", template)
    headings = [cell.value for cell in load_workbook(template).active[1]]
    assert "可接任务数 capacity" in headings


def test_a_status_that_is_said_at_the_terminal_is_heard_by_the_service(
    database_url: str, store: Store, clock: FixedClock
) -> None:
    with store.begin() as connection:
        staff(connection, "Wang", 104.0, 30.0)
    with process(database_url, Settings(), clock) as live:
        until(lambda: live.crowd.status.tolist() == [0])
        told = said("status", "Wang", "busy", "--until", "2126-05-01T10:00", "--reason", "a fire")
        assert "responders Wang: busy" in told
        until(lambda: live.crowd.status.tolist() == [1])
    with store.begin() as connection:
        row = connection.execute(text("SELECT actor, reason, until FROM status_change")).one()
    assert (row.actor, row.reason) == ("Li Na", "a fire")
    assert row.until.isoformat() == "2126-05-01T02:00:00+00:00"
    with pytest.raises(InvalidInputError, match="one of free, busy, off, out_of_reach"):
        said("status", "Wang", "tired")
    with pytest.raises(RowNotFoundError):
        said("status", "Zhao", "busy")
