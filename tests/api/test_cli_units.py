"""The list of duties at the terminal: a template, a list with a gap, the unit of one report."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from gridgis.errors import RowsRefusedError, UnitNotFoundError
from gridgis.store.engine import Store
from gridgis_api.cli.root import commands
from tests.cities import draw, file_under

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)


@pytest.fixture
def folder(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDGIS_INDEX_DIR", str(tmp_path / "index"))
    store = Store(database_url)
    with store.begin() as connection:
        draw(connection, made_at=NOON)
        file_under(connection, "rubbish")
        file_under(connection, "gas")
    store.close()
    return tmp_path


def run(noun: str, *words: object) -> str:
    result = CliRunner().invoke(commands([noun]), [noun, *map(str, words)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def fill(sheet: Worksheet, *rows: tuple[str | None, ...]) -> None:
    for row in rows:
        sheet.append(row)


def test_from_the_template_to_the_unit_of_a_report(folder: Path) -> None:
    path = folder / "units.xlsx"
    run("units", "template", "-o", path)
    book = load_workbook(path)
    fill(book["units"], ("urban", "城管局"), ("gas", "燃气公司"))
    fill(book["responsibilities"], ("rubbish", None, None, "urban"), ("gas", None, "C", "gas"))
    book.save(path)
    assert "gap: nobody answers for gas in 8 grids: A, B, D, E, F" in run("units", "check", path)
    with pytest.raises(RowsRefusedError, match="1 categories have gaps") as refused:
        run("units", "import", path)
    assert refused.value.refusals[0][0] == 1
    assert "urban" not in run("units", "list"), "nothing was written"
    assert "2 units changed, 2 duties (list" in run("units", "import", path, "--gaps")
    assert "0 units changed, 2 duties (no new list)" in run("units", "import", path, "--gaps")
    assert "城管局" in run("units", "list")
    assert "2 units, 2 duties" in run("units", "export", "-o", folder / "out.xlsx")

    (folder / "reports.csv").write_text(
        "编号,经度,纬度,上报时间,类别,描述\n"
        "R1,104.025,30.005,2026-05-01 08:00,gas,x\n"
        "R2,104.005,30.005,2026-05-01 08:00,gas,x\n"
        "R3,104.005,30.005,2026-05-01 08:00,rubbish,x\n",
        encoding="utf-8",
    )
    run("reports", "import", folder / "reports.csv")
    told = run("units", "responsible", "R1")
    assert "gas" in told
    assert "gas in Grid C (C)" in told
    assert "nobody answers for gas there" in run("units", "responsible", "R2")
    assert "rubbish everywhere" in run("units", "responsible", "R3")


def test_doubles_name_both_rows(folder: Path) -> None:
    path = folder / "units.xlsx"
    run("units", "template", "-o", path)
    book = load_workbook(path)
    fill(book["units"], ("urban", "城管局"), ("gas", "燃气公司"))
    fill(
        book["responsibilities"],
        ("rubbish", None, None, "urban"),
        ("gas", None, None, "gas"),
        ("rubbish", None, None, "gas"),
    )
    book.save(path)
    with pytest.raises(RowsRefusedError) as refused:
        run("units", "import", path)
    assert refused.value.refusals == [
        (5, "rubbish everywhere is of urban already in row 3, not of gas")
    ]
    with pytest.raises(UnitNotFoundError):
        run("units", "retire", "urban")
