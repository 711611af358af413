"""The house stays readable: short files, one caller for each query, errors with a place."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 400
SQL = ROOT / "gridgis/store/sql"
SOURCES = [
    path
    for room in ("gridgis", "boundaries", "maps", "api", "tests", "benchmarks", "script")
    for path in sorted((ROOT / room).rglob("*"))
    if path.suffix in {".py", ".sql", ".ts", ".css", ".sh", ".html", ".js"}
    and "node_modules" not in path.parts
    and "assets" not in path.parts
]
PYTHON = [path for path in SOURCES if path.suffix == ".py"]


def test_there_is_something_to_look_at() -> None:
    assert len(PYTHON) > 50


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_too_long_to_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", sorted(SQL.glob("*.sql")), ids=lambda path: path.stem)
def test_each_query_opens_with_its_question_and_has_one_caller(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("-- "), "a query opens with the question it answers"
    calls = [
        caller
        for caller in (ROOT / "gridgis/store").rglob("*.py")
        if re.search(rf'(connection,\s*|": )"{path.stem}"', caller.read_text(encoding="utf-8"))
    ]
    assert len(calls) == 1, f"{path.name} is called from {[call.name for call in calls]}"


def test_no_sql_is_built_outside_the_store() -> None:
    speaks = re.compile(r"\bimport (sqlalchemy|psycopg|geoalchemy2)|from (sqlalchemy|psycopg)")
    rooms = [path for path in PYTHON if path.is_relative_to(ROOT / "gridgis")]
    outside = [path for path in rooms if not path.is_relative_to(ROOT / "gridgis/store")]
    assert [path for path in outside if speaks.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("word", ["utils", "helpers", "manager", "misc"])
def test_no_file_is_named_after_nothing(word: str) -> None:
    assert [path for path in PYTHON if word in path.stem] == []


def test_no_file_that_is_kept_names_an_address_of_a_registry() -> None:
    # In pieces, so that this file does not name them either.
    hosts = "|".join(["py" + "pi.org", "python" + "hosted", "npm" + "js.", "deb" + "ian.org"])
    kept = subprocess.run(
        ["git", "-c", "safe.directory=*", "grep", "-I", "-l", "-E", hosts],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert kept.stdout == ""
