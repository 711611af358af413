"""``gridgis db`` at the terminal."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from gridgis.errors import ClusterError, SettingsError
from gridgis.store import embedded
from gridgis_api.cli.db import app

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def data_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    # pytest's own folders are closed to the account that root's server runs under.
    top = Path(tempfile.mkdtemp(prefix="gg-"))
    top.chmod(0o755)
    monkeypatch.setenv("GRIDGIS_DATA_DIR", str(top / "d"))
    monkeypatch.delenv("GRIDGIS_DATABASE_URL", raising=False)
    yield top / "d"
    with suppress(ClusterError):
        embedded.stop(top / "d", force=True)
    shutil.rmtree(top)


def said(*words: str) -> str:
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_an_administrator_starts_looks_and_stops(data_dir: Path) -> None:
    assert said("status").splitlines() == ["state   absent", f"folder  {data_dir}"]
    assert "ready, stays up" in said("start")
    assert said("url") == f"postgresql://gridgis@/gridgis?host={data_dir}/run\n"
    status = said("status")
    assert f"folder   {data_dir}\n" in status
    assert "users    none\n" in status
    assert " MB\n" in status
    assert said("stop") == "stopped\n"
    assert "state    stopped\n" in said("status")
    assert said("stop") == "it was not running\n"


def test_migrate_makes_the_tables_once(data_dir: Path) -> None:
    assert said("migrate").startswith("empty -> ")
    assert said("migrate").startswith("already at ")
    assert embedded.status(data_dir).state == "stopped"


def test_somebody_elses_server_is_looked_at_but_not_started(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with embedded.lease(data_dir) as url:
        monkeypatch.setenv("GRIDGIS_DATABASE_URL", url.replace("+psycopg2", ""))
        assert said("migrate").startswith("empty -> ")
        assert "postgis" in said("status")
        with pytest.raises(SettingsError, match="GRIDGIS_DATABASE_URL is set"):
            said("start")
