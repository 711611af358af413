"""Reports without a point at the terminal: listed, located one by one, or all that are clear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from gridgis.clock import SystemClock
from gridgis.errors import (
    ConflictError,
    GridgisError,
    InvalidInputError,
    PlaceNotFoundError,
    ReportNotFoundError,
)
from gridgis.store.engine import Store
from gridgis_api.cli import reports
from tests.cities import draw, settle

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer()
app.add_typer(reports.app, name="reports")

ROWS = """编号,上报时间,地址,描述
A1,2026-04-30 08:01,建兰丽苑11号楼E单元楼下有煤气味,
A2,2026-04-30 08:02,幸福小区,
A3,2026-04-30 08:03,,井盖丢失
"""


@pytest.fixture(autouse=True)
def town(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDGIS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GRIDGIS_ACTOR", "Li Na")
    store = Store(database_url)
    with store.begin() as connection:
        draw(connection, made_at=SystemClock().now())
        settle(connection)
    store.close()
    (tmp_path / "calls.csv").write_text(ROWS, encoding="utf-8")


def said(*words: object) -> str:
    """What a command writes, on both channels."""
    result = CliRunner().invoke(app, ["reports", *map(str, words)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_a_file_is_searched_when_that_is_asked_for(tmp_path: Path) -> None:
    told = said("import", tmp_path / "calls.csv", "--locate")
    assert "3 added" in told
    assert "1 located by their words, 2 without a location" in told
    told = said("unlocated")
    assert "A1" not in told
    assert "2 of 2 that wait" in told


def test_what_waits_is_listed_and_located_one_by_one(tmp_path: Path) -> None:
    assert said("unlocated") == "no report waits for somebody to say where it is"
    said("import", tmp_path / "calls.csv")
    told = said("unlocated")
    assert "A3 2026-04-30 08:03 井盖丢失 A2" in told, "the newest first"
    assert "A1 2026-04-30 08:01 建兰丽苑11号楼E单元楼下有煤气味 town:JL11E" in told
    assert "unit 1.00 clear" in told
    assert "3 of 3 that wait" in told
    assert "1 of 3 that wait" in said("unlocated", "-k", 1)
    told = said("locate", "A2", "--place", "town:XF2", "--reason", "caller confirmed")
    assert told == "report A2 is located: Grid H (H) has it now"
    at = ("--lon", 104.5, "--lat", 30.5, "--accuracy", 20)
    told = said("locate", "A3", *at, "--reason", "on the way out of town")
    assert told == "report A3 is located: no grid covers it"
    told = said("locate-clear", "--reason", "the places came later")
    assert told == "1 of 1 waiting reports are located; the others need a person"
    assert said("unlocated").startswith("no report waits")


@pytest.mark.parametrize(
    ("words", "error", "sentence"),
    [
        (("A2", "--place", "town:NONE"), PlaceNotFoundError, "gridgis find"),
        (("A2", "--place", "town:NO"), InvalidInputError, "nobody knows where"),
        (("A2",), InvalidInputError, "by a place, or by a location"),
        (("A2", "--lon", 104), InvalidInputError, "both --lon and --lat"),
        (("A2", "--lon", 30, "--lat", 104), InvalidInputError, "look swapped"),
        (("A9", "--place", "town:JL"), ReportNotFoundError, "no report with the number 'A9'"),
        (("A1", "--place", "town:JL"), ConflictError, "located already"),
    ],
)
def test_what_cannot_be_located_says_why(
    tmp_path: Path, words: tuple[object, ...], error: type[GridgisError], sentence: str
) -> None:
    said("import", tmp_path / "calls.csv", "--locate")
    with pytest.raises(error, match=sentence):
        said("locate", *words, "--reason", "x")
