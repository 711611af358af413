"""Whatever a planner is handed, KML, a geodatabase, a drawing, comes in as areas or is refused."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from gridgis.errors import UnreadableFileError, UnsupportedCrsError
from gridgis.files.dbf import find_dbf_encoding
from gridgis.files.samples import samples
from gridgis.files.vectors import open_vector, vector_as_it_is, vector_batches, vector_chunks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WEST, EAST = shapely.box(103.8, 36.0, 103.9, 36.1), shapely.box(103.9, 36.0, 104.0, 36.1)


@pytest.fixture
def grids() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"code": ["01", "02"], "name": ["七里河", "城关"]}, geometry=[WEST, EAST], crs=4326
    )


@pytest.mark.parametrize("kind", ["kml", "kmz", "gdb", "gdb.zip", "kml.zip"])
def test_what_globes_and_geodatabases_hold_comes_in(
    grids: gpd.GeoDataFrame, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"grids.{kind}"
    plain = path.with_suffix("") if kind.endswith("zip") else path
    grids.to_file(plain, driver="OpenFileGDB" if "gdb" in kind else "LIBKML")
    if kind.endswith("zip"):
        with zipfile.ZipFile(path, "w") as archive:
            for part in plain.iterdir() if plain.is_dir() else [plain]:
                inner = f"数据/{plain.name}/{part.name}" if plain.is_dir() else part.name
                archive.write(part, inner)
    read = open_vector(path)
    assert read["code"].tolist() == ["01", "02"]
    assert "七里河" in set(read["name" if "gdb" in kind else "Name"])
    for got, given in zip(shapely.force_2d(read.geometry.to_numpy()), grids.geometry, strict=True):
        # A geodatabase keeps whole numbers of some 1e-9 degrees.
        assert shapely.hausdorff_distance(got, given) < 2e-9
    assert "visibility" not in read, "how a globe shows a placemark is not of the placemark"
    assert len(next(vector_chunks(path, 10))) == 2


def test_a_geodatabase_of_several_layers_asks_which(
    grids: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "city.gdb"
    grids.to_file(path, driver="OpenFileGDB", layer="grids")
    grids.head(1).to_file(path, driver="OpenFileGDB", layer="streets", mode="a")
    with pytest.raises(UnreadableFileError, match=r"layername=grids"):
        open_vector(path)
    assert len(open_vector(f"{path}|layername=streets")) == 1


def drawing(entities: Sequence[str], code_page: str = "ANSI_1252") -> str:
    """A drawing of the year 2004, as little of it as readers want."""
    header = f"  0\nSECTION\n  2\nHEADER\n  9\n$DWGCODEPAGE\n  3\n{code_page}\n  0\nENDSEC\n"
    return f"{header}  0\nSECTION\n  2\nENTITIES\n{''.join(entities)}  0\nENDSEC\n  0\nEOF\n"


def polyline(layer: str, *points: tuple[float, float], closed: bool = False) -> str:
    head = f"  0\nLWPOLYLINE\n  8\n{layer}\n 90\n{len(points)}\n 70\n{int(closed)}\n"
    return head + "".join(f" 10\n{x}\n 20\n{y}\n" for x, y in points)


def text(layer: str, said: str, x: float, y: float) -> str:
    return f"  0\nTEXT\n  8\n{layer}\n 10\n{x}\n 20\n{y}\n 40\n0.01\n  1\n{said}\n"


SQUARE = ((103.0, 36.0), (103.1, 36.0), (103.1, 36.1), (103.0, 36.1))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("code_page", ["ANSI_1252", "ANSI_936"])
def test_a_drawing_becomes_areas_by_layer(tmp_path: Path, encoding: str, code_page: str) -> None:
    path = tmp_path / "plan.dxf"
    entities = [
        polyline("网格", *SQUARE, closed=True),
        text("注记", "七里河01", 103.05, 36.05),
        polyline("街道", (103.2, 36.0), (103.3, 36.0), (103.3, 36.1)),
        polyline("街道", (103.3, 36.1), (103.2, 36.1), (103.2, 36.0)),
        polyline("街道", (105.0, 36.0), (105.1, 36.0)),
    ]
    path.write_bytes(drawing(entities, code_page).encode(encoding))
    read = open_vector(path, crs="EPSG:4326")
    assert read["Layer"].tolist() == ["网格", "街道"], "whatever code page the drawing names"
    assert read["Text"].tolist() == ["七里河01", None]
    assert shapely.area(read.geometry.to_numpy()) == pytest.approx([0.01, 0.01])
    assert "layer 街道: 1 lines close no area and were left out" in read.attrs["notes"]
    assert ("texts read as gb18030" in read.attrs["notes"]) == (encoding == "gb18030")
    assert [len(chunk) for chunk in vector_chunks(path, 1, crs="EPSG:4326")] == [1, 1]


def test_lines_that_cross_enclose_areas_between_them(tmp_path: Path) -> None:
    # Two lines up and two across, each longer than the square that they make.
    lines = [((x, -1.0), (x, 2.0)) for x in (0.0, 1.0)] + [
        ((-1.0, y), (2.0, y)) for y in (0.0, 1.0)
    ]
    path = tmp_path / "crossing.dxf"
    path.write_text(drawing([polyline("g", *line) for line in lines]))
    (area,) = open_vector(path, crs="EPSG:4326").geometry
    assert area.equals(shapely.box(0, 0, 1, 1))


def test_a_file_can_be_read_in_its_own_system(grids: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / "grids.gpkg"
    plane = grids.to_crs(4543)
    plane.to_file(path)
    read = vector_as_it_is(path)
    assert read.crs == plane.crs
    assert read.geometry.tolist() == plane.geometry.tolist(), "to the last bit"
    assert read.attrs["closed"] == []


def test_a_drawing_says_no_system_and_has_no_points_to_assign(tmp_path: Path) -> None:
    path = tmp_path / "plan.dxf"
    near = [(36_512_345.0 + 10 * x, 3_990_000.0 + 10 * y) for x, y in SQUARE]
    path.write_text(drawing([polyline("g", *near, closed=True)]))
    with pytest.raises(UnsupportedCrsError, match=r"eastings begin with 36.*EPSG:4524"):
        open_vector(path)
    with pytest.raises(UnreadableFileError, match="is a drawing"):
        next(vector_batches(path, 10))


def test_a_ring_that_is_not_closed_is_refused_or_closed_with_a_note(shared: Path) -> None:
    path = shared / "data/dirty_mapshaper/issues/125/openring.json"
    with pytest.raises(UnreadableFileError, match=r"not closed in row 1.*boundaries repair"):
        open_vector(path)
    read = open_vector(path, close_rings=True)
    assert read.attrs["notes"] == ["ring closed in row 1"]
    assert vector_as_it_is(path, close_rings=True).attrs["closed"] == [0]
    (shape,) = read.geometry
    given = json.loads(path.read_text())["coordinates"][0]
    assert list(shape.exterior.coords) == [tuple(node) for node in [*given, given[0]]]


@pytest.mark.parametrize("kind", ["gpkg", "parquet"])
def test_an_open_ring_is_seen_in_every_kind_of_file(
    grids: gpd.GeoDataFrame, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"grids.{kind}"
    grids.to_file(path) if kind == "gpkg" else grids.to_parquet(path, compression=None)
    whole = EAST.wkb
    moved = shapely.Point(104.5, 36.5).wkb[-16:]
    content = path.read_bytes()
    assert whole[9:] in content
    path.write_bytes(content.replace(whole[9:], whole[9:-16] + moved))
    with pytest.raises(UnreadableFileError, match="not closed in row 2"):
        open_vector(path)
    closed = open_vector(path, close_rings=True).geometry[1]
    assert closed.exterior.coords[0] == closed.exterior.coords[-1]


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("ex4", ["Polygon", "Polygon"]),
        ("ex10_bowtie", ["Polygon", "Polygon"]),
        ("ex20_ogc_line", ["LineString"]),
        ("ex21_crossed_lines", ["MultiLineString", "LineString"]),
    ],
)
def test_bare_geometries_and_collections_are_rows(
    shared: Path, name: str, kinds: list[str]
) -> None:
    read = open_vector(shared / f"data/dirty_mapshaper/features/clean/{name}.json")
    assert read.geom_type.tolist() == kinds


def test_the_traps_of_chinese_texts(shared: Path) -> None:
    folder = shared / "data/china_shp_encoding"
    provinces = open_vector(folder / "china.shp")
    # GBK can read these bytes as well: as other characters that look like Chinese.
    assert "黑龙江省" in set(provinces["OWNER"]) | set(provinces["FCNAME"])
    assert find_dbf_encoding(folder / "mapshaper_gbk.dbf").name == "gb18030"
    big5 = open_vector(folder / "mapshaper_big5.shp", crs="EPSG:4326")
    assert samples(big5)[0][1].endswith("國語")
    shown = samples(provinces)
    assert len(shown) == 3
    owner = provinces["OWNER"][shown[0][0] - 1]
    assert owner in shown[0][1], "a person sees the words themselves"


def test_the_question_shows_the_texts_that_tell_most(tmp_path: Path) -> None:
    names = ["國", "國語", "台灣國語學會", "x", "國語學會"]
    path = tmp_path / "big5.shp"
    gpd.GeoDataFrame({"name": names}, geometry=[WEST] * 5, crs=4326).to_file(path, encoding="big5")
    path.with_suffix(".cpg").unlink()
    with pytest.raises(UnreadableFileError, match="big5 reads 台灣國語學會, 國語學會, 國語"):
        open_vector(path)
    assert open_vector(path, encoding="big5")["name"][2] == "台灣國語學會"
