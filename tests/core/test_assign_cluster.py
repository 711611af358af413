"""Parts go to worker processes; what is done stays done, whoever dies."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import dask
import psutil
import pyarrow as pa
import pytest
from distributed import LocalCluster
from pyarrow import parquet

from gridgis.assigning import cluster
from gridgis.assigning.cluster import Cluster
from gridgis.assigning.dataset import assign_dataset
from gridgis.assigning.files import assign_file
from gridgis.assigning.options import Asked
from gridgis.errors import (
    InvalidInputError,
    PartsUnfinishedError,
)
from tests.conftest import PROVE
from tests.points import Here, whole, write_points

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gridgis.locate.index import GridIndex

proved = pytest.mark.skipif(not PROVE, reason="starts processes of its own: script/prove does it")


def _workers() -> list[psutil.Process]:
    """The worker processes that this process has started."""
    children = psutil.Process().children(recursive=True)
    return [one for one in children if "spawn_main" in " ".join(one.cmdline())]


@pytest.mark.slow
def test_a_worker_that_is_killed_half_way_costs_only_its_part(
    index: GridIndex, tmp_path: Path
) -> None:
    points = write_points(tmp_path / "points", 6, 150_000)
    out = tmp_path / "out"
    finished: dict[str, int] = {}
    before = set(_workers())

    def kill_once(done: int, total: int | None) -> None:
        if done and not finished:
            finished.update({path.name: path.stat().st_mtime_ns for path in out.glob("*.parquet")})
            victims = sorted(set(_workers()) - before, key=lambda one: one.pid)
            assert len(victims) == 2, "real processes, as many as were asked for"
            victims[0].send_signal(signal.SIGKILL)
        assert total == 6 * 150_000

    workers = Cluster("local:2")
    summary = assign_dataset(str(points), index, out, Asked(), workers, kill_once)
    assert finished, "it died half-way"
    assert workers.died == 1
    assert summary.counts.rows == 6 * 150_000
    again = {name: (out / name).stat().st_mtime_ns for name in finished}
    assert again == finished, "what was done stayed as it was"
    alone = []
    for number in range(6):
        assign_file(str(points / f"p{number}.parquet"), index, tmp_path / "a.parquet", Asked())
        alone.append(parquet.read_table(tmp_path / "a.parquet"))
    assert whole(out).equals(pa.concat_tables(alone).replace_schema_metadata())
    assert set(_workers()) == before, "the processes ended with the work"
    assert sorted(path.name for path in (out / "_gridgis").iterdir()) == [
        "index.gridgis",
        "manifest.json",
    ]


@pytest.fixture(scope="module")
def standing() -> Iterator[str]:
    """A cluster that was there before, with one worker of two threads."""
    with LocalCluster(
        n_workers=1, threads_per_worker=2, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as one:
        yield one.scheduler_address


def test_a_standing_cluster_is_used_and_left_as_it_was(
    index: GridIndex, standing: str, tmp_path: Path
) -> None:
    points = write_points(tmp_path / "points", 5)
    before = _workers()
    summary = assign_dataset(str(points), index, tmp_path / "out", Asked(), Cluster(standing))
    assert summary.counts.rows == 5000
    assert whole(tmp_path / "out")["id"].to_pylist() == list(range(5000))
    assert _workers() == before


def test_a_damaged_part_is_named_and_the_others_are_kept(
    index: GridIndex, standing: str, tmp_path: Path
) -> None:
    points = write_points(tmp_path / "points", 3, 50_000)
    file = points / "p1.parquet"
    good = file.read_bytes()
    file.write_bytes(good[:5000] + b"\xff" * 2000 + good[7000:])
    out = tmp_path / "out"
    ask = str(points), index, out, Asked(), Cluster(standing)
    with pytest.raises(PartsUnfinishedError, match=r"1 of 3 parts.*p1\.parquet.*damaged") as told:
        assign_dataset(*ask)
    assert len(told.value.failed) == 1
    assert sorted(path.name for path in out.glob("*.parquet")) == ["p0.parquet", "p2.parquet"]
    file.write_bytes(good)
    here = Here(index)
    summary = assign_dataset(*ask[:-1], here)
    assert here.did == ["p1.parquet"]
    assert (summary.counts.rows, summary.earlier) == (150_000, 100_000)


@proved
def test_a_part_that_no_worker_has_memory_for_is_named_and_the_others_are_kept(
    index: GridIndex, tmp_path: Path
) -> None:
    points, out = write_points(tmp_path / "points", 2), tmp_path / "out"
    _add_texts(points / "p0.parquet", "x" * 1_500_000)
    _add_texts(points / "p1.parquet", "x")
    before = set(_workers())
    with (
        # A person's cluster gives it to three more workers first.
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        pytest.raises(PartsUnfinishedError, match=r"1 of 2 parts .*p0.*enough memory\?"),
    ):
        assign_dataset(str(points), index, out, Asked(), Cluster("local:1", "1GiB"))
    assert [path.name for path in out.glob("*.parquet")] == ["p1.parquet"]
    assert set(_workers()) == before


def _add_texts(file: Path, text: str) -> None:
    """Give each row a text: a few bytes on disk, however long, since all are the same."""
    table = parquet.read_table(file)
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * len(table), pa.int32()), [text])
    # Without the schema a reader does not know that it was a dictionary.
    parquet.write_table(table.append_column("text", texts), file, store_schema=False)


@proved
def test_processes_that_die_again_and_again_end_the_work(
    index: GridIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_DEATHS", 0)
    monkeypatch.setattr(cluster, "_WORKERS_WITHIN_S", 5)
    points = write_points(tmp_path / "points", 1)
    before = set(_workers())
    # Far less than Python itself takes: a process ends before it can do anything, or even come.
    with pytest.raises(PartsUnfinishedError, match=r"has each enough memory\?|each more memory"):
        assign_dataset(str(points), index, tmp_path / "out", Asked(), Cluster("local:1", "60MiB"))
    assert set(_workers()) == before


@pytest.mark.slow
def test_a_process_that_died_before_it_was_counted_does_not_spoil_the_end() -> None:
    processes = Cluster("local:1")

    async def die_unknown() -> None:
        scheduler = local.scheduler
        scheduler.plugins["worker-status"].remove_worker(scheduler, "tcp://127.0.0.1:1")
        # What the cluster hears next comes after it.
        local.scale(2)
        await local

    with processes._local() as local:
        local.sync(die_unknown)
        local.wait_for_workers(2, timeout=60)
    assert local.status.name == "closed"


@pytest.mark.parametrize(
    ("address", "memory", "sentence"),
    [
        ("local:0", None, "write how many processes, like local:4"),
        ("local:", None, "write how many processes"),
        ("local:many", None, "write how many processes"),
        ("host:8786", None, "write tcp://HOST:8786, or local:4"),
        ("local:1", "much", "--worker-memory much: write it like 2GiB"),
        ("local:1", "-2GiB", "--worker-memory -2GiB: write it like 2GiB"),
    ],
)
def test_a_wrong_address_is_one_sentence(address: str, memory: str | None, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        Cluster(address, memory)


def test_a_scheduler_that_does_not_answer_is_named(
    index: GridIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_ANSWERS_WITHIN_S", 0.2)
    points = write_points(tmp_path / "points", 1)
    workers = Cluster("tcp://127.0.0.1:9")
    with pytest.raises(InvalidInputError, match=r"127\.0\.0\.1:9: no Dask scheduler answers there"):
        assign_dataset(str(points), index, tmp_path / "out", Asked(), workers)


def test_a_cluster_without_workers_says_so(
    index: GridIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_WORKERS_WITHIN_S", 0.2)
    points = write_points(tmp_path / "points", 1)
    with LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0") as empty:
        workers = Cluster(empty.scheduler_address)
        with pytest.raises(PartsUnfinishedError, match="no worker has come"):
            assign_dataset(str(points), index, tmp_path / "out", Asked(), workers)
