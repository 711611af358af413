"""Which grid? The same answer as an independent judge, with its reason."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from gridgis.errors import LayerNotFoundError
from gridgis.locate import locate
from gridgis.model import Location
from tests.cities import NINE, boxes, draw, scattered

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.clock import FixedClock
    from gridgis.model import Assignment
    from gridgis.store.engine import Store

NOW = datetime(2026, 5, 1, 1, tzinfo=UTC)


def ask(
    store: Store, lon: float, lat: float, *, at: datetime = NOW, **options: object
) -> Assignment:
    accuracy_m = options.pop("accuracy_m", None)
    with store.begin() as connection:
        return locate(
            connection, Location(lon, lat, accuracy_m), at, near_tolerance_m=30, **options
        )[0]


@pytest.fixture
def nine(store: Store, clock: FixedClock) -> Store:
    with store.begin() as connection:
        draw(connection, NINE, made_at=clock.now())
    return store


def test_a_point_inside_a_grid_gets_it_with_its_parents_and_its_distance(nine: Store) -> None:
    answer = ask(nine, 104.015, 30.018)
    assert (answer.rule, answer.grid.code) == ("covers", "E")
    assert [parent.name for parent in answer.parents] == ["Toytown"]
    assert answer.boundary_distance_m == pytest.approx(0.002 * 110_860, rel=1e-3)
    assert answer.runner_up == []


def test_a_point_on_a_shared_edge_or_corner_goes_to_the_lowest_code(nine: Store) -> None:
    assert ask(nine, 104.01, 30.015).grid.code == "D"
    corner = ask(nine, 104.01, 30.01, accuracy_m=5.0)
    assert (corner.rule, corner.grid.code, corner.boundary_distance_m) == ("covers", "A", 0)
    assert [other.code for other in corner.runner_up] == ["B", "D", "E"]


def test_a_position_that_may_lie_across_the_boundary_names_the_runner_up(nine: Store) -> None:
    surely, perhaps = (ask(nine, 104.0099, 30.005, accuracy_m=far) for far in (5.0, 20.0))
    assert surely.runner_up == []
    assert [other.code for other in perhaps.runner_up] == ["B"]
    assert perhaps.runner_up[0].distance_m == pytest.approx(perhaps.boundary_distance_m)


def test_just_off_the_edge_is_near_and_far_off_is_outside(nine: Store) -> None:
    near, outside = ask(nine, 103.9998, 30.005), ask(nine, 103.9, 30.005)
    assert (near.rule, near.grid.code) == ("near", "A")
    assert near.boundary_distance_m == pytest.approx(19.3, abs=0.1)
    assert (outside.rule, outside.grid) == ("outside", None)
    assert outside.boundary_distance_m == pytest.approx(9_647, rel=1e-3)


def test_an_exclusive_layer_answers_first_and_base_is_always_listed(
    nine: Store, clock: FixedClock
) -> None:
    with nine.begin() as connection:
        draw(connection, ". . .\n. X .", name="campus", priority=10, made_at=clock.now())
        inside, beside = (
            locate(connection, Location(lon, 30.005), NOW, near_tolerance_m=30)
            for lon in (104.015, 104.005)
        )
    assert [(one.layer, one.rule) for one in inside] == [("campus", "covers"), ("base", "covers")]
    assert [(one.layer, one.rule) for one in beside] == [("base", "covers"), ("campus", "outside")]


def test_a_grid_that_covers_the_point_goes_before_an_exclusive_one_that_is_near(
    nine: Store, clock: FixedClock
) -> None:
    with nine.begin() as connection:
        draw(connection, ". . .\n. X .", name="campus", priority=10, made_at=clock.now())
    assert ask(nine, 104.0099, 30.005).layer == "base"


def test_the_edition_in_force_at_the_time_of_capture_answers(
    store: Store, clock: FixedClock
) -> None:
    with store.begin() as connection:
        draw(connection, "A A B", valid="(,2026-01-01)", made_at=clock.now())
        draw(connection, "A B B", valid="[2026-01-01,)", made_at=clock.now())
    assert ask(store, 104.015, 30.005, at=datetime(2003, 7, 1, tzinfo=UTC)).grid.code == "A"
    assert ask(store, 104.015, 30.005).grid.code == "B"


def test_an_unknown_layer_is_said(nine: Store) -> None:
    with pytest.raises(LayerNotFoundError, match="no layer 'fire'"):
        ask(nine, 104.015, 30.005, layer="fire")


def test_every_answer_equals_brute_force(nine: Store) -> None:
    shapes = boxes(NINE)
    points = scattered(400, seed=7)
    corners = np.array([[104 + i * 0.01, 30 + j * 0.005] for i in range(4) for j in range(7)])
    for lon, lat in np.vstack([points, corners]).tolist():
        _compare(ask(nine, lon, lat), shapes, lon, lat)


@pytest.mark.slow
def test_beats_of_a_real_city_answer_as_brute_force_does(
    store: Store, clock: FixedClock, shared: Path
) -> None:
    beats = gpd.read_file(
        f"/vsigzip/{shared}/data/chicago/boundaries_police_beats.geojson.gz"
    ).dissolve("beat_num")
    shapes = dict(zip(beats.index, beats.geometry, strict=True))
    with store.begin() as connection:
        draw(connection, made_at=clock.now(), shapes=shapes)
    rng = np.random.default_rng(3)
    vertices = shapely.get_coordinates(beats.geometry.to_numpy())
    edge = rng.choice(vertices, 300)
    inside = rng.uniform([-87.95, 41.63], [-87.50, 42.05], (300, 2))
    for lon, lat in np.vstack([edge, np.nextafter(edge, 0), inside]).tolist():
        _compare(ask(store, lon, lat), shapes, lon, lat)


def _compare(answer: Assignment, shapes: dict, lon: float, lat: float) -> None:
    point = shapely.Point(lon, lat)
    covering = sorted(code for code, shape in shapes.items() if shape.covers(point))
    if covering:
        assert (answer.rule, answer.grid.code) == ("covers", covering[0])
        shape = shapes[covering[0]].boundary
    else:
        distances = {code: _metres(shape, lon, lat) for code, shape in shapes.items()}
        nearest_m = min(distances.values())
        assert answer.rule == ("near" if nearest_m <= 30 else "outside")
        assert answer.boundary_distance_m == pytest.approx(nearest_m, abs=0.01)
        if answer.rule == "near":
            assert distances[answer.grid.code] == pytest.approx(nearest_m, abs=1e-6)
        return
    assert answer.boundary_distance_m == pytest.approx(_metres(shape, lon, lat), abs=0.01)


def _metres(shape: shapely.Geometry, lon: float, lat: float) -> float:
    """Measure on the tangent plane whose scale an independent library gives."""
    geod = pyproj.Geod(ellps="WGS84")
    step = 1e-4
    _, _, east = geod.inv(lon - step, lat, lon + step, lat)
    _, _, north = geod.inv(lon, lat - step, lon, lat + step)
    scale = np.array([east, north]) / (2 * step)
    plane = shapely.transform(shape, lambda xy: (xy - [lon, lat]) * scale)
    return float(shapely.distance(plane, shapely.Point(0, 0)))
