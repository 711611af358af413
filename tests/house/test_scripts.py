"""The words that people type exist, can be run, and say what they need."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SHARED_PARTS = {"common.sh"}
SCRIPTS = sorted(
    path
    for path in [*(ROOT / "script").iterdir(), ROOT / ".ci/run"]
    if path.is_file() and path.suffix != ".py" and path.name not in SHARED_PARTS
)
PAGES = [
    ROOT / ".ci/run",
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_can_be_run_and_says_what_it_does(path: Path) -> None:
    assert os.access(path, os.X_OK)
    first, second, *_ = path.read_text(encoding="utf-8").splitlines()
    assert first == "#!/usr/bin/env bash"
    assert second.startswith("# ")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_names_only_scripts_that_exist(page: Path) -> None:
    named = re.findall(r"(?<![\w/])(?:script|\.ci)/\w[\w.]*\b", page.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_continuous_check_is_what_a_developer_types() -> None:
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert {"script/check", "script/test"} <= set(lines)


def test_the_system_packages_are_listed_one_a_line() -> None:
    listed = _run(ROOT / "script/bootstrap", "--list-system")
    packages = listed.stdout.splitlines()
    assert {"python3-venv", "postgresql", "postgresql-postgis", "chromium"} <= set(packages)
    assert [name for name in packages if not re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", name)] == []


def test_an_unknown_option_is_one_sentence() -> None:
    refused = _run(ROOT / "script/bootstrap", "--everything")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "script/bootstrap [--test | --list-system]" in refused.stderr


def test_without_root_and_sudo_the_missing_packages_are_an_exact_instruction(
    tmp_path: Path,
) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(ROOT / "script", clone / "script")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "env", "dirname", "mkdir", "cat", "flock"):
        (programs / name).symlink_to(shutil.which(name))
    for name, says in (("id", "1000"), ("apt-get", "must not be called")):
        (programs / name).write_text(f"#!/bin/sh\necho {says}\n")
        (programs / name).chmod(0o755)
    refused = _run(clone / "script/server", env={"PATH": str(programs)})
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert re.fullmatch(
        r"gridgis: as root, run: apt-get update && "
        r"apt-get install --no-install-recommends python3 python3-venv[a-z0-9 -]*\n",
        refused.stderr,
    )


def _run(
    *command: str | Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=env, stdin=subprocess.DEVNULL
    )
