"""Neighbours share a line or lie within a band; a corner, a gap or a missing shape is none."""

from __future__ import annotations

from itertools import combinations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph
from scipy.spatial.distance import pdist, squareform
from shapely import MultiPolygon, Polygon, box

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.local.weights import (
    band_weights,
    shared_edge_weights,
)
from gridgis_maps.numbers.plane import inner_points_m
from tests.maps.conftest import tiny_grids


def series(*shapes: shapely.Geometry | None) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(shapes), crs=4326)


def test_the_nine_grids_of_the_tiny_city_know_their_neighbours():
    weights = shared_edge_weights(tiny_grids().geometry)

    assert weights.neighbours.tolist() == [2, 3, 2, 3, 4, 3, 2, 3, 2]
    assert weights.matrix.toarray()[4].tolist() == [0, 1, 0, 1, 0, 1, 0, 1, 0]
    assert (weights.matrix != weights.matrix.T).nnz == 0
    assert weights.isolated.tolist() == []


def test_a_corner_a_gap_and_a_missing_shape_make_no_neighbour():
    shapes = series(
        box(0, 0, 1, 1), box(1, 1, 2, 2), box(2.001, 1, 3, 2), None, Polygon(), box(1, 0.9, 2, 1)
    )

    weights = shared_edge_weights(shapes)

    assert weights.neighbours.tolist() == [1, 1, 0, 0, 0, 2]
    assert weights.isolated.tolist() == [2, 3, 4]


def test_an_edge_counts_where_one_side_lacks_a_vertex():
    """A wide grid below two narrow ones: nobody put the vertex of their border into it."""
    wide, left, right = box(0, 0, 2, 1), box(0, 1, 1, 2), box(1, 1, 2, 2)

    assert shared_edge_weights(series(wide, left, right)).neighbours.tolist() == [2, 2, 2]


def test_a_grid_in_two_parts_with_another_in_its_hole():
    ring = box(0, 0, 3, 3).difference(box(1, 1, 2, 2))
    shapes = series(MultiPolygon([ring, box(5, 5, 6, 6)]), box(1, 1, 2, 2), box(6, 5, 7, 6))

    assert shared_edge_weights(shapes).neighbours.tolist() == [2, 1, 1]


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 5)] * 4), max_size=20))
def test_edges_are_those_of_every_pair(corners):
    """Rectangles beside each other, with and without the vertices of those beside them."""
    boxes: list[Polygon] = []
    for x, y, w, h in corners:
        one = box(x, y, x + 1 + w, y + 1 + h)
        if not any(one.intersection(other).area for other in boxes):
            boxes.append(one)

    found = shared_edge_weights(series(*boxes)).matrix.toarray()

    judged = np.zeros((len(boxes), len(boxes)))
    for one, other in combinations(range(len(boxes)), 2):
        line = boxes[one].boundary.intersection(boxes[other].boundary)
        judged[one, other] = judged[other, one] = float(line.length > 0)
    assert found.tolist() == judged.tolist()


@pytest.mark.parametrize("layer", ["chicago/boundaries_police_beats", "nyc/nycehs_NTA"])
def test_real_borders_are_those_of_libpysal(shared, layer):
    read = gpd.read_file(f"/vsigzip/{shared}/data/{layer}.geojson.gz")

    weights = shared_edge_weights(read.geometry)

    judged = Graph.build_contiguity(read, rook=True).sparse
    assert abs(weights.matrix - judged).sum() == 0
    assert weights.neighbours.mean() > 4


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=30), st.integers(1, 30))
def test_a_band_is_that_of_all_distances(spots, band_m):
    points_m = np.array(spots, dtype=float).reshape(-1, 2)

    found = band_weights(points_m, band_m).matrix.toarray()

    judged = squareform(pdist(points_m)) <= band_m if len(spots) > 1 else np.zeros(found.shape)
    assert (found == judged * (1 - np.eye(len(spots)))).all()


def test_nobody_is_near_a_point_that_nobody_knows():
    points_m = np.array([[0.0, 0], [np.nan, 0], [3, 4]])

    assert band_weights(points_m, 5).neighbours.tolist() == [1, 0, 1]
    assert band_weights(points_m[:0], 5).n == 0


@pytest.mark.parametrize("band_m", [0, -1, np.nan, np.inf])
def test_a_band_that_is_no_distance_is_refused(band_m):
    with pytest.raises(InvalidInputError, match="band_m"):
        band_weights(np.zeros((2, 2)), band_m)


def test_a_band_in_metres_reaches_the_next_grid_and_not_the_one_across():
    """Grids of the tiny city are 901 m wide and 1,110 m high."""
    points_m = inner_points_m(tiny_grids().geometry)

    assert band_weights(points_m, 905).neighbours.tolist() == [1, 2, 1] * 3
    assert band_weights(points_m, 1_115).neighbours.tolist() == [2, 3, 2, 3, 4, 3, 2, 3, 2]
    assert np.isnan(inner_points_m(series(None, box(0, 0, 1, 1)))[0]).all()
