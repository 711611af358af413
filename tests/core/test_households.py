"""How many live within a polygon? The same answer as cutting every cell by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from gridgis.households import Households, households_within
from gridgis.model import Location
from gridgis.polygons import circle
from gridgis.store.copying import copy_rows
from gridgis.store.engine import Store
from tests.conftest import clone_of

if TYPE_CHECKING:
    from collections.abc import Iterator

GEOD = pyproj.Geod(ellps="WGS84")
LOW, HIGH = (104.0, 38.0), (104.05, 38.04)


def put_cells(store: Store, cells: pd.DataFrame) -> None:
    """Store cells: code, parent_code, households, geometry."""
    rows = cells.assign(source="test", name=cells["code"], kind="building").rename(
        columns={"geometry": "geom"}
    )
    rows["households"] = rows["households"].astype("Int64")
    shapes = shapely.set_srid(rows["geom"].to_numpy(object), 4326)
    rows["geom"] = shapely.to_wkb(shapes, hex=True, include_srid=True)
    with store.begin() as connection:
        copy_rows(connection, "cell", rows)
        connection.execute(text("ANALYZE cell"))


def cell(code: str, households: int | None, shape: shapely.Geometry, of: str | None = None):
    return {"code": code, "households": households, "geometry": shape, "parent_code": of}


def count(store: Store, shape: shapely.Geometry) -> Households:
    with store.begin() as connection:
        return households_within(connection, shape)


def a_town() -> pd.DataFrame:
    """Compounds of all forms; half are cut into buildings, some of which are only points."""
    rng = np.random.default_rng(11)
    cells = []
    for number in range(400):
        middle = shapely.Point(*rng.uniform(LOW, HIGH))
        ground = shapely.MultiPoint(
            shapely.get_coordinates(middle) + rng.normal(0, 0.0008, (7, 2))
        ).convex_hull
        homes = None if rng.random() < 0.1 else int(rng.integers(0, 300))
        cells.append(cell(f"C{number:03}", homes, ground))
        if number % 2:
            for tower in range(3):
                spot = shapely.Point(shapely.get_coordinates(middle)[0] + rng.normal(0, 0.0003, 2))
                shape = spot if tower == 0 else spot.buffer(0.0001, quad_segs=2)
                homes = int(rng.integers(1, 60))
                cells.append(cell(f"C{number:03}-{tower}", homes, shape, of=f"C{number:03}"))
    return pd.DataFrame(cells)


@pytest.fixture(scope="module")
def town() -> pd.DataFrame:
    return a_town()


@pytest.fixture(scope="module")
def city(server_url: str, template: str, town: pd.DataFrame) -> Iterator[Store]:
    with clone_of(server_url, template) as url:
        store = Store(url)
        put_cells(store, town)
        yield store
        store.close()


def area_m2(shape: shapely.Geometry) -> float:
    return abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(shape))[0])


def by_hand(town: pd.DataFrame, shape: shapely.Geometry) -> tuple[float, int, int, int, int]:
    """The sum, lower, upper, and how many cells lie inside, wholly or partly, and partly."""
    total, lower, upper, inside, partly = 0.0, 0, 0, 0, 0
    smallest = town[~town["code"].isin(town["parent_code"])]
    for one in smallest.itertuples():
        if one.geometry.geom_type == "Point":
            share = float(shape.covers(one.geometry))
        else:
            share = area_m2(shape.intersection(one.geometry)) / area_m2(one.geometry)
        homes = 0 if pd.isna(one.households) else int(one.households)
        if share < 1e-6:
            continue
        cut = share < 1 - 1e-6
        inside, partly = inside + 1, partly + cut
        upper += homes
        lower += 0 if cut else homes
        total += homes * share
    return total, lower, upper, inside, partly


def test_many_polygons_are_counted_like_cutting_every_cell(city: Store, town: pd.DataFrame) -> None:
    rng = np.random.default_rng(5)
    for _ in range(40):
        corners = rng.uniform(LOW, HIGH, (int(rng.integers(3, 9)), 2))
        drawn = shapely.MultiPoint(corners).convex_hull
        hole = shapely.Point(drawn.centroid).buffer(rng.uniform(0.0005, 0.005))
        shape = drawn.difference(hole)
        if shape.is_empty:
            continue
        found, (total, lower, upper, inside, partly) = count(city, shape), by_hand(town, shape)
        assert found.households == pytest.approx(total, rel=1e-8, abs=1e-6)
        assert (found.lower, found.upper) == (lower, upper)
        assert (found.cells, found.partial_cells) == (inside, partly)
        assert len(found.partial) == partly
        assert found.lower <= found.households <= found.upper


def test_all_ground_holds_all_households_once(city: Store, town: pd.DataFrame) -> None:
    everywhere = count(city, shapely.box(103, 37, 105, 39))
    smallest = town[~town["code"].isin(town["parent_code"])]
    assert everywhere.households == everywhere.lower == smallest["households"].sum()
    assert everywhere.partial == []
    assert everywhere.cells_without_households == smallest["households"].isna().sum() > 0
    assert everywhere.population is None
    assert everywhere.cells_without_population == everywhere.cells


@given(at=st.floats(LOW[0], HIGH[0]), north=st.floats(LOW[1], HIGH[1]))
@settings(max_examples=40, deadline=None)
def test_two_halves_hold_as_many_as_the_whole(city: Store, at: float, north: float) -> None:
    whole = shapely.box(103.9, 37.9, 104.1, north)
    west = shapely.box(103.9, 37.9, at, north)
    east = shapely.box(at, 37.9, 104.1, north)
    halves = count(city, west).households + count(city, east).households
    # Points on the line count in both halves; random points are on none. Each is measured on a
    # plane of its own, so that a share of a cell differs in the sixth digit.
    assert halves == pytest.approx(count(city, whole).households, rel=1e-5, abs=1e-3)


SQUARE = shapely.box(104.0, 30.0, 104.01, 30.01)


def test_what_only_touches_the_outline_is_outside(store: Store) -> None:
    neighbour = shapely.box(104.01, 30.0, 104.02, 30.01)
    # As a file rounds it: the neighbour reaches a hair over the line.
    hair = shapely.box(104.0, 30.01 - 1e-9, 104.01, 30.02)
    put_cells(
        store,
        pd.DataFrame([cell("A", 40, SQUARE), cell("B", 50, neighbour), cell("C", 60, hair)]),
    )
    found = count(store, SQUARE)
    assert (found.households, found.cells, found.partial_cells, found.upper) == (40, 1, 0, 40)


def test_a_point_on_the_outline_is_inside(store: Store) -> None:
    put_cells(
        store,
        pd.DataFrame(
            [
                cell("edge", 1, shapely.Point(104.01, 30.005)),
                cell("corner", 2, shapely.Point(104.0, 30.0)),
                cell("outside", 4, shapely.Point(104.0100001, 30.005)),
                cell("lane", 8, shapely.LineString([(104.005, 30.005), (104.02, 30.005)])),
            ]
        ),
    )
    found = count(store, SQUARE)
    assert (found.households, found.cells, found.partial_cells) == (3, 2, 0)


def test_a_cell_cut_in_half_counts_by_half_and_is_named(store: Store) -> None:
    put_cells(store, pd.DataFrame([cell("A", 41, SQUARE), cell("B", None, SQUARE)]))
    found = count(store, shapely.box(104.0, 30.0, 104.005, 30.01))
    assert found.households == pytest.approx(20.5, abs=1e-3)
    assert (found.lower, found.upper, found.cells_without_households) == (0, 41, 1)
    assert [(one.cell, round(one.share, 4)) for one in found.partial] == [
        ("test:A", 0.5),
        ("test:B", 0.5),
    ]


def test_a_retired_building_gives_its_compound_back(store: Store) -> None:
    inside = shapely.box(104.001, 30.001, 104.002, 30.002)
    put_cells(store, pd.DataFrame([cell("A", 40, SQUARE), cell("A-1", 30, inside, of="A")]))
    assert count(store, SQUARE).households == 30
    with store.begin() as connection:
        connection.execute(text("UPDATE cell SET retired_at = now() WHERE code = 'A-1'"))
    assert count(store, SQUARE).households == 40


def test_within_a_circle_are_those_whom_a_tape_reaches(city: Store, town: pd.DataFrame) -> None:
    doors = town[shapely.get_type_id(town["geometry"].to_numpy(object)) == 0]
    middle = Location(104.025, 38.02)
    for radius_m in (150.0, 600.0, 1_500.0):
        _, _, far_m = GEOD.inv(
            np.full(len(doors), middle.lon),
            np.full(len(doors), middle.lat),
            shapely.get_x(doors["geometry"].to_numpy(object)),
            shapely.get_y(doors["geometry"].to_numpy(object)),
        )
        drawn = circle(middle, radius_m)
        inside = shapely.covers(drawn, doors["geometry"].to_numpy(object))
        clear = np.abs(far_m - radius_m) > radius_m * 1e-5
        assert (inside == (far_m <= radius_m))[clear].all()
        assert area_m2(drawn) == pytest.approx(np.pi * radius_m**2, rel=2e-5)
        total = by_hand(town, drawn)[0]
        assert count(city, drawn).households == pytest.approx(total, rel=1e-8)
