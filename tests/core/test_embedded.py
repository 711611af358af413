"""The embedded PostGIS, as its users and whoever kills it meet it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest

from gridgis.errors import ClusterError, InUseError
from gridgis.store import embedded
from tests.conftest import new_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEADLINE_S = 30.0

USER = """
import subprocess, sys
from pathlib import Path
from gridgis.store import embedded
with embedded.lease(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    top = new_folder()
    folder = top / "d"
    yield folder
    with suppress(ClusterError):
        embedded.stop(folder, force=True)
    shutil.rmtree(top)


@pytest.fixture(scope="module")
def prototype() -> Iterator[Path]:
    top = new_folder()
    with embedded.lease(top / "d"):
        pass
    yield top / "d"
    shutil.rmtree(top)


@pytest.fixture
def made(data_dir: Path, prototype: Path) -> Path:
    """A data folder that was used before: a copy, which is quicker than making one."""
    subprocess.run(["cp", "--archive", prototype, data_dir], check=True)
    return data_dir


@contextmanager
def another_user(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that uses the database until its standard input is closed."""
    with subprocess.Popen(
        [sys.executable, "-c", USER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert "postgresql" in process.stdout.readline()
            yield process
        finally:
            process.kill()


def ask(url: str, question: str) -> Any:
    connection = psycopg2.connect(url.replace("+psycopg2", ""))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(question)
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None
    finally:
        connection.close()


def answers(url: str, question: str = "SELECT true") -> bool:
    try:
        return bool(ask(url, question))
    except psycopg2.OperationalError:
        return False


def until(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not what():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def processes_of(data_dir: Path) -> list[int]:
    """All with the folder in their command line."""
    found = subprocess.run(
        ["pgrep", "-f", str(data_dir)], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in found.stdout.split()]


def is_stopped(data_dir: Path) -> bool:
    return embedded.status(data_dir).state == "stopped" and not processes_of(data_dir)


def test_a_fresh_folder_becomes_a_postgis_of_its_own(data_dir: Path) -> None:
    steps: list[str] = []
    with embedded.lease(data_dir, progress=steps.append) as url:
        assert url == f"postgresql+psycopg2://gridgis@/gridgis?host={data_dir}/run"
        assert ask(url, "SELECT postgis_version()").startswith("3.")
        assert ask(url, "SHOW data_checksums") == "on"
        assert ask(url, "SHOW server_encoding") == "UTF8"
        assert ask(url, "SHOW timezone") == "UTC"
        assert ask(url, "SELECT '网格' < 'z' COLLATE \"C\"") is False
        assert ask(url, "SELECT count(*) FROM pg_extension WHERE extname = 'btree_gist'") == 1
    assert steps == ["Making the database (once)", "Adding PostGIS to it"]
    assert is_stopped(data_dir)


def test_nobody_reaches_it_over_the_network(made: Path) -> None:
    with embedded.lease(made) as url:
        assert ask(url, "SHOW listen_addresses") == ""
        postmaster = embedded.status(made).postmaster
        links = [str(fd.readlink()) for fd in Path(f"/proc/{postmaster}/fd").iterdir()]
        sockets = {link[len("socket:[") : -1] for link in links if link.startswith("socket:")}
        tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
        lines = [line for table in tables for line in table.read_text().splitlines()[1:]]
        assert sockets
        assert not sockets & {line.split()[9] for line in lines}
        assert oct((made / "run").stat().st_mode)[-3:] == "700"


def test_the_service_is_no_superuser_yet_makes_databases_with_postgis(made: Path) -> None:
    with embedded.lease(made) as url:
        assert ask(url, "SHOW is_superuser") == "off"
        ask(url, "CREATE DATABASE second")
        second = url.replace("/gridgis?", "/second?")
        ask(second, "CREATE EXTENSION IF NOT EXISTS postgis")
        ask(second, "CREATE TABLE place (geom geometry(Point, 4326))")
        assert ask(second, "SELECT ST_AsText(ST_Point(103.8, 36.1))") == "POINT(103.8 36.1)"


def test_two_users_share_one_server_and_the_second_ends_it(made: Path) -> None:
    with another_user(made) as other:
        with embedded.lease(made) as url:
            there = embedded.status(made)
            assert there.state == "ready"
            assert sorted(there.users) == sorted([os.getpid(), other.pid])
        assert answers(url)
        assert embedded.status(made).postmaster == there.postmaster
        other.communicate()
        assert is_stopped(made)


def test_a_program_started_meanwhile_does_not_hold_the_server(made: Path) -> None:
    with embedded.lease(made):
        sleeper = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        assert is_stopped(made)
    finally:
        sleeper.kill()
        sleeper.wait()


def test_the_server_stops_when_its_user_is_killed(made: Path) -> None:
    with another_user(made) as other:
        other.kill()
        other.wait()
        until(lambda: is_stopped(made))
    with embedded.lease(made) as url:
        assert answers(url)


def test_a_killed_postgresql_comes_back_with_what_was_committed(made: Path) -> None:
    with embedded.lease(made) as url:
        ask(url, "CREATE TABLE kept AS SELECT 7 AS number")
        killed = embedded.status(made).postmaster
        # Its orphan works on, blind to its parent's death, and must not see the new server.
        busy = threading.Thread(
            target=answers,
            args=(url, "SELECT count(*) FROM generate_series(1, 3000000000) AS busy"),
        )
        busy.start()
        until(
            lambda: ask(
                url,
                "SELECT count(*) > 0 FROM pg_stat_activity"
                " WHERE query LIKE '%AS busy' AND state = 'active' AND pid <> pg_backend_pid()",
            )
        )
        os.kill(killed or 0, signal.SIGKILL)
        until(lambda: answers(url, "SELECT number = 7 FROM kept"))
        busy.join(DEADLINE_S)
        assert not busy.is_alive()
        assert embedded.status(made).postmaster != killed
    assert is_stopped(made)


@pytest.mark.parametrize("victims", ["keeper", "all"])
def test_a_killed_keeper_is_replaced(made: Path, victims: str) -> None:
    with embedded.lease(made) as url:
        ask(url, "CREATE TABLE kept AS SELECT 7 AS number")
        keeper = embedded.status(made).keeper
        assert keeper in processes_of(made)
        for pid in [keeper] if victims == "keeper" else processes_of(made):
            os.kill(pid or 0, signal.SIGKILL)
        until(lambda: embedded.status(made).keeper not in {keeper, None})
        until(lambda: answers(url, "SELECT number = 7 FROM kept"))
    assert is_stopped(made)


def test_keeper_and_user_killed_together_leave_no_server(made: Path) -> None:
    with another_user(made) as other:
        os.kill(embedded.status(made).keeper or 0, signal.SIGKILL)
        other.kill()
        other.wait()
        until(lambda: is_stopped(made))
    assert is_stopped(made)


def test_the_end_is_the_end_even_without_a_keeper(made: Path) -> None:
    with embedded.lease(made):
        os.kill(embedded.status(made).keeper or 0, signal.SIGKILL)
    assert is_stopped(made)


def test_making_it_is_all_or_nothing(data_dir: Path) -> None:
    def kill_at_the_second_step(step: str) -> None:
        if step == "Adding PostGIS to it":
            os.kill(embedded.status(data_dir).keeper or 0, signal.SIGKILL)

    with (
        pytest.raises(ClusterError, match="ended before the database was ready"),
        embedded.lease(data_dir, progress=kill_at_the_second_step),
    ):
        pass
    with embedded.lease(data_dir) as url:
        assert ask(url, "SELECT postgis_version()").startswith("3.")


def test_many_come_and_go_at_once(data_dir: Path) -> None:
    come_and_go = USER.replace("sys.stdin.read()", "import time; time.sleep(int(sys.argv[2]) / 20)")
    crowd = [
        subprocess.Popen([sys.executable, "-c", come_and_go, str(data_dir), str(number)])
        for number in range(6)
    ]
    assert [process.wait(DEADLINE_S) for process in crowd] == [0] * 6
    assert is_stopped(data_dir)


def test_start_keeps_it_up_until_stop(data_dir: Path) -> None:
    assert embedded.status(data_dir).state == "absent"
    assert not embedded.stop(data_dir)
    there = embedded.start(data_dir)
    assert (there.state, there.users, there.stays) == ("ready", (), True)
    assert there.size_bytes > 1_000_000
    with embedded.lease(data_dir) as url:
        assert answers(url)
    assert answers(url)
    assert embedded.stop(data_dir)
    assert is_stopped(data_dir)
    assert not embedded.status(data_dir).stays


def test_stop_names_those_who_use_it(made: Path) -> None:
    with another_user(made) as other:
        with pytest.raises(InUseError, match=str(other.pid)):
            embedded.stop(made)
        assert embedded.status(made).state == "ready"
        assert embedded.stop(made, force=True)
        assert embedded.status(made).state == "stopped"
        # Who was told to go without it does not bring it back.
        with embedded.lease(made) as url:
            assert answers(url)


def test_a_path_too_long_for_a_socket(data_dir: Path, prototype: Path) -> None:
    deep = data_dir / ("long" * 30) / "网格 数据"
    deep.parent.mkdir(parents=True)
    subprocess.run(["cp", "--archive", prototype, deep], check=True)
    with embedded.lease(deep) as url:
        assert f"{tempfile.gettempdir()}/gridgis-" in url
        assert answers(url)
    assert is_stopped(deep)
    assert not Path(url.split("host=")[1]).exists()


def test_another_port_in_the_environment(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "5433")
    with embedded.lease(made) as url:
        assert answers(url)
