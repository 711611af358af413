"""A data set is done part by part, and no part twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pyarrow as pa
import pytest
from pyarrow import parquet

from gridgis.assigning.answering import Answerer
from gridgis.assigning.cluster import Cluster
from gridgis.assigning.dataset import assign_dataset
from gridgis.assigning.options import Asked
from gridgis.assigning.part import do_part
from gridgis.assigning.parts import find_parts
from gridgis.errors import (
    ConflictError,
    GridgisError,
    InvalidInputError,
    UnreadableFileError,
)
from gridgis.locate.index import GridIndex
from tests.cities import boxes
from tests.points import Here, whole, write_points

if TYPE_CHECKING:
    from pathlib import Path


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
