"""Laws of the engine that hold for any grids: of partitions, of frames, of files, of threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridgis.errors import InvalidGeometryError
from gridgis.locate import GridIndex, raster, threads
from gridgis.locate.edition import EditionIndex
from gridgis.locate.lookup import covers_of
from gridgis.locate.tiles import FINEST
from tests.conftest import PROVE
from tests.core.adversarial import hostile_points, target_of
from tests.core.drawn_grids import LAW, as_array, partitions, soups
from tests.core.judges import by_fractions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.core.adversarial import Hostile

POINTS = 1_000 if PROVE else 300
SMALLEST = 5e-324
ROUNDED_DEG = 1e-13
seeds = st.integers(0, 2**32 - 1)
any_grids = st.one_of(partitions(), soups())


def attack(shapes: np.ndarray, engine: EditionIndex, seed: int, count: int = POINTS) -> Hostile:
    return hostile_points(target_of(shapes, engine.tiles), count, np.random.default_rng(seed))


def owners(shapes: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    return by_fractions({str(place): shape for place, shape in enumerate(shapes)}, lon, lat)


def told(points: Hostile, ours: np.ndarray, theirs: Iterable[int]) -> list[str]:
    judged = np.asarray(theirs)
    return [
        f"{points.told(point)}: engine {ours[point]}, judge {judged[point]}"
        for point in np.flatnonzero(ours != judged)
    ]


def judged(shapes: np.ndarray, seed: int, count: int = POINTS) -> EditionIndex:
    """Build, and ask fractions about hostile points."""
    engine = EditionIndex.of(shapes)
    points = attack(shapes, engine, seed, count)
    assert (
        told(
            points, engine.covering(points.lon, points.lat), owners(shapes, points.lon, points.lat)
        )
        == []
    )
    return engine


def frame_of(shapes: np.ndarray) -> gpd.GeoDataFrame:
    codes = [f"{place:04d}" for place in range(len(shapes))]
    return gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=4326)


@LAW
@given(shapes=soups(), seed=seeds)
def test_any_heap_of_grids_is_answered_as_fractions_do(shapes: np.ndarray, seed: int) -> None:
    judged(shapes, seed)


@LAW
@given(shapes=partitions(), seed=seeds)
def test_any_point_of_a_partition_gets_exactly_one_grid(shapes: np.ndarray, seed: int) -> None:
    engine = judged(shapes, seed)
    points = attack(shapes, engine, seed + 1)
    found = engine.covering(points.lon, points.lat)
    at = shapely.points(points.lon, points.lat)
    edges = shapely.geometrycollections(shapely.boundary(shapes))
    inside = shapely.covers(shapely.coverage_union_all(shapes), at)
    room = np.empty(len(shapes), np.int32)
    for point in np.flatnonzero(shapely.distance(edges, at) > ROUNDED_DEG):
        over = covers_of(engine.tiles, points.lon[point], points.lat[point], room)
        assert over == int(inside[point]) == int(found[point] >= 0), points.told(point)
    # A vertex is in all grids around it: one of them answers.
    vertices = shapely.get_coordinates(shapes)
    assert np.all(engine.covering(*np.ascontiguousarray(vertices.T)) >= 0)


@LAW
@given(
    shapes=any_grids,
    seed=seeds,
    tile_grids=st.sampled_from([1, 2, 5, 64]),
    bytes_per_edge=st.sampled_from([0, 60, 250, 20_000]),
    margin_deg=st.sampled_from([1e-6, 1.7e-3, 0.3, 11.0]),
)
def test_another_origin_or_cell_size_changes_nothing(
    shapes: np.ndarray, seed: int, tile_grids: int, bytes_per_edge: int, margin_deg: float
) -> None:
    engine = EditionIndex.of(shapes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raster, "_TILE_GRIDS", tile_grids)
        patch.setattr(raster, "_BYTES_PER_EDGE", bytes_per_edge)
        patch.setattr(raster, "_MARGIN_DEG", margin_deg)
        other = EditionIndex.of(shapes)
    assert margin_deg == raster._MARGIN_DEG or other.tiles.frame != engine.tiles.frame
    for one in (engine, other):
        points = attack(shapes, one, seed)
        a, b = (each.covering(points.lon, points.lat) for each in (engine, other))
        assert told(points, a, b) == []


@LAW
@given(shapes=any_grids, seed=seeds, chunk=st.integers(1, 400), count=st.sampled_from([1, 2, 3]))
def test_threads_and_chunks_change_nothing(
    shapes: np.ndarray, seed: int, chunk: int, count: int
) -> None:
    engine = EditionIndex.of(shapes)
    points = attack(shapes, engine, seed)
    alone = engine.answers(points.lon, points.lat, 30.0, threads=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threads, "CHUNK_POINTS", chunk)
        patch.setattr(threads, "processors", lambda: count)
        assert (
            engine.covering(points.lon, points.lat).tolist()
            == engine.covering(points.lon, points.lat, threads=count).tolist()
        )
        together = engine.answers(points.lon, points.lat, 30.0, threads=count)
        again = EditionIndex.of(shapes)
    for one, other in zip(alone, together, strict=True):
        assert one.tobytes() == other.tobytes()
    assert [part.tobytes() for part in again.arrays().values()] == [
        part.tobytes() for part in engine.arrays().values()
    ], "built by any number of threads"


@settings(LAW, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(shapes=any_grids, seed=seeds)
def test_saving_and_loading_changes_no_bit(shapes: np.ndarray, seed: int, tmp_path: Path) -> None:
    index = GridIndex.from_frame(frame_of(shapes))
    path = tmp_path / f"{seed}.grids"
    index.save(path)
    loaded = GridIndex.load(path, check=True)
    path.unlink()
    ours, theirs = (one.editions[0].engine.arrays() for one in (index, loaded))
    assert {name: part.tobytes() for name, part in ours.items()} == {
        name: part.tobytes() for name, part in theirs.items()
    }
    points = attack(shapes, index.editions[0].engine, seed)
    told_twice = [one.explain(points.lon, points.lat, accuracy_m=20.0) for one in (index, loaded)]
    assert told_twice[0].equals(told_twice[1])


@LAW
@given(shapes=any_grids, seed=seeds)
def test_the_order_of_rows_changes_nothing(shapes: np.ndarray, seed: int) -> None:
    grids = frame_of(shapes)
    index = GridIndex.from_frame(grids)
    mixed = GridIndex.from_frame(grids.sample(frac=1, random_state=seed))
    points = attack(shapes, index.editions[0].engine, seed)
    answers = [one.explain(points.lon, points.lat, accuracy_m=20.0) for one in (index, mixed)]
    assert answers[0].equals(answers[1])


@LAW
@given(shapes=soups(most=3), seed=seeds)
def test_grids_that_end_on_borders_of_cells(shapes: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    first = EditionIndex.of(shapes)
    tiles, frame = first.tiles, first.tiles.frame
    level = int(tiles.directory[0] & 15)
    places = np.arange(0, 2049, 1 << (11 - level))
    boxes = []
    for _ in range(4):
        column, row = (
            np.sort(rng.choice(places, 2, replace=False)) if len(places) > 1 else [0, 1]
            for _ in range(2)
        )
        west, east = (frame.west + place * frame.step_lon for place in column)
        south, north = (frame.south + place * frame.step_lat for place in row)
        boxes.append(shapely.box(west, south, east, north))
    # Cut to the old ones' box, so that the frame stays where it is.
    bounds = shapely.box(*shapely.total_bounds(shapes))
    parts = [shapely.intersection(box, bounds) for box in boxes]
    inner = [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]
    engine = judged(as_array([*shapes, *inner]), seed)
    assert engine.tiles.frame == frame


@pytest.mark.parametrize("count", [31, 32, 33, 64, 65, 100, 130])
def test_many_grids_over_one_spot(count: int) -> None:
    rng = np.random.default_rng(count)
    corners = rng.uniform([104.0, 30.0], [104.009, 30.009], (count, 2))
    over = [shapely.box(*corner, 104.01 + n * 1e-5, 30.01) for n, corner in enumerate(corners)]
    # Only the last code covers this spot, after blocks full of others' edges.
    last = shapely.box(104.0, 30.01, 104.02, 30.02)
    shapes = as_array([*over, last])
    engine = judged(shapes, count, 1_000)
    lon, lat = np.array([104.0095, 104.005, 104.012]), np.array([30.0095, 30.015, 30.01])
    assert engine.covering(lon, lat).tolist()[:2] == [0, count]
    room = np.empty(4, np.int32)
    assert covers_of(engine.tiles, 104.0095, 30.0095, room) == count
    assert room.tolist() == [0, 1, 2, 3], "the others are counted, and not written"
    answers = engine.answers(lon[:1], lat[:1], 0.0)
    reached = engine.runners_up(lon[:1], lat[:1], np.array([1e6]), answers)
    assert reached.grid.tolist() == list(range(1, count + 1))
    assert reached.distance_m.tolist()[: count - 1] == [0.0] * (count - 1)
    assert reached.distance_m[-1] > 50


def test_a_grid_of_twenty_thousand_vertices_and_one_of_three() -> None:
    rng = np.random.default_rng(5)
    turn = np.sort(rng.uniform(0, 2 * np.pi, 20_000))
    far = 0.4 + 0.001 * rng.random(len(turn))
    coast = shapely.Polygon(np.column_stack([103.5 + far * np.cos(turn), 36 + far * np.sin(turn)]))
    triangle = shapely.Polygon([(103.4, 36), (103.6, 36), (103.5, 36.0001)])
    assert coast.is_valid
    judged(as_array([triangle, coast]), 1, 3_000)
    judged(as_array([triangle]), 2, 1_000)


def test_the_ends_of_the_earth() -> None:
    west = shapely.box(-180, 10, -179.99, 10.01)
    east = shapely.box(179.99, 10, 180, 10.01)
    north = shapely.box(100, 84.99, 101, 90)
    engine = judged(as_array([west, east, north]), 3, 3_000)
    lon = np.array([-180.0, np.nextafter(-180.0, 0), 180.0, np.nextafter(180.0, 0), 100.5, 100.5])
    lat = np.array([10.005, 10.005, 10.005, 10.01, 90.0, np.nextafter(90.0, 100.0)])
    assert engine.covering(lon, lat).tolist() == [0, 0, 1, 1, 2, -1]
    with pytest.raises(InvalidGeometryError, match="lies off the earth"):
        GridIndex.from_frame(frame_of(as_array([north])))


@pytest.mark.parametrize(
    "ring",
    [
        [(-1, -1), (1, -1), (1, SMALLEST), (-1, 0)],
        [(0, 0), (1, SMALLEST), (0.5, 1)],
        [(SMALLEST, 0), (0, 1), (-1, 0.5)],
        [(-SMALLEST, -1), (SMALLEST, 1), (-1, 1)],
        [(0, 0), (SMALLEST, 0), (SMALLEST, SMALLEST), (0, SMALLEST)],
    ],
)
def test_edges_that_rise_by_the_smallest_double(ring: list[tuple[float, float]]) -> None:
    shapes = as_array([shapely.Polygon(ring)])
    engine = judged(shapes, 4, 2_000)
    beside = np.array([-SMALLEST, 0.0, SMALLEST, 2 * SMALLEST, -1.0, 0.3, 1.0])
    lon, lat = (axis.ravel() for axis in np.meshgrid(beside, beside))
    assert told_as_fractions(shapes, engine, lon, lat)


@pytest.mark.parametrize("slacks", [-1.0, 0.0, 1e-9, 0.25, 0.5, 1.0, 1.0 + 1e-9, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("digits", [-2, -1, 0, 1, 2])
def test_a_tip_before_a_cell_divides_no_cell(slacks: float, digits: int) -> None:
    """An edge's line goes on behind its end, where the edge itself divides nothing."""
    country = shapely.box(104.0, 30.0, 104.1, 30.1)
    tiles = EditionIndex.of(as_array([country, country])).tiles
    level = int(tiles.directory[0]) & 15
    cell_deg = tiles.frame.step_lon * 2 ** (FINEST - level)
    border = tiles.frame.west + cell_deg * (2**level // 2)
    tip = border - slacks * (cell_deg * 1e-6 + 64 * 2.0**-52 * 270)
    tip += digits * (np.nextafter(tip, 180.0) - tip)
    spike = shapely.Polygon([(104.01, 30.02), (tip, 30.05), (104.01, 30.03)])
    shapes = as_array([spike, country])
    engine = EditionIndex.of(shapes)
    assert engine.tiles.frame == tiles.frame
    lon = np.concatenate([np.nextafter(border, [0, 180]), border + cell_deg * np.linspace(0, 1, 9)])
    for rise in (0.03 / (tip - 104.01), 0.02 / (tip - 104.01)):
        lat = 30.05 + (lon - tip) * rise
        beside = np.concatenate([lat, lat - 1e-7, lat + 1e-7])
        assert told_as_fractions(shapes, engine, np.tile(lon, 3), beside)


def told_as_fractions(
    shapes: np.ndarray, engine: EditionIndex, lon: np.ndarray, lat: np.ndarray
) -> bool:
    return engine.covering(lon, lat).tolist() == owners(shapes, lon, lat).tolist()
