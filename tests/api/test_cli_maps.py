"""``gridgis map`` at the terminal, the first time on a machine and after that."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from gridgis.store.engine import Store
from gridgis_api.cli import maps
from tests.cities import draw

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.clock import FixedClock


@pytest.fixture
def town(database_url: str, monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> None:
    """Nine grids, in the database that commands open."""
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    store = Store(database_url)
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
    store.close()


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("kind", ["hotspots", "workload"])
def test_who_has_to_wait_for_the_compiler_is_told(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = [kind, "-o", str(tmp_path / "map.html"), "--lang", "en"]
    first = {"compiled": False}
    monkeypatch.setattr(maps.scanning, "is_warm", lambda: first["compiled"])
    monkeypatch.setattr(maps.scanning, "warm", lambda: first.update(compiled=True))

    told, again = (CliRunner().invoke(maps.app, ask, catch_exceptions=False) for _ in range(2))

    assert (told.exit_code, again.exit_code) == (0, 0), told.output + again.output
    assert ("compiling the statistics for this machine" in told.output) == (kind == "hotspots")
    assert "compiling" not in again.output


def test_a_command_does_not_wait_for_what_it_may_never_need() -> None:
    """Statistics and the dictionary of pinyin take a second to read: whoever needs them does."""
    slow = "scipy.stats", "scipy.optimize", "pypinyin"
    ask = f"import sys, gridgis_api.cli.maps; print([one for one in {slow} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
