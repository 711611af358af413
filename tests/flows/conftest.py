"""A person at the command line, on a database of their own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from gridgis_api.cli import root
from tests.conftest import ROOT, clone_of

if TYPE_CHECKING:
    from collections.abc import Iterator


class Shell:
    """Runs commands as a person would type them.

    One that was typed before is called in this process: that shows the same, two seconds sooner.
    """

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
        self._typed: set[tuple[str, ...]] = set()

    def __call__(self, *words: object, ends: int = 0) -> str:
        """Run a command, see that it ends as expected, and return what it said."""
        typed = [str(word) for word in words]
        command = tuple(typed[:2])
        ended, said = self._called(typed) if command in self._typed else self._started(typed)
        self._typed.add(command)
        assert ended == ends, said
        assert "Traceback" not in said
        return said

    def _started(self, typed: list[str]) -> tuple[object, str]:
        done = subprocess.run(
            ["gridgis", *typed],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def _called(self, typed: list[str]) -> tuple[object, str]:
        said = io.StringIO()
        with (
            chdir(self.folder),
            mock.patch.dict(os.environ, self._environment, clear=True),
            mock.patch.object(sys, "argv", ["gridgis", *typed]),
            redirect_stdout(said),
            redirect_stderr(said),
            pytest.raises(SystemExit) as end,
        ):
            root.main()
        return end.value.code or 0, said.getvalue()

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
