"""A file of points goes in; the same rows come out in the same order, each with its grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from gridgis.assigning.files import assign_file
from gridgis.datum import from_wgs84
from gridgis.files import open_rows
from tests.points import asked, csv, read

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.locate.index import GridIndex


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


def test_each_row_may_say_its_own_datum(index: GridIndex, tmp_path: Path) -> None:
    gcj_lon, gcj_lat = from_wgs84([104.0102], [30.005], "gcj02")
    points = csv(
        tmp_path / "p.csv",
        "lon,lat,datum,when,far",
        f"{gcj_lon[0]},{gcj_lat[0]},GCJ02,2026-05-01,50",
        "104.0102,30.005,wgs84,2026-05-01,50",
        "104.0102,30.005,mars,2026-05-01,50",
        "104.0102,30.005,,2026-05-01,5",
        "104.0102,x,cgcs2000,2026-05-01,50",
    )
    options = {"datum_column": "datum", "at_column": "when", "accuracy": "far"}
    summary = assign_file(points, index, tmp_path / "o.csv", asked(**options))
    out = read(tmp_path / "o.csv")
    assert out["grid_code"].tolist() == ["B", "B", "", "B", ""]
    assert out["runner_up"].tolist() == ["A", "A", "", "", ""]
    assert read(summary.refused_file)[["row", "reason"]].to_numpy().tolist() == [
        ["4", "datum 'mars' is unknown; it is one of wgs84, cgcs2000, gcj02, bd09"],
        ["6", "lat is 'x', which is no number"],
    ]


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


@pytest.mark.parametrize(
    "kind",
    [
        pa.float32(),
        pa.decimal128(6, 3),
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.dictionary(pa.int8(), pa.string()),
    ],
    ids=str,
)
def test_degrees_come_in_every_type(index: GridIndex, tmp_path: Path, kind: pa.DataType) -> None:
    texts = pa.array(["104.005", None])
    number = pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    lon = texts.cast(pa.float64()).cast(kind) if number else pa.array(texts.to_pylist(), kind)
    table = pa.table({"lon": lon, "lat": [30.005, None], "fid": ["x", "x"]})
    parquet.write_table(table, tmp_path / "p.parquet")
    for ending in ("parquet", "csv", "gpkg"):
        out = tmp_path / f"o.{ending}"
        counts = assign_file(str(tmp_path / "p.parquet"), index, out, asked()).counts
        assert (counts.covers, counts.no_location) == (1, 1)
    assert gpd.read_file(out)["fid"].tolist() == ["x", "x"]
