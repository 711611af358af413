"""Vector files of every kind come in as WGS 84, or are refused in one clear sentence."""

from __future__ import annotations

import gzip
import json
import shutil
import struct
import zipfile
from errno import EACCES, ENOSPC
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from gridgis.errors import InvalidInputError, UnreadableFileError, UnsupportedCrsError
from gridgis.files.tables import open_rows
from gridgis.files.vector_writing import WRITABLE, write_vector
from gridgis.files.vectors import open_vector, vector_chunks

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 25


@pytest.fixture
def places() -> gpd.GeoDataFrame:
    """Polygons with Chinese names and leading zeros, at coordinates with all their digits."""
    random = np.random.default_rng(620103)
    lon, lat = random.uniform(103, 104, COUNT), random.uniform(0.1, 36, COUNT)
    return gpd.GeoDataFrame(
        {"code": [f"{at:04d}" for at in range(COUNT)], "name": "七里河区"},
        geometry=shapely.box(lon, lat, lon + 0.01, lat + 0.01),
        crs="EPSG:4326",
    )


def bits(frame: gpd.GeoDataFrame) -> list[bytes]:
    return [struct.pack("2d", *node) for node in shapely.get_coordinates(frame.geometry)]


@pytest.mark.parametrize("suffix", [suffix for suffix in WRITABLE if suffix != ".csv"])
def test_what_is_written_is_read_back_to_the_last_bit(
    places: gpd.GeoDataFrame, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"areas{suffix}"
    write_vector(places, path)
    # FlatGeobuf orders its rows by place.
    read = open_vector(path).sort_values("code")
    assert read["code"].tolist() == places["code"].tolist()
    assert read["name"].unique().tolist() == ["七里河区"]
    assert bits(read.set_geometry(read.normalize())) == bits(
        places.set_geometry(places.normalize())
    )
    assert [other.name for other in tmp_path.iterdir()] == [path.name], "nothing else is left"


def test_csv_opens_in_excel_and_keeps_every_digit(places: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / "areas.csv"
    write_vector(places.assign(attributes=[{"a": 1}] * COUNT), path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    assert table["code"].tolist() == places["code"].tolist()
    assert table["attributes"][0] == '{"a": 1}'
    read = gpd.GeoDataFrame(geometry=shapely.from_wkt(table["wkt"]), crs=4326)
    assert bits(read) == bits(places)


def test_a_failed_export_leaves_the_old_file(
    places: gpd.GeoDataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_the_disk(_frame: gpd.GeoDataFrame, path: Path, **_options: object) -> None:
        path.write_text("half of it")
        raise OSError(ENOSPC, "No space left on device")

    path = tmp_path / "areas.gpkg"
    path.write_text("the old one")
    monkeypatch.setattr(pyogrio, "write_dataframe", fill_the_disk)
    with pytest.raises(OSError, match="No space left"):
        write_vector(places, path)
    assert path.read_text() == "the old one"
    assert len(list(tmp_path.iterdir())) == 1
    with pytest.raises(InvalidInputError, match=r"ends in \.gpkg"):
        write_vector(places, tmp_path / "areas.dwg")
    with pytest.raises(InvalidInputError, match="there is no folder"):
        write_vector(places, tmp_path / "nowhere" / "areas.gpkg")


@pytest.mark.parametrize("kind", ["geojson", "geojson.gz", "gpkg", "shp", "zip", "fgb", "parquet"])
def test_chunks_hold_the_same_rows_as_the_whole(
    places: gpd.GeoDataFrame, tmp_path: Path, kind: str
) -> None:
    path = stored(places, tmp_path, kind)
    whole = open_vector(path)
    chunks = list(vector_chunks(path, 10))
    assert [len(chunk) for chunk in chunks] == [10, 10, 5]
    assert [at for chunk in chunks for at in chunk.index] == list(range(COUNT))
    joined = pd.concat(chunks)
    assert joined["code"].tolist() == whole["code"].tolist()
    assert bits(joined) == bits(whole)
    assert {str(chunk.crs) for chunk in chunks} == {"EPSG:4326"}


def stored(places: gpd.GeoDataFrame, folder: Path, kind: str) -> Path:
    path = folder / f"places.{kind}"
    if kind == "geojson.gz":
        places.to_file(folder / "places.geojson")
        path.write_bytes(gzip.compress((folder / "places.geojson").read_bytes()))
    elif kind == "zip":
        shapefile(places, folder)
        with zipfile.ZipFile(path, "w") as archive:
            for part in folder.glob("places.???"):
                if part.suffix != ".zip":
                    archive.write(part, f"数据/{part.name}")
    elif kind == "shp":
        shapefile(places, folder)
    elif kind == "parquet":
        places.to_parquet(path)
    else:
        places.to_file(path)
    return path


def shapefile(
    places: gpd.GeoDataFrame, folder: Path, encoding: str = "utf-8", cpg: str | None = None
) -> Path:
    path = folder / "places.shp"
    places.to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg:
        path.with_suffix(".cpg").write_text(cpg)
    return path


@pytest.mark.parametrize(
    ("encoding", "cpg", "note"),
    [
        ("utf-8", None, None),
        ("utf-8", "UTF-8", None),
        ("utf-8", "ISO-8859-1", "texts are UTF-8, not iso8859-1 as the file says"),
        ("gb18030", None, "the file does not say it: read as GB18030"),
        ("gb18030", "GBK", None),
    ],
)
def test_chinese_names_of_a_shapefile_come_out_right(
    places: gpd.GeoDataFrame, tmp_path: Path, encoding: str, cpg: str | None, note: str | None
) -> None:
    read = open_vector(shapefile(places, tmp_path, encoding, cpg))
    assert set(read["name"]) == {"七里河区"}
    assert read.attrs["notes"] == ([note] if note else [])


@pytest.mark.parametrize("cpg", ["ISO-8859-1", "UTF-8", "Big5"])
def test_a_cpg_that_lies_is_not_followed_into_mojibake(
    places: gpd.GeoDataFrame, tmp_path: Path, cpg: str
) -> None:
    path = shapefile(places, tmp_path, "gb18030", cpg)
    with pytest.raises(UnreadableFileError, match=r"--encoding.*gb18030 reads 七里河区"):
        open_vector(path)
    assert set(open_vector(path, encoding="gb18030")["name"]) == {"七里河区"}


def test_latin_names_are_not_taken_for_chinese(places: gpd.GeoDataFrame, tmp_path: Path) -> None:
    french = places.assign(name="Élysée-Côté")
    path = shapefile(french, tmp_path, "iso-8859-1")
    with pytest.raises(UnreadableFileError, match="latin-1 reads Élysée-Côté"):
        open_vector(path)
    with_cpg = shapefile(french, tmp_path, "iso-8859-1", "ISO-8859-1")
    assert set(open_vector(with_cpg)["name"]) == {"Élysée-Côté"}


def test_the_encoding_that_is_said_is_tried_strictly(
    places: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = shapefile(places, tmp_path, "gb18030")
    with pytest.raises(UnreadableFileError, match=r"row 1, field name is not utf-8"):
        open_vector(path, encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="'klingon' is unknown"):
        open_vector(path, encoding="klingon")


def test_real_chinese_shapefiles(shared: Path) -> None:
    folder = shared / "data/china_shp_encoding"
    provinces = open_vector(folder / "china.shp")
    assert len(provinces) == 1367
    assert provinces["OWNER"].isin(["黑龙江省"]).sum() or "黑龙江省" in set(provinces["FCNAME"])
    assert set(open_vector(folder / "mapshaper_big5.shp", crs="EPSG:4326")["NAME"]) == {"國語"}


def test_a_geojson_in_gb18030_is_read_when_it_is_clear(
    places: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "places.geojson"
    path.write_bytes(places.to_json().encode().decode("unicode_escape").encode("gb18030"))
    read = open_vector(path)
    assert set(read["name"]) == {"七里河区"}
    assert read.attrs["notes"] == ["texts read as gb18030"]


def test_a_missing_system_is_asked_for_and_a_said_one_goes_first(
    places: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = shapefile(places, tmp_path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(UnsupportedCrsError, match=r"places\.shp does not say.*--crs EPSG:4490"):
        open_vector(path)
    assert bits(open_vector(path, crs="EPSG:4490")) == bits(open_vector(path, crs="EPSG:4326"))
    with pytest.raises(UnsupportedCrsError, match="'EPSG:99999' is unknown"):
        open_vector(path, crs="EPSG:99999")
    geojson = tmp_path / "feet.geojson"
    places.to_crs(2263).set_crs(4326, allow_override=True).to_file(geojson)
    read = open_vector(geojson, crs="EPSG:2263")
    assert shapely.get_coordinates(read.geometry) == pytest.approx(
        shapely.get_coordinates(places.geometry), abs=1e-6
    )
    assert "although the file says WGS 84" in read.attrs["notes"][0]


def test_a_system_without_a_published_way_to_wgs84_is_refused(
    places: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = shapefile(places, tmp_path)
    with pytest.raises(UnsupportedCrsError, match="nothing published leads from Xian 1980"):
        open_vector(path, crs="EPSG:4610")


def test_a_projected_chinese_system_is_converted(places: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / "projected.gpkg"
    near = places[places.geometry.bounds["miny"] > 1]
    near.to_crs("EPSG:4543").to_file(path)
    read = open_vector(path)
    off = shapely.get_coordinates(read.geometry) - shapely.get_coordinates(near.geometry)
    assert np.abs(off).max() < 1e-8


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.geojson", None, "there is no such file"),
        ("empty.geojson", b"", "is empty"),
        ("table.geojson", b"code,name\n1,A\n", "does not begin like a .geojson file"),
        ("text.gpkg", b"hello", "does not begin like a .gpkg file"),
        ("text.shp", b"hello", "does not begin like a .shp file"),
        ("text.fgb", b"hello", "does not begin like a .fgb file"),
        ("text.parquet", b"hello", "does not begin like a .parquet file"),
        ("torn.parquet", b"PAR1 and no more", "cannot be read"),
        ("torn.gpkg", b"SQLite format 3\x00 and no more", "cannot be read"),
        ("torn.geojson", b'{"type": "FeatureCollection", "features": [{', "cannot be read"),
        ("bad.zip", b"PK but no archive", "not a whole .zip file"),
        ("bad.geojson.gz", b"\x1f\x8b\x08\x00 but no more", "not a whole .gz file"),
        ("plan.dwg", b"AC1032", "is no vector file that can be read"),
        ("alone.shp", b"\x00\x00\x27\x0a" + b"\x00" * 96, ".dbf and .shx must lie beside it"),
    ],
)
def test_a_file_that_is_not_what_it_says(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableFileError) as caught:
        open_vector(path)
    assert said in str(caught.value)
    assert name in str(caught.value)


def test_json_that_is_no_geojson_is_said_without_the_words_of_programmers(tmp_path: Path) -> None:
    path = tmp_path / "other.geojson"
    path.write_text('{"hello": 1}', encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="cannot be read") as caught:
        open_vector(path)
    assert "driver" not in str(caught.value)


def test_a_file_that_may_not_be_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret.geojson"
    path.write_text("{}", encoding="utf-8")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(EACCES, "Permission denied")

    # The tests may run as root, who may read everything.
    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(UnreadableFileError, match=r"secret\.geojson cannot be read: Permission"):
        open_vector(path)


def test_a_folder_is_not_called_missing(tmp_path: Path) -> None:
    folder = tmp_path / "grids.csv"
    folder.mkdir()
    with pytest.raises(UnreadableFileError, match=r"grids\.csv is a folder"):
        open_vector(folder)
    with pytest.raises(UnreadableFileError, match=r"grids\.csv is a folder"):
        open_rows(folder)


@pytest.mark.parametrize("kind", ["geojson", "geojson.gz", "fgb", "gpkg", "shp", "parquet"])
def test_a_cut_off_file_is_not_taken_for_a_short_one(
    places: gpd.GeoDataFrame, tmp_path: Path, kind: str
) -> None:
    path = stored(places, tmp_path, kind)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with pytest.raises(UnreadableFileError, match=path.name):
        open_vector(path)
    with pytest.raises(UnreadableFileError, match=path.name):
        list(vector_chunks(path, 10))


def test_a_zip_must_hold_one_vector_file(places: gpd.GeoDataFrame, tmp_path: Path) -> None:
    places.to_file(tmp_path / "a.geojson")
    shutil.copy(tmp_path / "a.geojson", tmp_path / "b.geojson")
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tmp_path / "a.geojson", "a.geojson")
        archive.write(tmp_path / "b.geojson", "b.geojson")
    with pytest.raises(UnreadableFileError, match=r"there are: a\.geojson, b\.geojson"):
        open_vector(path)


def test_a_geopackage_of_several_layers_asks_which(
    places: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "places.gpkg"
    places.to_file(path, layer="grids")
    places.head(3).to_file(path, layer="streets")
    with pytest.raises(UnreadableFileError, match=r"grids, streets.*layername=grids"):
        open_vector(path)
    assert len(open_vector(f"{path}|layername=streets")) == 3


def test_rows_without_a_shape_are_rows(tmp_path: Path) -> None:
    path = tmp_path / "points.geojson"
    features = [
        {"type": "Feature", "properties": {"id": "1"}, "geometry": None},
        {
            "type": "Feature",
            "properties": {"id": "2"},
            "geometry": {"type": "Point", "coordinates": [103.8, 36.0]},
        },
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    read = open_vector(path, datum="gcj02")
    assert read.geometry.isna().tolist() == [True, False]
    assert read.geometry.iloc[1].x != 103.8
