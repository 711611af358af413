"""A data set goes part by part to worker processes; what is done stays done, whoever dies."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import dask
import geopandas as gpd
import numpy as np
import psutil
import pyarrow as pa
import pytest
from distributed import LocalCluster
from pyarrow import parquet

from gridgis.assigning import cluster
from gridgis.assigning.answering import Answerer
from gridgis.assigning.cluster import Cluster
from gridgis.assigning.dataset import assign_dataset
from gridgis.assigning.files import assign_file
from gridgis.assigning.options import Asked
from gridgis.assigning.part import do_part
from gridgis.assigning.parts import find_parts
from gridgis.errors import (
    ConflictError,
    GridgisError,
    InvalidInputError,
    PartsUnfinishedError,
    UnreadableFileError,
)
from gridgis.locate.index import GridIndex
from tests.cities import NINE, boxes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gridgis.assigning.parts import Part, Plan


@pytest.fixture(scope="module")
def index() -> GridIndex:
    shapes = boxes(NINE)
    frame = gpd.GeoDataFrame(
        {"code": list(shapes)}, geometry=list(shapes.values()), crs="EPSG:4326"
    )
    return GridIndex.from_frame(frame)


def write_points(folder: Path, files: int, rows: int = 1000, **options: object) -> Path:
    """Files p0, p1, ... of points over the nine grids; each row knows its number."""
    folder.mkdir(exist_ok=True)
    for number in range(files):
        rng = np.random.default_rng(number)
        table = pa.table(
            {
                "id": np.arange(number * rows, (number + 1) * rows),
                "lon": rng.uniform(103.999, 104.031, rows),
                "lat": rng.uniform(29.999, 30.031, rows),
            }
        )
        parquet.write_table(table, folder / f"p{number}.parquet", **options)
    return folder


def whole(out: Path) -> pa.Table:
    """The result as any reader of data sets sees it."""
    return parquet.read_table(out).replace_schema_metadata()


class Here:
    """Does the parts in this process, and remembers which."""

    def __init__(self, index: GridIndex, stop_after: int = 10**6) -> None:
        self.did: list[str] = []
        self._index = index
        self._stop_after = stop_after

    def each(self, plan: Plan, parts: Sequence[Part]) -> Iterator[tuple[Part, str | None]]:
        answerer = Answerer(GridIndex.load(plan.index), plan.asked)
        for part in parts:
            if len(self.did) == self._stop_after:
                raise KeyboardInterrupt
            self.did.append(part.out)
            try:
                do_part(part, answerer, plan.out)
            except GridgisError as error:
                yield part, str(error)
            else:
                yield part, None


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

    summary = assign_dataset(str(points), index, out, Asked(), Cluster("local:2"), kill_once)
    assert finished, "it died half-way"
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


@pytest.mark.slow
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
    schema = table.schema.append(pa.field("text", pa.large_string()))
    with parquet.ParquetWriter(file, schema) as writer:
        for first in range(0, len(table), 100):
            some = table.slice(first, 100)
            texts = pa.array([text] * len(some), pa.large_string())
            writer.write_table(some.append_column("text", texts).cast(schema), row_group_size=100)


@pytest.mark.slow
def test_processes_that_die_again_and_again_end_the_work(
    index: GridIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_DEATHS", 0)
    points = write_points(tmp_path / "points", 1)
    before = set(_workers())
    # Far less than Python itself takes: each process is ended before it can do anything.
    with pytest.raises(PartsUnfinishedError, match="has each enough memory"):
        assign_dataset(str(points), index, tmp_path / "out", Asked(), Cluster("local:1", "60MiB"))
    assert set(_workers()) == before


def test_finished_parts_are_not_done_again(index: GridIndex, tmp_path: Path) -> None:
    points = write_points(tmp_path / "points", 4)
    first, second, third = Here(index, stop_after=2), Here(index), Here(index)
    ask = str(points), index, tmp_path / "out", Asked()
    with pytest.raises(KeyboardInterrupt):
        assign_dataset(*ask, first)
    steps: list[tuple[int, int | None]] = []
    summary = assign_dataset(*ask, second, lambda done, total: steps.append((done, total)))
    assert (first.did, second.did) == (["p0.parquet", "p1.parquet"], ["p2.parquet", "p3.parquet"])
    assert steps == [(2000, 4000), (3000, 4000), (4000, 4000)]
    assert summary.notes == ["2 of 4 parts were done already"]
    assert whole(tmp_path / "out")["id"].to_pylist() == list(range(4000))
    # A part that was cut off by a full disk is no finished part.
    part = tmp_path / "out/p3.parquet"
    part.write_bytes(part.read_bytes()[:-20])
    assert assign_dataset(*ask, third).counts.rows == 4000
    assert third.did == ["p3.parquet"]
    assert assign_dataset(*ask, Cluster("local:64")).counts.rows == 4000, "nobody is started"


def test_another_question_is_refused(index: GridIndex, tmp_path: Path) -> None:
    points, out = write_points(tmp_path / "points", 2), tmp_path / "out"
    assign_dataset(str(points), index, out, Asked(), Here(index))
    parts = {path.name: path.stat().st_mtime_ns for path in out.glob("*.parquet")}
    other = GridIndex.from_frame(
        gpd.GeoDataFrame({"code": ["Z"]}, geometry=[boxes("Z")["Z"]], crs="EPSG:4326")
    )
    for grids, asked, differs in (
        (other, Asked(), "areas differ"),
        (index, Asked(near_tolerance_m=5), "options differ"),
        (other, Asked(near_tolerance_m=5), "areas and options differ"),
    ):
        with pytest.raises(ConflictError, match=differs):
            assign_dataset(str(points), grids, out, asked, Here(grids))
    write_points(points, 3)
    with pytest.raises(ConflictError, match="points differ"):
        assign_dataset(str(points), index, out, Asked(), Here(index))
    assert {path.name: path.stat().st_mtime_ns for path in out.glob("*.parquet")} == parts
    assert not list((out / "_gridgis").glob("new.*"))


def test_refused_rows_of_all_parts_are_listed_with_their_file(
    index: GridIndex, tmp_path: Path
) -> None:
    points = write_points(tmp_path / "points", 2)
    for number, odd in ((0, [None, 5.0]), (1, [200.0, 104.005])):
        table = pa.table({"id": [1, 2], "lon": odd, "lat": [30.005, None]})
        parquet.write_table(table, points / f"odd{number}.parquet")
    summary = assign_dataset(str(points), index, tmp_path / "out", Asked(), Here(index))
    assert summary.counts.refused == 4
    lines = (tmp_path / "out.refused.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "row,reason,file,id,lon,lat"
    assert [line.split(",")[:2] for line in lines[1:]] == [
        ["1", "half a coordinate: lon is missing"],
        ["2", "half a coordinate: lat is missing"],
        ["1", "lon 200.0 is not between -180 and 180"],
        ["2", "half a coordinate: lat is missing"],
    ]
    assert str(points / "odd1.parquet") in lines[3]


def test_a_big_file_is_parted_by_its_row_groups(index: GridIndex, tmp_path: Path) -> None:
    points = write_points(tmp_path / "points", 1, 10_000, row_group_size=1000)
    file = points / "p0.parquet"
    parts = find_parts(str(file), 2500)
    assert [part.row_groups for part in parts] == [(0, 1, 2), (3, 4, 5), (6, 7, 8), (9,)]
    assert [part.rows for part in parts] == [3000, 3000, 3000, 1000]
    assert parts[1].out == "p0.00001.parquet"
    answerer = Answerer(index, Asked())
    for part in parts:
        do_part(part, answerer, tmp_path / "out")
    assert whole(tmp_path / "out")["id"].to_pylist() == list(range(10_000))


def test_folders_inside_are_kept_and_what_is_no_data_is_left_out(
    index: GridIndex, tmp_path: Path
) -> None:
    points = tmp_path / "points"
    points.mkdir()
    for inner in ("month=04", "month=05", "_temporary", ".hidden"):
        write_points(points / inner, 1)
    outs = ["month=04/p0.parquet", "month=05/p0.parquet"]
    assert [part.out for part in find_parts(str(points))] == outs
    assert [part.out for part in find_parts(f"{points}/month=*/*.parquet")] == outs
    assign_dataset(str(points), index, tmp_path / "out", Asked(), Here(index))
    assert parquet.read_table(tmp_path / "out")["month"].unique().to_pylist() == [4, 5]


def _bad_points(folder: Path) -> dict[str, tuple[str, type[GridgisError], str]]:
    write_points(folder, 2)
    table = parquet.read_table(folder / "p0.parquet")
    for name, one in {
        "columns": table.append_column("more", pa.array([1] * 1000)),
        "order": table.select(["lat", "lon", "id"]),
    }.items():
        (folder / name).mkdir()
        parquet.write_table(table, folder / name / "a.parquet")
        parquet.write_table(one, folder / name / "b.parquet")
    (folder / "crs").mkdir()
    shapes = gpd.GeoDataFrame(geometry=gpd.points_from_xy([104.0], [30.0]), crs="EPSG:4326")
    shapes.to_parquet(folder / "crs/a.parquet")
    shapes.to_crs("EPSG:32648").to_parquet(folder / "crs/b.parquet")
    (folder / "cut").mkdir()
    whole = (folder / "p0.parquet").read_bytes()
    (folder / "cut/a.parquet").write_bytes(whole[:-100])
    (folder / "empty").mkdir()
    parquet.write_table(table.slice(0, 0), folder / "empty/a.parquet", row_group_size=1)
    (folder / "none").mkdir()
    parquet.write_table(table.select(["id"]), folder / "none/a.parquet")
    (folder / "taken").mkdir()
    parquet.write_table(table.rename_columns(["rule", "lon", "lat"]), folder / "taken/a.parquet")
    (folder / "points.csv").write_text("lon,lat\n")
    return {
        "columns": ("columns", InvalidInputError, r"b\.parquet and .*a\.parquet differ.*: more"),
        "order": ("order", InvalidInputError, "differ in their columns: their order"),
        "crs": ("crs", InvalidInputError, "differ in their coordinate systems"),
        "cut": ("cut", UnreadableFileError, r"cut/a\.parquet: not a Parquet file, or not a whole"),
        "none": ("none", InvalidInputError, "says nowhere where its rows are"),
        "taken": ("taken", InvalidInputError, "a column 'rule' already"),
        "csv": ("points.csv", UnreadableFileError, r"points\.csv: not a Parquet"),
        "nothing": ("nothing", UnreadableFileError, "no Parquet file is there"),
        "pattern": ("x*.parquet", UnreadableFileError, "no Parquet file is there"),
    }


@pytest.mark.parametrize(
    "case", ["columns", "order", "crs", "cut", "none", "taken", "csv", "nothing", "pattern"]
)
def test_a_bad_data_set_is_one_sentence(index: GridIndex, tmp_path: Path, case: str) -> None:
    points, error, sentence = _bad_points(tmp_path / "points")[case]
    with pytest.raises(error, match=sentence):
        assign_dataset(
            str(tmp_path / "points" / points), index, tmp_path / "out", Asked(), Here(index)
        )
    assert not (tmp_path / "out").exists(), "nothing was begun"


def test_a_result_is_a_folder_of_its_own(index: GridIndex, tmp_path: Path) -> None:
    points = write_points(tmp_path / "points", 1)
    (tmp_path / "full").mkdir()
    (tmp_path / "full/letter.txt").write_text("dear")
    (tmp_path / "file").write_text("dear")
    for out, error, sentence in (
        ("points", InvalidInputError, "the folder of the points itself"),
        ("full", ConflictError, "not empty, and not a result"),
        ("file", InvalidInputError, "cannot be a folder"),
    ):
        with pytest.raises(error, match=sentence):
            assign_dataset(str(points), index, tmp_path / out, Asked(), Here(index))
    assert [path.name for path in (tmp_path / "points").iterdir()] == ["p0.parquet"]


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
