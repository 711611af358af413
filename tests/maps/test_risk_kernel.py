"""Density against a plain sum over all reports, and what is kept at the edge."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from scipy.stats import gaussian_kde
from shapely import Point, box

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.plane import on_plane, plane_amid
from gridgis_maps.numbers.risk.kernel import Density, cells, kernel_density, silverman_m

TOWN = gpd.GeoSeries([box(103.80, 36.05, 103.83, 36.07)], crs=4326)


def reports(n: int, seed: int = 1, spread: float = 1.0) -> gpd.GeoSeries:
    """Reports in the town's rectangle, or a part of it around its middle."""
    away = (np.random.default_rng(seed).random((n, 2)) - 0.5) * [0.03, 0.02] * spread
    return gpd.GeoSeries(gpd.points_from_xy(103.815 + away[:, 0], 36.06 + away[:, 1]), crs=4326)


def total(density: Density) -> float:
    return float(np.nansum(density.per_km2)) * density.cell_m**2 / 1e6


def middles(density: Density) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = density.per_km2.shape
    x_m = density.bounds_m[0] + (np.arange(columns) + 0.5) * density.cell_m
    y_m = density.bounds_m[1] + (np.arange(rows) + 0.5) * density.cell_m
    return np.meshgrid(x_m, y_m)


def quartic_sum(density: Density, points_m: np.ndarray) -> np.ndarray:
    x_m, y_m = middles(density)
    h = density.bandwidth_m
    away = np.hypot(x_m[..., None] - points_m[:, 0], y_m[..., None] - points_m[:, 1]) / h
    return (3 / (np.pi * h**2) * np.maximum(1 - away**2, 0) ** 2).sum(axis=-1) * 1e6


def test_amid_the_town_it_is_the_plain_sum():
    """No kernel of these reaches the edge."""
    some = reports(200, spread=0.5)
    found = kernel_density(some, TOWN, bandwidth_m=400, cell_m=20)

    plain = quartic_sum(found, on_plane(some, found.plane))
    inside = ~np.isnan(found.per_km2)
    np.testing.assert_allclose(found.per_km2[inside], plain[inside], rtol=0.01, atol=0.02)


def round_heap(n: int, deviation_m: float) -> gpd.GeoSeries:
    """Reports amid the town with the same deviation along both axes and no correlation."""
    drawn = np.random.default_rng(2).normal(size=(n, 2))
    drawn = (drawn - drawn.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(drawn.T)).T)
    to_degrees = pyproj.Transformer.from_crs(plane_amid(TOWN), 4326, always_xy=True)
    return gpd.GeoSeries(
        gpd.points_from_xy(*to_degrees.transform(*drawn.T * deviation_m)), crs=4326
    )


def test_the_gaussian_is_scipys():
    """scipy takes the heap's own covariance times a factor: of a round heap that is a bandwidth."""
    some = round_heap(300, 180)
    found = kernel_density(some, TOWN, bandwidth_m=90, cell_m=20, kernel="gaussian")

    kde = gaussian_kde(on_plane(some, found.plane).T, bw_method=90 / 180)
    x_m, y_m = middles(found)
    theirs = kde(np.vstack([x_m.ravel(), y_m.ravel()])).reshape(x_m.shape) * len(some) * 1e6
    inside = ~np.isnan(found.per_km2)
    np.testing.assert_allclose(
        found.per_km2[inside], theirs[inside], rtol=0.005, atol=0.001 * theirs.max()
    )


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_every_report_is_in_the_sum_at_the_edge_too(kernel):
    found = kernel_density(reports(500), TOWN, bandwidth_m=500, kernel=kernel)

    assert found.n == 500
    assert total(found) == pytest.approx(500)
    # Evenly strewn reports are about as dense at the edge as amid the town.
    rows = np.nanmean(found.per_km2[1:-1], axis=1)
    assert rows[0] == pytest.approx(rows[len(rows) // 2], rel=0.35)
    if kernel == "quartic":
        without = quartic_sum(found, on_plane(reports(500), found.plane))
        assert rows[0] > 1.3 * without[1].mean()


def test_an_outline_in_two_parts_with_a_hole_keeps_them_all():
    ring = box(103.80, 36.05, 103.82, 36.07).difference(box(103.805, 36.055, 103.815, 36.065))
    outline = gpd.GeoSeries([ring, box(103.83, 36.05, 103.84, 36.06)], crs=4326)
    there = gpd.GeoSeries([Point(103.8049, 36.06), Point(103.831, 36.055), Point(103.81, 36.06)])

    found = kernel_density(there.set_crs(4326), outline, bandwidth_m=300)

    assert (found.n, found.left_out) == (2, 1)  # one lies in the hole
    assert total(found) == pytest.approx(2)


def test_a_strip_thinner_than_a_cell_loses_nobody():
    strip = gpd.GeoSeries([box(103.80, 36.05, 103.83, 36.0502)], crs=4326)
    there = gpd.GeoSeries([Point(103.81, 36.05001)], crs=4326)

    found = kernel_density(there, strip, bandwidth_m=12, cell_m=12)

    assert total(found) == pytest.approx(1)


def test_silverman_by_hand():
    random = np.random.default_rng(3)
    points_m = random.normal(0, [300, 500], (4096, 2))

    # 4096 to the power -1/6 is a quarter.
    assert silverman_m(points_m, "gaussian") == pytest.approx(100, rel=0.03)
    assert silverman_m(points_m, "quartic") == pytest.approx(100 * 8**0.5, rel=0.03)
    found = kernel_density(reports(64), TOWN)
    assert found.rule == "silverman"
    spread = on_plane(reports(64), found.plane).std(axis=0, ddof=1).mean()
    assert found.bandwidth_m == pytest.approx(spread / 2 * 8**0.5, rel=0.001)


def test_cells_lie_where_they_were_reckoned():
    found = kernel_density(reports(50), TOWN, bandwidth_m=300, cell_m=100)
    squares = cells(found)

    assert len(squares) == (~np.isnan(found.per_km2)).sum()
    assert squares.crs.to_epsg() == 4326
    area, _ = pyproj.Geod(ellps="WGS84").geometry_area_perimeter(squares.geometry.iloc[40])
    assert area == pytest.approx(10_000, rel=1e-3)
    assert TOWN.iloc[0].buffer(0.001).covers(squares.union_all())


def test_lengths_on_the_plane_are_those_of_the_ellipsoid():
    some = reports(30)
    points_m = on_plane(some, plane_amid(TOWN))
    _, _, metres = pyproj.Geod(ellps="WGS84").inv(
        *shapely.get_coordinates(some.to_numpy())[:-1].T,
        *shapely.get_coordinates(some.to_numpy())[1:].T,
    )

    np.testing.assert_allclose(np.hypot(*np.diff(points_m, axis=0).T), metres, rtol=1e-6)


def test_what_cannot_be_told_is_a_word():
    nobody = gpd.GeoSeries([None, Point()], crs=4326)
    nowhere = gpd.GeoSeries([None], crs=4326)
    heap = gpd.GeoSeries([Point(103.81, 36.06)] * 30, crs=4326)

    nothing = kernel_density(nobody, TOWN)
    assert (nothing.outcome, nothing.n, nothing.left_out) == ("no_reports", 0, 2)
    assert np.nanmax(nothing.per_km2) == 0
    assert kernel_density(heap, TOWN).outcome == "one_spot"
    assert np.isnan(kernel_density(heap[:1], TOWN).bandwidth_m)
    assert np.isnan(kernel_density(heap, TOWN).per_km2).all()
    assert total(kernel_density(heap, TOWN, bandwidth_m=200)) == pytest.approx(30)
    assert kernel_density(heap, nowhere, bandwidth_m=200).outcome == "no_area"
    nearly = gpd.GeoSeries([Point(103.81, 36.06), Point(103.81, 36.06 + 1e-12)], crs=4326)
    assert total(kernel_density(nearly, TOWN)) == pytest.approx(2)
    assert kernel_density(heap[:0], TOWN).outcome == "no_reports"


@pytest.mark.parametrize("wrong", [{"bandwidth_m": 0}, {"cell_m": -1}, {"cell_m": 0.001}])
def test_lengths_are_checked(wrong):
    with pytest.raises(InvalidInputError, match=r"cell_m|bandwidth_m"):
        kernel_density(reports(9), TOWN, **{"bandwidth_m": 100, **wrong})
