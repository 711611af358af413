"""Hold the engine against what a user could pick instead: the same points, the same run.

579 grids of some 84 vertices and 10 million points; then a million grids. The bars are ratios:
100 x geopandas.sjoin, 50 x the same with the frames swapped, 500 x a join in PostGIS, a tenth of a
bare look-up in the same cells; distances 20 x geopandas.
"""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING

import geopandas as gpd
import numba
import numpy as np
import pyarrow as pa
import shapely
from pyarrow import csv
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from tessellation import scattered, tessellation
from town import machine, server

from gridgis.locate.index import GridIndex
from gridgis.locate.threads import by_chunks, processors
from gridgis.locate.tiles import cell_at, fine_place
from gridgis.locate.warming import warm
from gridgis.store import migrate

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gridgis.locate.tiles import Tiles

    Doubles = NDArray[np.float64]

POINTS = 10_000_000
OF_GEOPANDAS = 1_000_000
OF_POSTGIS = 200_000
ROUNDS = 3


def main() -> None:
    began = time.perf_counter()
    warm()
    compiled_s = time.perf_counter() - began
    lon, lat = scattered(POINTS)
    district = tessellation(24, 25, 20).iloc[:579].reset_index(drop=True)
    index = GridIndex.from_frame(district)
    print(f"\n## Assigning points ({machine()})\n")
    print(f"{_told(index)}; compiled, or read from the cache, in {compiled_s:.1f} s.\n")
    ours = _speed(lambda: index.rows_covering(lon, lat), POINTS)
    codes = _speed(lambda: index.locate(lon, lat), POINTS)
    explained = _speed(lambda: index.answers(lon, lat, near_tolerance_m=30.0), POINTS)
    bare = _bare_speed(index, lon, lat)
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(lon[:OF_GEOPANDAS], lat[:OF_GEOPANDAS]), crs="EPSG:4326"
    )
    joined = _speed(lambda: gpd.sjoin(points, district), OF_GEOPANDAS, 1)
    swapped = _speed(lambda: gpd.sjoin(district, points), OF_GEOPANDAS, 1)
    measured = _speed(lambda: _measured(points, district), OF_GEOPANDAS, 1)
    postgis = _postgis_speed(district, lon, lat)
    _judge(index, points, district)
    _table(
        ("what", "M points/s", "ours is", "bar"),
        [
            ("rows of the table, `rows_covering`", ours, "", ""),
            ("codes, `locate`", codes, "", ""),
            ("`geopandas.sjoin(points, grids)`", joined, _times(codes, joined), "100 x"),
            ("`geopandas.sjoin(grids, points)`", swapped, _times(codes, swapped), "50 x"),
            ("join in PostGIS", postgis, _times(codes, postgis), "500 x"),
            ("bare look-up in the same cells", bare, _times(ours, bare), "0.1 x"),
            ("with rule and distance, `answers`", explained, "", ""),
            ("sjoin and distance, geopandas", measured, _times(explained, measured), "20 x"),
        ],
    )
    province = tessellation(1000, 1000, 1)
    large = GridIndex.from_frame(province)
    theirs = _speed(lambda: large.rows_covering(lon, lat), POINTS)
    vertices = int(shapely.get_num_coordinates(province.geometry.to_numpy()).sum())
    print(f"\n{_told(large)}; {large.nbytes / vertices:.0f} bytes a vertex (bar: 300),")
    print(f"{large.build_s:.1f} s to build with its table (bar: 30).\n")
    _table(
        ("what", "M points/s", "of 579 grids", "bar"),
        [("a million grids", theirs, _times(theirs, ours), "0.3 x")],
    )


def _speed(work: Callable[[], object], points: int, rounds: int = ROUNDS) -> float:
    """Return millions of points a second, the best of some rounds."""
    best = np.inf
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return points / best / 1e6


@numba.njit(nogil=True, error_model="numpy")
def _look(tiles: Tiles, lon: Doubles, lat: Doubles, found: NDArray[np.int32]) -> None:
    frame, directory, cells = tiles.frame, tiles.directory, tiles.cells
    for point in range(len(lon)):
        here, column, row = fine_place(frame, lon[point], lat[point])
        cell = cell_at(frame, directory, column, row)
        found[point] = cells[np.uint64(cell)] if here else 0


def _bare_speed(index: GridIndex, lon: Doubles, lat: Doubles) -> float:
    """Look into the same cells and decide nothing: compute the cell, gather what it says."""
    tiles = index.editions[0].engine.tiles
    found = np.empty(len(lon), np.int32)
    return _speed(
        lambda: by_chunks(
            lambda some: _look(tiles, lon[some], lat[some], found[some]), len(lon), processors()
        ),
        len(lon),
    )


def _measured(points: gpd.GeoDataFrame, grids: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return each point's metres to its grid's boundary, as a user of geopandas would."""
    system = "EPSG:32648"
    there, outlines = points.to_crs(system), grids.to_crs(system)
    joined = gpd.sjoin(there, outlines)
    edges = outlines.geometry.boundary.to_numpy()[joined["index_right"].to_numpy()]
    return shapely.distance(joined.geometry.to_numpy(), edges)


def _judge(index: GridIndex, points: gpd.GeoDataFrame, grids: gpd.GeoDataFrame) -> None:
    found = index.rows_covering(points.geometry.x, points.geometry.y)
    tree = shapely.STRtree(points.geometry.to_numpy())
    wanted = np.full(len(points), -1)
    for row in range(len(grids) - 1, -1, -1):
        wanted[tree.query(grids.geometry.iloc[row], predicate="covers")] = row
    differ = int((found != wanted).sum())
    assert differ == 0, f"{differ} of {len(points)} points differ from shapely"


def _postgis_speed(grids: gpd.GeoDataFrame, lon: Doubles, lat: Doubles) -> float:
    """Join the points in PostGIS, prepared as well as can be: an index on both sides."""
    with server() as url:
        migrate.upgrade(url)
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE grid (code TEXT, geom geometry(POLYGON, 4326))"))
            connection.execute(
                text("INSERT INTO grid VALUES (:code, ST_GeomFromWKB(:shape, 4326))"),
                [
                    {"code": code, "shape": shapely.to_wkb(shape)}
                    for code, shape in zip(grids["code"], grids.geometry, strict=True)
                ],
            )
            connection.execute(text("CREATE TABLE point (lon FLOAT8, lat FLOAT8)"))
            lines = io.BytesIO()
            table = pa.table({"lon": lon[:OF_POSTGIS], "lat": lat[:OF_POSTGIS]})
            csv.write_csv(table, lines, csv.WriteOptions(include_header=False))
            lines.seek(0)
            connection.connection.driver_connection.cursor().copy_expert(
                "COPY point FROM STDIN CSV", lines
            )
            for statement in (
                "ALTER TABLE point ADD geom geometry(POINT, 4326)",
                "UPDATE point SET geom = ST_SetSRID(ST_MakePoint(lon, lat), 4326)",
                "CREATE INDEX ON point USING gist (geom)",
                "CREATE INDEX ON grid USING gist (geom)",
            ):
                connection.execute(text(statement))
        with engine.connect() as connection:
            connection.execute(text("ANALYZE grid, point"))
            question = text(
                "SELECT count(code) FROM point LEFT JOIN grid ON ST_Covers(grid.geom, point.geom)"
            )
            return _speed(lambda: connection.execute(question).scalar_one(), OF_POSTGIS)


def _told(index: GridIndex) -> str:
    vertices = sum(len(one.engine.borders.outlines.vertices) for one in index.editions)
    tiles = index.editions[0].engine.tiles
    return (
        f"{len(index.grids):,} grids of {vertices / len(index.grids):.0f} vertices, "
        f"{len(tiles.cells):,} cells of which {np.mean(tiles.cells < 0):.0%} hold a boundary, "
        f"{index.nbytes / 1e6:.0f} MB; {POINTS:,} points, {processors()} processors"
    )


def _times(ours: float, theirs: float) -> str:
    ratio = ours / theirs
    return f"{ratio:.0f} x" if ratio > 10 else f"{ratio:.2f} x"


def _table(head: tuple[str, ...], rows: list[tuple[str, float, str, str]]) -> None:
    print(f"| {' | '.join(head)} |")
    print("| --- | --- | --- | --- |")
    for what, speed, ratio, bar in rows:
        print(f"| {what} | {speed:.3g} | {ratio} | {bar} |")


if __name__ == "__main__":
    main()
