"""A file of points goes in; the same rows come out in the same order, each with its grid."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from pyarrow import parquet
from pyarrow.csv import write_csv

from gridgis.assigning.areas import open_index
from gridgis.assigning.files import assign_file
from gridgis.assigning.options import Areas, Asked
from gridgis.datum import from_wgs84
from gridgis.errors import (
    GridgisError,
    InvalidGeometryError,
    InvalidInputError,
    LevelNotFoundError,
    UnreadableFileError,
    UnsupportedCrsError,
)
from gridgis.files import Reading, open_rows
from gridgis.locate.index import GridIndex
from tests.cities import NINE, boxes

SHANGHAI = ZoneInfo("Asia/Shanghai")


def nine() -> gpd.GeoDataFrame:
    """Nine grids under two streets and a city, as an export of areas gives them."""
    shapes = boxes(NINE)
    streets = {"ABCDEF": "S1", "GHI": "S2"}
    rows = [("city", "1", None, shapely.union_all(list(shapes.values())))]
    for grids, street in streets.items():
        rows.append(("street", street, "1", shapely.union_all([shapes[one] for one in grids])))
    rows += [
        ("grid", code, street, shapes[code]) for grids, street in streets.items() for code in grids
    ]
    columns = ["level", "code", "parent_code", "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), crs="EPSG:4326")


@pytest.fixture(scope="module")
def index() -> GridIndex:
    grids = nine()
    return GridIndex.from_frame(grids[grids["level"] == "grid"].reset_index(drop=True))


@pytest.fixture
def areas(tmp_path: Path) -> Path:
    path = tmp_path / "areas.gpkg"
    nine().to_file(path)
    return path


def csv(path: Path, *lines: str, encoding: str = "utf-8") -> str:
    path.write_text("".join(f"{line}\n" for line in lines), encoding=encoding)
    return str(path)


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def asked(**options: object) -> Asked:
    reading = {
        name: options.pop(name)
        for name in ("encoding", "crs", "datum", "chunk_rows")
        if name in options
    }
    return Asked(reading=Reading(**({"chunk_rows": 1000} | reading)), zone=SHANGHAI, **options)


def test_rows_keep_their_order_and_columns_and_get_grid_rule_and_distance(
    index: GridIndex, tmp_path: Path
) -> None:
    points = csv(
        tmp_path / "p.csv",
        "id,lon,lat,note",
        '007,104.005,30.005,"in A, surely"',
        "8,,,",
        "9,103.9998,30.005,near A",
        "10,103.9,30.005,far off",
    )
    summary = assign_file(points, index, tmp_path / "o.csv", asked())
    out = read(tmp_path / "o.csv")
    assert list(out) == ["id", "lon", "lat", "note", "grid_code", "rule", "boundary_distance_m"]
    assert out["id"].tolist() == ["007", "8", "9", "10"]
    assert out["note"].tolist() == ["in A, surely", "", "near A", "far off"]
    assert out["grid_code"].tolist() == ["A", "", "A", ""]
    assert out["rule"].tolist() == ["covers", "no_location", "near", "outside"]
    assert float(out["boundary_distance_m"][2]) == pytest.approx(19.3, abs=0.1)
    assert out["boundary_distance_m"][1] == ""
    assert (summary.counts.rows, summary.refused_file) == (4, None)


@pytest.mark.parametrize("into", ["csv", "parquet", "gpkg", "xlsx"])
@pytest.mark.parametrize("out_of", ["csv", "csv.gz", "parquet", "gpkg", "xlsx", "geojson", "shp"])
def test_every_kind_of_file_goes_in_and_out(
    index: GridIndex, tmp_path: Path, out_of: str, into: str
) -> None:
    frame = pd.DataFrame({"id": ["a", "b", "c"], "lon": [104.005, 104.015, 104.0], "lat": 30.005})
    path = tmp_path / f"p.{out_of}"
    if out_of in {"gpkg", "geojson", "shp"}:
        shapes = gpd.points_from_xy(frame.pop("lon"), frame.pop("lat"), crs="EPSG:4326")
        gpd.GeoDataFrame(frame, geometry=shapes).to_file(path)
    elif out_of == "parquet":
        frame.to_parquet(path)
    elif out_of == "xlsx":
        frame.to_excel(path, index=False)
    else:
        frame.to_csv(path, index=False)
    out = tmp_path / f"o.{into}"
    assert assign_file(str(path), index, out, asked()).counts.covers == 3
    found = gpd.read_file(out) if into == "gpkg" else next(open_rows(out).chunks)
    assert found["grid_code"].tolist() == ["A", "B", "A"]
    assert found["id"].tolist() == ["a", "b", "c"]
    assert next(open_rows(out).chunks).columns[-1] in {"boundary_distance_m", "geom", "geometry"}


def test_a_geopackage_of_points_keeps_its_own_system_and_shapes(
    index: GridIndex, tmp_path: Path
) -> None:
    shapes = gpd.points_from_xy([104.005, 104.025], [30.005, 30.025], crs="EPSG:4326")
    points = gpd.GeoDataFrame({"n": [1, None]}, geometry=shapes).to_crs("EPSG:32648")
    points.to_file(tmp_path / "p.gpkg")
    assign_file(str(tmp_path / "p.gpkg"), index, tmp_path / "o.gpkg", asked())
    out = gpd.read_file(tmp_path / "o.gpkg")
    assert out["grid_code"].tolist() == ["A", "I"]
    assert out.crs == points.crs
    assert out.geometry.geom_equals(points.geometry).all()


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


def test_positions_of_another_datum_or_system_are_brought_home(
    index: GridIndex, tmp_path: Path
) -> None:
    x, y = from_wgs84([104.0102], [30.005], "gcj02")
    points = csv(tmp_path / "p.csv", "经度,纬度", f"{x[0]},{y[0]}", ",")
    assign_file(points, index, tmp_path / "o.csv", asked(datum="gcj02"))
    assert read(tmp_path / "o.csv")["grid_code"].tolist() == ["B", ""]
    metres = gpd.points_from_xy([104.005], [30.005], crs="EPSG:4326").to_crs("EPSG:32648")
    points = csv(tmp_path / "m.csv", "x,y", f"{metres[0].x},{metres[0].y}", ",")
    assign_file(points, index, tmp_path / "o.csv", asked(crs="EPSG:32648"))
    assert read(tmp_path / "o.csv")["rule"].tolist() == ["covers", "no_location"]


def test_texts_in_gb18030_and_other_delimiters_come_out_in_utf8(
    index: GridIndex, tmp_path: Path
) -> None:
    points = csv(
        tmp_path / "p.csv",
        "描述;经度;纬度",
        '"十一号楼""东""单元\n有煤气味";104.005;30.005',
        encoding="gb18030",
    )
    summary = assign_file(points, index, tmp_path / "o.csv", asked())
    assert read(tmp_path / "o.csv")["描述"].tolist() == ['十一号楼"东"单元\n有煤气味']
    assert "read as gb18030" in summary.notes[0]


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


def test_parents_come_from_an_export_of_areas(areas: Path, tmp_path: Path) -> None:
    found, notes = open_index(Areas(str(areas)), SHANGHAI)
    assert notes == ["the grids are the 9 areas of level grid, under city, street"]
    points = csv(tmp_path / "p.csv", "lon,lat", "104.005,30.005", "104.005,30.025", ",")
    assign_file(points, found, tmp_path / "o.csv", asked())
    out = read(tmp_path / "o.csv")
    assert out["grid_code"].tolist() == ["A", "G", ""]
    assert out["street_code"].tolist() == ["S1", "S2", ""]
    assert out["city_code"].tolist() == ["1", "1", ""]


def test_another_level_may_be_asked(areas: Path, tmp_path: Path) -> None:
    found, _ = open_index(Areas(str(areas), level="street"), SHANGHAI)
    points = csv(tmp_path / "p.csv", "lon,lat", "104.005,30.025")
    assign_file(points, found, tmp_path / "o.csv", asked())
    out = read(tmp_path / "o.csv")
    assert out[["grid_code", "city_code"]].to_numpy().tolist() == [["S2", "1"]]
    assert "street_code" not in out


def test_grids_that_were_exported_alone_still_name_their_parent(tmp_path: Path) -> None:
    grids = nine()
    grids[grids["level"] == "grid"].to_file(tmp_path / "grids.geojson")
    found, _ = open_index(Areas(str(tmp_path / "grids.geojson")), SHANGHAI)
    points = csv(tmp_path / "p.csv", "lon,lat", "104.005,30.025")
    assign_file(points, found, tmp_path / "o.csv", asked())
    assert read(tmp_path / "o.csv")["parent_code"].tolist() == ["S2"]


def test_a_moment_picks_the_edition(tmp_path: Path) -> None:
    old, new = boxes("A A B"), boxes("A B B")
    rows = [("A", old, "1990-01-01", "2026-01-01"), ("B", old, "1990-01-01", "2026-01-01")]
    rows += [("A", new, "2026-01-01", None), ("B", new, "2026-01-01", None)]
    frame = gpd.GeoDataFrame(
        {
            "code": [row[0] for row in rows],
            "valid_from": [row[2] for row in rows],
            "valid_to": [row[3] for row in rows],
        },
        geometry=[row[1][row[0]] for row in rows],
        crs="EPSG:4326",
    )
    frame.to_file(tmp_path / "areas.geojson")
    found, _ = open_index(Areas(str(tmp_path / "areas.geojson")), SHANGHAI)
    points = csv(
        tmp_path / "p.csv",
        "lon,lat,when",
        "104.015,30.005,2020-05-01 08:00",
        "104.015,30.005,2026-01-01 00:00",
        "104.015,30.005,2025-12-31T23:59:59+08:00",
        "104.015,30.005,1980-01-01",
        "104.015,30.005,",
        ",,",
    )
    summary = assign_file(points, found, tmp_path / "o.csv", asked(at_column="when"))
    out = read(tmp_path / "o.csv")
    assert out["grid_code"].tolist() == ["A", "B", "A", "", "", ""]
    assert out["rule"].tolist()[3:] == ["outside", "no_location", "no_location"]
    assert read(summary.refused_file)["reason"].tolist() == [
        "when is missing, and it picks the edition"
    ]
    for moment, grid in ((datetime(2020, 1, 1, tzinfo=UTC), "A"), (None, "B")):
        assign_file(points, found, tmp_path / "o.csv", asked(at=moment))
        assert read(tmp_path / "o.csv")["grid_code"][0] == grid


def test_an_accuracy_names_the_runners_up(index: GridIndex, tmp_path: Path) -> None:
    points = csv(
        tmp_path / "p.csv",
        "lon,lat,far",
        "104.0099,30.005,5",
        "104.0099,30.005,20",
        "104.01,30.01,5",
        "104.005,30.005,",
        "104.005,30.005,-3",
        "104.005,30.005,wide",
    )
    summary = assign_file(points, index, tmp_path / "o.csv", asked(accuracy="far"))
    out = read(tmp_path / "o.csv")
    assert out["runner_up"].tolist() == ["", "B", "B;D;E", "", "", ""]
    assert out["rule"].tolist()[4:] == ["no_location"] * 2
    assert read(summary.refused_file)["reason"].tolist() == [
        "far is -3; it is a distance, 0 or more",
        "far is 'wide', which is no number",
    ]
    assign_file(points, index, tmp_path / "o.csv", asked(accuracy=20.0))
    assert read(tmp_path / "o.csv")["runner_up"].tolist() == ["B", "B", "B;D;E", "", "", ""]


def test_the_responsible_layer_answers(tmp_path: Path) -> None:
    grids = nine()
    base = grids[grids["level"] == "grid"].assign(layer="base", priority=0)
    campus = base[base["code"] == "E"].assign(code="X", layer="campus", priority=10)
    both = gpd.GeoDataFrame(pd.concat([base, campus], ignore_index=True))
    from gridgis.locate import Columns  # noqa: PLC0415

    index = GridIndex.from_frame(both, columns=Columns(layer="layer", priority="priority"))
    points = csv(
        tmp_path / "p.csv", "lon,lat", "104.015,30.015", "104.0099,30.015", "104.005,30.005", ","
    )
    assign_file(points, index, tmp_path / "o.csv", asked(accuracy=20.0))
    out = read(tmp_path / "o.csv")
    assert out["grid_code"].tolist() == ["X", "D", "A", ""]
    assert out["runner_up"].tolist() == ["", "E", "", ""]


def test_an_index_is_saved_once_and_answers_the_same(areas: Path, tmp_path: Path) -> None:
    built, _ = open_index(Areas(str(areas)), SHANGHAI)
    built.save(tmp_path / "nine.gridgis")
    found, _ = open_index(Areas(str(tmp_path / "nine.gridgis")), SHANGHAI)
    points = csv(tmp_path / "p.csv", "lon,lat", "104.005,30.025", "1,1", ",")
    for index, out in ((built, "a.csv"), (found, "b.csv")):
        assign_file(points, index, tmp_path / out, asked())
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    with pytest.raises(InvalidInputError, match="were settled when it was saved"):
        open_index(Areas(str(tmp_path / "nine.gridgis"), level="grid"), SHANGHAI)
    (tmp_path / "nine.gridgis").write_bytes((tmp_path / "nine.gridgis").read_bytes()[:-9])
    with pytest.raises(UnreadableFileError, match="not whole"):
        open_index(Areas(str(tmp_path / "nine.gridgis")), SHANGHAI)


def _bad_areas() -> dict[str, tuple[gpd.GeoDataFrame, Areas, type[GridgisError], str]]:
    good = nine()
    grids = good[good["level"] == "grid"].reset_index(drop=True)
    empty = grids.copy()
    empty.loc[2, "geometry"] = shapely.Polygon()
    twice = gpd.GeoDataFrame(pd.concat([grids, grids.iloc[:1]], ignore_index=True))
    split = twice.assign(parent_code=[*["S"] * 9, "T"]).drop(columns="level")
    missing = grids.assign(code=["A", None, *"CDEFGHI"])
    circle = good.assign(parent_code=["A", "1", "1", *["S1"] * 6, *["S2"] * 3])
    overlap = grids.assign(
        valid_from=["2020-01-01"] * 8 + ["2025-01-01"], valid_to=["2026-01-01"] * 9
    )
    ask = lambda **options: Areas("", **options)  # noqa: E731
    return {
        "an unknown level": (good, ask(level="block"), LevelNotFoundError, "city, street, grid"),
        "a level without levels": (
            grids.drop(columns="level"), ask(level="grid"), InvalidInputError, "no column 'level'",
        ),
        "an unknown code": (good, ask(code="kode"), InvalidInputError, "--code kode: .* has the"),
        "no code": (
            grids.rename(columns={"code": "kode"}), ask(), InvalidInputError, "Say it with --code",
        ),
        "an unknown parent": (good, ask(carried=("x",)), InvalidInputError, "--parent x: "),
        "a missing code": (missing, ask(), InvalidInputError, "row 2 has no code"),
        "a code twice": (twice, ask(), InvalidInputError, "'A' stands on several.*--merge-same"),
        "a code under two parents": (
            split, ask(carried=("parent_code",), merge_same_code=True), InvalidInputError,
            "'A' stands under several parent_code",
        ),
        "an empty polygon": (empty, ask(), InvalidGeometryError, "C has no shape"),
        "a circle of parents": (circle, ask(), InvalidInputError, "round in a circle"),
        "editions that overlap": (overlap, ask(), InvalidInputError, "two editions are in force"),
        "two lowest levels": (
            good.assign(parent_code=None), ask(), InvalidInputError, "several levels lie lowest",
        ),
        "an unknown datum": (
            good, ask(reading=Reading(datum="mars")), InvalidInputError, "datum 'mars'",
        ),
    }  # fmt: skip


@pytest.mark.parametrize("case", _bad_areas())
def test_bad_areas_are_one_sentence(tmp_path: Path, case: str) -> None:
    frame, areas, error, sentence = _bad_areas()[case]
    frame.to_parquet(tmp_path / "areas.parquet")
    given = Areas(
        **{name: getattr(areas, name) for name in Areas.__slots__}
        | {"file": str(tmp_path / "areas.parquet")}
    )
    with pytest.raises(error, match=sentence):
        open_index(given, SHANGHAI)


def test_rows_of_one_code_become_one_grid_and_invalid_shapes_are_made_valid(
    tmp_path: Path,
) -> None:
    bow = shapely.Polygon([(104, 30), (104.01, 30.01), (104.01, 30), (104, 30.01)])
    frame = gpd.GeoDataFrame(
        {"beat": [31, 31, 7], "district": [3.0, 3.0, None]},
        geometry=[shapely.box(104.01, 30, 104.02, 30.01), shapely.box(105, 30, 105.1, 30.1), bow],
        crs="EPSG:4326",
    )
    frame.to_parquet(tmp_path / "areas.parquet")
    areas = Areas(
        str(tmp_path / "areas.parquet"), "beat", None, ("district",), merge_same_code=True
    )
    index, notes = open_index(areas, SHANGHAI)
    assert notes == ["grid 7 was made valid: Self-intersection[104.005 30.005]"]
    points = csv(tmp_path / "p.csv", "lon,lat", "104.015,30.005", "105.05,30.05", "104.001,30.005")
    assign_file(points, index, tmp_path / "o.csv", asked())
    out = read(tmp_path / "o.csv")[["grid_code", "district"]]
    assert out.to_numpy().tolist() == [["31", "3"], ["31", "3"], ["7", ""]]


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
        ("p.csv.gz", gzip.compress(b"lon,lat\n1,2\n")[:-9], {}, UnreadableFileError, "gzip"),
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
        ("p.csv", "the file of the points itself"),
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


@pytest.mark.parametrize(
    ("areas", "code", "carried"),
    [
        ("boundaries_police_beats.geojson.gz", "beat_num", ("district", "sector")),
        ("boundaries_census_tracts.geojson.gz", "census_tract", ()),
    ],
)
def test_chicago_equals_brute_force(
    shared: Path, tmp_path: Path, areas: str, code: str, carried: tuple[str, ...]
) -> None:
    chicago = shared / "data/chicago"
    index, _ = open_index(
        Areas(str(chicago / areas), code, None, carried, merge_same_code=True), SHANGHAI
    )
    points = chicago / "reports_311_sanitation.parquet"
    for out in (tmp_path / "o.parquet", tmp_path / "o.csv"):
        assert assign_file(str(points), index, out, Asked()).counts.rows == 74_401
    where = ("--lon", "Longitude", "--lat", "Latitude")
    _check(shared, chicago / areas, points, tmp_path / "o.csv", "--code", code, *where)
    same = parquet.read_table(tmp_path / "o.parquet")["grid_code"].fill_null("").to_pylist()
    assert read(tmp_path / "o.csv")["grid_code"].tolist() == same
    own = parquet.read_table(points)
    assert parquet.read_table(tmp_path / "o.parquet").select(own.column_names).equals(own)


def test_new_york_equals_brute_force_once_its_invalid_precincts_are_valid(
    shared: Path, tmp_path: Path
) -> None:
    nyc = shared / "data/nyc"
    index, notes = open_index(
        Areas(str(nyc / "nyc-police-precincts.geojson.gz"), "precinct"), SHANGHAI
    )
    assert sum("made valid" in note for note in notes) == 2
    valid = gpd.read_file(f"/vsigzip/{nyc / 'nyc-police-precincts.geojson.gz'}")
    valid.geometry = valid.make_valid(method="linework")
    valid.to_parquet(tmp_path / "valid.parquet")
    points, out = nyc / "nyc-injurious-collisions.geojson.gz", tmp_path / "o.gpkg"
    assign_file(str(points), index, out, Asked())
    _check(shared, tmp_path / "valid.parquet", points, out, "--code", "precinct")


def _check(shared: Path, *words: object) -> None:
    """Ask the independent checker: brute force over all polygons."""
    told = subprocess.run(
        [sys.executable, shared / "checks/assignment.py", *map(str, words)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.startswith("0 of ")


_PEAK = """
import resource, sys
from pathlib import Path
from gridgis.assigning.files import assign_file
from gridgis.locate.index import GridIndex
assign_file(sys.argv[1], GridIndex.load(Path(sys.argv[2])), Path(sys.argv[3]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_memory_does_not_grow_with_the_file(index: GridIndex, tmp_path: Path, kind: str) -> None:
    index.save(tmp_path / "nine.gridgis")
    peaks = []
    for count in (100_000, 1_000_000):
        rng = np.random.default_rng(1)
        table = pa.table(
            {
                "number": [f"2026-{number:08}" for number in range(count)],
                "lon": rng.uniform(104, 104.03, count),
                "lat": rng.uniform(30, 30.03, count),
            }
        )
        path = tmp_path / f"p.{kind}"
        if kind == "csv":
            write_csv(table, path)
        else:
            parquet.write_table(table, path, row_group_size=count)
        told = subprocess.run(
            [sys.executable, "-c", _PEAK, path, tmp_path / "nine.gridgis", tmp_path / f"o.{kind}"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        peaks.append(int(told.stdout))
    assert peaks[1] - peaks[0] < 64, peaks
    shutil.rmtree(tmp_path)
