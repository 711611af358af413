"""Which rows of a file of areas are the grids, and what of them goes out with the points."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gridgis.assigning.areas import open_index
from gridgis.assigning.files import assign_file
from gridgis.assigning.options import Areas
from gridgis.errors import (
    GridgisError,
    InvalidGeometryError,
    InvalidInputError,
    LevelNotFoundError,
    UnreadableFileError,
)
from gridgis.files import Reading
from gridgis.locate.index import GridIndex
from tests.cities import boxes
from tests.points import SHANGHAI, asked, csv, nine, read

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def areas(tmp_path: Path) -> Path:
    path = tmp_path / "areas.gpkg"
    nine().to_file(path)
    return path


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
