"""A person at the command line, on a database of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT, clone_of

if TYPE_CHECKING:
    from collections.abc import Iterator


class Shell:
    """Runs commands as a person would type them."""

    def __init__(self, url: str, folder: Path, zone: str) -> None:
        self.url = url
        self.folder = folder
        self._environment = {
            **os.environ,
            "GRIDGIS_DATABASE_URL": url,
            "GRIDGIS_ARCHIVE_DIR": str(folder / "archive"),
            "GRIDGIS_TIMEZONE": zone,
            "GRIDGIS_ACTOR": "Li Na",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }

    def __call__(self, *words: object, ends: int = 0) -> str:
        """Run a command, see that it ends as expected, and return what it said."""
        done = subprocess.run(
            ["gridgis", *map(str, words)],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == ends, said
        assert "Traceback" not in said
        return said

    def check(self, program: str, *words: object) -> str:
        """Run one of the independent checks, see that it agrees, and return what it said."""
        done = subprocess.run(
            [sys.executable, ROOT.parent / "shared/checks" / program, *map(str, words)],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def chicago_shell(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shell]:
    with clone_of(server_url, template) as url:
        yield Shell(url, tmp_path_factory.mktemp("chicago"), "America/Chicago")
