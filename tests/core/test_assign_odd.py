"""Whatever is wrong with a file of points: a reason for each row, or one sentence."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pytest
import shapely
from pyarrow import parquet

from gridgis.assigning.files import assign_file
from gridgis.errors import (
    GridgisError,
    InvalidInputError,
    UnreadableFileError,
    UnsupportedCrsError,
)
from gridgis.files import open_rows
from tests.points import asked, csv, read

if TYPE_CHECKING:
    from gridgis.locate.index import GridIndex

CUT_OFF = gzip.compress(b"lon,lat\n1,2\n", mtime=0)[:-9]


def test_a_row_that_cannot_be_placed_stays_and_says_why(index: GridIndex, tmp_path: Path) -> None:
    points = csv(
        tmp_path / "p.csv",
        "id,lon,lat",
        "1,104.005,30.005",
        "2,104.005,",
        "",
        "3,104.005,north",
        "4,30.005,104.005",
        "5,nan,inf",
        "6,1,2,3",
        "7,+104.005,3.0005e1",
        "8,200,30",
    )
    summary = assign_file(points, index, tmp_path / "o.csv", asked(chunk_rows=2))
    out, refused = read(tmp_path / "o.csv"), read(summary.refused_file)
    assert out["id"].tolist() == ["1", "2", "3", "4", "5", "7", "8"]
    assert out["grid_code"].tolist() == ["A", "", "", "", "", "A", ""]
    assert set(out["rule"]) == {"covers", "no_location"}
    reasons = dict(zip(refused["row"], refused["reason"], strict=True))
    assert reasons == {
        "3": "half a coordinate: lat is missing",
        "5": "lat is 'north', which is no number",
        "6": "lat 104.005 is not between -90 and 90; lon and lat look swapped",
        "7": "lon is 'nan', which is no number",
        "8": "the row has 4 values, the header names 3 columns",
        "10": "lon 200.0 is not between -180 and 180",
    }
    assert (summary.counts.refused, summary.counts.broken) == (5, 1)
    # The rows' numbers and reasons are those of an import of the same file.
    rows = open_rows(Path(points))
    numbers = [row for chunk in rows.chunks for row in chunk.index]
    assert [int(row) for row in reasons if row != "8"] == [
        row for row in numbers if row in {3, 5, 6, 7, 10}
    ]
    # A second run without such rows takes the list away.
    csv(tmp_path / "p.csv", "id,lon,lat", "1,104.005,30.005")
    assign_file(points, index, tmp_path / "o.csv", asked())
    assert not (tmp_path / "o.csv.refused.csv").exists()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([104.005, float("inf"), None], "lon is infinite"),
        ([104.005, -500.0, None], "lon -500.0 is not between -180 and 180"),
        (["104.005", "1e5000", None], "lon is 1e5000, which is no finite number"),
        ([True, True, None], "lon is True, which is no number"),
    ],
)
def test_odd_numbers_in_a_parquet_are_reasons(
    index: GridIndex, tmp_path: Path, values: list[object], reason: str
) -> None:
    table = pa.table({"lon": values, "lat": [30.005, 30.005, None]})
    parquet.write_table(table, tmp_path / "p.parquet")
    summary = assign_file(str(tmp_path / "p.parquet"), index, tmp_path / "o.parquet", asked())
    out = parquet.read_table(tmp_path / "o.parquet")
    assert out["rule"].to_pylist()[1:] == ["no_location", "no_location"]
    assert out["grid_code"].to_pylist()[1:] == [None, None]
    assert reason in read(summary.refused_file)["reason"].tolist()
    assert out.select(["lon", "lat"]).equals(table)


def test_shapes_that_are_no_points_are_reasons(index: GridIndex, tmp_path: Path) -> None:
    shapes = [
        shapely.Point(104.005, 30.005),
        shapely.LineString([(104, 30), (105, 31)]),
        None,
        shapely.Point(),
        shapely.Point(300, 30),
    ]
    points = gpd.GeoDataFrame({"n": range(5)}, geometry=shapes, crs="EPSG:4326")
    points.to_parquet(tmp_path / "p.parquet")
    summary = assign_file(str(tmp_path / "p.parquet"), index, tmp_path / "o.parquet", asked())
    out = gpd.read_parquet(tmp_path / "o.parquet")
    assert out["rule"].tolist() == ["covers", *["no_location"] * 4]
    assert read(summary.refused_file)["reason"].tolist() == [
        "a point is needed, and this is a LineString",
        "lon 300.0 is not between -180 and 180",
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["id,lon,lat", "1,104.005,30.005", '"2,104.005,30.005', "3,104.005,30.005"],
        ["id,lon,lat", '1,104.005,"30.005', "2,104.005,30.005"],
        ["id,lon,lat", '"1"x,104.005,30.005'],
    ],
)
def test_a_quotation_that_never_ends_swallows_no_rows(
    index: GridIndex, tmp_path: Path, lines: list[str]
) -> None:
    points = csv(tmp_path / "p.csv", *lines)
    with pytest.raises(UnreadableFileError, match="look for a quotation mark that is not closed"):
        list(open_rows(Path(points)).chunks)
    with pytest.raises(UnreadableFileError, match="look for a quotation mark that is not closed"):
        assign_file(points, index, tmp_path / "o.csv", asked())
    assert [path.name for path in tmp_path.iterdir()] == ["p.csv"], "nothing half-written"


def test_delimited_text_is_split_as_an_import_splits_it(index: GridIndex, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    pieces = ["a", ",", '"', '""', "\n", "\r\n", "104", " ", "é", "区"]
    for number in range(150):
        body = "".join(rng.choice(pieces, size=rng.integers(1, 25)))
        path = tmp_path / f"{number}.csv"
        path.write_bytes(f"lon,lat\n1,2\n{body}\n3,4\n".encode())
        _compare_splitting(path, index, tmp_path / "o.csv")


def _compare_splitting(path: Path, index: GridIndex, out: Path) -> None:
    """The rows that go out are those that an import would read, or both refuse the file."""
    try:
        rows = open_rows(path)
        want = [list(row) for chunk in rows.chunks for row in chunk.to_numpy()]
    except UnreadableFileError:
        with pytest.raises(UnreadableFileError):
            assign_file(str(path), index, out, asked())
        return
    summary = assign_file(str(path), index, out, asked())
    assert read(out)[["lon", "lat"]].to_numpy().tolist() == want, path.read_bytes()
    assert summary.counts.broken == len(rows.broken)
    listed = set() if summary.refused_file is None else set(read(summary.refused_file)["row"])
    assert {str(number) for number, *_ in rows.broken} <= listed


@pytest.mark.parametrize(
    ("name", "content", "options", "error", "sentence"),
    [
        ("p.csv", b"a,b\n1,2\n", {}, InvalidInputError, "says nowhere where its rows are"),
        ("p.csv", b"lon,b\n1,2\n", {}, InvalidInputError, "name the columns with --lat: lon, b"),
        ("p.csv", b"lon,lat\n1,2\n", {"lon": "x"}, InvalidInputError, "no column 'x'"),
        ("p.csv", b"lon,lat\n1,2\n", {"accuracy": "x"}, InvalidInputError, "--accuracy: there is"),
        ("p.csv", b"lon,lat\n1,2\n", {"at_column": "x"}, InvalidInputError, "--at-column: there"),
        ("p.csv", b"lon,lat,rule\n1,2,3\n", {}, InvalidInputError, "a column 'rule' already"),
        ("p.csv", b"lon,lat\n1,2\n", {"datum": "mars"}, InvalidInputError, "datum 'mars'"),
        ("p.csv", b"lon,lat\n1,2\n", {"crs": "EPSG:1"}, UnsupportedCrsError, "'EPSG:1' is unknown"),
        ("p.csv", b"lon,lat\n1,2\n", {"encoding": "klingon"}, UnreadableFileError, "is unknown"),
        ("p.csv", b"", {}, UnreadableFileError, "the file is empty"),
        ("p.csv", b"lon,lat\xff\n", {}, UnreadableFileError, "neither UTF-8"),
        ("p.csv", b"lon,lon\n1,2\n", {}, UnreadableFileError, "two columns are called 'lon'"),
        ("p.csv", b"lon,lat\n1," + b"2" * (5 << 20), {}, UnreadableFileError, "longer than"),
        ("p.csv.gz", CUT_OFF, {}, UnreadableFileError, "not a gzip file, or a damaged one"),
        ("p.parquet", b"PAR1 and nothing", {}, UnreadableFileError, "p.parquet: not a Parquet"),
        ("p.gpkg", b"SQLite format 3\x00", {}, UnreadableFileError, "p.gpkg"),
        ("p.txt", b"lon,lat\n", {}, None, ""),
        ("p.xlsx", b"PK", {}, UnreadableFileError, "p.xlsx"),
    ],
)  # fmt: skip
def test_bad_points_are_one_sentence(  # noqa: PLR0917
    index: GridIndex, tmp_path: Path, name: str, content: bytes, options: dict[str, object],
    error: type[GridgisError] | None, sentence: str,
) -> None:  # fmt: skip
    (tmp_path / name).write_bytes(content)
    if error is None:
        assert (
            assign_file(
                str(tmp_path / name), index, tmp_path / "o.csv", asked(**options)
            ).counts.rows
            == 0
        )
        return
    with pytest.raises(error, match=sentence) as told:
        assign_file(str(tmp_path / name), index, tmp_path / "o.csv", asked(**options))
    assert "\n" not in str(told.value)
    assert [path.name for path in tmp_path.iterdir()] == [name], "nothing half-written"


def test_a_parquet_that_is_cut_off_or_damaged_names_itself(
    index: GridIndex, tmp_path: Path
) -> None:
    table = pa.table(
        {"lon": np.linspace(104, 104.03, 50_000), "lat": np.linspace(30, 30.03, 50_000)}
    )
    path = tmp_path / "p.parquet"
    parquet.write_table(table, path, row_group_size=10_000)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(
        UnreadableFileError, match=r"p\.parquet: not a Parquet file, or not a whole"
    ):
        assign_file(str(path), index, tmp_path / "o.parquet", asked())
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + b"\xff" * 2000 + whole[middle + 2000 :])
    with pytest.raises(UnreadableFileError, match=r"p\.parquet: damaged after row \d\d,000"):
        assign_file(str(path), index, tmp_path / "o.parquet", asked())
    assert [one.name for one in tmp_path.iterdir()] == ["p.parquet"], "nothing half-written"


def test_an_interrupted_run_leaves_the_old_file(index: GridIndex, tmp_path: Path) -> None:
    points = csv(tmp_path / "p.csv", "lon,lat", *["104.005,30.005"] * 5000)
    out = tmp_path / "o.csv"
    out.write_text("the old one")

    def interrupt(_done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assign_file(points, index, out, asked(), interrupt)
    assert out.read_text() == "the old one"
    assert {path.name for path in tmp_path.iterdir()} == {"p.csv", "o.csv"}


@pytest.mark.parametrize(
    ("out", "sentence"),
    [
        ("o.doc", "write to a file that ends in .csv, .parquet, .gpkg, .xlsx"),
        ("nowhere/o.csv", "there is no folder"),
        ("p.csv", "is the file that is read"),
    ],
)
def test_a_result_goes_where_it_can(
    index: GridIndex, tmp_path: Path, out: str, sentence: str
) -> None:
    points = csv(tmp_path / "p.csv", "lon,lat", "104.005,30.005")
    with pytest.raises(InvalidInputError, match=sentence):
        assign_file(points, index, tmp_path / out, asked())


def test_lists_go_to_parquet_only(index: GridIndex, tmp_path: Path) -> None:
    table = pa.table({"lon": [104.005], "lat": [30.005], "tags": [["a", "b"]]})
    parquet.write_table(table, tmp_path / "p.parquet")
    assign_file(str(tmp_path / "p.parquet"), index, tmp_path / "o.parquet", asked())
    assert parquet.read_table(tmp_path / "o.parquet")["tags"].to_pylist() == [["a", "b"]]
    with pytest.raises(InvalidInputError, match="the column 'tags' holds list"):
        assign_file(str(tmp_path / "p.parquet"), index, tmp_path / "o.csv", asked())
