"""A street office imports its response plan, looks at it, gets it back byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from gridgis.errors import (
    InvalidInputError,
    ResponsePlanError,
    ResponsePlanNotFoundError,
    UnreadableFileError,
)
from gridgis.store.engine import Store
from gridgis_api.cli.root import commands
from tests.cities import file_under, staff

if TYPE_CHECKING:
    from pathlib import Path

PLAN = (
    "# Ours. 本街道\r\n"
    "name: 本街道预案\r\n"
    "defaults: {limits: {handle: 5 working days}}\r\n"
    "categories:\r\n"
    "  gas:\r\n"
    "    levels:\r\n"
    "      1-2:  # both\r\n"
    "        parties: {gas: {skills: [gas], count: 2, within: 15 min}}\r\n"
    "        evacuate: {radius_m: 150, within: 15 min}\r\n"
    "        tell: leader\r\n"
)


@pytest.fixture
def file(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    store = Store(database_url)
    with store.begin() as connection:
        file_under(connection, "gas", "gas")
        file_under(connection, "noise")
        staff(connection, "1", 104.0, 30.0, "gas", "fire")
    store.close()
    path = tmp_path / "plan.yaml"
    path.write_bytes(PLAN.encode())
    return path


def run(*words: object) -> str:
    given = ["response-plan", *map(str, words)]
    result = CliRunner().invoke(commands(["response-plan"]), given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_from_a_file_into_force_and_back(file: Path, tmp_path: Path) -> None:
    assert "1 categories, 2 responses" in run("check", file)
    assert "response plan 1 (本街道预案) is in force from" in run("import", file)
    assert "nothing changed" in run("import", file)
    out = tmp_path / "out.yaml"
    run("export", "-o", out)
    assert out.read_bytes() == file.read_bytes()
    assert "# Ours. 本街道" in run("export")
    shown = run("show", "gas", "--level", "2")
    for part in ("handle 5 working days", "15 min", "only told: leader", "evacuate within 150 m"):
        assert part in shown
    assert "the responsible unit goes by itself" in run("show", "noise")
    with pytest.raises(InvalidInputError, match="no category"):
        run("show", "moon")


def test_a_later_plan_waits_and_an_earlier_one_comes_back(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("name: Other\n", encoding="utf-8")
    run("import", file)
    assert "response plan 2 (Other)" in run("import", other, "--from", "2999-01-01")
    assert "本街道预案" in run("export")
    assert run("export", "--at", "2999-06-01") == "name: Other\n"
    assert "response plan 3 (Other)" in run("import", other)
    assert "response plan 4" in run("import", file)
    listed = run("list")
    plans = [line.split() for line in listed.splitlines() if line.strip()[:1].isdigit()]
    assert [plan[0] for plan in plans] == ["2", "4", "3", "1"]
    assert [plan[-1] for plan in plans].index("force") == 1
    with pytest.raises(InvalidInputError, match="is over"):
        run("import", other, "--from", "2001-01-01")


def test_a_plan_with_mistakes_is_not_stored(file: Path) -> None:
    file.write_text(PLAN.replace("[gas]", "[gass]").replace("15 min", "15"), encoding="utf-8")
    for word in ("check", "import"):
        with pytest.raises(ResponsePlanError, match="3 things to put right") as refused:
            run(word, file)
        assert [line for line, _ in refused.value.findings] == [8, 8, 9]
    with pytest.raises(ResponsePlanNotFoundError, match="no response plan is in force"):
        run("export")


def test_what_is_no_text_is_said_so(file: Path, tmp_path: Path) -> None:
    file.write_bytes("name: x\n# 预案\n".encode("gb18030"))
    with pytest.raises(UnreadableFileError, match="not UTF-8 in line 2"):
        run("check", file)
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        run("check", tmp_path / "none.yaml")
    file.write_text("name: x")
    run("import", file)
    with pytest.raises(InvalidInputError, match="no folder"):
        run("export", "-o", tmp_path / "none" / "out.yaml")
