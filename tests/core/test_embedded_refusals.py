"""What the embedded PostGIS refuses, each with one sentence that says what to do."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gridgis.errors import ClusterError
from gridgis.store import embedded
from gridgis.store.embedded.binaries import find_binaries
from tests.conftest import new_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

MARKER = "gridgis-database.json"


@pytest.fixture
def top() -> Iterator[Path]:
    folder = new_folder()
    yield folder
    shutil.rmtree(folder)


def lease(data_dir: Path) -> None:
    with embedded.lease(data_dir):
        pass


@pytest.fixture
def debian(tmp_path: Path) -> Path:
    """A folder laid out like Debian's, with a PostgreSQL 13 and a PostgreSQL 99, both hollow."""
    for version in ("13", "99"):
        bin_folder = tmp_path / version / "bin"
        bin_folder.mkdir(parents=True)
        (bin_folder / "postgres").touch()
        (bin_folder / "initdb").touch()
    return tmp_path


def test_a_folder_with_other_files_is_left_as_it_is(top: Path) -> None:
    (top / "thesis.txt").write_text("years of work")
    for act in (lease, embedded.status, embedded.stop, embedded.start):
        with pytest.raises(ClusterError, match="not a gridgis data folder"):
            act(top)
    assert [path.name for path in top.iterdir()] == ["thesis.txt"]


def test_months_of_another_database_may_lie_in_a_new_folder(top: Path) -> None:
    (top / "archive").mkdir()
    assert embedded.status(top).state == "absent"
    lease(top)
    assert (top / MARKER).exists()


def test_a_file_is_no_folder(top: Path) -> None:
    (top / "file").touch()
    with pytest.raises(ClusterError, match="is not a folder"):
        lease(top / "file")


def test_a_folder_of_another_major_version(top: Path) -> None:
    lease(top / "d")
    marker = top / "d" / MARKER
    (top / "d" / "postgresql" / "PG_VERSION").write_text("13\n")
    with pytest.raises(ClusterError, match="one is wrong"):
        lease(top / "d")
    marker.write_text(json.dumps({"postgresql": 13}))
    with pytest.raises(ClusterError, match=r"PostgreSQL 13 is needed.*postgresql-13-postgis-3"):
        lease(top / "d")
    assert embedded.status(top / "d").version == "13"
    marker.write_text("")
    with pytest.raises(ClusterError, match="cannot be read"):
        lease(top / "d")


def test_a_closed_parent_folder_is_named(top: Path) -> None:
    closed = top / "closed"
    closed.mkdir()
    # Root's server runs under another account; an ordinary user's under the user's own.
    closed.chmod(0o700 if os.geteuid() == 0 else 0o000)
    try:
        with pytest.raises(ClusterError, match=f"(cannot enter {closed};|{closed}/d: Permission)"):
            lease(closed / "d")
        closed.chmod(0o700)
        assert not list(closed.iterdir())
    finally:
        closed.chmod(0o700)


def test_a_folder_of_another_account(top: Path) -> None:
    folder = Path("/")
    if os.geteuid() == 0:
        folder = top / "theirs"
        folder.mkdir()
        os.chown(folder, 54321, 54321)
    with pytest.raises(ClusterError, match=r"belongs to the account (root|number 54321)"):
        lease(folder)


def test_a_server_that_does_not_start_says_why(top: Path) -> None:
    lease(top / "d")
    settings = top / "d" / "postgresql" / "postgresql.conf"
    settings.write_text(settings.read_text() + "shared_bufers = 1GB\n")
    with pytest.raises(ClusterError, match=r"does not start: .*FATAL.*postgresql\.conf"):
        lease(top / "d")
    assert embedded.status(top / "d").state == "stopped"


def test_the_packages_are_named(
    debian: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ClusterError, match=r"99 is installed without PostGIS.*postgresql-99-post"):
        find_binaries(versions=debian)
    with pytest.raises(ClusterError, match=r"PostgreSQL 15 is needed, and this machine has 13 and"):
        find_binaries(15, versions=debian)
    shutil.rmtree(debian / "99")
    with pytest.raises(ClusterError, match=r"no PostgreSQL 14 or newer.*postgresql-NN-postgis-3"):
        find_binaries(versions=debian)
    monkeypatch.setenv("PATH", str(tmp_path_factory.mktemp("empty")))
    with pytest.raises(ClusterError, match="no PostgreSQL 14 or newer"):
        find_binaries(versions=debian / "nothing")


def test_pg_config_is_asked_where_debian_has_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = find_binaries()
    wrapper = tmp_path / "pg_config"
    wrapper.write_text(
        f'#!/bin/sh\ncase "$1" in --bindir) echo {real.folder};;'
        f" --sharedir) echo {real.extensions.parent};; esac\n"
    )
    wrapper.chmod(0o755)
    (tmp_path / "postgres").write_text("#!/bin/sh\necho a wrapper ran >&2; exit 1\n")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert find_binaries(versions=tmp_path / "nothing") == real
