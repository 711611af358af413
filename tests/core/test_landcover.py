"""Water and greens: whatever a file holds, what is stored is areas on the earth, and can go out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from gridgis import frames
from gridgis.errors import (
    InvalidInputError,
    RowNotFoundError,
    UnreadableFileError,
    UnsupportedCrsError,
)
from gridgis.landcover import (
    Landcover,
    LandcoverOptions,
    Target,
    landcover_of,
    read_landcover,
    record,
    remove,
)
from gridgis.store import landcover as stored
from tests.demos import demo_district

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store

LAKE = shapely.box(104.0, 30.0, 104.01, 30.01)
POND = shapely.box(104.02, 30.0, 104.021, 30.001)
EVERYWHERE = (-180.0, -90.0, 180.0, 90.0)


def lakes(**columns: list[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=[LAKE, POND], crs=4326)


def write(frame: gpd.GeoDataFrame, path: Path) -> Path:
    frame.to_file(path)
    return path


def test_what_is_imported_is_what_the_map_gets(
    store: Store, actor: Actor, clock: FixedClock, tmp_path: Path
) -> None:
    file = write(lakes(name=["东湖", None]), tmp_path / "lakes.gpkg")
    gone = record(store, read_landcover(file), Target("water", "lakes"), file.name, (actor, clock))
    assert gone == 0
    with store.begin() as connection:
        water = frames.landcover(connection, "water", EVERYWHERE)
        greens = frames.landcover(connection, "green", EVERYWHERE)
        near_pond = frames.landcover(connection, "water", (104.0205, 30.0, 104.03, 30.01))
        (said,) = stored.sources(connection)
    assert water["name"].tolist() == ["东湖", None]
    assert [shape.equals(one) for shape, one in zip(water.geometry, (LAKE, POND), strict=True)]
    assert set(water.geom_type) == {"MultiPolygon"}
    assert water.crs.to_epsg() == 4326
    assert len(greens) == 0
    assert list(greens.columns) == ["name", "geometry"]
    assert near_pond["name"].tolist() == [None]
    assert (said.source, said.kind, said.file, said.areas) == ("lakes", "water", "lakes.gpkg", 2)
    assert (said.actor, said.imported_at) == ("Li Na", datetime(2026, 5, 1, 1, tzinfo=UTC))
    # A hundredth of a degree is 964 m by 1,109 m there, and the pond a hundredth of that.
    assert said.area_m2 == pytest.approx(964.0 * 1108.6 * 1.01, rel=0.002)


def test_a_second_import_of_a_source_stands_instead_of_the_first(
    store: Store, actor: Actor, clock: FixedClock
) -> None:
    both, lake = landcover_of(lakes()), landcover_of(lakes().head(1))
    who = (actor, clock)
    record(store, both, Target("water", "city"), "a", who)
    record(store, both, Target("green", "city"), "b", who)
    record(store, lake, Target("water", "county"), "c", who)
    assert record(store, lake, Target("water", "city"), "d", who) == 2
    with store.begin() as connection:
        held = {(one.source, one.kind): one.areas for one in stored.sources(connection)}
    assert held == {("city", "green"): 2, ("city", "water"): 1, ("county", "water"): 1}
    assert record(store, both, Target("water", "new", replace=True), "e", who) == 2
    with store.begin() as connection:
        held = {(one.source, one.kind): one.areas for one in stored.sources(connection)}
    assert held == {("city", "green"): 2, ("new", "water"): 2}
    assert remove(store, "city") == 2
    with pytest.raises(RowNotFoundError, match="there is no green of 'new'"):
        remove(store, "new", "green")
    assert remove(store, "new", "water") == 2


def test_a_file_in_another_system_is_converted(tmp_path: Path) -> None:
    file = write(lakes().to_crs(4547), tmp_path / "in_metres.gpkg")
    read = read_landcover(file)
    assert any("converted from" in note for note in read.notes)
    assert shapely.hausdorff_distance(read.areas.geometry.iloc[0], LAKE) < 1e-8
    moved = read_landcover(write(lakes(), tmp_path / "amap.gpkg"), LandcoverOptions(datum="gcj02"))
    assert 0.001 < shapely.hausdorff_distance(moved.areas.geometry.iloc[0], LAKE) < 0.005


def test_what_is_no_area_is_left_out_and_what_crosses_itself_is_mended() -> None:
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2), (0, 0)])
    high = shapely.Polygon([(5, 0, 9), (6, 0, 9), (6, 1, 9), (5, 0, 9)])
    shapes = [bow, shapely.LineString([(0, 0), (1, 1)]), None, shapely.Polygon(), high]
    read = landcover_of(gpd.GeoDataFrame(geometry=shapes, crs=4326))
    assert read.areas.geometry.is_valid.all()
    assert shapely.area(read.areas.geometry.to_numpy()).tolist() == pytest.approx([2.0, 0.5])
    assert not shapely.has_z(read.areas.geometry.to_numpy()).any()
    assert read.notes == [
        "3 rows are no area, and were left out",
        "1 areas crossed themselves, and were mended",
    ]


def test_a_file_that_is_none_says_what_is_wrong(tmp_path: Path) -> None:
    roads = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (1, 1)])], crs=4326)
    with pytest.raises(UnreadableFileError, match="none of its 1 rows is an area"):
        read_landcover(write(roads, tmp_path / "roads.gpkg"))
    empty = tmp_path / "empty.geojson"
    empty.write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(UnreadableFileError):
        read_landcover(empty)
    (tmp_path / "nothing.gpkg").write_bytes(b"")
    with pytest.raises(UnreadableFileError):
        read_landcover(tmp_path / "nothing.gpkg")
    bare = write(lakes(), tmp_path / "bare.shp")
    bare.with_suffix(".prj").unlink()
    with pytest.raises(UnsupportedCrsError):
        read_landcover(bare)
    with pytest.raises(InvalidInputError, match="no column 'title'; there are name"):
        read_landcover(
            write(lakes(name=["a", "b"]), tmp_path / "named.gpkg"), LandcoverOptions("title")
        )
    metres = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 500_000, 9)], crs=4326)
    with pytest.raises(InvalidInputError, match="500000 0 is not on the earth"):
        landcover_of(metres)


def test_kinds_and_sources_are_asked_for_plainly(
    store: Store, actor: Actor, clock: FixedClock
) -> None:
    read = landcover_of(lakes())
    with pytest.raises(InvalidInputError, match="'lake' is unknown; it is water or green"):
        record(store, read, Target("lake", "city"), "a", (actor, clock))
    with pytest.raises(InvalidInputError, match="short name"):
        record(store, read, Target("water", " "), "a", (actor, clock))


def test_the_demo_brings_its_river_and_its_parks() -> None:
    district = demo_district()
    water, greens = landcover_of(district.water), landcover_of(district.greens)
    assert isinstance(water, Landcover)
    assert water.areas["name"].tolist() == ["云川"]
    assert len(greens.areas) == len(district.greens) > 20
    assert greens.areas["name"].str.endswith(("公园", "山")).all()
    assert water.areas.geometry.is_valid.all()
    assert greens.areas.geometry.is_valid.all()
