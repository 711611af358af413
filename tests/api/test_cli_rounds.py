"""Rounds and visits on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

from gridgis.errors import InvalidInputError, RowsRefusedError
from gridgis_api.cli.root import commands

if TYPE_CHECKING:
    from pathlib import Path

VISITS = (
    "id,lon,lat,service_s,windows,skills\n"
    "far,104.03,30.0,600,,\n"
    "near,104.01,30.0,600,,\n"
    "gas,104.02,30.0,600,,gas\n"
    "night,104.02,30.0,600,20:00-21:00,\n"
)
WORKERS = "id,lon,lat,shift,skills\nW1,104.0,30.0,08:00-18:00,\n"


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "visits.csv").write_text(VISITS)
    (tmp_path / "workers.csv").write_text(WORKERS)
    return ["--visits", str(tmp_path / "visits.csv"), "--workers", str(tmp_path / "workers.csv")]


def run(*words: str) -> str:
    result = CliRunner().invoke(commands(["rounds"]), ["rounds", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_two_files_are_planned_without_a_database(files: list[str], tmp_path: Path) -> None:
    out = tmp_path / "rounds.csv"
    run(*files, "-o", str(out))
    table = pd.read_csv(out)
    assert table["visit"].tolist() == ["near", "far", "gas", "night"]
    assert table["position"].tolist()[:2] == [1, 2]
    assert table["arrival"].tolist()[:2] == ["08:15", "08:57"]
    assert table["reason"].fillna("").tolist() == ["", "", "no_skill", "window"]


def test_a_mistake_is_one_sentence(files: list[str], tmp_path: Path) -> None:
    for words in ([], ["W1", *files], files[:2], [*files, "--date", "2026-05-01"]):
        with pytest.raises(InvalidInputError):
            run(*words)
    with pytest.raises(InvalidInputError, match="no day"):
        run("W1", "--date", "someday")
    with pytest.raises(InvalidInputError, match="one span"):
        run("W1", "--shift", "08:00-10:00;11:00-12:00")
    (tmp_path / "visits.csv").write_text(VISITS + "x,104,95,,,\n")
    with pytest.raises(RowsRefusedError) as refused:
        run(*files)
    assert refused.value.refusals[0][0] == 6
